//! `liquid_unstake`: an active stake account in, SOL out at once.

use anchor_lang::prelude::*;
use sluice_pool_math as math;

use super::intake::{self, Bought, StakeIntake, StakeTerms};
use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::{SolWithdrawn, StakeDeposited};
use crate::sol;
use crate::state::{Pool, Reserve, ValidatorList};

/// Specification
/// - all that `deposit_stake` and `withdraw_sol` ask for, except that no LST is minted to be burnt again
/// - pays what selling the shares of the deposit at once would pay, less both fees, at least `min_out`
/// - what lies on the account beside its delegation is in the reserve before it pays
#[derive(Accounts)]
pub struct LiquidUnstake {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(mut)]
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
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = STAKE_HISTORY_SYSVAR @ PoolError::WrongProgramAccount)]
    pub stake_history: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
    pub deposit_authority: Option<Signer>,
}

pub fn handler(ctx: &mut Context<LiquidUnstake>, index: u32, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    intake::require_deposits(&accounts.pool, &clock, &accounts.user, accounts.deposit_authority.as_ref())?;

    let vote = *accounts.vote.address();
    let (mint, bump) = (accounts.pool.lst_mint, accounts.pool.bump);
    let intake = StakeIntake {
        pool: *accounts.pool.account(),
        reserve: *accounts.reserve.account(),
        stake: *accounts.stake.account(),
        source: *accounts.source.account(),
        clock: *accounts.clock.account(),
        stake_history: *accounts.stake_history.account(),
        vote,
    };
    let terms = StakeTerms { index, holder: accounts.user.address(), is_referred: false, min_out: 0 };
    let Bought { taken, before, outcome: deposit, held_after } =
        intake.buy(&mut accounts.pool, &mut accounts.validator_list, &terms, &clock)?;

    intake.take_over(accounts.user.account());
    intake.merge(&taken, &mint, bump);
    let free = sol::free_lamports(&accounts.pool, &accounts.reserve, &Rent::get()?)?;
    let exit = math::instant_exit(
        &deposit.ledger,
        &accounts.pool.liquidity(),
        clock.slot,
        deposit.minted,
        &accounts.pool.instant_terms(free),
    )
    .or_pool_error()?;
    require!(exit.paid.0 >= min_out, PoolError::SlippageExceeded);
    accounts.pool.set_ledger(&exit.ledger);
    accounts.pool.set_liquidity(&exit.liquidity);
    accounts.pool.book_fee(&exit.cut).or_pool_error()?;
    let reserve_between = accounts.reserve.account().lamports();
    sol::pay_from_reserve(&accounts.reserve, accounts.user.account(), exit.paid.0)?;

    let (pool, user) = (*accounts.pool.address(), *accounts.user.address());
    emit!(StakeDeposited {
        pool,
        user,
        vote,
        source: *accounts.source.address(),
        delegated: taken.delegated,
        excess: taken.excess,
        minted: deposit.minted.0,
        fee: (&deposit.fee).into(),
        referrer: pool,
        held_after,
        reserve_after: reserve_between,
        before: (&before).into(),
        after: (&deposit.ledger).into(),
    });
    emit!(SolWithdrawn {
        pool,
        user,
        shares: deposit.minted.0,
        paid: exit.paid.0,
        fee: exit.fee.0,
        from_liquidity: exit.from_liquidity.0,
        to_liquidity: exit.to_liquidity.0,
        cut: (&exit.cut).into(),
        reserve_after: accounts.reserve.account().lamports(),
        liquidity_after: (&exit.liquidity).into(),
        before: (&deposit.ledger).into(),
        after: (&exit.ledger).into(),
    });
    Ok(())
}
