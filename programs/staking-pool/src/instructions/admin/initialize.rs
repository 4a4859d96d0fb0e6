//! `initialize`: a new pool.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};

use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::{LedgerEntry, PoolInitialized};
use crate::state::{MAX_VALIDATORS, Pool, Reserve, ValidatorList};
use crate::{invoke, sol};

/// What an admin chooses once.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct InitializeParams {
    /// Share of each epoch's profit, at most [`MAX_REWARD_FEE_BPS`].
    pub reward_fee_bps: u16,
    /// Cost of an instant exit, at most [`MAX_INSTANT_FEE_BPS`].
    pub instant_fee_bps: u16,
    /// Smallest deposit, in lamports.
    pub min_deposit: u64,
    /// Stray lamports on a stake account that make an update sweep them, in lamports.
    pub sweep_threshold: u64,
    /// First deposit, at least [`MIN_SEED_LAMPORTS`]; its shares stay in the escrow for ever.
    pub seed_lamports: u64,
}

/// Specification
/// - the payer signs and pays rent and seed; the admin is only recorded, so it may be a multisig
/// - mint and list sign: they are new keys, and nobody else can open a pool with them first
/// - the mint has 9 decimals, no supply, no freeze authority, no extensions, and the pool as mint authority
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
    let bumps = (ctx.bumps.pool, ctx.bumps.reserve);
    let accounts = &mut ctx.accounts;
    require!(params.reward_fee_bps <= MAX_REWARD_FEE_BPS, PoolError::FeeAboveCap);
    require!(params.instant_fee_bps <= MAX_INSTANT_FEE_BPS, PoolError::FeeAboveCap);
    require!(params.seed_lamports >= MIN_SEED_LAMPORTS, PoolError::SeedTooSmall);

    let token_program = *accounts.token_program.address();
    require!(
        token_program == TOKEN_PROGRAM || token_program == TOKEN_2022_PROGRAM,
        PoolError::WrongTokenProgram
    );
    let pool_address = *accounts.pool.address();
    let mint_address = *accounts.lst_mint.address();
    require!(is_usable_mint(&accounts.lst_mint, &token_program, &pool_address), PoolError::UnusableMint);
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
    pool.min_deposit = params.min_deposit;
    pool.sweep_threshold = params.sweep_threshold;
    pool.reward_fee_bps = params.reward_fee_bps;
    pool.instant_fee_bps = params.instant_fee_bps;
    pool.bump = bumps.0;
    pool.reserve_bump = bumps.1;
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

    emit!(PoolInitialized {
        pool: pool_address,
        lst_mint: mint_address,
        admin: accounts.pool.admin,
        delegation_authority: accounts.pool.delegation_authority,
        treasury: accounts.pool.treasury,
        seed_lamports: params.seed_lamports,
        after: LedgerEntry::from(&accounts.pool.ledger()),
        reward_fee_bps: u64::from(params.reward_fee_bps),
        instant_fee_bps: u64::from(params.instant_fee_bps),
    });
    Ok(())
}

/// Layout of an SPL mint: authority tag u32 and key, supply u64, decimals u8, initialized u8, freeze tag u32 and key.
fn is_usable_mint(mint: &AccountView, token_program: &Address, authority: &Address) -> bool {
    let Ok(data) = mint.try_borrow() else { return false };
    mint.owned_by(token_program)
        && data.len() == 82
        && data.get(..4) == Some(&[1, 0, 0, 0])
        && data.get(4..36) == Some(authority.as_ref())
        && data.get(36..44) == Some(&[0; 8])
        && data.get(44) == Some(&LST_DECIMALS)
        && data.get(45) == Some(&1)
        && data.get(46..50) == Some(&[0; 4])
}

/// Bytes of a token account without extensions, of a multisig, and the kind of an extended token account.
const TOKEN_ACCOUNT: usize = 165;
const MULTISIG: usize = 355;
const EXTENDED_TOKEN_ACCOUNT: u8 = 2;

/// Whether `account` is a plain token account of `owner`. Extensions are refused: one that wants a memo with every
/// transfer would let nobody order a ticket.
fn is_escrow(account: &AccountView, token_program: &Address, mint: &Address, owner: &Address) -> bool {
    let Ok(data) = account.try_borrow() else { return false };
    account.owned_by(token_program)
        && data.len() == TOKEN_ACCOUNT
        && is_initialized_for(&data, mint)
        && data.get(32..64) == Some(owner.as_ref())
}

/// Whether LST can be minted to `account`: a token account of the mint, whoever owns it, extended or not, not frozen.
pub fn can_receive(account: &AccountView, token_program: &Address, mint: &Address) -> bool {
    let Ok(data) = account.try_borrow() else { return false };
    let is_token_account = data.len() == TOKEN_ACCOUNT
        || (*token_program == TOKEN_2022_PROGRAM
            && data.len() != MULTISIG
            && data.get(TOKEN_ACCOUNT) == Some(&EXTENDED_TOKEN_ACCOUNT));
    account.owned_by(token_program) && is_token_account && is_initialized_for(&data, mint)
}

/// Layout of a token account: mint, owner, amount u64, delegate tag and key, state u8 at 108 (1: initialized, 2: frozen).
fn is_initialized_for(data: &[u8], mint: &Address) -> bool {
    data.get(..32) == Some(mint.as_ref()) && data.get(108) == Some(&1)
}
