//! More collateral will be at risk.

use anchor_lang::prelude::*;
use sluice_vault_math::CollateralAmount;
use staking_pool::state::Pool;

use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, CollateralAllocated};
use crate::pool;
use crate::state::{Allocation, BY_ALL, Vault};

/// Specification:
/// - the vault's delegation admin signs; vault, operator and service have all opted in;
/// - `amount` is above zero, and the vault holds that much that can be slashed, is not allocated and not in tickets: in
///   a shielded vault, of the yield above the principal;
/// - it can be slashed after the vault's warm-up, which starts again for what is still warming: nobody can put more at
///   risk for an offence that is about to be accused.
#[derive(Accounts)]
pub struct Allocate {
    #[account(mut, address = allocation.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(address = vault.delegation_admin @ VaultError::NotDelegationAdmin)]
    pub delegation_admin: Signer,
    #[account(mut)]
    pub allocation: Account<Allocation>,
    /// Left out where the vault has no shield.
    pub staking_pool: Option<Account<Pool>>,
}

pub(crate) fn handler(ctx: &mut Context<Allocate>, amount: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let (vault, allocation) = (&mut accounts.vault, &mut accounts.allocation);
    let clock = Clock::get()?;
    require!(amount > 0, VaultError::ZeroAmount);
    require!(allocation.consents == BY_ALL, VaultError::NotOptedIn);
    let amount = CollateralAmount(amount);
    vault.touch(&clock)?;
    let staying = vault.staying().or_vault_error()?;
    let exposed = pool::exposed(vault, accounts.staking_pool.as_ref(), &clock)?;
    let free = staying.min(exposed).saturating_sub(CollateralAmount(vault.total_allocated));
    require!(amount <= free, VaultError::OverAllocated);

    let warm_from = clock.epoch.checked_add(u64::from(vault.warmup_epochs)).or_vault_error()?;
    let before = allocation.risk().at(clock.epoch).or_vault_error()?;
    let after = before.promise(amount, warm_from).or_vault_error()?;
    let total_allocated_before = CollateralAmount(vault.total_allocated);
    let total_allocated_after = total_allocated_before.add(amount).or_vault_error()?;
    allocation.set_risk(after);
    vault.total_allocated = total_allocated_after.0;
    emit!(CollateralAllocated {
        vault: *vault.address(),
        allocation: *allocation.address(),
        warming_before: before.warming.0,
        warming_after: after.warming.0,
        warm_from,
        total_allocated_before: total_allocated_before.0,
        total_allocated_after: total_allocated_after.0,
        book: BookEntry::from(&**vault),
    });
    Ok(())
}
