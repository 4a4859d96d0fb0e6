//! What the vault keeps of rewards, and where it goes.

use anchor_lang::prelude::*;
use sluice_vault_math::{Bps, FeeRules};

use crate::constants::{MAX_REWARD_FEE_BPS, NOTICE_EPOCHS, REWARD_FEE_STEP_BPS};
use crate::errors::{OrVaultError, VaultError};
use crate::events::VaultFeeSet;
use crate::state::Vault;
use crate::token::TokenAccountView;

/// Specification:
/// - the vault's admin signs;
/// - the fee is at most [`MAX_REWARD_FEE_BPS`] of a reward. One that is no rise is in force at once; a rise is at most
///   [`REWARD_FEE_STEP_BPS`], and in force two epoch boundaries later. The last call counts;
/// - it goes to a usable token account of the collateral that is not the vault's, from now on; left out, none is charged.
#[derive(Accounts)]
pub struct SetVaultFee {
    #[account(mut)]
    pub vault: Account<Vault>,
    #[account(address = vault.admin @ VaultError::NotAdmin)]
    pub admin: Signer,
    pub fee_account: Option<UncheckedAccount>,
}

pub(crate) fn handler(ctx: &mut Context<SetVaultFee>, fee_bps: u16) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    if let Some(account) = &accounts.fee_account {
        require!(
            TokenAccountView::is_payee(
                account.account(),
                &vault.collateral_token_program,
                &vault.collateral_mint,
                vault.address()
            ),
            VaultError::WrongFeeAccount
        );
    }
    let epoch = Clock::get()?.epoch;
    let rules = FeeRules {
        cap: Bps::saturating(MAX_REWARD_FEE_BPS),
        step: Bps::saturating(REWARD_FEE_STEP_BPS),
        notice_epochs: NOTICE_EPOCHS,
    };
    let before = vault.fee().at(epoch);
    let fee_bps = Bps::new(fee_bps).ok_or(VaultError::FeeAboveCap)?;
    let after = before.change(fee_bps, epoch, rules).or_vault_error()?;
    vault.set_fee(after);
    vault.fee_account = accounts.fee_account.as_ref().map(|account| *account.address()).unwrap_or_default();
    emit!(VaultFeeSet {
        vault: *vault.address(),
        fee_account: vault.fee_account,
        fee_bps_before: u64::from(before.now.get()),
        fee_bps_after: u64::from(after.now.get()),
        next_fee_bps: u64::from(after.next.get()),
        next_fee_epoch: after.next_epoch,
    });
    Ok(())
}
