//! The first half of handing a vault over.

use anchor_lang::prelude::*;

use crate::errors::VaultError;
use crate::events::AdminProposed;
use crate::state::Vault;

/// Specification:
/// - the vault's admin signs;
/// - nothing changes until the proposed key accepts; a second proposal replaces the first, and proposing the zero
///   address, which cannot sign, takes it back.
#[derive(Accounts)]
pub struct ProposeAdmin {
    #[account(mut)]
    pub vault: Account<Vault>,
    #[account(address = vault.admin @ VaultError::NotAdmin)]
    pub admin: Signer,
    pub proposed: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<ProposeAdmin>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let proposed = *accounts.proposed.address();
    accounts.vault.pending_admin = proposed;
    emit!(AdminProposed { vault: *accounts.vault.address(), admin: accounts.vault.admin, proposed });
    Ok(())
}
