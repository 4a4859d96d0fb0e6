//! Collateral is taken.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{CollateralAmount, SlashLimits};
use staking_pool::state::Pool;

use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, SlashExecuted};
use crate::invoke::{self, TransferChecked};
use crate::pool;
use crate::state::{Allocation, SlashRequest, Vault};
use crate::token::TokenAccountView;

/// Specification:
/// - anyone may call it, after the veto window and before expiry;
/// - it takes the least of: what the request has not taken yet, what the allocation still puts at risk (cooling
///   or not), what this epoch's cap has left over all services, and the vault's assets, of a shielded vault those above
///   the principal by the staking pool's rate of this epoch; never nothing;
/// - the share price falls by it at once, for VRT in wallets and in tickets alike; where there are junior shares, theirs
///   first;
/// - the collateral goes to the agreed beneficiary; it is burnt where none was agreed, or where that account can
///   no longer receive it, so that closing the beneficiary stops no slash;
/// - a request takes its amount once: taken in full, it is closed and its rent goes back. What the cap held back
///   can be taken in a later epoch before expiry, so that nobody can spend a request by executing it when the cap
///   is nearly used up.
#[derive(Accounts)]
pub struct ExecuteSlash {
    #[account(mut, address = slash_request.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(mut, address = slash_request.allocation @ VaultError::WrongAllocation)]
    pub allocation: Account<Allocation>,
    #[account(mut)]
    pub slash_request: Account<SlashRequest>,
    /// Gets the rent back when the request is closed; need not sign.
    #[account(mut, address = slash_request.rent_payer @ VaultError::WrongRentReceiver)]
    pub rent_payer: UncheckedAccount,
    #[account(mut, address = vault.collateral_mint @ VaultError::WrongCollateralMint)]
    pub collateral_mint: UncheckedAccount,
    #[account(mut, address = vault.collateral_account @ VaultError::WrongCollateralAccount)]
    pub collateral_account: UncheckedAccount,
    /// The agreed beneficiary. Left out where slashes burn.
    #[account(mut)]
    pub beneficiary: Option<UncheckedAccount>,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    /// Left out where the vault has no shield.
    pub staking_pool: Option<Account<Pool>>,
}

pub(crate) fn handler(ctx: &mut Context<ExecuteSlash>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let (vault, allocation) = (&mut accounts.vault, &mut accounts.allocation);
    let request = &mut accounts.slash_request;
    let clock = Clock::get()?;
    require!(clock.epoch >= request.executable_epoch, VaultError::VetoWindowOpen);
    require!(clock.epoch < request.expiry_epoch, VaultError::RequestExpired);
    let named = accounts.beneficiary.as_ref().map(|account| *account.address()).unwrap_or_default();
    require!(named == allocation.beneficiary, VaultError::WrongBeneficiary);

    vault.touch(&clock)?;
    let before = BookEntry::from(&**vault);
    let cap = vault.epoch_cap();
    let risk = allocation.risk().at(clock.epoch).or_vault_error()?;
    let slashed = SlashLimits {
        requested: CollateralAmount(request.amount).saturating_sub(CollateralAmount(request.executed)),
        allocation: risk.amount,
        exposed: pool::exposed(vault, accounts.staking_pool.as_ref(), &clock)?,
        cap_left: cap.left(vault.slash_cap(), vault.total_assets().or_vault_error()?).or_vault_error()?,
    }
    .bound();
    require!(!slashed.is_zero(), VaultError::NothingToSlash);

    let risk_after = risk.slash(slashed).or_vault_error()?;
    let cap_after = cap.record(slashed).or_vault_error()?;
    let tranches = vault.tranches().slash(slashed).or_vault_error()?;
    let total_allocated_before = vault.total_allocated;
    vault.cap_slashed = cap_after.slashed.0;
    vault.set_tranches(tranches);
    vault.total_allocated = total_allocated_before.checked_sub(slashed.0).or_vault_error()?;
    allocation.set_risk(risk_after);
    allocation.total_slashed = allocation.total_slashed.checked_add(slashed.0).or_vault_error()?;
    request.executed = request.executed.checked_add(slashed.0).or_vault_error()?;
    let request_left = request.amount.saturating_sub(request.executed);
    let done = request_left == 0;
    if done {
        allocation.request_open = 0;
        vault.forget_request();
    }

    let key = vault.key();
    let seeds = key.seeds();
    let receiver = accounts.beneficiary.as_ref().filter(|account| {
        TokenAccountView::can_receive(
            account.account(),
            &vault.collateral_token_program,
            &vault.collateral_mint,
        )
    });
    let beneficiary = match receiver {
        Some(account) => {
            let transfer = TransferChecked {
                program: accounts.collateral_token_program.account(),
                from: accounts.collateral_account.account(),
                mint: accounts.collateral_mint.account(),
                to: account.account(),
                authority: vault.account(),
                decimals: vault.collateral_decimals,
            };
            transfer.invoke(slashed.0, &[CpiSigner::from(&seeds)]);
            *account.address()
        }
        None => {
            invoke::burn(
                accounts.collateral_token_program.account(),
                accounts.collateral_account.account(),
                accounts.collateral_mint.account(),
                vault.account(),
                slashed.0,
                &[CpiSigner::from(&seeds)],
            );
            Address::default()
        }
    };
    emit!(SlashExecuted {
        vault: *vault.address(),
        allocation: *allocation.address(),
        request: *request.address(),
        beneficiary,
        slashed: slashed.0,
        request_left,
        allocated_before: risk.amount.0,
        allocated_after: risk_after.amount.0,
        total_allocated_before,
        total_allocated_after: vault.total_allocated,
        epoch_slashed_before: cap.slashed.0,
        epoch_slashed_after: cap_after.slashed.0,
        open_requests_after: vault.open_requests,
        before,
        after: BookEntry::from(&**vault),
    });
    if done {
        anchor_lang::AccountClose::close(request, *accounts.rent_payer.account())?;
    }
    Ok(())
}
