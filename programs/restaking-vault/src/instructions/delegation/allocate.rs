//! Vault, operator and service agree.

use anchor_lang::prelude::*;
use sluice_vault_math::CollateralAmount;

use crate::constants::VERSION;
use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, CollateralAllocated};
use crate::state::{Allocation, Operator, Service, Vault};
use crate::token::TokenAccountView;

/// All three sign the same transaction, so what each of them agreed to is exactly what is done: no stored opt-in
/// can be used later, for an amount or with a beneficiary its giver had not seen.
///
/// Specification:
/// - the vault's delegation admin, the operator's authority and the service's authority sign;
/// - `amount` is above zero, and the vault holds that much that is neither allocated nor in tickets;
/// - the first agreement creates the allocation and fixes its beneficiary: a usable token account of the
///   collateral that is not the vault's, or none, and then slashes burn;
/// - a later one adds to the amount and names the same beneficiary.
#[derive(Accounts)]
pub struct Allocate {
    #[account(mut)]
    pub vault: Account<Vault>,
    #[account(address = vault.delegation_admin @ VaultError::NotDelegationAdmin)]
    pub delegation_admin: Signer,
    pub operator: Account<Operator>,
    #[account(address = operator.authority @ VaultError::NotOperatorAuthority)]
    pub operator_authority: Signer,
    pub service: Account<Service>,
    #[account(address = service.authority @ VaultError::NotServiceAuthority)]
    pub service_authority: Signer,
    /// Pays the allocation's rent. May be one of the other signers: only its lamports change.
    #[account(mut, unsafe(dup))]
    pub payer: Signer,
    #[account(
        init_if_needed,
        payer = payer,
        seeds = [
            b"allocation",
            vault.address().as_ref(),
            operator.address().as_ref(),
            service.address().as_ref(),
        ],
        bump
    )]
    pub allocation: Account<Allocation>,
    /// Token account slashed collateral goes to. Left out, it is burnt.
    pub beneficiary: Option<UncheckedAccount>,
    pub system_program: Program<System>,
}

pub(crate) fn handler(ctx: &mut Context<Allocate>, amount: u64) -> Result<()> {
    let bump = ctx.bumps.allocation;
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    let allocation = &mut accounts.allocation;
    require!(amount > 0, VaultError::ZeroAmount);
    require!(CollateralAmount(amount) <= vault.unallocated().or_vault_error()?, VaultError::OverAllocated);

    let named = accounts.beneficiary.as_ref().map(|account| *account.address()).unwrap_or_default();
    if allocation.version == 0 {
        if let Some(account) = &accounts.beneficiary {
            let view = TokenAccountView::read(account.account(), &vault.collateral_token_program)
                .ok_or(VaultError::UnusableBeneficiary)?;
            require!(
                TokenAccountView::can_receive(
                    account.account(),
                    &vault.collateral_token_program,
                    &vault.collateral_mint
                ) && view.owner != *vault.address(),
                VaultError::UnusableBeneficiary
            );
        }
        allocation.vault = *vault.address();
        allocation.operator = *accounts.operator.address();
        allocation.service = *accounts.service.address();
        allocation.beneficiary = named;
        allocation.bump = bump;
        allocation.version = VERSION;
    }
    require!(allocation.beneficiary == named, VaultError::WrongBeneficiary);

    let amount_before = allocation.amount;
    let total_allocated_before = vault.total_allocated;
    allocation.amount = amount_before.checked_add(amount).or_vault_error()?;
    vault.total_allocated = total_allocated_before.checked_add(amount).or_vault_error()?;
    emit!(CollateralAllocated {
        vault: *vault.address(),
        operator: allocation.operator,
        service: allocation.service,
        beneficiary: allocation.beneficiary,
        amount_before,
        amount_after: allocation.amount,
        total_allocated_before,
        total_allocated_after: vault.total_allocated,
        book: BookEntry::from(vault.book()),
    });
    Ok(())
}
