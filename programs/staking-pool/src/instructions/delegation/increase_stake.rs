//! `increase_stake`: SOL of the reserve is delegated to a validator.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_chain_views::stake::{STAKE_ACCOUNT_SIZE, StakeView};

use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::StakeIncreased;
use crate::invoke::{self, StakeSysvars};
use crate::sol;
use crate::state::{Pool, Reserve, ValidatorList, stake_state};

/// Specification
/// - the pool's delegation authority signs; the pool is of this epoch
/// - `index` is the validator's place in the list; the admin has not retired it
/// - `stake` is the canonical account where the validator has none, the activating account otherwise
/// - nothing of the validator is activating in the activating account, and the canonical one is not cooling down
/// - `lamports` is at least the minimum delegation; with the account's rent it leaves the reserve its own rent
///   and what open tickets are owed
/// - the pool's total does not change: SOL became stake, and the rent comes back when the account is closed
#[derive(Accounts)]
pub struct IncreaseStake {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.delegation_authority @ PoolError::NotDelegationAuthority)]
    pub delegation_authority: Signer,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub stake: UncheckedAccount,
    #[account(address = RENT_SYSVAR @ PoolError::WrongProgramAccount)]
    pub rent: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = STAKE_HISTORY_SYSVAR @ PoolError::WrongProgramAccount)]
    pub stake_history: UncheckedAccount,
    #[account(address = STAKE_CONFIG @ PoolError::WrongProgramAccount)]
    pub stake_config: UncheckedAccount,
    pub system_program: Program<System>,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<IncreaseStake>, index: u32, lamports: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    sol::require_fresh(&accounts.pool, &Clock::get()?)?;
    require!(lamports > 0, PoolError::ZeroAmount);
    require!(lamports >= accounts.pool.min_delegation, PoolError::BelowMinimumDelegation);
    let chain_rent = Rent::get()?;
    let rent = chain_rent.try_minimum_balance(STAKE_ACCOUNT_SIZE)?;
    let moved = lamports.checked_add(rent).or_pool_error()?;
    require!(
        moved <= sol::free_lamports(&accounts.pool, &accounts.reserve, &chain_rent)?,
        PoolError::ReserveInsufficient
    );

    let pool_address = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let record = sol::record_of(&mut accounts.validator_list, index, &vote)?;
    require!(record.retired == 0, PoolError::ValidatorRetired);
    let canonical = match record.stake_state {
        stake_state::NONE => true,
        stake_state::DELEGATED => false,
        _ => return Err(PoolError::TransientExists.into()),
    };
    require!(canonical || record.activating == 0, PoolError::TransientExists);
    let (seed, stake_bump) =
        if canonical { (STAKE_SEED, record.stake_bump) } else { (ACTIVATING_SEED, record.activating_bump) };
    sol::require_stake_account(accounts.stake.account(), seed, &pool_address, &vote, stake_bump)?;

    let (pool, reserve, stake) =
        (accounts.pool.account(), accounts.reserve.account(), accounts.stake.account());
    sol::pay_from_reserve(&accounts.reserve, stake, moved)?;
    let stake_bump = [stake_bump];
    let stake_seeds = [
        Seed::from(seed),
        Seed::from(pool_address.as_ref()),
        Seed::from(vote.as_ref()),
        Seed::from(&stake_bump),
    ];
    let space = u64::try_from(STAKE_ACCOUNT_SIZE).ok().or_pool_error()?;
    invoke::create_stake_account(stake, reserve, space, &CpiSigner::from(&stake_seeds));
    invoke::stake_initialize(stake, accounts.rent.account(), pool);
    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    invoke::stake_delegate(
        stake,
        accounts.vote.account(),
        &StakeSysvars { clock: accounts.clock.account(), history: accounts.stake_history.account() },
        accounts.stake_config.account(),
        pool,
        CpiSigner::from(&seeds),
    );

    // Read back: lamports somebody sent to the address beforehand are delegated too.
    let delegated = {
        let data = stake.try_borrow()?;
        StakeView::parse(&data).map_err(|_| PoolError::UnexpectedChainState)?.delegated()
    };
    let held_before = record.held();
    if canonical {
        record.stake = delegated;
        record.stake_state = stake_state::DELEGATED;
    } else {
        record.activating = delegated;
    }
    let held_after = record.held();
    accounts.pool.pay_stake_rent(rent).or_pool_error()?;

    emit!(StakeIncreased {
        pool: pool_address,
        vote,
        lamports,
        rent,
        held_before,
        held_after,
        reserve_after: accounts.reserve.account().lamports(),
    });
    Ok(())
}
