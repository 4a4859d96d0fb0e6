//! Opening a vault.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{Book, CollateralAmount, RequestTerms};

use crate::constants::*;
use crate::errors::VaultError;
use crate::events::{BookEntry, VaultInitialized};
use crate::invoke;
use crate::state::Vault;
use crate::token::{MintView, TokenAccountView, is_token_program, read_exactly};

/// What a vault is opened with. None of it can be changed in this version.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct VaultParams {
    pub delegation_admin: Address,
    /// All zeros, or any key nobody holds, makes a vault whose slashes cannot be vetoed.
    pub resolver: Address,
    /// Base units of the collateral, taken from the admin and locked for ever.
    pub seed: u64,
    /// Base units of the collateral.
    pub min_deposit: u64,
    pub cooldown_epochs: u16,
    pub veto_epochs: u16,
    pub execution_epochs: u16,
    pub deallocation_epochs: u16,
    pub slash_cap_bps: u16,
}

/// Specification:
/// - the vault is the PDA of the VRT mint and does not exist;
/// - the seed is at least [`MIN_SEED`], the minimum deposit above zero;
/// - cool-down, veto and execution windows are at least [`MIN_EPOCHS`] and at most their caps;
/// - an allocation cools down for more than two request lifetimes, so that a service whose request has just ended
///   can open another before anything it secures is released;
/// - the slash cap is above zero and at most [`MAX_SLASH_CAP_BPS`];
/// - both mints belong to SPL Token or Token-2022, are initialized and have no extensions;
/// - the collateral is not wrapped SOL;
/// - the VRT mint signs: it is a new key, and nobody else can open a vault with it first;
/// - the VRT mint has the collateral's decimals, the vault as authority, no freeze authority and no supply;
/// - collateral account and escrow are token accounts of the vault, of these mints, without delegate or close
///   authority;
/// - the seed moves from the admin into the collateral account, and as many VRT are minted into the escrow.
#[derive(Accounts)]
pub struct InitializeVault {
    /// Opens the vault, pays its rent and owns the seed.
    #[account(mut)]
    pub admin: Signer,
    #[account(init, payer = admin, seeds = [b"vault", vrt_mint.address().as_ref()], bump)]
    pub vault: Account<Vault>,
    pub collateral_mint: UncheckedAccount,
    #[account(mut)]
    pub vrt_mint: Signer,
    /// Token account of the admin the seed is taken from.
    #[account(mut)]
    pub admin_collateral: UncheckedAccount,
    /// Token account of the vault, created by the client.
    #[account(mut)]
    pub collateral_account: UncheckedAccount,
    /// Token account of the vault for VRT, created by the client.
    #[account(mut)]
    pub vrt_escrow: UncheckedAccount,
    #[account(constraint = is_token_program(collateral_token_program.address()) @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(constraint = is_token_program(vrt_token_program.address()) @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
    pub system_program: Program<System>,
}

pub(crate) fn handler(ctx: &mut Context<InitializeVault>, params: VaultParams) -> Result<()> {
    let bump = ctx.bumps.vault;
    let accounts = &mut ctx.accounts;
    let vault_address = *accounts.vault.address();
    check_params(&params)?;
    check_mints(accounts, &vault_address)?;
    check_vault_account(
        accounts.collateral_account.account(),
        accounts.collateral_mint.address(),
        &vault_address,
        accounts.collateral_token_program.address(),
    )?;
    check_vault_account(
        accounts.vrt_escrow.account(),
        accounts.vrt_mint.address(),
        &vault_address,
        accounts.vrt_token_program.address(),
    )?;

    let epoch = Clock::get()?.epoch;
    let book = Book::seeded(CollateralAmount(params.seed));
    let vault = &mut accounts.vault;
    vault.admin = *accounts.admin.address();
    vault.delegation_admin = params.delegation_admin;
    vault.resolver = params.resolver;
    vault.collateral_mint = *accounts.collateral_mint.address();
    vault.collateral_account = *accounts.collateral_account.address();
    vault.collateral_token_program = *accounts.collateral_token_program.address();
    vault.vrt_mint = *accounts.vrt_mint.address();
    vault.vrt_escrow = *accounts.vrt_escrow.address();
    vault.vrt_token_program = *accounts.vrt_token_program.address();
    vault.locked_vrt = book.supply.0;
    vault.min_deposit = params.min_deposit;
    vault.cooldown_epochs = params.cooldown_epochs;
    vault.veto_epochs = params.veto_epochs;
    vault.execution_epochs = params.execution_epochs;
    vault.deallocation_epochs = params.deallocation_epochs;
    vault.slash_cap_bps = params.slash_cap_bps;
    vault.bump = bump;
    vault.version = VERSION;
    let cap = vault.epoch_cap(epoch);
    vault.set_epoch_cap(cap);
    vault.set_book(book);

    invoke::transfer(
        accounts.collateral_token_program.account(),
        accounts.admin_collateral.account(),
        accounts.collateral_account.account(),
        accounts.admin.account(),
        params.seed,
        &[],
    );
    let key = accounts.vault.key();
    let seeds = key.seeds();
    invoke::mint_to(
        accounts.vrt_token_program.account(),
        accounts.vrt_mint.account(),
        accounts.vrt_escrow.account(),
        accounts.vault.account(),
        book.supply.0,
        &[CpiSigner::from(&seeds)],
    );
    emit!(VaultInitialized {
        vault: vault_address,
        admin: *accounts.admin.address(),
        delegation_admin: params.delegation_admin,
        resolver: params.resolver,
        collateral_mint: *accounts.collateral_mint.address(),
        vrt_mint: *accounts.vrt_mint.address(),
        after: BookEntry::from(book),
        min_deposit: params.min_deposit,
        cooldown_epochs: u64::from(params.cooldown_epochs),
        veto_epochs: u64::from(params.veto_epochs),
        execution_epochs: u64::from(params.execution_epochs),
        deallocation_epochs: u64::from(params.deallocation_epochs),
        slash_cap_bps: u64::from(params.slash_cap_bps),
    });
    Ok(())
}

fn check_params(params: &VaultParams) -> Result<()> {
    let terms = RequestTerms { veto_epochs: params.veto_epochs, execution_epochs: params.execution_epochs };
    // One epoch more than the pause after a request, so that who asks again and who releases do not race.
    let shortest_deallocation = terms.lifetime().saturating_mul(2).saturating_add(1);
    require!(params.seed >= MIN_SEED, VaultError::SeedTooSmall);
    require!(params.min_deposit > 0, VaultError::ZeroAmount);
    require!(
        (MIN_EPOCHS..=MAX_COOLDOWN_EPOCHS).contains(&params.cooldown_epochs)
            && (MIN_EPOCHS..=MAX_WINDOW_EPOCHS).contains(&params.veto_epochs)
            && (MIN_EPOCHS..=MAX_WINDOW_EPOCHS).contains(&params.execution_epochs)
            && u64::from(params.deallocation_epochs) >= shortest_deallocation
            && params.deallocation_epochs <= MAX_DEALLOCATION_EPOCHS,
        VaultError::WindowOutOfRange
    );
    require!((1..=MAX_SLASH_CAP_BPS).contains(&params.slash_cap_bps), VaultError::SlashCapOutOfRange);
    Ok(())
}

fn check_mints(accounts: &InitializeVault, vault: &Address) -> Result<()> {
    let mint = accounts.collateral_mint.account();
    let is_native = *mint.address() == NATIVE_MINT || *mint.address() == NATIVE_MINT_2022;
    require!(!is_native, VaultError::UnusableCollateralMint);
    let collateral = MintView::read(mint, accounts.collateral_token_program.address())
        .ok_or(VaultError::UnusableCollateralMint)?;
    let vrt = MintView::read(accounts.vrt_mint.account(), accounts.vrt_token_program.address())
        .ok_or(VaultError::UnusableVrtMint)?;
    require!(vrt.is_fresh_mint_of(vault) && vrt.decimals == collateral.decimals, VaultError::UnusableVrtMint);
    Ok(())
}

/// Exactly 165 bytes: under Token-2022 a former owner may have left an extension that lets the account refuse
/// transfers.
fn check_vault_account(
    account: &AccountView,
    mint: &Address,
    vault: &Address,
    token_program: &Address,
) -> Result<()> {
    let view: TokenAccountView =
        read_exactly(account, token_program).ok_or(VaultError::UnusableVaultAccount)?;
    require!(
        view.mint == *mint && view.owner == *vault && view.is_usable() && view.is_sealed(),
        VaultError::UnusableVaultAccount
    );
    Ok(())
}
