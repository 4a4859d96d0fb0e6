//! `withdraw_stake`: LST in, a stake account out.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_chain_views::stake::{STAKE_ACCOUNT_SIZE, StakeKind, StakeView};
use sluice_money::LstAmount;
use sluice_pool_math as math;

use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::StakeWithdrawn;
use crate::invoke::{self, StakeAuthority};
use crate::sol;
use crate::state::{Pool, ValidatorList, stake_state};

/// Specification
/// - the user signs, holds (or is delegate of) the LST, and becomes staker and withdrawer of the destination
/// - the pool is of this epoch; `shares` is above zero; `index` is the validator's place in the list
/// - the destination is a new stake account with its rent, paid by the user
/// - burns `shares`, moves their value rounded down as delegation, at least `min_out`, without a fee
/// - what that stake has earned since the epoch began, by the yield of the epoch before, stays with the holders,
///   because its new owner will be paid the whole epoch's rewards; it is at most 0.2 % of the value
/// - what is moved and what stays are each at least the chain's minimum delegation
#[derive(Accounts)]
pub struct WithdrawStake {
    #[account(mut)]
    pub pool: Account<Pool>,
    pub user: Signer,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub stake: UncheckedAccount,
    #[account(mut)]
    pub destination: UncheckedAccount,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<WithdrawStake>, index: u32, shares: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    sol::require_fresh(&accounts.pool, &clock)?;
    require!(shares > 0, PoolError::ZeroAmount);
    require!(is_new_stake_account(&accounts.destination)?, PoolError::UnusableDestination);

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

    let before = accounts.pool.ledger();
    let accrual = accounts.pool.accrual(record, clock.slot);
    let exit = math::stake_exit(&before, clock.slot, LstAmount(shares), &accrual).or_pool_error()?;
    let lamports = exit.paid.0;
    require!(lamports >= min_out, PoolError::SlippageExceeded);
    let minimum = accounts.pool.min_delegation;
    let stake_before = record.stake;
    let stake_after = stake_before.checked_sub(lamports).ok_or(PoolError::StakeNotUsable)?;
    require!(lamports >= minimum && stake_after >= minimum, PoolError::BelowMinimumDelegation);
    record.stake = stake_after;
    accounts.pool.set_ledger(&exit.ledger);

    invoke::burn(
        &accounts.pool.token_program,
        accounts.user_lst.account(),
        accounts.lst_mint.account(),
        accounts.user.account(),
        shares,
        &[],
    );
    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    let (pool, destination) = (accounts.pool.account(), accounts.destination.account());
    invoke::stake_split(accounts.stake.account(), destination, pool, lamports, CpiSigner::from(&seeds));
    for which in [StakeAuthority::Staker, StakeAuthority::Withdrawer] {
        invoke::stake_authorize(
            destination,
            accounts.clock.account(),
            pool,
            accounts.user.address(),
            which,
            &[CpiSigner::from(&seeds)],
        );
    }

    emit!(StakeWithdrawn {
        pool: pool_address,
        user: *accounts.user.address(),
        vote,
        destination: *accounts.destination.address(),
        shares,
        lamports,
        accrued: exit.fee.0,
        stake_before,
        stake_after,
        before: (&before).into(),
        after: (&exit.ledger).into(),
    });
    Ok(())
}

fn is_new_stake_account(account: &AccountView) -> Result<bool> {
    let data = account.try_borrow()?;
    let new = StakeView::parse(&data).is_ok_and(|view| view.kind() == StakeKind::Uninitialized);
    Ok(account.owned_by(&STAKE_PROGRAM)
        && new
        && account.lamports() >= Rent::get()?.try_minimum_balance(STAKE_ACCOUNT_SIZE)?)
}
