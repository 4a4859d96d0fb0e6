//! `defund`: the lender's SOL goes out.

use anchor_lang::prelude::*;

use crate::errors::ComposerError;
use crate::sol;
use crate::state::Market;

/// Specification
/// - the lender signs; `lamports` is above zero and at most what is not lent, and moves to the lender
#[derive(Accounts)]
pub struct Defund {
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut, address = market.lender @ ComposerError::NotLender)]
    pub lender: Signer,
}

pub fn handler(ctx: &mut Context<Defund>, lamports: u64) -> Result<()> {
    let Defund { market, lender } = &mut ctx.accounts;
    require!(lamports > 0, ComposerError::ZeroAmount);
    market.cash = market.cash.checked_sub(lamports).ok_or(ComposerError::InsufficientCash)?;
    sol::pay(market, lender, lamports)
}
