//! `fund`: the lender's SOL comes in.

use anchor_lang::prelude::*;

use crate::errors::{ComposerError, OrError};
use crate::sol;
use crate::state::Market;

/// Specification
/// - the lender signs; `lamports` is above zero and moves to the market
#[derive(Accounts)]
pub struct Fund {
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut, address = market.lender @ ComposerError::NotLender)]
    pub lender: Signer,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<Fund>, lamports: u64) -> Result<()> {
    let Fund { market, lender, .. } = &mut ctx.accounts;
    require!(lamports > 0, ComposerError::ZeroAmount);
    market.cash = market.cash.checked_add(lamports).or_error()?;
    sol::take(lender, market, lamports);
    Ok(())
}
