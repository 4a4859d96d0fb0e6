//! An observation: what a vote account, and the pool's own stake, say of one candidate.

use anchor_lang::prelude::*;
use sluice_money::{Bps, Lamports, LstAmount, Rounding};
use sluice_pool_math::Ledger;
use sluice_selection_math::{
    Calibration, Constraint, Deviation, Evidence, Extra, Kappa, MIN_EARNING, Yield, bonded_stake,
    commission_at, credible, expected, model, net_credits, price, realised, record_commission,
    worst_commission,
};
use staking_pool::state::{ValidatorRecord, stake_state};

use crate::chain::{self, Sighting};
use crate::constants::*;
use crate::state::{Candidate, Config, flags};

/// What the candidates of a batch share.
pub struct Watch<'a> {
    pub config: &'a mut Config,
    /// The pool's money at this slot, to value bonds and directed LST by.
    pub ledger: Ledger,
    pub epoch: u64,
    pub slot: u64,
    /// The most of the network's stake one validator may have, in lamports; `None`: it is not limited, or not known.
    most_of_network: Option<u64>,
}

impl<'a> Watch<'a> {
    /// What all candidates of a batch are looked at with, read once.
    #[inline(always)]
    pub fn new(config: &'a mut Config, ledger: Ledger, clock: &Clock) -> Self {
        let cap = Bps::saturating(config.params.network_cap_bps);
        let all = if cap < Bps::ONE { chain::network_stake(None) } else { 0 };
        let most_of_network = (all > 0).then(|| cap.of(all, Rounding::Floor).unwrap_or(u64::MAX));
        Self { config, ledger, epoch: clock.epoch, slot: clock.slot, most_of_network }
    }
}

impl Watch<'_> {
    /// Takes in what `vote`, the candidate's account, and `record`, its place in the pool, say. True if this is the
    /// candidate's first observation of the epoch with all that the pool measured.
    ///
    /// Every epoch counts once: a second observation adds nothing but a commission that was raised since, a bond that
    /// changed, and a realised yield the pool had not measured before. An account that is gone scores nothing and stops
    /// nobody.
    #[inline(always)]
    pub fn observe(
        &mut self,
        candidate: &mut Candidate,
        record: Option<&ValidatorRecord>,
        vote: &AccountView,
    ) -> bool {
        let first = candidate.observed_epoch != self.epoch;
        let is_measured = record.is_none_or(|record| record.updated_epoch == self.epoch);
        let completes = is_measured && candidate.measured_epoch != self.epoch;
        if completes {
            candidate.measured_epoch = self.epoch;
        }
        if first {
            self.open(candidate);
        }
        match record {
            // What cools down as a whole is on its way home.
            Some(record) if record.stake_state == stake_state::DEACTIVATING => candidate.seat.held = 0,
            Some(record) => candidate.seat.held = record.stake.saturating_add(record.activating),
            None if candidate.pool_index == NOT_IN_POOL => candidate.seat.held = 0,
            None => {}
        }
        match chain::sight(vote, self.epoch) {
            Some(seen) => self.judge(candidate, record, &seen),
            None => {
                candidate.credits = 0;
                candidate.last_credits = 0;
                candidate.history = 0;
                candidate.expected = 0;
                candidate.verdict = Constraint::Delinquent.code();
                if candidate.realised_epoch != self.epoch {
                    self.learn(candidate, record);
                }
            }
        }
        if first {
            candidate.idle = if candidate.last_credits == 0 { candidate.idle.saturating_add(1) } else { 0 };
        }
        candidate.seat.score = candidate.expected.saturating_add(candidate.bid().yielded().0);
        if candidate.verdict == Constraint::None.code() {
            // The ranking is as fine as this is small: a bid of many times the yield, which costs little on little stake,
            // does not count for more than half of it.
            let most = candidate.expected.saturating_add(candidate.expected / 2);
            self.config.best_score = self.config.best_score.max(candidate.seat.score.min(most));
        }
        candidate.observed_epoch = self.epoch;
        completes
    }

    /// Once an epoch: what the bid came to in the epoch before, the bid of this one, and what holders directed. An
    /// emergency of the epoch before is over.
    ///
    /// Stake earns in the epoch after the allocation that gave it, so what that allocation made of the bid is due then.
    /// Else whoever lowers its bid in time would have the stake for nothing.
    #[inline(always)]
    fn open(&mut self, candidate: &mut Candidate) {
        let config = &mut *self.config;
        let last = self.epoch.wrapping_sub(1);
        let was_observed = candidate.observed_epoch == last;
        candidate.price = if was_observed { candidate.next_price } else { 0 };
        candidate.next_price = if was_observed && config.allocated_epoch == last {
            price(Yield(config.clearing), Yield(candidate.expected), candidate.bid()).0
        } else {
            0
        };
        candidate.bid = candidate.next_bid;
        candidate.flags &= !flags::UNSTAKED;
        candidate.seat.directed = 0;
        if candidate.directed > 0 {
            candidate.seat.directed = self.worth(candidate.directed);
            let config = &mut *self.config;
            config.directed_lamports = config.directed_lamports.saturating_add(candidate.seat.directed);
        }
    }

    /// Lamports that LST is worth, rounded down; 0 where the pool has no rate.
    #[inline]
    fn worth(&self, shares: u64) -> u64 {
        self.ledger.lamports_for(LstAmount(shares)).map_or(0, |value| value.0)
    }

    /// Judges by a vote account.
    #[inline(always)]
    fn judge(&mut self, candidate: &mut Candidate, record: Option<&ValidatorRecord>, seen: &Sighting) {
        let epoch = self.epoch;
        // Credits never fall: this is another account at the same address, without the past of the other, and its
        // withdrawer is not the one who paid the bond.
        let recreated = seen.total_credits < candidate.total_credits;
        if recreated {
            candidate.deviation_ppm = 0;
            candidate.is_tried = 0;
        }
        let is_bonded = candidate.bond > 0 || candidate.bond_leaving > 0;
        if is_bonded && (recreated || candidate.is(flags::RECREATED)) {
            let lowered = candidate.flag(flags::RECREATED, true);
            self.config.targets = self.config.targets.saturating_sub(lowered);
        } else {
            candidate.flag(flags::RECREATED, false);
            candidate.bond_owner = seen.withdrawer;
        }
        if seen.identity != candidate.identity {
            // At first there is nothing to change from: joining has compared it with all others.
            // What it was given stays until the next allocation: who is honest has time to be confirmed.
            if candidate.observed_epoch != NEVER {
                candidate.flags |= flags::IDENTITY;
            }
            candidate.identity = seen.identity;
        }
        let last = (!recreated && candidate.observed_epoch != NEVER).then_some(candidate.observed_epoch);
        record_commission(&mut candidate.commissions, last, epoch, seen.commission);
        let worst = worst_commission(&candidate.commissions);
        candidate.worst_commission_bps = worst.get();
        candidate.total_credits = seen.total_credits;
        candidate.credits = seen.credits.expected;
        candidate.last_credits = seen.credits.last;
        candidate.history = seen.credits.history;
        candidate.block_commission_bps = seen.block_commission_bps;
        if candidate.realised_epoch != epoch {
            self.learn(candidate, record);
        }
        if candidate.is_tried == 0 {
            // A yield of at most 10^12, and a share of at most 2 * 10^4.
            let untried = u64::from(self.config.params.untried_bps);
            candidate.extra = self.config.average_extra.wrapping_mul(untried) / 10_000;
        }

        let net = net_credits(candidate.credits, worst);
        let Yield(net_yield) = expected(
            model(Kappa(self.config.kappa), net),
            Deviation(candidate.deviation_ppm),
            Extra(Yield(candidate.extra)),
        );
        candidate.expected = net_yield;
        self.bound(candidate);

        let params = &self.config.params;
        let silent = self.slot.saturating_sub(seen.last_vote_slot);
        let verdict = if seen.credits.last == 0 || silent > params.delinquent_slots {
            Constraint::Delinquent
        } else if u64::from(candidate.history) < params.min_history {
            Constraint::NewNoHistory
        } else if candidate.worst_commission_bps > params.max_commission_bps {
            Constraint::Commission
        } else if record.is_some_and(|record| record.retired != 0) {
            Constraint::Retired
        } else if candidate.bond < params.join_bond / 2 {
            Constraint::Bond
        } else {
            Constraint::None
        };
        candidate.verdict = verdict.code();
    }

    /// The most it may hold by its bond, and by what is left of its share of the network.
    #[inline(always)]
    fn bound(&self, candidate: &mut Candidate) {
        let params = &self.config.params;
        let mut bound = u64::MAX;
        let mut by = Constraint::Cap;
        if params.min_bond_bps > 0 || candidate.bid > 0 {
            let bond = Lamports(if candidate.bond > 0 { self.worth(candidate.bond) } else { 0 });
            let least = Bps::saturating(params.min_bond_bps);
            bound = bonded_stake(bond, least, candidate.bid(), params.bid_epochs).0;
            by = Constraint::Bond;
        }
        if let Some(most) = self.most_of_network {
            // What is the pool's in it may stay.
            let others = chain::network_stake(Some(&candidate.vote)).saturating_sub(candidate.seat.held);
            let room = most.saturating_sub(others);
            if room < bound {
                bound = room;
                by = Constraint::Network;
            }
        }
        candidate.seat.bound = bound;
        candidate.seat.bound_by = by.code();
    }

    /// Compares what the pool's stake with the candidate realised last epoch with what its credits promised, once an
    /// epoch. Without stake worth measuring, what was known fades toward the pool's averages; growth of several epochs
    /// at once tells nothing of one, and what was known stays.
    #[inline(always)]
    fn learn(&mut self, candidate: &mut Candidate, record: Option<&ValidatorRecord>) {
        let epoch = self.epoch;
        let measured = match record {
            Some(record) if record.updated_epoch != epoch => return,
            Some(record) if record.growth_epochs > 1 => {
                candidate.realised_epoch = epoch;
                candidate.earning = 0;
                return;
            }
            Some(record) => (Lamports(record.earning) >= MIN_EARNING).then_some(record),
            // It was in the list and is not where anybody says: whoever names its place brings the evidence.
            None if candidate.pool_index != NOT_IN_POOL => return,
            None => None,
        };
        candidate.realised_epoch = epoch;
        let (deviation, extra) = (Deviation(candidate.deviation_ppm), Extra(Yield(candidate.extra)));
        let Some(record) = measured else {
            candidate.earning = 0;
            candidate.deviation_ppm = deviation.forget().0;
            candidate.extra = extra.forget(Yield(self.config.average_extra)).0.0;
            return;
        };
        candidate.earning = record.earning;
        candidate.is_tried = 1;
        let kappa = Kappa(self.config.kappa);
        // The rewards paid this epoch are for the credits of the last one, at the commission in force when the epoch
        // before that one began (SIMD-0249).
        let commission = commission_at(&candidate.commissions, epoch.wrapping_sub(2));
        let credits = candidate.last_credits;
        let net = net_credits(credits, commission);
        let beside = i64::try_from(record.extra).unwrap_or(i64::MAX);
        let inflation = record.growth.saturating_sub(beside);
        let earning = Lamports(record.earning);
        let paid = realised(earning, inflation).unwrap_or_default();
        let came = if beside > 0 { realised(earning, beside).unwrap_or_default() } else { Yield(0) };
        candidate.realised = paid.0.saturating_add(came.0);
        // A gift to little stake is no word for as much as one validator may hold.
        let average = Yield(self.config.average_extra);
        let came = if came > average {
            credible(came, average, earning, Lamports(self.config.cap.max(1)))
        } else {
            came
        };
        candidate.deviation_ppm = deviation.observe(paid, model(kappa, net)).0;
        candidate.extra = extra.observe(came, model(kappa, credits)).0.0;
        let evidence =
            Evidence { earning, inflation, extra: Lamports(record.extra), credits, net_credits: net };
        self.config.calibrate(Calibration::of(kappa, &evidence));
    }
}
