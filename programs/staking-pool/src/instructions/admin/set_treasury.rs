//! `set_treasury`: fees go to another token account.

use anchor_lang::prelude::*;

use crate::errors::PoolError;
use crate::events::TreasurySet;
use crate::state::Pool;
use crate::token::can_receive;

/// Specification
/// - the pool's admin signs
/// - the new treasury is a token account of the pool's mint that LST can be minted to, and not the escrow
/// - fees that were charged and not yet minted go to the new one
#[derive(Accounts)]
pub struct SetTreasury {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ PoolError::NotAdmin)]
    pub admin: Signer,
    pub treasury: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<SetTreasury>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let after = *accounts.treasury.address();
    let usable = can_receive(&accounts.treasury, &accounts.pool.token_program, &accounts.pool.lst_mint);
    require!(usable && after != accounts.pool.escrow, PoolError::UnusableTokenAccount);
    let before = accounts.pool.treasury;
    accounts.pool.treasury = after;
    emit!(TreasurySet { pool: *accounts.pool.address(), before, after });
    Ok(())
}
