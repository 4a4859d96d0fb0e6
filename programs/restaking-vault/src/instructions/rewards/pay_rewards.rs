//! Collateral for those who hold VRT, a little with every slot.

use anchor_lang::prelude::*;
use sluice_vault_math::{CollateralAmount, Rounding};

use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, RewardsPaid};
use crate::invoke::TransferChecked;
use crate::state::{Operator, Vault};
use crate::token::TokenAccountView;

/// Specification:
/// - anyone may pay; the payer signs and owns the collateral;
/// - where an operator is named, its fee goes to a usable token account of the operator's authority; of the rest, the
///   vault's fee goes to the vault's fee account, and is forgone, to the holders' good, where that cannot receive. Each
///   is a share rounded down;
/// - the rest, above zero, is locked and reaches the share price slot by slot over the vault's stream; what was locked
///   before and what is added end together, at the mean of their ends weighted by amount;
/// - the share price does not change now.
#[derive(Accounts)]
pub struct PayRewards {
    #[account(mut)]
    pub vault: Account<Vault>,
    pub payer: Signer,
    /// Token account the collateral is taken from.
    #[account(mut)]
    pub payer_collateral: UncheckedAccount,
    #[account(mut, address = vault.collateral_account @ VaultError::WrongCollateralAccount)]
    pub collateral_account: UncheckedAccount,
    #[account(address = vault.collateral_mint @ VaultError::WrongCollateralMint)]
    pub collateral_mint: UncheckedAccount,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    /// The vault's fee account. Left out where it has none.
    #[account(mut)]
    pub fee_account: Option<UncheckedAccount>,
    /// Whose work the reward is for. Left out where it is for nobody's in particular.
    pub operator: Option<Account<Operator>>,
    /// Token account of the operator's authority.
    #[account(mut)]
    pub operator_collateral: Option<UncheckedAccount>,
}

pub(crate) fn handler(ctx: &mut Context<PayRewards>, amount: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    let clock = Clock::get()?;
    require!(amount > 0, VaultError::ZeroAmount);
    vault.touch(&clock)?;
    let before = BookEntry::from(&**vault);

    let pay = |to: &AccountView, amount: u64| {
        let transfer = TransferChecked {
            program: accounts.collateral_token_program.account(),
            from: accounts.payer_collateral.account(),
            mint: accounts.collateral_mint.account(),
            to,
            authority: accounts.payer.account(),
            decimals: vault.collateral_decimals,
        };
        if amount == 0 { Ok(0) } else { transfer.invoke_counted(amount, &[]) }
    };
    let can_receive = |account: &UncheckedAccount| {
        TokenAccountView::is_payee(
            account.account(),
            &vault.collateral_token_program,
            &vault.collateral_mint,
            vault.address(),
        )
    };

    let mut to_operator = 0;
    if let Some(operator) = &accounts.operator {
        let account = accounts.operator_collateral.as_ref().ok_or(VaultError::WrongRecipient)?;
        let owner =
            TokenAccountView::read(account.account(), &vault.collateral_token_program).map(|view| view.owner);
        require!(can_receive(account) && owner == Some(operator.authority), VaultError::WrongRecipient);
        let fee = operator.fee().at(clock.epoch).now;
        to_operator = fee.of(amount, Rounding::Floor).or_vault_error()?;
        pay(account.account(), to_operator)?;
    }
    let rest = amount.checked_sub(to_operator).or_vault_error()?;
    let mut to_fee_account = 0;
    let named = accounts.fee_account.as_ref().map(|account| *account.address()).unwrap_or_default();
    require!(named == vault.fee_account, VaultError::WrongFeeAccount);
    if let Some(account) = accounts.fee_account.as_ref().filter(|account| can_receive(account)) {
        to_fee_account = vault.fee().at(clock.epoch).now.of(rest, Rounding::Floor).or_vault_error()?;
        pay(account.account(), to_fee_account)?;
    }
    let rest = rest.checked_sub(to_fee_account).or_vault_error()?;
    let streamed = pay(accounts.collateral_account.account(), rest)?;
    require!(streamed > 0, VaultError::ZeroAmount);

    let stream =
        vault.stream().add(clock.slot, CollateralAmount(streamed), vault.stream_slots).or_vault_error()?;
    vault.set_stream(stream);
    emit!(RewardsPaid {
        vault: *vault.address(),
        payer: *accounts.payer.address(),
        operator: accounts.operator.as_ref().map(|operator| *operator.address()).unwrap_or_default(),
        amount,
        to_operator,
        to_fee_account,
        streamed,
        end_slot: stream.end_slot,
        before,
        after: BookEntry::from(&**vault),
    });
    Ok(())
}
