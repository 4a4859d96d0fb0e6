//! A pause ends early.

use anchor_lang::prelude::*;

use super::pause::Pause;
use crate::errors::VaultError;
use crate::events::Resumed;

/// Specification:
/// - the vault's pauser or admin signs;
/// - deposits and instant exits go on at once; the pauser's rest is not shortened.
pub(crate) fn handler(ctx: &mut Context<Pause>) -> Result<()> {
    let by = *ctx.accounts.authority.address();
    let vault = &mut ctx.accounts.vault;
    require!(by == vault.pauser || by == vault.admin, VaultError::NotPauser);
    vault.paused_until_epoch = 0;
    emit!(Resumed { vault: *vault.address(), by });
    Ok(())
}
