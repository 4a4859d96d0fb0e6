//! `withdraw_sol`: LST in, SOL out at once, for a fee.

use anchor_lang::prelude::*;
use sluice_money::LstAmount;
use sluice_pool_math as math;

use crate::errors::{OrPoolError, PoolError};
use crate::events::SolWithdrawn;
use crate::state::{Pool, Reserve};
use crate::token::require_held;
use crate::{invoke, sol};

/// Specification
/// - the user signs, holds (or is delegate of) the LST, and is paid
/// - the pool is of this epoch, or of the last one while the chain pays rewards and forbids its update; it is not paused
/// - `shares` is above zero; all of them are burnt
/// - pays their value rounded down less the fee rounded up, at least `min_out`; where the liquidity pool pays a part, at most
///   the price of one share less
/// - out of what the reserve holds above its rent and above what open tickets are owed, then out of the liquidity pool
/// - the fee is `instant_least_bps` where `liquidity_target` stays, and grows linearly to `instant_most_bps` for the last
///   lamport
/// - total falls by exactly what the reserve paid, and its part of the fee is released to the holders over time;
///   liquidity providers take over shares for what they paid and for their part of the fee, less the cut
/// - LST in an account of the incinerator or of the system program, which anybody may burn from, count for nobody
#[derive(Accounts)]
pub struct WithdrawSol {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(mut)]
    pub user: Signer,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<WithdrawSol>, shares: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    sol::require_priced(&accounts.pool, &clock)?;
    sol::require_open(&accounts.pool, &clock)?;
    require!(shares > 0, PoolError::ZeroAmount);
    require_held(accounts.user_lst.account())?;

    let before = accounts.pool.ledger();
    let free = sol::free_lamports(&accounts.pool, &accounts.reserve, &Rent::get()?)?;
    let exit = math::instant_exit(
        &before,
        &accounts.pool.liquidity(),
        clock.slot,
        LstAmount(shares),
        &accounts.pool.instant_terms(free),
    )
    .or_pool_error()?;
    require!(exit.paid.0 >= min_out, PoolError::SlippageExceeded);
    accounts.pool.set_ledger(&exit.ledger);
    accounts.pool.set_liquidity(&exit.liquidity);
    accounts.pool.book_fee(&exit.cut).or_pool_error()?;

    invoke::burn(
        &accounts.pool.token_program,
        accounts.user_lst.account(),
        accounts.lst_mint.account(),
        accounts.user.account(),
        shares,
        &[],
    );
    sol::pay_from_reserve(&accounts.reserve, accounts.user.account(), exit.paid.0)?;

    emit!(SolWithdrawn {
        pool: *accounts.pool.address(),
        user: *accounts.user.address(),
        shares,
        paid: exit.paid.0,
        fee: exit.fee.0,
        from_liquidity: exit.from_liquidity.0,
        to_liquidity: exit.to_liquidity.0,
        cut: (&exit.cut).into(),
        reserve_after: accounts.reserve.account().lamports(),
        liquidity_after: (&exit.liquidity).into(),
        before: (&before).into(),
        after: (&exit.ledger).into(),
    });
    Ok(())
}
