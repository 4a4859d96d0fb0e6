//! `repay`: SOL back to the market.

use anchor_lang::prelude::*;

use crate::errors::ComposerError;
use crate::sol;
use crate::state::{Market, Position};

/// Specification
/// - anyone signs and pays `lamports`, or all that the position owes if that is less; it is above zero
/// - needs nothing of the pool
#[derive(Accounts)]
pub struct Repay {
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut)]
    pub payer: Signer,
    #[account(mut, constraint(&position.market == market.address() @ ComposerError::WrongMarket))]
    pub position: Account<Position>,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<Repay>, lamports: u64) -> Result<()> {
    let Repay { market, payer, position, .. } = &mut ctx.accounts;
    let paid = lamports.min(position.debt);
    require!(paid > 0, ComposerError::ZeroAmount);
    market.settle(position, paid)?;
    sol::take(payer, market, paid);
    Ok(())
}
