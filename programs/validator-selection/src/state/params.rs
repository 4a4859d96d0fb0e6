//! What the admin sets, within the bounds in `constants.rs`.

use anchor_lang::prelude::*;
use sluice_money::Bps;
use sluice_selection_math::{Kappa, Terms};

use crate::constants::*;

/// The bounds of a selection.
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
    /// Slots without a vote after which a validator is delinquent.
    pub delinquent_slots: u64,
    /// The bond that joining takes, in base units of LST; who has less than half of it left does not compete.
    pub join_bond: u64,
    /// The most one validator may hold, as a share of the pool.
    pub cap_bps: u16,
    /// The share of the pool kept liquid.
    pub reserve_bps: u16,
    /// The most that may be moved in an epoch, to validators and from them, each, as a share of the pool.
    pub max_moved_bps: u16,
    /// Above it a validator gets nothing, whatever it earns.
    pub max_commission_bps: u16,
    /// The most that the validators of one hosting provider, and of one country, may hold, as shares of the pool.
    pub aso_cap_bps: u16,
    pub country_cap_bps: u16,
    /// Nobody gets more of the pool's stake than makes it this share of the network's.
    pub network_cap_bps: u16,
    /// The most of the pool that holders may direct.
    pub directed_bps: u16,
    /// The most of the pool that may be taken in an epoch from those who break their word or stop voting.
    pub emergency_bps: u16,
    /// Epochs over which a better score pays for a move.
    pub horizon_epochs: u16,
    /// What a move costs, in parts of an epoch's yield.
    pub move_cost_bps: u16,
    /// What a newcomer must be better by beyond that.
    pub hysteresis_bps: u16,
    /// The bond per stake that every validator needs.
    pub min_bond_bps: u16,
    /// Epochs of its bid that a validator's bond must cover as well.
    pub bid_epochs: u16,
    /// Notice of a bond's withdrawal, in epochs.
    pub notice_epochs: u16,
    /// What performance may fall short of the cluster's by before the bond pays.
    pub performance_grace_bps: u16,
    /// What a validator that the pool never tried is taken to bring beside inflation, as a share of what the others bring:
    /// above one whole, so that those who may be better are found out.
    pub untried_bps: u16,
    pub _padding: [u16; 3],
}

const _: () = assert!(core::mem::size_of::<Params>() == 88);

impl Params {
    /// Whether every setting is within the bounds in `constants.rs`.
    pub fn are_valid(&self) -> bool {
        let whole = Bps::ONE.get();
        (1..=Kappa::MAX_PRIOR.0).contains(&self.kappa_prior)
            && self.min_move <= MAX_MIN_MOVE
            && self.grace_slots <= MAX_GRACE_SLOTS
            && (1..=MAX_MIN_HISTORY).contains(&self.min_history)
            && (MIN_DELINQUENT_SLOTS..=MAX_DELINQUENT_SLOTS).contains(&self.delinquent_slots)
            && self.join_bond <= MAX_JOIN_BOND
            && (MIN_CAP_BPS..=whole).contains(&self.cap_bps)
            && self.reserve_bps <= MAX_RESERVE_BPS
            && (MIN_MOVED_BPS..=whole).contains(&self.max_moved_bps)
            && self.max_commission_bps <= whole
            && (MIN_GROUP_CAP_BPS..=whole).contains(&self.aso_cap_bps)
            && (MIN_GROUP_CAP_BPS..=whole).contains(&self.country_cap_bps)
            && (MIN_NETWORK_CAP_BPS..=whole).contains(&self.network_cap_bps)
            && self.directed_bps <= MAX_DIRECTED_BPS
            && (MIN_MOVED_BPS..=whole).contains(&self.emergency_bps)
            && (1..=MAX_HORIZON_EPOCHS).contains(&self.horizon_epochs)
            && self.move_cost_bps <= MAX_MOVE_COST_BPS
            && self.hysteresis_bps <= MAX_HYSTERESIS_BPS
            && self.min_bond_bps <= MAX_MIN_BOND_BPS
            && (MIN_BID_EPOCHS..=MAX_BID_EPOCHS).contains(&self.bid_epochs)
            && (MIN_NOTICE_EPOCHS..=MAX_NOTICE_EPOCHS).contains(&self.notice_epochs)
            && self.performance_grace_bps <= whole
            && self.untried_bps <= MAX_UNTRIED_BPS
            && self._padding == [0; 3]
    }

    /// The shares an allocation is made under.
    #[inline(always)]
    pub fn terms(&self) -> Terms {
        Terms {
            cap: Bps::saturating(self.cap_bps),
            reserve: Bps::saturating(self.reserve_bps),
            moved: Bps::saturating(self.max_moved_bps),
            aso: Bps::saturating(self.aso_cap_bps),
            country: Bps::saturating(self.country_cap_bps),
            directed: Bps::saturating(self.directed_bps),
        }
    }

    /// What held stake counts for beyond its score: the cost of a move over the horizon, and the hysteresis.
    #[inline(always)]
    pub fn move_cost(&self) -> Bps {
        let cost = self.move_cost_bps.checked_div(self.horizon_epochs).unwrap_or(0);
        Bps::saturating(cost.saturating_add(self.hysteresis_bps))
    }
}
