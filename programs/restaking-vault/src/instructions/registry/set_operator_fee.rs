//! What an operator keeps of the rewards for its work.

use anchor_lang::prelude::*;
use sluice_vault_math::{Bps, FeeRules};

use crate::constants::{MAX_OPERATOR_FEE_BPS, NOTICE_EPOCHS, OPERATOR_FEE_STEP_BPS};
use crate::errors::{OrVaultError, VaultError};
use crate::events::OperatorFeeSet;
use crate::state::Operator;

/// Specification:
/// - the operator's authority signs;
/// - the fee is at most [`MAX_OPERATOR_FEE_BPS`] of a reward. One that is no rise is in force at once; a rise is at most
///   [`OPERATOR_FEE_STEP_BPS`], and in force two epoch boundaries later. The last call counts.
#[derive(Accounts)]
pub struct SetOperatorFee {
    #[account(mut)]
    pub operator: Account<Operator>,
    #[account(address = operator.authority @ VaultError::NotOperatorAuthority)]
    pub authority: Signer,
}

pub(crate) fn handler(ctx: &mut Context<SetOperatorFee>, fee_bps: u16) -> Result<()> {
    let operator = &mut ctx.accounts.operator;
    let epoch = Clock::get()?.epoch;
    let rules = FeeRules {
        cap: Bps::saturating(MAX_OPERATOR_FEE_BPS),
        step: Bps::saturating(OPERATOR_FEE_STEP_BPS),
        notice_epochs: NOTICE_EPOCHS,
    };
    let before = operator.fee().at(epoch);
    let fee_bps = Bps::new(fee_bps).ok_or(VaultError::FeeAboveCap)?;
    let after = before.change(fee_bps, epoch, rules).or_vault_error()?;
    operator.set_fee(after);
    emit!(OperatorFeeSet {
        operator: *operator.address(),
        fee_bps_before: u64::from(before.now.get()),
        fee_bps_after: u64::from(after.now.get()),
        next_fee_bps: u64::from(after.next.get()),
        next_fee_epoch: after.next_epoch,
    });
    Ok(())
}
