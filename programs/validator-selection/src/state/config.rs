//! One pool's selection: its settings, what it has measured, and how far this epoch has come.

use anchor_lang::prelude::*;
use sluice_selection_math::{Calibration, Kappa};
use staking_pool::state::Pool;

use super::Params;
use crate::constants::NEVER;
use crate::errors::SelectionError;

/// Sums that calibrate the score: see [`Calibration`].
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct Sums {
    /// Lamports that inflation paid.
    pub growth: u64,
    /// Stake times net credits, in 10^9 lamport-credits.
    pub weight: u64,
    /// Lamports that came beside inflation.
    pub extra: u64,
    /// Stake that earned, in 10^6 lamports.
    pub stake: u64,
    /// Stake times credits before commission, in 10^9 lamport-credits.
    pub gross: u64,
}

impl From<Calibration> for Sums {
    #[inline(always)]
    fn from(Calibration { growth, weight, extra, stake, gross }: Calibration) -> Self {
        Self { growth, weight, extra, stake, gross }
    }
}

impl From<Sums> for Calibration {
    #[inline(always)]
    fn from(Sums { growth, weight, extra, stake, gross }: Sums) -> Self {
        Self { growth, weight, extra, stake, gross }
    }
}

/// PDA `["selection", pool]`: the pool's delegation authority, and the owner of the vault.
#[account]
pub struct Config {
    pub pool: Address,
    pub registry: Address,
    /// The working memory of allocations.
    pub ranking: Address,
    /// The pool's validator list, its mint, and the token program of that.
    pub validator_list: Address,
    pub lst_mint: Address,
    pub token_program: Address,
    /// Token account of this PDA for LST: bonds, and what holders directed.
    pub vault: Address,
    pub admin: Address,
    pub pending_admin: Address,
    /// Says which hosting provider and country a validator belongs to, and nothing else.
    pub oracle: Address,

    pub params: Params,

    /// The epoch the observation counters below belong to, and the start of that epoch, in seconds since 1970.
    pub observed_epoch: u64,
    pub epoch_start: i64,
    /// Length of an epoch, in seconds, as last measured; 0: not yet.
    pub epoch_seconds: u64,
    /// The slot of that epoch's first observation after the pool's update; `u64::MAX`: there was none.
    pub observed_slot: u64,
    /// Candidates observed in that epoch with all that the pool measured.
    pub observed: u64,
    /// The highest score of any of them that competes, its bid counted up to half of its yield; and what holders directed
    /// to all of them, in lamports.
    pub best_score: u64,
    pub directed_lamports: u64,
    /// Yield of one credit in that epoch, in 10^-18, and what stake brings beside inflation on average, in 10^-12: fixed
    /// by its first observation, so that order does not matter.
    pub kappa: u64,
    pub average_extra: u64,
    /// What this epoch's observations add to the calibration.
    pub epoch_sums: Sums,
    /// The calibration up to the epoch before, an eighth of it forgotten each epoch.
    pub sums: Sums,

    /// The epoch of the last allocation that was begun, and of the last that was finished. While they differ in the
    /// current epoch, candidates do not change.
    pub allocating_epoch: u64,
    pub allocated_epoch: u64,
    /// What the pool's stake earned in the epoch before that allocation: yield of a credit, in 10^-18, and credits. What
    /// protection compares with.
    pub reference_kappa: u64,
    pub reference_credits: u64,
    /// Score of the best candidate that did not get all it wanted; zero where there was enough for all.
    pub clearing: u64,
    /// Its amounts, in lamports. Sum of all targets, and of all ideals.
    pub targets: u64,
    pub ideals: u64,
    /// The most for one validator.
    pub cap: u64,
    /// What rebalancing leaves in the reserve, beside what tickets are owed.
    pub reserve_target: u64,
    /// The most that may be moved in that epoch, in either direction.
    pub move_limit: u64,
    /// Moved so far to validators, and from them.
    pub moved_up: u64,
    pub moved_down: u64,
    /// The epoch of the last emergency, and what was taken from validators in it, in lamports.
    pub emergency_epoch: u64,
    pub emergency_lamports: u64,

    /// LST in the vault: all bonds, and all that was directed, each with what waits to be taken back.
    pub bonds: u64,
    pub directed: u64,

    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 6],
    /// Zero today; new fields are taken from its front.
    pub _reserved: [u8; 256],
}

const _: () = assert!(core::mem::size_of::<Config>() == 10 * 32 + 88 + 25 * 8 + 2 * 40 + 8 + 256);

impl Config {
    pub const VERSION: u8 = 1;

    /// Opens `clock`'s epoch if this is its first observation: the calibration takes in the epoch before, and the
    /// cluster's numbers are measured anew. The wait for the rest begins when there is something to measure.
    #[inline(always)]
    pub fn open_epoch(&mut self, clock: &Clock, pool: &Pool) {
        if self.observed_epoch != clock.epoch {
            self.turn_epoch(clock);
        }
        if self.observed_slot == NEVER && pool.updated_epoch == clock.epoch {
            self.observed_slot = clock.slot;
        }
    }

    #[inline(always)]
    fn turn_epoch(&mut self, clock: &Clock) {
        let sums = Calibration::from(self.sums).fade().plus(self.epoch_sums.into());
        self.sums = sums.into();
        self.kappa = sums.kappa(Kappa(self.params.kappa_prior)).0;
        self.average_extra = sums.average_extra().0;
        self.epoch_sums = Calibration::default().into();
        let seconds = clock.epoch_start_timestamp.saturating_sub(self.epoch_start);
        if let Some(epochs @ 1..) = clock.epoch.checked_sub(self.observed_epoch)
            && let Ok(seconds @ 1..) = u64::try_from(seconds)
        {
            self.epoch_seconds = seconds.checked_div(epochs).unwrap_or(0);
        }
        self.epoch_start = clock.epoch_start_timestamp;
        self.observed_epoch = clock.epoch;
        self.observed_slot = NEVER;
        self.observed = 0;
        self.best_score = 0;
        self.directed_lamports = 0;
    }

    /// Adds one validator's epoch to this epoch's sums.
    #[inline(always)]
    pub fn calibrate(&mut self, evidence: Calibration) {
        self.epoch_sums = Calibration::from(self.epoch_sums).plus(evidence).into();
    }

    /// Refuses while an allocation is under way: it must see every candidate as it was when it began. Anyone can finish
    /// it.
    #[inline(always)]
    pub fn require_not_allocating(&self, epoch: u64) -> Result<()> {
        require!(
            self.allocating_epoch != epoch || self.allocated_epoch == epoch,
            SelectionError::AllocationRunning
        );
        Ok(())
    }

    /// What may still be taken in `epoch` from those who break their word, of a pool of `total` lamports: in all no less
    /// than the `least` that can be moved.
    #[inline(always)]
    pub fn emergency_left(&self, epoch: u64, total: u64, least: u64) -> u64 {
        use sluice_money::{Bps, Rounding};
        let most = Bps::saturating(self.params.emergency_bps).of(total, Rounding::Floor).unwrap_or(0);
        let taken = if self.emergency_epoch == epoch { self.emergency_lamports } else { 0 };
        most.max(least).saturating_sub(taken)
    }
}
