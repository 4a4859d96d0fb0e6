//! One of the three no longer agrees.

use anchor_lang::prelude::*;
use sluice_vault_math::CollateralAmount;

use super::opt_in::roles_of;
use crate::errors::{OrVaultError, VaultError};
use crate::events::OptedOut;
use crate::state::{Allocation, Operator, Service, Vault};

/// Specification:
/// - the delegation admin, the operator's or the service's authority signs, and has opted in;
/// - it has not any more, in any role it holds: nothing can be allocated until it opts in again;
/// - all that is not cooling down yet starts to, and the cool-down starts again for the sum; it stays slashable, and in
///   the vault's total, until it is released;
/// - what was still warming up was never at risk and is free at once.
#[derive(Accounts)]
pub struct OptOut {
    #[account(mut, address = allocation.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(address = allocation.operator @ VaultError::WrongOperator)]
    pub operator: Account<Operator>,
    #[account(address = allocation.service @ VaultError::WrongService)]
    pub service: Account<Service>,
    #[account(mut)]
    pub allocation: Account<Allocation>,
    pub authority: Signer,
}

pub(crate) fn handler(ctx: &mut Context<OptOut>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let (vault, allocation) = (&mut accounts.vault, &mut accounts.allocation);
    let by = *accounts.authority.address();
    let roles = roles_of(&by, vault, &accounts.operator, &accounts.service)?;
    let consents_before = allocation.consents;
    require!(consents_before & roles != 0, VaultError::NotOptedIn);

    let epoch = Clock::get()?.epoch;
    let cooled_at = epoch.checked_add(u64::from(vault.deallocation_epochs)).or_vault_error()?;
    let risk = allocation.risk().at(epoch).or_vault_error()?;
    let left = risk.leave(cooled_at).or_vault_error()?;
    let freed = risk.warming;
    let total_allocated_before = CollateralAmount(vault.total_allocated);
    let total_allocated_after = total_allocated_before.sub(freed).or_vault_error()?;
    allocation.consents = consents_before & !roles;
    allocation.set_risk(left);
    vault.total_allocated = total_allocated_after.0;
    emit!(OptedOut {
        vault: *vault.address(),
        allocation: *allocation.address(),
        by,
        consents_before: u64::from(consents_before),
        consents_after: u64::from(allocation.consents),
        freed: freed.0,
        cooling_before: risk.cooling.0,
        cooling_after: left.cooling.0,
        cooled_at: left.cooled_at,
        total_allocated_before: total_allocated_before.0,
        total_allocated_after: total_allocated_after.0,
    });
    Ok(())
}
