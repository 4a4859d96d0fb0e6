//! What a vault puts at risk for one operator's work for one service.

use anchor_lang::prelude::*;

/// PDA `["allocation", vault, operator, service]`. Kept when its amount is zero: its history decides when the
/// next request may come.
#[account]
pub struct Allocation {
    pub vault: Address,
    pub operator: Address,
    pub service: Address,
    /// Token account slashed collateral goes to; all zeros where it is burnt. Fixed by the first agreement.
    pub beneficiary: Address,
    /// Collateral that can be slashed, its cooling part included, in base units.
    pub amount: u64,
    /// Part of `amount` that is on its way out.
    pub cooling_amount: u64,
    /// First epoch in which the cooling part can be released.
    pub cooled_at: u64,
    /// Number of the next slash request.
    pub next_nonce: u64,
    /// First epoch in which another request may be opened.
    pub next_request_epoch: u64,
    /// Collateral slashed from this allocation so far.
    pub total_slashed: u64,
    /// 1 while a slash request exists.
    pub request_open: u8,
    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 5],
    pub _reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<Allocation>() == 4 * 32 + 6 * 8 + 3 + 5 + 64);

impl Allocation {
    /// Whether slashed collateral is burnt.
    #[inline(always)]
    pub fn burns(&self) -> bool {
        self.beneficiary == Address::default()
    }

    /// What is not cooling down.
    #[inline(always)]
    pub fn warm_amount(&self) -> u64 {
        self.amount.saturating_sub(self.cooling_amount)
    }
}
