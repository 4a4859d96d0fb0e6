//! `liquidate`: somebody else pays a debt that has outgrown its collateral, and gets the collateral.

use anchor_lang::prelude::*;
use staking_pool::state::Pool;

use crate::errors::ComposerError;
use crate::state::{Market, Position};
use crate::{pool, sol, token};

/// Specification
/// - the position owes more than the liquidation threshold of its collateral's value now, rounded down; without
///   interest only a loss of the pool brings that about
/// - anyone signs and pays `lamports`, or all that is owed if that is less; it is above zero
/// - gets the shares that this and the bonus are worth now, rounded down, or all there are; at least `min_out`
/// - the pool is of this epoch
#[derive(Accounts)]
pub struct Liquidate {
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut)]
    pub liquidator: Signer,
    #[account(mut, constraint(&position.market == market.address() @ ComposerError::WrongMarket))]
    pub position: Account<Position>,
    #[account(mut, address = market.collateral @ ComposerError::WrongCollateral)]
    pub collateral: UncheckedAccount,
    #[account(mut)]
    pub liquidator_lst: UncheckedAccount,
    #[account(address = market.pool @ ComposerError::WrongPool)]
    pub pool: Account<Pool>,
    #[account(address = pool.token_program @ ComposerError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<Liquidate>, lamports: u64, min_out: u64) -> Result<()> {
    let Liquidate { market, liquidator, position, collateral, liquidator_lst, pool, token_program, .. } =
        &mut ctx.accounts;
    let threshold = market.terms.threshold(pool::value(pool, position.shares)?)?;
    require!(position.debt > threshold, ComposerError::NotLiquidatable);
    let paid = lamports.min(position.debt);
    require!(paid > 0, ComposerError::ZeroAmount);
    let shares = pool::shares(pool, market.terms.with_bonus(paid)?)?.min(position.shares);
    require!(shares >= min_out, ComposerError::SlippageExceeded);
    market.settle(position, paid)?;
    market.unlock(position, shares)?;

    sol::take(liquidator, market, paid);
    let (pool, lender, bump) = (market.pool, market.lender, [market.bump]);
    token::transfer(
        token_program.address(),
        collateral.cpi_handle_mut(),
        liquidator_lst.cpi_handle_mut(),
        market.cpi_handle(),
        shares,
        &[b"market", pool.as_ref(), lender.as_ref(), &bump],
    );
    Ok(())
}
