//! `accept_admin`: the second of two steps to another admin.

use anchor_lang::prelude::*;

use crate::errors::SelectionError;
use crate::events::AdminAccepted;
use crate::state::Config;

/// Specification
/// - the proposed admin signs and is the admin from now on
/// - the proposal is spent
#[derive(Accounts)]
pub struct AcceptAdmin {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(address = config.pending_admin @ SelectionError::NotPendingAdmin)]
    pub pending_admin: Signer,
}

pub fn handler(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let before = accounts.config.admin;
    let after = *accounts.pending_admin.address();
    accounts.config.admin = after;
    accounts.config.pending_admin = Address::new_from_array([0; 32]);
    emit!(AdminAccepted { config: *accounts.config.address(), before, after });
    Ok(())
}
