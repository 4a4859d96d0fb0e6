//! The cool-down of an allocation is over.

use anchor_lang::prelude::*;

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
    require!(allocation.cooling_amount > 0, VaultError::NothingCooling);
    require!(Clock::get()?.epoch >= allocation.cooled_at, VaultError::StillCooling);
    require!(allocation.request_open == 0, VaultError::RequestOpen);

    let cooled = allocation.cooling_amount;
    let amount_before = allocation.amount;
    let total_allocated_before = vault.total_allocated;
    allocation.amount = amount_before.checked_sub(cooled).or_vault_error()?;
    allocation.cooling_amount = 0;
    vault.total_allocated = total_allocated_before.checked_sub(cooled).or_vault_error()?;
    emit!(AllocationReleased {
        vault: *vault.address(),
        allocation: *allocation.address(),
        amount_before,
        amount_after: allocation.amount,
        total_allocated_before,
        total_allocated_after: vault.total_allocated,
    });
    Ok(())
}
