//! Sluice: what validator-selection does in an epoch, by the program's own formulas.
//!
//! Observe, settle, allocate: nothing of it is decided here. This module owns what the program keeps in accounts, and the
//! order in which it asks `sluice-selection-math`.

use bytemuck::Zeroable;
use sluice_money::{Bps, Lamports, Rounding, mul_div};
use sluice_selection_math::{
    Bid, Calibration, Constraint, CreditsEntry, Deviation, Evidence, Extra, Kappa, Performance, Plan,
    PlanTerms, Seat, Standing, WINDOW, Yield, bonded_stake, commission_at, commission_rise, credits_window,
    due, expected, model, net_credits, price, realised, record_commission, rise_loss, shortfall,
    worst_commission,
};

use super::{Means, Strategy, View};
use crate::pool::{Charges, Earned};
use crate::world::{HISTORY, World};

/// Epochs of credits a vote account keeps.
const KEPT_EPOCHS: usize = 64;

/// What the program's admin sets.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Selection {
    /// What a move costs, as a share of the yield of the whole horizon.
    pub move_cost_bps: u16,
    /// What a validator that never had the pool's stake is taken to bring beside inflation, as a part of what the pool's
    /// stake brings on average: above one whole, because who disappoints loses the stake again, and who does not keeps it.
    pub prior_bps: u16,
    /// Completed epochs with credits a vote account needs.
    pub min_history: u8,
    /// Above it a validator gets nothing.
    pub max_commission_bps: u16,
    /// The most of the network's stake a validator may have.
    pub network_bps: u16,
    /// How far credits may stay behind the pool's before a bond pays.
    pub grace_bps: u16,
    /// What a bond has to cover: a share of the stake, and the bid of so many epochs.
    pub least_bond_bps: u16,
    pub bond_epochs: u16,
    /// Whether bonds pay bids, and whether they pay for what stake did not bring.
    pub auction: bool,
    pub protection: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            move_cost_bps: 833,
            prior_bps: 15_000,
            min_history: 8,
            max_commission_bps: 500,
            network_bps: 100,
            grace_bps: 200,
            least_bond_bps: 0,
            bond_epochs: 10,
            auction: true,
            protection: true,
        }
    }
}

impl Selection {
    /// Every difference is worth a move.
    pub fn without_cost(self) -> Self {
        Self { move_cost_bps: 0, ..self }
    }
}

/// What the registry knows of one validator.
#[derive(Clone, Debug)]
struct Candidate {
    credits: Vec<CreditsEntry>,
    commissions: [u16; WINDOW],
    observed: Option<u64>,
    deviation: Deviation,
    extra: Extra,
    /// Whether the pool's stake ever told what it brings.
    is_measured: bool,
    expected: Yield,
    standing: Standing,
    bond: u64,
    bid: Bid,
    /// What it pays for the epoch under way.
    price: Yield,
}

pub struct Sluice {
    selection: Selection,
    candidates: Vec<Candidate>,
    /// Up to the epoch before, and of this one's observations.
    calibration: Calibration,
    observed: Calibration,
    plan: Box<Plan>,
    seats: Vec<Seat>,
}

impl Sluice {
    pub fn new(selection: Selection) -> Self {
        Self {
            selection,
            candidates: Vec::new(),
            calibration: Calibration::default(),
            observed: Calibration::default(),
            plan: Box::new(Plan::zeroed()),
            seats: Vec::new(),
        }
    }

    /// What vote accounts remember of the time before the pool began.
    fn begin(&mut self, world: &World) {
        let candidate = |place: usize| Candidate {
            credits: (0..HISTORY - 1).filter_map(|epoch| entry(world, epoch, place)).collect(),
            commissions: [0; WINDOW],
            observed: None,
            deviation: Deviation::default(),
            extra: Extra::default(),
            is_measured: false,
            expected: Yield(0),
            standing: Standing::Out(Constraint::None),
            bond: world.bonds[place],
            bid: world.bids[place],
            price: Yield(0),
        };
        self.candidates = (0..world.validators()).map(candidate).collect();
        self.seats = vec![Seat::default(); world.validators()];
    }

    /// `observe` for all.
    fn observe(&mut self, view: &View) {
        let (world, epoch) = (view.world, World::number(view.epoch));
        self.calibration = self.calibration.fade().plus(self.observed);
        self.observed = Calibration::default();
        let kappa = self.calibration.kappa(world.kappa_prior);
        let average = self.calibration.average_extra();
        let part = u64::from(self.selection.prior_bps);
        let prior = Yield(mul_div(average.0, part, 10_000, Rounding::Floor).unwrap_or(average.0));
        for (place, candidate) in self.candidates.iter_mut().enumerate() {
            let now = world.condition(view.epoch, place);
            candidate.credits.extend(entry(world, view.epoch - 1, place));
            if candidate.credits.len() > KEPT_EPOCHS {
                candidate.credits.remove(0);
            }
            if candidate.credits.is_empty() {
                continue;
            }
            let window = credits_window(epoch, candidate.credits.iter().copied());
            record_commission(&mut candidate.commissions, candidate.observed, epoch, now.seen);
            candidate.observed = Some(epoch);
            let evidence =
                learn(candidate, &view.brought[place], kappa, (average, prior), window.last, epoch);
            self.observed = self.observed.plus(evidence);

            let worst = worst_commission(&candidate.commissions);
            let modelled = model(kappa, net_credits(window.expected, worst));
            candidate.expected = expected(modelled, candidate.deviation, candidate.extra);
            candidate.standing = if window.last == 0 {
                Standing::Out(Constraint::Delinquent)
            } else if window.history < self.selection.min_history {
                Standing::Out(Constraint::NewNoHistory)
            } else if worst.get() > self.selection.max_commission_bps {
                Standing::Out(Constraint::Commission)
            } else {
                Standing::Competes
            };
        }
    }

    fn score(&self, candidate: &Candidate) -> Yield {
        let bid = if self.selection.auction { candidate.bid.yielded() } else { Yield(0) };
        Yield(candidate.expected.0 + bid.0)
    }
}

/// What a vote account records of an epoch.
fn entry(world: &World, epoch: usize, place: usize) -> Option<CreditsEntry> {
    let earned = world.condition(epoch, place).credits;
    (earned > 0).then_some(CreditsEntry { epoch: World::number(epoch), earned })
}

/// Compares what the pool's stake brought with what was modelled. Says what that adds to the calibration.
fn learn(
    candidate: &mut Candidate,
    brought: &Earned,
    kappa: Kappa,
    (average, prior): (Yield, Yield),
    credits: u64,
    epoch: u64,
) -> Calibration {
    let earning = Lamports(brought.earning);
    let inflation = i64::try_from(brought.inflation).unwrap_or(i64::MAX);
    let beside = i64::try_from(brought.extra).unwrap_or(i64::MAX);
    let (Some(by_inflation), Some(by_extra)) = (realised(earning, inflation), realised(earning, beside))
    else {
        // Who was measured is forgotten slowly; who never was is given credit for what it may turn out to bring.
        candidate.deviation = candidate.deviation.forget();
        candidate.extra = if candidate.is_measured { candidate.extra.forget(average) } else { Extra(prior) };
        return Calibration::default();
    };
    candidate.is_measured = true;
    let net = net_credits(credits, commission_at(&candidate.commissions, epoch - 2));
    candidate.deviation = candidate.deviation.observe(by_inflation, model(kappa, net));
    candidate.extra = candidate.extra.observe(by_extra, model(kappa, credits));
    let evidence = Evidence { earning, inflation, extra: Lamports(brought.extra), credits, net_credits: net };
    Calibration::of(kappa, &evidence)
}

impl Strategy for Sluice {
    fn settle(&mut self, view: &View) -> Charges {
        if self.candidates.is_empty() {
            self.begin(view.world);
        }
        self.observe(view);
        let epoch = World::number(view.epoch);
        let reference = self.observed.reference();
        let grace = Bps::saturating(self.selection.grace_bps);
        let mut charges = Charges::default();
        for (place, candidate) in self.candidates.iter_mut().enumerate() {
            let brought = &view.brought[place];
            if view.world.condition(view.epoch, place).pays {
                candidate.bond = view.world.bonds[place];
            }
            let credits = view.world.condition(view.epoch - 1, place).credits;
            let income = i64::try_from(brought.inflation + brought.extra).unwrap_or(i64::MAX);
            let Some(yielded) = realised(Lamports(brought.earning), income) else { continue };
            let commission = commission_at(&candidate.commissions, epoch - 2);
            let performance = Performance { realised: yielded, credits, commission };
            let rise = commission_rise(&candidate.commissions, epoch);
            let owed =
                Yield(shortfall(&reference, grace, &performance).0 + rise_loss(&reference, credits, rise).0);
            let earning = Lamports(brought.earning);
            let mut charge = |rate: Yield| {
                let paid = due(rate, earning).0.min(candidate.bond);
                candidate.bond -= paid;
                paid
            };
            if self.selection.protection {
                charges.protection += charge(owed);
            }
            if self.selection.auction {
                charges.bids += charge(candidate.price);
            }
        }
        charges
    }

    fn allocate(&mut self, view: &View, means: &Means, targets: &mut Vec<u64>) {
        let scores: Vec<Yield> = self.candidates.iter().map(|candidate| self.score(candidate)).collect();
        let network: u64 = view.world.conditions(view.epoch).iter().map(|validator| validator.stake).sum();
        let share = Bps::saturating(self.selection.network_bps).of(network, Rounding::Floor).unwrap_or(0);
        let least = Bps::saturating(self.selection.least_bond_bps);
        for (place, (seat, candidate)) in self.seats.iter_mut().zip(&self.candidates).enumerate() {
            let bid = if self.selection.auction { candidate.bid } else { Bid(0) };
            let by_bond = bonded_stake(Lamports(candidate.bond), least, bid, self.selection.bond_epochs);
            let by_network = share.saturating_sub(view.world.condition(view.epoch, place).stake);
            let (aso, country) = view.world.groups[place];
            *seat = Seat {
                score: scores[place].0,
                bound: by_bond.0.min(by_network),
                bound_by: if by_bond.0 < by_network { Constraint::Bond } else { Constraint::Network }.code(),
                held: view.pool.positions[place].held(),
                aso,
                country,
                ..Seat::default()
            };
        }
        let competing = self
            .candidates
            .iter()
            .zip(&scores)
            .filter(|(candidate, _)| candidate.standing == Standing::Competes);
        let best = competing.map(|(_, score)| *score).max().unwrap_or_default();
        self.plan.begin(&PlanTerms {
            budget: means.budget,
            min_delegation: means.funds.min_delegation,
            min_move: means.min_move,
            move_cost: Bps::saturating(self.selection.move_cost_bps),
            best,
            directed: Lamports::ZERO,
            lack: Lamports::ZERO,
            candidates: u32::try_from(self.candidates.len()).unwrap_or(u32::MAX),
        });
        for (seat, candidate) in self.seats.iter_mut().zip(&self.candidates).rev() {
            self.plan.enter(seat, candidate.standing);
        }
        while !self.plan.advance(&mut self.seats, u32::MAX) {}
        let clearing = Yield(self.plan.clearing);
        for (candidate, score) in self.candidates.iter_mut().zip(scores) {
            let bid = Yield(score.0 - candidate.expected.0);
            candidate.price =
                if bid.0 > 0 { price(clearing, candidate.expected, candidate.bid) } else { Yield(0) };
        }
        targets.clear();
        targets.extend(self.seats.iter().map(|seat| seat.target));
    }
}
