//! The cool-down of an allocation is over.

use anchor_lang::prelude::*;
use sluice_vault_math::CollateralAmount;

use crate::errors::{OrVaultError, VaultError};
use crate::events::AllocationReleased;
use crate::state::{Allocation, Vault};

/// Specification:
/// - anyone may call it;
/// - something is cooling down, and its cool-down is over;
/// - no slash request is open: what it accuses stays until it is decided;
/// - the cooling part leaves the allocation and the vault's total.
#[derive(Accounts)]
pub struct ReleaseAllocation {
    #[account(mut, address = allocation.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(mut)]
    pub allocation: Account<Allocation>,
}

pub(crate) fn handler(ctx: &mut Context<ReleaseAllocation>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let (vault, allocation) = (&mut accounts.vault, &mut accounts.allocation);
    let epoch = Clock::get()?.epoch;
    let before = allocation.risk().at(epoch).or_vault_error()?;
    require!(!before.cooling.is_zero(), VaultError::NothingCooling);
    require!(epoch >= before.cooled_at, VaultError::StillCooling);
    require!(allocation.request_open == 0, VaultError::RequestOpen);

    let after = before.release().or_vault_error()?;
    let total_allocated_before = CollateralAmount(vault.total_allocated);
    let total_allocated_after = total_allocated_before.sub(before.cooling).or_vault_error()?;
    allocation.set_risk(after);
    vault.total_allocated = total_allocated_after.0;
    emit!(AllocationReleased {
        vault: *vault.address(),
        allocation: *allocation.address(),
        amount_before: before.amount.0,
        amount_after: after.amount.0,
        total_allocated_before: total_allocated_before.0,
        total_allocated_after: total_allocated_after.0,
    });
    Ok(())
}
