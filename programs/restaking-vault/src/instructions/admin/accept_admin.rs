//! The second half of handing a vault over.

use anchor_lang::prelude::*;

use crate::errors::VaultError;
use crate::events::AdminChanged;
use crate::state::Vault;

/// Specification:
/// - the proposed admin signs, which shows that the key exists and is held by somebody;
/// - the old admin can do nothing any more; the other roles stay as they are;
/// - the proposal is used up.
#[derive(Accounts)]
pub struct AcceptAdmin {
    #[account(mut)]
    pub vault: Account<Vault>,
    #[account(address = vault.pending_admin @ VaultError::NotPendingAdmin)]
    pub proposed: Signer,
}

pub(crate) fn handler(ctx: &mut Context<AcceptAdmin>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let before = accounts.vault.admin;
    let after = *accounts.proposed.address();
    accounts.vault.admin = after;
    accounts.vault.pending_admin = Address::default();
    emit!(AdminChanged { vault: *accounts.vault.address(), before, after });
    Ok(())
}
