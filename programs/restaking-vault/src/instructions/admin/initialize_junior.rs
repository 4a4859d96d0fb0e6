//! Shares that bear losses first.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{Book, CollateralAmount};

use super::initialize_vault::check_vrt_mint;
use crate::constants::{MAX_PREMIUM_BPS, MIN_SEED};
use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, JuniorInitialized};
use crate::invoke::{self, TransferChecked};
use crate::state::{Class, Vault};
use crate::token::TokenAccountView;

/// Specification:
/// - the vault's admin signs; the vault has no junior shares, no shield, and no holders but the seed, so nobody's terms
///   change;
/// - the premium is at most [`MAX_PREMIUM_BPS`];
/// - mint, escrow and seed are what `initialize_vault` asks of those of the vault: fresh, sealed, nobody's. The mint is
///   of the same token program and signs;
/// - from now on losses are the junior shares' as far as they reach, and of the senior shares' rewards the premium goes
///   to them, up to what they earn themselves.
#[derive(Accounts)]
pub struct InitializeJunior {
    #[account(mut)]
    pub vault: Account<Vault>,
    /// Owns the seed.
    #[account(address = vault.admin @ VaultError::NotAdmin)]
    pub admin: Signer,
    #[account(mut)]
    pub junior_mint: Signer,
    /// Token account of the vault for junior shares, created by the client.
    #[account(mut)]
    pub junior_escrow: UncheckedAccount,
    /// Token account of the admin the seed is taken from.
    #[account(mut)]
    pub admin_collateral: UncheckedAccount,
    #[account(mut, address = vault.collateral_account @ VaultError::WrongCollateralAccount)]
    pub collateral_account: UncheckedAccount,
    #[account(address = vault.collateral_mint @ VaultError::WrongCollateralMint)]
    pub collateral_mint: UncheckedAccount,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(address = vault.vrt_token_program @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<InitializeJunior>, seed: u64, premium_bps: u16) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault_address = *accounts.vault.address();
    let vault = &mut accounts.vault;
    let clock = Clock::get()?;
    let is_unused = !vault.has_junior()
        && vault.shielded == 0
        && vault.vrt_supply == vault.locked_vrt
        && vault.total_allocated == 0;
    require!(is_unused, VaultError::JuniorRefused);
    require!(premium_bps <= MAX_PREMIUM_BPS, VaultError::ShareAboveCap);
    let token_program = accounts.vrt_token_program.address();
    check_vrt_mint(accounts.junior_mint.account(), token_program, &vault_address, vault.collateral_decimals)?;
    TokenAccountView::check_custody(
        accounts.junior_escrow.account(),
        token_program,
        accounts.junior_mint.address(),
        &vault_address,
    )?;

    vault.touch(&clock)?;
    let before = BookEntry::from(&**vault);
    let transfer = TransferChecked {
        program: accounts.collateral_token_program.account(),
        from: accounts.admin_collateral.account(),
        mint: accounts.collateral_mint.account(),
        to: accounts.collateral_account.account(),
        authority: accounts.admin.account(),
        decimals: vault.collateral_decimals,
    };
    let seed = CollateralAmount(transfer.invoke_counted(seed, &[])?);
    require!(seed.0 >= MIN_SEED, VaultError::SeedTooSmall);
    let book = Book::seeded(seed);
    vault.junior_mint = *accounts.junior_mint.address();
    vault.junior_escrow = *accounts.junior_escrow.address();
    vault.premium_bps = premium_bps;
    vault.locked_junior = book.supply.0;
    vault.set_book(Class::Junior, book);
    require!(vault.total_assets().or_vault_error()?.0 <= vault.capacity, VaultError::CapacityExceeded);

    let key = vault.key();
    let seeds = key.seeds();
    invoke::mint_to(
        accounts.vrt_token_program.account(),
        accounts.junior_mint.account(),
        accounts.junior_escrow.account(),
        vault.account(),
        book.supply.0,
        &[CpiSigner::from(&seeds)],
    );
    emit!(JuniorInitialized {
        vault: vault_address,
        junior_mint: vault.junior_mint,
        premium_bps: u64::from(premium_bps),
        before,
        after: BookEntry::from(&**vault),
    });
    Ok(())
}
