//! What a validator is told: why, and what it would take.

#![allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

mod common;

use common::{FAIR, SOL};
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

#[test]
fn constraint_codes_are_unique_and_known() {
    let mut known = 0;
    for code in 0..=u8::MAX {
        if let Some(constraint) = Constraint::from_code(code) {
            assert_eq!(constraint.code(), code);
            known += 1;
        }
    }
    assert_eq!(known, 19);
}

#[test]
fn codes_that_were_stored_keep_their_meaning() {
    use Constraint::*;
    let stored = [
        None,
        Cap,
        Score,
        Delinquent,
        Banned,
        TooSmall,
        NewNoHistory,
        Commission,
        PoolFull,
        Left,
        Stale,
        Funds,
        Bond,
        Network,
        Aso,
        Country,
        Retired,
        Waiting,
        Identity,
    ];
    for (code, constraint) in (0u8..).zip(stored) {
        assert_eq!(Constraint::from_code(code), Some(constraint));
    }
}

#[test]
fn what_stands_between_a_candidate_and_more_stake() {
    let prospect = Prospect {
        clearing: Yield(FAIR),
        cap: Lamports(1_000 * SOL),
        bond: Lamports(4 * SOL),
        bid: Bid(100_000),
        least_bond: Bps::saturating(100),
        bond_epochs: 10,
    };
    let seat = Seat { score: FAIR - 7, held: 50, ideal: 90, target: 60, ..Seat::default() };
    let told = Outlook {
        lacks_yield: Yield(7),
        lacks_bond: Lamports(7 * SOL),
        arrives_now: Lamports(10),
        arrives_later: Lamports(30),
        ..Outlook::default()
    };
    assert_eq!(outlook(&seat, &prospect), told);

    let leaving = Seat { score: FAIR + 1, held: 50, ideal: 0, target: 20, ..Seat::default() };
    let rich = Prospect { bond: Lamports(20 * SOL), ..prospect };
    let told = Outlook { leaves_now: Lamports(30), leaves_later: Lamports(20), ..Outlook::default() };
    assert_eq!(outlook(&leaving, &rich), told);
}
