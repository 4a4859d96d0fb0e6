//! What a vault puts at risk for one operator's work for one service.

use anchor_lang::prelude::*;
use sluice_vault_math::{CollateralAmount, Risk};

/// The vault's delegation admin has opted in.
pub const BY_VAULT: u8 = 1;
/// The operator has.
pub const BY_OPERATOR: u8 = 2;
/// The service has.
pub const BY_SERVICE: u8 = 4;
/// All three have.
pub const BY_ALL: u8 = BY_VAULT | BY_OPERATOR | BY_SERVICE;

/// PDA `["allocation", vault, operator, service]`, so there is one. Kept when its amount is zero: its history decides
/// when the next request may come.
#[account]
pub struct Allocation {
    pub vault: Address,
    pub operator: Address,
    pub service: Address,
    /// Token account slashed collateral goes to; all zeros where it is burnt. Part of what all three agreed to.
    pub beneficiary: Address,
    /// Collateral that can be slashed, its cooling part included, in base units.
    pub amount: u64,
    /// Collateral that can be slashed from `warm_from` on.
    pub warming_amount: u64,
    pub warm_from: u64,
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
    /// Who has opted in: [`BY_VAULT`], [`BY_OPERATOR`], [`BY_SERVICE`].
    pub consents: u8,
    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 4],
    pub _reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<Allocation>() == 4 * 32 + 8 * 8 + 4 + 4 + 64);

impl Allocation {
    #[inline(always)]
    pub fn risk(&self) -> Risk {
        Risk {
            amount: CollateralAmount(self.amount),
            warming: CollateralAmount(self.warming_amount),
            warm_from: self.warm_from,
            cooling: CollateralAmount(self.cooling_amount),
            cooled_at: self.cooled_at,
        }
    }

    #[inline(always)]
    pub fn set_risk(&mut self, risk: Risk) {
        self.amount = risk.amount.0;
        self.warming_amount = risk.warming.0;
        self.warm_from = risk.warm_from;
        self.cooling_amount = risk.cooling.0;
        self.cooled_at = risk.cooled_at;
    }
}
