//! Someone who runs software for services.

use anchor_lang::prelude::*;
use sluice_vault_math::{Bps, ScheduledFee};

/// PDA `["operator", base]`, where `base` is the key that registered it.
#[account]
pub struct Operator {
    pub base: Address,
    /// Opts in and out, sets the fee, and owns the accounts that fees are paid to.
    pub authority: Address,
    /// First epoch of `next_fee_bps`; zero: no change is scheduled.
    pub next_fee_epoch: u64,
    /// Of rewards paid for this operator's work.
    pub fee_bps: u16,
    pub next_fee_bps: u16,
    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 2],
    pub _reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<Operator>() == 2 * 32 + 8 + 2 * 2 + 2 + 2 + 64);

impl Operator {
    #[inline(always)]
    pub fn fee(&self) -> ScheduledFee {
        ScheduledFee {
            now: Bps::saturating(self.fee_bps),
            next: Bps::saturating(self.next_fee_bps),
            next_epoch: self.next_fee_epoch,
        }
    }

    #[inline(always)]
    pub fn set_fee(&mut self, fee: ScheduledFee) {
        self.fee_bps = fee.now.get();
        self.next_fee_bps = fee.next.get();
        self.next_fee_epoch = fee.next_epoch;
    }
}
