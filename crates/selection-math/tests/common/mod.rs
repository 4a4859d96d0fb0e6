//! Random pools, and an allocation as a caller makes one.

// Each test file uses its part of this, and fails by panicking.
#![allow(dead_code, clippy::as_conversions, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

pub const SOL: u64 = 1_000_000_000;
/// About what an epoch of two days pays, in [`Yield`]'s units.
pub const FAIR: u64 = 400_000_000;
pub const ALL: u32 = u32::MAX;

pub fn bps() -> impl Strategy<Value = Bps> {
    (0u16..=10_000).prop_map(Bps::saturating)
}

/// A pool before an allocation.
#[derive(Clone, Debug)]
pub struct Pool {
    pub seats: Vec<Seat>,
    pub standings: Vec<Standing>,
    pub terms: PlanTerms,
}

/// A pool after one.
pub struct Outcome {
    pub seats: Vec<Seat>,
    pub plan: Box<Plan>,
    /// Calls of `advance`.
    pub calls: u64,
}

impl Pool {
    pub fn new(seats: Vec<Seat>, budget: Budget) -> Self {
        let mut pool = Self {
            standings: vec![Standing::Competes; seats.len()],
            terms: PlanTerms {
                budget,
                min_delegation: Lamports(SOL),
                min_move: Lamports(SOL),
                move_cost: Bps::saturating(300),
                best: Yield(0),
                directed: Lamports(0),
                lack: Lamports(0),
                candidates: 0,
            },
            seats,
        };
        pool.count();
        pool
    }

    /// Sums what the terms know about the seats.
    pub fn count(&mut self) {
        self.terms.best = Yield(self.seats.iter().map(|seat| seat.score).max().unwrap_or(0));
        let directed = self.seats.iter().fold(0u64, |sum, seat| sum.saturating_add(seat.directed));
        self.terms.directed = Lamports(directed);
        self.terms.candidates = self.seats.len() as u32;
    }

    pub fn allocate(&self) -> Outcome {
        self.allocate_by(ALL)
    }

    /// In calls of `work` visits each.
    pub fn allocate_by(&self, work: u32) -> Outcome {
        let mut seats = self.seats.clone();
        let mut plan: Box<Plan> = Box::new(bytemuck::Zeroable::zeroed());
        plan.begin(&self.terms);
        while plan.left > 0 {
            let index = plan.left as usize - 1;
            plan.enter(&mut seats[index], self.standings[index]);
        }
        let mut calls = 1;
        while !plan.advance(&mut seats, work) {
            calls += 1;
        }
        Outcome { seats, plan, calls }
    }

    /// The same pool when all moves to what `outcome` tells are made: `target` by this epoch's, `ideal` by all.
    pub fn moved(&self, outcome: &Outcome, to: impl Fn(&Seat) -> u64) -> Self {
        let mut pool = self.clone();
        for (seat, after) in pool.seats.iter_mut().zip(&outcome.seats) {
            seat.held = to(after);
        }
        pool
    }
}

/// A score somewhere around the fair one, often the same as another's, sometimes none.
pub fn scores() -> impl Strategy<Value = u64> {
    prop_oneof![
        6 => FAIR / 2..=FAIR,
        3 => (0u64..8).prop_map(|step| FAIR - step * FAIR / 50),
        1 => Just(0),
    ]
}

fn amounts() -> impl Strategy<Value = u64> {
    prop_oneof![2 => Just(0), 1 => Just(SOL), 6 => SOL..1_000 * SOL, 1 => 1..SOL]
}

/// A seat of one of five hosting providers and three countries, or of none.
pub fn seats() -> impl Strategy<Value = Seat> {
    let bounds = prop_oneof![3 => Just(u64::MAX), 2 => amounts()];
    let directed = prop_oneof![3 => Just(0), 1 => amounts()];
    (scores(), bounds, amounts(), directed, 0u16..6, 0u16..4).prop_map(
        |(score, bound, held, directed, aso, country)| Seat {
            score,
            bound,
            held,
            directed,
            aso,
            country,
            bound_by: Constraint::Bond.code(),
            ..Seat::default()
        },
    )
}

fn standings() -> impl Strategy<Value = Standing> {
    prop_oneof![
        10 => Just(Standing::Competes),
        1 => Just(Standing::Out(Constraint::Delinquent)),
        1 => amounts().prop_map(Standing::Keeps),
    ]
}

/// Pools whose every limit binds now and then.
pub fn pools() -> impl Strategy<Value = Pool> {
    let share = |most: u64| prop_oneof![Just(u64::MAX / 2), 0..most * SOL];
    let budget =
        (share(20_000), share(5_000), share(5_000), 1u64..1_000, share(4_000), share(8_000), share(3_000))
            .prop_map(|(delegable, cash, moved, cap, aso, country, directed)| Budget {
                delegable: Lamports(delegable),
                cash: Lamports(cash.min(delegable)),
                moved: Lamports(moved),
                cap: Lamports(cap * SOL),
                aso: Lamports(aso),
                country: Lamports(country),
                directed: Lamports(directed),
                ..Budget::default()
            });
    let terms = (budget, prop_oneof![Just(0), 1..100 * SOL], prop_oneof![Just(0u16), 0..2_000u16]);
    (vec((seats(), standings()), 0..60), terms).prop_map(|(candidates, (budget, min_move, move_cost))| {
        let (seats, standings): (Vec<_>, Vec<_>) = candidates.into_iter().unzip();
        let mut pool = Pool::new(seats, budget);
        pool.standings = standings;
        pool.terms.min_move = Lamports(min_move);
        pool.terms.move_cost = Bps::saturating(move_cost);
        pool
    })
}

/// Splittable pseudo-random numbers (splitmix64), for instances that are the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Between zero and one.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.part()
    }
}
