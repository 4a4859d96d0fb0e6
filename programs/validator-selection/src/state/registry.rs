//! The candidates of a selection, and what is known of each.

use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;
use sluice_selection_math::WINDOW;

use crate::constants::{NEVER, NOT_IN_POOL};

/// Header of the registry. The account is created by the client and claimed by `initialize`; its size decides how many
/// candidates it has room for.
#[account]
pub struct RegistryHeader {
    pub config: Address,
    pub _reserved: [u8; 88],
    /// Zero-sized: names the records behind this header in the IDL.
    pub records: [Candidate; 0],
}

/// One candidate. Keyed by `vote`: an index into the registry is a hint that every instruction checks.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct Candidate {
    pub vote: Address,
    /// Expected net yield, in 10^-12 per epoch, as of `observed_epoch`.
    pub score: u64,
    /// What the pool should hold with it, in lamports, as of the last allocation.
    pub target: u64,
    /// Credits it may be expected to earn in an epoch.
    pub credits: u64,
    /// Credits earned in the last completed epoch.
    pub last_credits: u64,
    /// Credits since its vote account was created: fewer than before means another account at the same address.
    pub total_credits: u64,
    /// The epoch of the last observation; `u64::MAX`: never.
    pub observed_epoch: u64,
    /// The epoch whose realised yield was counted last, or was found missing.
    pub realised_epoch: u64,
    pub joined_epoch: u64,
    /// The epoch its validator asked to leave in; `u64::MAX`: it did not.
    pub left_epoch: u64,
    /// Inflation commission by epoch modulo 8, in basis points. The worst counts.
    pub commissions: [u16; WINDOW],
    /// What it realised above or below its model, smoothed, in parts per million.
    pub surplus_ppm: i32,
    /// Where the pool's list had it last: a hint, valid only while that record has this vote address.
    pub pool_index: u32,
    /// Share of block revenue it keeps, in basis points; informational.
    pub block_commission_bps: u16,
    /// Completed epochs with credits in its vote account.
    pub history: u8,
    /// Observed epochs in a row without credits.
    pub idle: u8,
    /// [`flags`].
    pub flags: u8,
    /// Code of the [`sluice_selection_math::Constraint`] that decided `target`.
    pub constraint: u8,
    /// The highest of `commissions`.
    pub worst_commission_bps: u16,
    /// Zero today; new fields are taken from its front.
    pub _reserved: [u8; 88],
}

const _: () = assert!(core::mem::size_of::<Candidate>() == 224);

pub type Registry = Slab<RegistryHeader, Candidate>;

/// Bits of [`Candidate::flags`].
pub mod flags {
    /// The admin banned it.
    pub const BANNED: u8 = 1;
    /// Its validator asked to leave.
    pub const LEFT: u8 = 2;
}

impl Candidate {
    /// A vote account nobody has looked at yet.
    pub fn new(vote: Address, epoch: u64) -> Self {
        Self {
            vote,
            score: 0,
            target: 0,
            credits: 0,
            last_credits: 0,
            total_credits: 0,
            observed_epoch: NEVER,
            realised_epoch: NEVER,
            joined_epoch: epoch,
            left_epoch: NEVER,
            commissions: [0; WINDOW],
            surplus_ppm: 0,
            pool_index: NOT_IN_POOL,
            block_commission_bps: 0,
            history: 0,
            idle: 0,
            flags: 0,
            constraint: 0,
            worst_commission_bps: 0,
            _reserved: [0; 88],
        }
    }

    #[inline(always)]
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}
