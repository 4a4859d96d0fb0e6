//! Collateral in, VRT out.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{CollateralAmount, Deposited, VrtAmount};
use staking_pool::state::Pool;

use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, CollateralDeposited};
use crate::invoke::{self, TransferChecked};
use crate::pool;
use crate::state::{Class, Vault};

/// Specification:
/// - `amount` is above zero and at least the vault's minimum; the vault is not paused;
/// - the VRT mint named decides which shares are bought, all of a vault's or the junior ones; junior shares that have
///   lost everything cannot be bought;
/// - rewards that are due count first, those that are not belong to nobody yet;
/// - what arrives, less than `amount` where the token takes a fee, buys `credited * supply / assets` VRT, rounded down,
///   at least one and at least `min_vrt_out`;
/// - the recorded assets grow by what arrives, whatever the collateral account held before;
/// - afterwards the vault holds at most its capacity, and at most its share of what the staking pool has issued;
/// - a shielded vault remembers what the deposit is worth in SOL, by the pool's rate of this epoch;
/// - the VRT go to any account of the VRT mint but the vault's own escrows.
#[derive(Accounts)]
pub struct Deposit {
    #[account(mut)]
    pub vault: Account<Vault>,
    pub depositor: Signer,
    /// Token account the collateral is taken from.
    #[account(mut)]
    pub depositor_collateral: UncheckedAccount,
    /// Token account the VRT are minted to.
    #[account(mut)]
    pub depositor_vrt: UncheckedAccount,
    #[account(mut, address = vault.collateral_account @ VaultError::WrongCollateralAccount)]
    pub collateral_account: UncheckedAccount,
    #[account(address = vault.collateral_mint @ VaultError::WrongCollateralMint)]
    pub collateral_mint: UncheckedAccount,
    #[account(mut)]
    pub vrt_mint: UncheckedAccount,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(address = vault.vrt_token_program @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
    /// Left out where the vault has neither a shield nor a limit of leverage.
    pub staking_pool: Option<Account<Pool>>,
}

pub(crate) fn handler(ctx: &mut Context<Deposit>, amount: u64, min_vrt_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    let clock = Clock::get()?;
    require!(amount > 0, VaultError::ZeroAmount);
    require!(amount >= vault.min_deposit, VaultError::DepositTooSmall);
    let class = require_open(vault, &clock, accounts.vrt_mint.address(), accounts.depositor_vrt.address())?;
    let before = BookEntry::from(&**vault);

    let transfer = TransferChecked {
        program: accounts.collateral_token_program.account(),
        from: accounts.depositor_collateral.account(),
        mint: accounts.collateral_mint.account(),
        to: accounts.collateral_account.account(),
        authority: accounts.depositor.account(),
        decimals: vault.collateral_decimals,
    };
    let credited = CollateralAmount(transfer.invoke_counted(amount, &[])?);
    let minted = credit(vault, class, &clock, accounts.staking_pool.as_ref(), credited, min_vrt_out)?;

    let key = vault.key();
    let seeds = key.seeds();
    invoke::mint_to(
        accounts.vrt_token_program.account(),
        accounts.vrt_mint.account(),
        accounts.depositor_vrt.account(),
        vault.account(),
        minted.0,
        &[CpiSigner::from(&seeds)],
    );
    emit!(CollateralDeposited {
        vault: *vault.address(),
        depositor: *accounts.depositor.address(),
        amount,
        credited: credited.0,
        minted: minted.0,
        junior: u64::from(class.is_junior()),
        before,
        after: BookEntry::from(&**vault),
    });
    Ok(())
}

/// Whether and for which shares `vault` takes deposits now; brings it up to now.
///
/// Errors: `Paused`, `WrongVrtMint`, `WrongVrtEscrow`, `JuniorWipedOut`.
#[inline(always)]
pub(super) fn require_open(
    vault: &mut Vault,
    clock: &Clock,
    vrt_mint: &Address,
    vrt_account: &Address,
) -> Result<Class> {
    require!(clock.epoch >= vault.paused_until_epoch, VaultError::Paused);
    require!(!vault.is_escrow(vrt_account), VaultError::WrongVrtEscrow);
    let class = vault.class_of_mint(vrt_mint)?;
    vault.touch(clock)?;
    require!(!class.is_junior() || vault.junior_assets > 0, VaultError::JuniorWipedOut);
    Ok(class)
}

/// Books collateral that has arrived, and returns the VRT it buys.
///
/// Errors: `DepositTooSmall`, `SlippageExceeded`, `Overflow`, and those of [`pool::admit`].
#[inline(always)]
pub(super) fn credit(
    vault: &mut Vault,
    class: Class,
    clock: &Clock,
    staking_pool: Option<&Account<Pool>>,
    credited: CollateralAmount,
    min_vrt_out: u64,
) -> Result<VrtAmount> {
    let Deposited { after, minted } = vault.book(class).deposit(credited).or_vault_error()?;
    require!(!minted.is_zero(), VaultError::DepositTooSmall);
    require!(minted.0 >= min_vrt_out, VaultError::SlippageExceeded);
    vault.set_book(class, after);
    pool::admit(vault, staking_pool, clock, credited)?;
    Ok(minted)
}
