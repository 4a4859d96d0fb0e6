//! `open_position`: a borrower comes to a market.

use anchor_lang::prelude::*;

use crate::state::{Market, Position};

/// Specification
/// - the owner signs and pays the position's rent; there is one position a market and owner
#[derive(Accounts)]
pub struct OpenPosition {
    #[account(mut)]
    pub owner: Signer,
    pub market: Account<Market>,
    #[account(init, payer = owner, seeds = [b"position", market.address().as_ref(), owner.address().as_ref()], bump)]
    pub position: Account<Position>,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<OpenPosition>) -> Result<()> {
    let OpenPosition { owner, market, position, .. } = &mut ctx.accounts;
    position.market = *market.address();
    position.owner = *owner.address();
    Ok(())
}
