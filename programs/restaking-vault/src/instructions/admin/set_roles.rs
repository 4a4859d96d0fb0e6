//! Who may do what beside the admin.

use anchor_lang::prelude::*;

use crate::errors::{OrVaultError, VaultError};
use crate::events::RolesSet;
use crate::state::Vault;

/// The keys the admin gives a role. Each may be a multisig.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct Roles {
    /// Consents to agreements for the depositors, allocates, and ends agreements.
    pub delegation_admin: Address,
    /// May stop deposits and instant exits for a while.
    pub pauser: Address,
    /// May veto a slash request.
    pub resolver: Address,
}

/// Specification:
/// - the vault's admin signs;
/// - delegation admin and pauser are replaced at once: what a new delegation admin puts at risk warms up first;
/// - another resolver decides a ticket's cool-down later, so that whoever does not trust it has left by then; until then
///   the present one does. Naming the present one takes a change back, and another change waits as long again.
#[derive(Accounts)]
pub struct SetRoles {
    #[account(mut)]
    pub vault: Account<Vault>,
    #[account(address = vault.admin @ VaultError::NotAdmin)]
    pub admin: Signer,
}

pub(crate) fn handler(ctx: &mut Context<SetRoles>, roles: Roles) -> Result<()> {
    let vault = &mut ctx.accounts.vault;
    let epoch = Clock::get()?.epoch;
    let Roles { delegation_admin, pauser, resolver } = roles;
    vault.delegation_admin = delegation_admin;
    vault.pauser = pauser;
    vault.resolver = vault.resolver_at(epoch);
    if resolver == vault.resolver {
        vault.next_resolver = Address::default();
        vault.next_resolver_epoch = 0;
    } else {
        vault.next_resolver = resolver;
        vault.next_resolver_epoch = epoch.checked_add(u64::from(vault.cooldown_epochs)).or_vault_error()?;
    }
    emit!(RolesSet {
        vault: *vault.address(),
        delegation_admin,
        pauser,
        resolver: vault.resolver,
        next_resolver: vault.next_resolver,
        next_resolver_epoch: vault.next_resolver_epoch,
    });
    Ok(())
}
