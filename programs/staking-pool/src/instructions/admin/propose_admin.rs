//! `propose_admin`: the first half of handing the pool over.

use anchor_lang::prelude::*;

use crate::errors::PoolError;
use crate::events::AdminProposed;
use crate::state::Pool;

/// Specification
/// - the pool's admin signs
/// - nothing changes until the proposed key accepts; a second proposal replaces the first, and proposing the zero
///   address, which cannot sign, takes it back
#[derive(Accounts)]
pub struct ProposeAdmin {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ PoolError::NotAdmin)]
    pub admin: Signer,
    pub proposed: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<ProposeAdmin>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let proposed = *accounts.proposed.address();
    accounts.pool.pending_admin = proposed;
    emit!(AdminProposed { pool: *accounts.pool.address(), admin: accounts.pool.admin, proposed });
    Ok(())
}
