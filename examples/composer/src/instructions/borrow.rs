//! `borrow`: SOL against the value of the collateral.

use anchor_lang::prelude::*;
use staking_pool::state::Pool;

use crate::errors::ComposerError;
use crate::state::{Market, Position};
use crate::{pool, sol};

/// Specification
/// - the owner signs and is paid `lamports`, which is above zero and at most what the market holds
/// - what is owed then is at most the loan to value, of the collateral's value now, rounded down
/// - the pool is of this epoch
#[derive(Accounts)]
pub struct Borrow {
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
    #[account(address = market.pool @ ComposerError::WrongPool)]
    pub pool: Account<Pool>,
}

pub fn handler(ctx: &mut Context<Borrow>, lamports: u64) -> Result<()> {
    let Borrow { market, owner, position, pool } = &mut ctx.accounts;
    require!(lamports > 0, ComposerError::ZeroAmount);
    market.lend(position, lamports)?;
    let limit = market.terms.limit(pool::value(pool, position.shares)?)?;
    require!(position.debt <= limit, ComposerError::AboveLimit);
    sol::pay(market, owner, lamports)
}
