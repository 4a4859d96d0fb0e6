//! `unlock_and_exit`: collateral sold to the pool at once.

use anchor_lang::prelude::*;
use staking_pool::state::Pool;

use crate::errors::{ComposerError, OrError};
use crate::pool::{self, WithdrawSol};
use crate::sol;
use crate::state::{Market, Position};

/// Specification
/// - the owner signs; `shares` leave the position and are burnt by the pool, which pays at least `min_out` to the market
/// - the owner is paid exactly what the pool paid
/// - what the position still owes is at most the loan to value of the collateral it keeps; a position that owes nothing
///   is not valued
/// - refused where the pool refuses: stale, paused, without liquidity, zero shares
#[derive(Accounts)]
pub struct UnlockAndExit {
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut)]
    pub owner: Signer,
    #[account(
        mut,
        constraint(&position.market == market.address() @ ComposerError::WrongMarket),
        constraint(&position.owner == owner.address() @ ComposerError::NotOwner)
    )]
    pub position: Account<Position>,
    #[account(mut, address = market.collateral @ ComposerError::WrongCollateral)]
    pub collateral: UncheckedAccount,
    #[account(mut, address = market.pool @ ComposerError::WrongPool)]
    pub pool: Account<Pool>,
    #[account(mut)]
    pub reserve: UncheckedAccount,
    #[account(mut)]
    pub lst_mint: UncheckedAccount,
    pub token_program: UncheckedAccount,
    #[account(address = staking_pool::ID @ ComposerError::WrongPoolProgram)]
    pub pool_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<UnlockAndExit>, shares: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.market.unlock(&mut accounts.position, shares)?;
    require_covered(&accounts.market, &accounts.position, &accounts.pool)?;

    let before = accounts.market.account().lamports();
    let (pool, lender, bump) = (accounts.market.pool, accounts.market.lender, [accounts.market.bump]);
    let withdrawal = WithdrawSol {
        pool: accounts.pool.cpi_handle_mut(),
        user: accounts.market.cpi_handle_mut(),
        reserve: accounts.reserve.cpi_handle_mut(),
        lst_mint: accounts.lst_mint.cpi_handle_mut(),
        user_lst: accounts.collateral.cpi_handle_mut(),
        token_program: accounts.token_program.cpi_handle(),
    };
    withdrawal.invoke(shares, min_out, &[b"market", pool.as_ref(), lender.as_ref(), &bump]);
    let paid = accounts.market.account().lamports().checked_sub(before).or_error()?;
    sol::pay(&accounts.market, &accounts.owner, paid)
}

/// Refuses to leave less collateral than what is owed needs.
#[inline(always)]
pub fn require_covered(market: &Market, position: &Position, pool: &Pool) -> Result<()> {
    if position.debt > 0 {
        let limit = market.terms.limit(pool::value(pool, position.shares)?)?;
        require!(position.debt <= limit, ComposerError::AboveLimit);
    }
    Ok(())
}
