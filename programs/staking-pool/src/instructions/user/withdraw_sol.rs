//! `withdraw_sol`: LST in, SOL out at once, for a fee.

use anchor_lang::prelude::*;
use sluice_money::LstAmount;
use sluice_pool_math as math;

use crate::errors::{OrPoolError, PoolError};
use crate::events::SolWithdrawn;
use crate::state::{Pool, Reserve};
use crate::{invoke, sol};

/// Specification
/// - the user signs, holds (or is delegate of) the LST, and is paid
/// - the pool is of this epoch; `shares` is above zero
/// - burns `shares`, pays their value rounded down less the fee rounded up, at least `min_out`
/// - pays only what the reserve holds above its rent and above what open tickets are owed
/// - total falls by exactly what was paid; the fee is released to the holders over time
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
    sol::require_fresh(&accounts.pool, &clock)?;
    require!(shares > 0, PoolError::ZeroAmount);

    let before = accounts.pool.ledger();
    let fee = accounts.pool.instant_fee();
    let exit = math::instant_exit(&before, clock.slot, LstAmount(shares), fee).or_pool_error()?;
    require!(exit.paid.0 >= min_out, PoolError::SlippageExceeded);
    require!(
        exit.paid.0 <= sol::free_lamports(&accounts.pool, &accounts.reserve, &Rent::get()?)?,
        PoolError::ReserveInsufficient
    );
    accounts.pool.set_ledger(&exit.ledger);

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
        reserve_after: accounts.reserve.account().lamports(),
        before: (&before).into(),
        after: (&exit.ledger).into(),
    });
    Ok(())
}
