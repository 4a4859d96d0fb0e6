//! `deposit_stake`: an active stake account in, LST out.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_chain_views::stake::{StakeKind, StakeView};
use sluice_money::Lamports;
use sluice_pool_math as math;

use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::StakeDeposited;
use crate::invoke::{self, StakeAuthority, StakeSysvars};
use crate::sol;
use crate::state::{Pool, Reserve, ValidatorList, stake_state};

/// Specification
/// - the user signs, is both staker and withdrawer of the source, and no lockup binds it
/// - the pool is of this epoch; `index` is the place in the list of the validator the source is delegated to
/// - source and canonical account are wholly active: what warms up or cools down is refused
/// - the source's authorities move to the pool inside, it is merged whole, and what lies above its delegation, rent
///   included, goes to the reserve
/// - mints for all its lamports, rounded down, at least `min_out`; they are at least the pool's minimum deposit
/// - the validator's record grows by exactly the delegation, the reserve by exactly the rest, the total by their sum
#[derive(Accounts)]
pub struct DepositStake {
    #[account(mut)]
    pub pool: Account<Pool>,
    pub user: Signer,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub stake: UncheckedAccount,
    #[account(mut, owner = STAKE_PROGRAM @ PoolError::WrongStakeAccount)]
    pub source: UncheckedAccount,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = STAKE_HISTORY_SYSVAR @ PoolError::WrongProgramAccount)]
    pub stake_history: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<DepositStake>, index: u32, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    sol::require_fresh(&accounts.pool, &clock)?;

    let pool_address = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let record = sol::record_of(&mut accounts.validator_list, index, &vote)?;
    sol::require_stake_account(
        accounts.stake.account(),
        STAKE_SEED,
        &pool_address,
        &vote,
        record.stake_bump,
    )?;
    require!(record.stake_state == stake_state::DELEGATED, PoolError::StakeNotUsable);
    let delegated = {
        let data = accounts.source.try_borrow()?;
        let source = StakeView::parse(&data).map_err(|_| PoolError::WrongStakeAccount)?;
        require!(source.kind() != StakeKind::Uninitialized, PoolError::WrongStakeAccount);
        require!(source.is_authority(accounts.user.address().as_array()), PoolError::NotStakeAuthority);
        require!(!source.is_locked_up(clock.unix_timestamp, clock.epoch), PoolError::StakeLockedUp);
        require!(
            source.kind() == StakeKind::Delegated && source.voter() == vote.as_array(),
            PoolError::WrongDelegation
        );
        require!(is_active(&source, clock.epoch), PoolError::StakeNotActive);
        source.delegated()
    };
    {
        let data = accounts.stake.try_borrow()?;
        let canonical = StakeView::parse(&data).map_err(|_| PoolError::StakeNotUsable)?;
        require!(is_active(&canonical, clock.epoch), PoolError::StakeNotActive);
    }

    let lamports = accounts.source.lamports();
    require!(lamports >= accounts.pool.min_deposit, PoolError::BelowMinimumDeposit);
    let excess = lamports.checked_sub(delegated).or_pool_error()?;
    let before = accounts.pool.ledger();
    let outcome = math::deposit(&before, clock.slot, Lamports(lamports)).or_pool_error()?;
    require!(outcome.minted.0 >= min_out, PoolError::SlippageExceeded);
    accounts.pool.set_ledger(&outcome.ledger);
    record.stake = record.stake.checked_add(delegated).or_pool_error()?;
    let stake_after = record.stake;

    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    let (pool, source, stake) =
        (accounts.pool.account(), accounts.source.account(), accounts.stake.account());
    let sysvars = StakeSysvars { clock: accounts.clock.account(), history: accounts.stake_history.account() };
    for which in [StakeAuthority::Staker, StakeAuthority::Withdrawer] {
        invoke::stake_authorize(source, sysvars.clock, accounts.user.account(), &pool_address, which, &[]);
    }
    invoke::stake_merge(stake, source, &sysvars, pool, CpiSigner::from(&seeds));
    if excess > 0 {
        let reserve = accounts.reserve.account();
        invoke::stake_withdraw(stake, reserve, &sysvars, pool, excess, CpiSigner::from(&seeds));
    }
    invoke::mint_to(
        &accounts.pool.token_program,
        accounts.lst_mint.account(),
        accounts.user_lst.account(),
        pool,
        outcome.minted.0,
        CpiSigner::from(&seeds),
    );

    emit!(StakeDeposited {
        pool: pool_address,
        user: *accounts.user.address(),
        vote,
        source: *accounts.source.address(),
        delegated,
        excess,
        minted: outcome.minted.0,
        stake_after,
        reserve_after: accounts.reserve.account().lamports(),
        before: (&before).into(),
        after: (&outcome.ledger).into(),
    });
    Ok(())
}

/// Whether a delegation is wholly effective and not on its way out.
fn is_active(stake: &StakeView, epoch: u64) -> bool {
    let (stake, activation, deactivation) =
        (stake.delegated(), stake.activation_epoch(), stake.deactivation_epoch());
    deactivation == u64::MAX && sol::effective_stake(stake, activation, deactivation, epoch) == stake
}
