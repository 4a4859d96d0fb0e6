//! Deposits and instant exits stop for a while.

use anchor_lang::prelude::*;

use crate::constants::{PAUSE_EPOCHS, PAUSE_REST_EPOCHS};
use crate::errors::{OrVaultError, VaultError};
use crate::events::Paused;
use crate::state::Vault;

/// Specification:
/// - the vault's pauser or admin signs;
/// - deposits and instant exits are refused until the epoch after the next begins; nothing else is: tickets are ordered,
///   given away and claimed, agreements end, slashes take their course, rewards are paid;
/// - a pause ends by itself, and the pauser may pause again only two epochs later; the admin may at any time.
#[derive(Accounts)]
pub struct Pause {
    #[account(mut)]
    pub vault: Account<Vault>,
    pub authority: Signer,
}

pub(crate) fn handler(ctx: &mut Context<Pause>) -> Result<()> {
    let epoch = Clock::get()?.epoch;
    let by = *ctx.accounts.authority.address();
    let vault = &mut ctx.accounts.vault;
    require!(by == vault.pauser || by == vault.admin, VaultError::NotPauser);
    require!(by == vault.admin || epoch >= vault.pausable_from_epoch, VaultError::PauseTooSoon);
    let until_epoch = epoch.checked_add(PAUSE_EPOCHS).or_vault_error()?;
    vault.paused_until_epoch = until_epoch;
    vault.pausable_from_epoch = until_epoch.checked_add(PAUSE_REST_EPOCHS).or_vault_error()?;
    emit!(Paused { vault: *vault.address(), by, until_epoch });
    Ok(())
}
