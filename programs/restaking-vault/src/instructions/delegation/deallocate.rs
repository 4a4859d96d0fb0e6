//! One of the three ends the agreement, or the vault a part of it.

use anchor_lang::prelude::*;

use crate::errors::{OrVaultError, VaultError};
use crate::events::DeallocationStarted;
use crate::state::{Allocation, Operator, Service, Vault};

/// Specification:
/// - the delegation admin, the operator's or the service's authority signs;
/// - `amount` is above zero and at most what is not cooling down yet;
/// - operator and service leave with all of it: were they allowed parts, one unit at a time would restart the
///   others' cool-down for ever;
/// - it joins what is cooling down, and the cool-down starts again for the sum;
/// - it stays slashable, and stays in the vault's total, until it is released.
#[derive(Accounts)]
pub struct Deallocate {
    #[account(address = allocation.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(address = allocation.operator @ VaultError::WrongOperator)]
    pub operator: Account<Operator>,
    #[account(address = allocation.service @ VaultError::WrongService)]
    pub service: Account<Service>,
    #[account(mut)]
    pub allocation: Account<Allocation>,
    pub authority: Signer,
}

pub(crate) fn handler(ctx: &mut Context<Deallocate>, amount: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let allocation = &mut accounts.allocation;
    let by = *accounts.authority.address();
    let for_the_vault = by == accounts.vault.delegation_admin;
    require!(
        for_the_vault || by == accounts.operator.authority || by == accounts.service.authority,
        VaultError::NotAllocationParty
    );
    require!(amount > 0, VaultError::ZeroAmount);
    let warm = allocation.warm_amount();
    require!(amount <= warm, VaultError::DeallocationTooLarge);
    require!(for_the_vault || amount == warm, VaultError::PartialExit);

    let cooling_before = allocation.cooling_amount;
    let cooled_at =
        Clock::get()?.epoch.checked_add(u64::from(accounts.vault.deallocation_epochs)).or_vault_error()?;
    allocation.cooling_amount = cooling_before.checked_add(amount).or_vault_error()?;
    allocation.cooled_at = cooled_at;
    emit!(DeallocationStarted {
        allocation: *allocation.address(),
        by,
        amount,
        cooling_before,
        cooling_after: allocation.cooling_amount,
        cooled_at,
    });
    Ok(())
}
