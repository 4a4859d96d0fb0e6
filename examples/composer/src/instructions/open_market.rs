//! `open_market`: a lender's market over one pool.

use anchor_lang::prelude::*;
use staking_pool::state::Pool;

use crate::errors::ComposerError;
use crate::state::{Market, Terms};
use crate::token;

/// Specification
/// - the lender signs and pays the market's rent; there is one market a pool and lender
/// - the pool is an account of the staking pool's program
/// - the collateral account is a plain token account of the pool's mint, owned by the market, without delegate or close
///   authority
/// - loan to value is above zero and below the liquidation threshold; threshold and bonus together are within one whole
#[derive(Accounts)]
pub struct OpenMarket {
    #[account(mut)]
    pub lender: Signer,
    pub pool: Account<Pool>,
    #[account(init, payer = lender, seeds = [b"market", pool.address().as_ref(), lender.address().as_ref()], bump)]
    pub market: Account<Market>,
    pub collateral: UncheckedAccount,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<OpenMarket>, terms: Terms) -> Result<()> {
    let bump = ctx.bumps.market;
    let OpenMarket { lender, pool, market, collateral, .. } = &mut ctx.accounts;
    require!(terms.are_valid(), ComposerError::InvalidTerms);
    let sealed =
        token::is_sealed(collateral.account(), &pool.token_program, &pool.lst_mint, market.address());
    require!(sealed, ComposerError::UnusableCollateral);
    market.pool = *pool.address();
    market.lender = *lender.address();
    market.collateral = *collateral.address();
    market.terms = terms;
    market.bump = bump;
    Ok(())
}
