//! `lst_to_sol`, `sol_to_lst`: the rate, in the call format of routers.
//!
//! The interface of Sanctum's SOL value calculators: data is one byte (0 or 1) and an amount, the mint is the first account,
//! the answer is the least and the most, two u64.

use anchor_lang::prelude::*;
use sluice_money::{Lamports, LstAmount};

use crate::errors::{OrPoolError, PoolError};
use crate::sol;
use crate::state::Pool;

/// Bounds of a value, both included.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct ValueRange {
    pub min: u64,
    pub max: u64,
}

/// Specification
/// - changes nothing
/// - the pool is of this epoch
/// - the value at the released rate of this slot, before any fee, rounded down
#[derive(Accounts)]
pub struct Price {
    #[account(address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    pub pool: Account<Pool>,
}

pub fn lst_to_sol(ctx: &mut Context<Price>, lst_amount: u64) -> Result<ValueRange> {
    let pool = &ctx.accounts.pool;
    let clock = Clock::get()?;
    sol::require_fresh(pool, &clock)?;
    let ledger = pool.ledger().at(clock.slot).or_pool_error()?;
    let value = ledger.lamports_for(LstAmount(lst_amount)).or_pool_error()?.0;
    Ok(ValueRange { min: value, max: value })
}

pub fn sol_to_lst(ctx: &mut Context<Price>, lamports: u64) -> Result<ValueRange> {
    let pool = &ctx.accounts.pool;
    let clock = Clock::get()?;
    sol::require_fresh(pool, &clock)?;
    let ledger = pool.ledger().at(clock.slot).or_pool_error()?;
    let shares = ledger.shares_for(Lamports(lamports)).or_pool_error()?.0;
    Ok(ValueRange { min: shares, max: shares })
}
