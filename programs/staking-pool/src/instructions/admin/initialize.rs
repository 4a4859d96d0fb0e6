//! `initialize`: a new pool.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};

use super::set_limits::Limits;
use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::{LedgerEntry, PoolInitialized};
use crate::state::{Fees, MAX_VALIDATORS, Pool, RateHistory, Reserve, ValidatorList};
use crate::token::{can_receive, is_escrow, usable_mint};
use crate::{invoke, sol};

/// What an admin chooses.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct InitializeParams {
    /// Each within its cap in code.
    pub fees: Fees,
    pub limits: Limits,
    /// First deposit, at least [`MIN_SEED_LAMPORTS`]; its shares stay in the escrow for ever.
    pub seed_lamports: u64,
}

/// Specification
/// - the payer signs and pays rent and seed; the admin is only recorded, so it may be a multisig
/// - mint and list sign: they are new keys, and nobody else can open a pool with them first
/// - the mint has 9 decimals, no supply, no freeze authority, and the pool as mint authority; of extensions only metadata
///   and its pointer, and a scaled UI amount whose authority is the pool, which sets it to one
/// - the admin has every role until it gives it to somebody else, but nobody's signature is needed for a deposit
/// - escrow is a token account of that mint owned by the pool; treasury is any token account of that mint
/// - the validator list is a new account of this program with room for 1 to 5,000 records
/// - fees are within their caps, the seed is at least the minimum
/// - afterwards supply equals the seed, and the whole supply is in the escrow
#[derive(Accounts)]
pub struct Initialize {
    #[account(mut)]
    pub payer: Signer,
    pub admin: UncheckedAccount,
    pub delegation_authority: UncheckedAccount,
    #[account(init, payer = payer, seeds = [b"pool", lst_mint.address().as_ref()], bump)]
    pub pool: Account<Pool>,
    #[account(init, payer = payer, seeds = [b"reserve", pool.address().as_ref()], bump)]
    pub reserve: Account<Reserve>,
    #[account(init, payer = payer, seeds = [b"history", pool.address().as_ref()], bump)]
    pub rate_history: Account<RateHistory>,
    #[account(zeroed, signer)]
    pub validator_list: ValidatorList,
    #[account(mut)]
    pub lst_mint: Signer,
    #[account(mut)]
    pub escrow: UncheckedAccount,
    pub treasury: UncheckedAccount,
    pub token_program: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<Initialize>, params: InitializeParams) -> Result<()> {
    let (bump, reserve_bump, history_bump) = (ctx.bumps.pool, ctx.bumps.reserve, ctx.bumps.rate_history);
    let accounts = &mut ctx.accounts;
    let fees = Fees { _padding: 0, ..params.fees };
    require!(fees.are_capped(), PoolError::FeeAboveCap);
    require!(params.seed_lamports >= MIN_SEED_LAMPORTS, PoolError::SeedTooSmall);

    let token_program = *accounts.token_program.address();
    require!(
        token_program == TOKEN_PROGRAM || token_program == TOKEN_2022_PROGRAM,
        PoolError::WrongTokenProgram
    );
    let pool_address = *accounts.pool.address();
    let mint_address = *accounts.lst_mint.address();
    let extensions = usable_mint(&accounts.lst_mint, &token_program, &pool_address)?;
    require!(
        is_escrow(&accounts.escrow, &token_program, &mint_address, &pool_address),
        PoolError::UnusableTokenAccount
    );
    require!(can_receive(&accounts.treasury, &token_program, &mint_address), PoolError::UnusableTokenAccount);
    let room = accounts.validator_list.capacity();
    let most = usize::try_from(MAX_VALIDATORS).map_err(|_| PoolError::Overflow)?;
    require!(
        room >= 1 && room <= most && accounts.validator_list.is_empty(),
        PoolError::UnusableValidatorList
    );

    accounts.validator_list.pool = pool_address;
    accounts.reserve.pool = pool_address;
    accounts.rate_history.pool = pool_address;
    let clock = Clock::get()?;
    let reserve_address = *accounts.reserve.address();
    let list_address = *accounts.validator_list.address();
    let pool = &mut accounts.pool;
    pool.lst_mint = mint_address;
    pool.token_program = token_program;
    pool.reserve = reserve_address;
    pool.validator_list = list_address;
    pool.escrow = *accounts.escrow.address();
    pool.treasury = *accounts.treasury.address();
    pool.admin = *accounts.admin.address();
    pool.fee_authority = pool.admin;
    pool.pauser = pool.admin;
    pool.delegation_authority = *accounts.delegation_authority.address();
    pool.total_lamports = params.seed_lamports;
    pool.supply = params.seed_lamports;
    pool.profit_slot = clock.slot;
    // A release schedule from the first slot on: exit fees of the first epoch are released over it, not at once.
    let epoch = sol::epoch_slots(clock.epoch)?;
    pool.profit_end_slot = clock.slot.checked_add(epoch.slots).or_pool_error()?;
    pool.epoch_start_slot = epoch.start;
    pool.epoch_slots = epoch.slots;
    pool.epoch_yield = sluice_pool_math::MAX_EPOCH_YIELD;
    pool.updated_epoch = clock.epoch;
    params.limits.apply(pool)?;
    pool.fees = fees;
    pool.scaled_ui = u8::from(extensions.scaled_ui);
    pool.bump = bump;
    pool.reserve_bump = reserve_bump;
    pool.history_bump = history_bump;
    pool.version = Pool::VERSION;
    pool.min_delegation = invoke::stake_minimum_delegation().ok_or(PoolError::UnexpectedChainState)?;

    invoke::transfer_sol(accounts.payer.account(), accounts.reserve.account(), params.seed_lamports);
    let bump = [accounts.pool.bump];
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint_address.as_ref()), Seed::from(&bump)];
    invoke::mint_to(
        &token_program,
        accounts.lst_mint.account(),
        accounts.escrow.account(),
        accounts.pool.account(),
        params.seed_lamports,
        CpiSigner::from(&seeds),
    );
    if extensions.scaled_ui
        && let Some(one) = sluice_pool_math::multiplier_bits(1, 1)
    {
        let (mint, pool) = (accounts.lst_mint.account(), accounts.pool.account());
        invoke::update_multiplier(&token_program, mint, pool, one, CpiSigner::from(&seeds));
    }

    emit!(PoolInitialized {
        pool: pool_address,
        lst_mint: mint_address,
        admin: accounts.pool.admin,
        delegation_authority: accounts.pool.delegation_authority,
        treasury: accounts.pool.treasury,
        seed_lamports: params.seed_lamports,
        after: LedgerEntry::from(&accounts.pool.ledger()),
        fees,
    });
    Ok(())
}
