//! `accept_admin`: the second half of handing the pool over.

use anchor_lang::prelude::*;

use crate::errors::PoolError;
use crate::events::AdminChanged;
use crate::state::Pool;

/// Specification
/// - the proposed admin signs, which shows that the key exists and is held by somebody
/// - the old admin can do nothing any more; the other roles stay as they are
/// - the proposal is used up
#[derive(Accounts)]
pub struct AcceptAdmin {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.pending_admin @ PoolError::NotPendingAdmin)]
    pub proposed: Signer,
}

pub fn handler(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let before = accounts.pool.admin;
    let after = *accounts.proposed.address();
    accounts.pool.admin = after;
    accounts.pool.pending_admin = Address::default();
    emit!(AdminChanged { pool: *accounts.pool.address(), before, after });
    Ok(())
}
