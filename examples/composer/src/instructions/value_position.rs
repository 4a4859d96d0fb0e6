//! `value_position`: what a position's collateral is worth, asked of the pool.

use anchor_lang::prelude::*;

use crate::errors::ComposerError;
use crate::pool;
use crate::state::{Market, Position};

/// Specification
/// - changes nothing; answers by return data, in lamports
/// - the answer is what `borrow` reckons with, to the lamport, and is refused where the pool is stale
#[derive(Accounts)]
pub struct ValuePosition {
    pub market: Account<Market>,
    #[account(constraint(&position.market == market.address() @ ComposerError::WrongMarket))]
    pub position: Account<Position>,
    pub lst_mint: UncheckedAccount,
    #[account(address = market.pool @ ComposerError::WrongPool)]
    pub pool: UncheckedAccount,
    #[account(address = staking_pool::ID @ ComposerError::WrongPoolProgram)]
    pub pool_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<ValuePosition>) -> Result<u64> {
    let ValuePosition { position, lst_mint, pool, .. } = &mut ctx.accounts;
    pool::ask_value(lst_mint.cpi_handle(), pool.cpi_handle(), position.shares)
}
