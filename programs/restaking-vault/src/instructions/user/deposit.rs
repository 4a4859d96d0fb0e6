//! Collateral in, VRT out.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{CollateralAmount, Deposited};

use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, CollateralDeposited};
use crate::invoke;
use crate::state::Vault;

/// Specification:
/// - `amount` is above zero and at least the vault's minimum;
/// - it buys `amount * supply / assets` VRT, rounded down, at least one and at least `min_vrt_out`;
/// - the recorded assets grow by `amount`, whatever the collateral account held before;
/// - the VRT go to any account of the VRT mint but the vault's own escrow.
#[derive(Accounts)]
pub struct Deposit {
    #[account(mut)]
    pub vault: Account<Vault>,
    pub depositor: Signer,
    /// Token account the collateral is taken from.
    #[account(mut)]
    pub depositor_collateral: UncheckedAccount,
    /// Token account the VRT are minted to.
    #[account(mut, constraint = *depositor_vrt.address() != vault.vrt_escrow @ VaultError::WrongVrtEscrow)]
    pub depositor_vrt: UncheckedAccount,
    #[account(mut, address = vault.collateral_account @ VaultError::WrongCollateralAccount)]
    pub collateral_account: UncheckedAccount,
    #[account(mut, address = vault.vrt_mint @ VaultError::WrongVrtMint)]
    pub vrt_mint: UncheckedAccount,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(address = vault.vrt_token_program @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<Deposit>, amount: u64, min_vrt_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    require!(amount > 0, VaultError::ZeroAmount);
    require!(amount >= vault.min_deposit, VaultError::DepositTooSmall);
    let before = vault.book();
    let Deposited { after, minted } = before.deposit(CollateralAmount(amount)).or_vault_error()?;
    require!(!minted.is_zero(), VaultError::DepositTooSmall);
    require!(minted.0 >= min_vrt_out, VaultError::SlippageExceeded);

    let cap = vault.epoch_cap(Clock::get()?.epoch);
    vault.set_epoch_cap(cap);
    vault.set_book(after);

    invoke::transfer(
        accounts.collateral_token_program.account(),
        accounts.depositor_collateral.account(),
        accounts.collateral_account.account(),
        accounts.depositor.account(),
        amount,
        &[],
    );
    let key = accounts.vault.key();
    let seeds = key.seeds();
    invoke::mint_to(
        accounts.vrt_token_program.account(),
        accounts.vrt_mint.account(),
        accounts.depositor_vrt.account(),
        accounts.vault.account(),
        minted.0,
        &[CpiSigner::from(&seeds)],
    );
    emit!(CollateralDeposited {
        vault: *accounts.vault.address(),
        depositor: *accounts.depositor.address(),
        amount,
        minted: minted.0,
        before: BookEntry::from(before),
        after: BookEntry::from(after),
    });
    Ok(())
}
