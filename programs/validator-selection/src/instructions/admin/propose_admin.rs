//! `propose_admin`: the first of two steps to another admin.

use anchor_lang::prelude::*;

use crate::errors::SelectionError;
use crate::events::AdminProposed;
use crate::state::Config;

/// Specification
/// - the admin signs and stays the admin until the proposed one accepts
/// - a new proposal replaces the one before; proposing the admin itself withdraws it
#[derive(Accounts)]
pub struct ProposeAdmin {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(address = config.admin @ SelectionError::NotAdmin)]
    pub admin: Signer,
    pub proposed: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<ProposeAdmin>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let proposed = *accounts.proposed.address();
    accounts.config.pending_admin = proposed;
    emit!(AdminProposed { config: *accounts.config.address(), admin: accounts.config.admin, proposed });
    Ok(())
}
