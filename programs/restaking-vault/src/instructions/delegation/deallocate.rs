//! The vault takes a part back.

use anchor_lang::prelude::*;
use sluice_vault_math::CollateralAmount;

use crate::errors::{OrVaultError, VaultError};
use crate::events::DeallocationStarted;
use crate::state::{Allocation, Vault};

/// Specification:
/// - the vault's delegation admin signs;
/// - `amount` is above zero and at most what is at risk and not cooling down yet;
/// - it joins what is cooling down, and the cool-down starts again for the sum;
/// - it stays slashable, and stays in the vault's total, until it is released.
#[derive(Accounts)]
pub struct Deallocate {
    #[account(address = allocation.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(address = vault.delegation_admin @ VaultError::NotDelegationAdmin)]
    pub delegation_admin: Signer,
    #[account(mut)]
    pub allocation: Account<Allocation>,
}

pub(crate) fn handler(ctx: &mut Context<Deallocate>, amount: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let allocation = &mut accounts.allocation;
    let epoch = Clock::get()?.epoch;
    require!(amount > 0, VaultError::ZeroAmount);
    let amount = CollateralAmount(amount);
    let before = allocation.risk().at(epoch).or_vault_error()?;
    require!(amount <= before.warm(), VaultError::DeallocationTooLarge);
    let cooled_at = epoch.checked_add(u64::from(accounts.vault.deallocation_epochs)).or_vault_error()?;
    let after = before.cool(amount, cooled_at).or_vault_error()?;
    allocation.set_risk(after);
    emit!(DeallocationStarted {
        allocation: *allocation.address(),
        amount: amount.0,
        cooling_before: before.cooling.0,
        cooling_after: after.cooling.0,
        cooled_at,
    });
    Ok(())
}
