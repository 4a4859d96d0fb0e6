//! One pool's selection: its settings, what it has measured, and how far this epoch has come.

use anchor_lang::prelude::*;
use sluice_money::Bps;
use sluice_selection_math::{Calibration, Constraint, Kappa, Terms};

use super::{Candidate, flags};
use crate::constants::*;

/// What the admin sets.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, AnchorDeserialize, AnchorSerialize, IdlType)]
#[repr(C)]
pub struct Params {
    /// Yield of one credit until the pool has measured it, in 10^-18 per epoch: about 24 million on mainnet.
    pub kappa_prior: u64,
    /// Smaller moves are not made, in lamports; full exits, and what tickets need, always are.
    pub min_move: u64,
    /// Slots after the epoch's first observation for which an allocation waits for the rest.
    pub grace_slots: u64,
    /// Completed epochs with credits a vote account needs.
    pub min_history: u64,
    /// The most one validator may hold, as a share of the pool.
    pub cap_bps: u16,
    /// The share of the pool kept liquid.
    pub reserve_bps: u16,
    /// The most that may be moved in an epoch, to validators and from them, each, as a share of the pool.
    pub max_moved_bps: u16,
    /// Above it a validator gets nothing, whatever it earns.
    pub max_commission_bps: u16,
}

const _: () = assert!(core::mem::size_of::<Params>() == 40);

impl Params {
    /// Whether every setting is within the bounds in `constants.rs`.
    pub fn are_valid(&self) -> bool {
        let whole = Bps::ONE.get();
        (1..=Kappa::MAX_PRIOR.0).contains(&self.kappa_prior)
            && self.min_move <= MAX_MIN_MOVE
            && self.grace_slots <= MAX_GRACE_SLOTS
            && (1..=MAX_MIN_HISTORY).contains(&self.min_history)
            && (MIN_CAP_BPS..=whole).contains(&self.cap_bps)
            && self.reserve_bps <= MAX_RESERVE_BPS
            && (MIN_MOVED_BPS..=whole).contains(&self.max_moved_bps)
            && self.max_commission_bps <= whole
    }

    /// The shares an allocation is made under.
    #[inline(always)]
    pub fn terms(&self) -> Terms {
        Terms {
            cap: Bps::saturating(self.cap_bps),
            reserve: Bps::saturating(self.reserve_bps),
            moved: Bps::saturating(self.max_moved_bps),
        }
    }
}

/// PDA `["selection", pool]`: the pool's delegation authority.
#[account]
pub struct Config {
    pub pool: Address,
    pub registry: Address,
    /// The pool's validator list.
    pub validator_list: Address,
    pub admin: Address,
    pub pending_admin: Address,

    pub params: Params,

    /// The epoch the observation counters below belong to.
    pub observed_epoch: u64,
    /// The slot of that epoch's first observation.
    pub observed_slot: u64,
    /// Candidates observed in that epoch.
    pub observed: u64,
    /// Yield of one credit in that epoch, in 10^-18: fixed by its first observation, so that order does not matter.
    pub kappa: u64,
    /// What this epoch's observations add to the calibration: lamports of growth, and 10^9 lamport-credits.
    pub epoch_growth: u64,
    pub epoch_weight: u64,
    /// The calibration up to the epoch before, an eighth of it forgotten each epoch.
    pub growth: u64,
    pub weight: u64,

    /// The epoch of the last allocation. The five below are its amounts, in lamports.
    pub allocated_epoch: u64,
    /// Sum of all targets.
    pub targets: u64,
    /// What rebalancing leaves in the reserve, beside what tickets are owed.
    pub reserve_target: u64,
    /// The most that may be moved in that epoch, in either direction.
    pub move_limit: u64,
    /// Moved so far to validators, and from them.
    pub moved_up: u64,
    pub moved_down: u64,

    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 6],
    /// Zero today; new fields are taken from its front.
    pub _reserved: [u8; 256],
}

const _: () = assert!(core::mem::size_of::<Config>() == 5 * 32 + 40 + 14 * 8 + 8 + 256);

impl Config {
    pub const VERSION: u8 = 1;

    /// Opens `clock`'s epoch if this is its first observation: the calibration takes in the epoch before, and kappa is
    /// measured anew.
    #[inline(always)]
    pub fn open_epoch(&mut self, clock: &Clock) {
        if self.observed_epoch == clock.epoch {
            return;
        }
        let before = Calibration { growth: self.growth, weight: self.weight };
        let sums = before.fade().plus(self.epoch_calibration());
        self.growth = sums.growth;
        self.weight = sums.weight;
        self.kappa = sums.kappa(Kappa(self.params.kappa_prior)).0;
        self.epoch_growth = 0;
        self.epoch_weight = 0;
        self.observed_epoch = clock.epoch;
        self.observed_slot = clock.slot;
        self.observed = 0;
    }

    #[inline(always)]
    pub fn epoch_calibration(&self) -> Calibration {
        Calibration { growth: self.epoch_growth, weight: self.epoch_weight }
    }

    /// Adds one validator's epoch to this epoch's sums.
    #[inline(always)]
    pub fn calibrate(&mut self, evidence: Calibration) {
        let sums = self.epoch_calibration().plus(evidence);
        self.epoch_growth = sums.growth;
        self.epoch_weight = sums.weight;
    }

    /// Sets or clears a flag of a candidate. A flagged candidate gets nothing from now on; a flag that is cleared
    /// takes effect at the next allocation.
    #[inline(always)]
    pub fn flag(&mut self, candidate: &mut Candidate, flag: u8, set: bool) {
        if !set {
            candidate.flags &= !flag;
            return;
        }
        candidate.flags |= flag;
        self.targets = self.targets.saturating_sub(candidate.target);
        candidate.target = 0;
        let constraint = if candidate.is(flags::BANNED) { Constraint::Banned } else { Constraint::Left };
        candidate.constraint = constraint.code();
    }
}
