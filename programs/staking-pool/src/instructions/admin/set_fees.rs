//! `set_fees`: what the pool charges.

use anchor_lang::prelude::*;

use crate::constants::NOTICE_EPOCHS;
use crate::errors::{OrPoolError, PoolError};
use crate::events::{FeesScheduled, FeesSet};
use crate::state::{Fees, Pool};

/// Specification
/// - the pool's fee authority signs
/// - every fee is within its cap in code
/// - fees that raise nothing are in force at once; those that raise something raise it by no more than a step, and are in
///   force after the first update that is at least two epoch boundaries ahead, and charge nothing on profits found by it
/// - the last call counts: it replaces what was scheduled
#[derive(Accounts)]
pub struct SetFees {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.fee_authority @ PoolError::NotFeeAuthority)]
    pub fee_authority: Signer,
}

pub fn handler(ctx: &mut Context<SetFees>, fees: Fees) -> Result<()> {
    let pool = &mut ctx.accounts.pool;
    let now = pool.fees;
    let next = Fees { _padding: 0, ..fees };
    require!(next.are_capped(), PoolError::FeeAboveCap);
    if now.are_raised_by(&next) {
        require!(now.may_become(&next), PoolError::FeeStepTooLarge);
        let epoch = Clock::get()?.epoch.checked_add(NOTICE_EPOCHS).or_pool_error()?;
        pool.next_fees = next;
        pool.next_fees_epoch = epoch;
        emit!(FeesScheduled { pool: *pool.address(), epoch, now, next });
    } else {
        pool.fees = next;
        pool.next_fees = Fees::default();
        pool.next_fees_epoch = 0;
        emit!(FeesSet { pool: *pool.address(), before: now, after: next });
    }
    Ok(())
}
