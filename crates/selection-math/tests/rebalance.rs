//! Moves: what a pool relies on, over random holdings.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use proptest::prelude::*;
use sluice_money::Lamports;
use sluice_selection_math::*;

const SOL: u64 = 1_000_000_000;

fn lamports() -> impl Strategy<Value = Lamports> {
    prop_oneof![Just(0), Just(SOL), 0..1_000 * SOL, 0..u64::MAX / 4].prop_map(Lamports)
}

fn holdings() -> impl Strategy<Value = Holding> {
    let part = || prop_oneof![Just(Lamports(0)), (SOL..2_000 * SOL).prop_map(Lamports)];
    (part(), part(), part(), any::<bool>()).prop_map(|(stake, activating, deactivating, leaving)| Holding {
        stake,
        activating,
        deactivating,
        leaving,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_move_respects_every_limit(
        target in prop_oneof![Just(Lamports(0)), (SOL..3_000 * SOL).prop_map(Lamports)],
        holding in holdings(),
        available in lamports(), up in lamports(), down in lamports(),
        min_move in prop_oneof![Just(0), 0..10 * SOL].prop_map(Lamports),
    ) {
        let limits =
            Limits { min_delegation: Lamports(SOL), min_move, available, up, down };
        let held = holding.stake.0 + holding.activating.0;
        match decide(target, &holding, &limits) {
            Move::None => {}
            Move::Increase(amount) => {
                prop_assert!(!holding.leaving && holding.activating.is_zero());
                prop_assert!(held + amount.0 <= target.0);
                prop_assert!(amount <= available && amount <= up);
                prop_assert!(amount.0 >= SOL && amount >= min_move);
            }
            Move::Decrease(amount) => {
                prop_assert!(!holding.leaving && holding.deactivating.is_zero());
                prop_assert!(held - amount.0 >= target.0);
                prop_assert!(amount <= down);
                let whole = amount.0 == held;
                let from_stake = !holding.stake.is_zero();
                prop_assert!(whole || (from_stake && holding.stake.0 - amount.0 >= SOL));
                prop_assert!(!whole || holding.stake.is_zero() || holding.activating.is_zero());
                prop_assert!(amount.0 >= SOL && (whole || amount >= min_move));
            }
        }
    }

    #[test]
    fn a_move_that_was_made_is_not_repeated(
        target in prop_oneof![Just(Lamports(0)), (SOL..3_000 * SOL).prop_map(Lamports)],
        holding in holdings(),
        available in lamports(), up in lamports(), down in lamports(),
    ) {
        let min_delegation = Lamports(SOL);
        let limits = Limits { min_delegation, min_move: Lamports(0), available, up, down };
        // What the pool's record and what is left of the limits look like afterwards.
        match decide(target, &holding, &limits) {
            Move::None => {}
            Move::Increase(amount) => {
                let after = if holding.stake.is_zero() {
                    Holding { stake: amount, ..holding }
                } else {
                    Holding { activating: amount, ..holding }
                };
                let left = Limits {
                    available: available.saturating_sub(amount),
                    up: up.saturating_sub(amount),
                    ..limits
                };
                let again = decide(target, &after, &left);
                let cut = amount == available || amount == up;
                prop_assert!(matches!(again, Move::None | Move::Increase(_)));
                prop_assert!(!cut || matches!(again, Move::None) );
                prop_assert!(matches!(again, Move::None));
            }
            Move::Decrease(amount) => {
                let after = if amount == holding.stake {
                    Holding { leaving: true, ..holding }
                } else {
                    Holding { stake: holding.stake.saturating_sub(amount), deactivating: amount, ..holding }
                };
                let left = Limits { down: down.saturating_sub(amount), ..limits };
                prop_assert_eq!(decide(target, &after, &left), Move::None);
            }
        }
    }

    #[test]
    fn what_tickets_need_comes_home_whatever_the_minimum_move(
        target in prop_oneof![Just(Lamports(0)), (SOL..3_000 * SOL).prop_map(Lamports)],
        holding in holdings(),
        down in lamports(), tickets in (1..u64::MAX / 4).prop_map(Lamports),
        min_move in lamports(), split_rent in any::<bool>(),
    ) {
        let min_delegation = Lamports(SOL);
        let limits = Limits { min_delegation, min_move, down, ..Limits::default() };
        let lack = Lack { tickets, split_rent };
        let held = holding.held();
        let whole = holding.stake.is_zero() || holding.activating.is_zero();
        let free = !holding.leaving && holding.deactivating.is_zero();
        match decide_lacking(target, &holding, &limits, &lack) {
            Move::None => {
                // Nothing is above the target, the chain cannot move it now, or the epoch does not allow it.
                let splittable = holding.stake.0 >= 2 * SOL && down.0 >= SOL && !split_rent;
                prop_assert!(held <= target || !free || !splittable);
                prop_assert!(held <= target || !free || !whole || (held > down && !split_rent));
            }
            Move::Increase(_) => prop_assert!(false, "nothing is available"),
            Move::Decrease(amount) => {
                prop_assert!(free && held > target && amount.0 >= SOL && amount <= held);
                if amount == held {
                    prop_assert!(whole && (amount <= down || split_rent));
                } else {
                    prop_assert!(!split_rent && amount <= down && holding.stake.0 - amount.0 >= SOL);
                    prop_assert!(amount.0 == SOL || held.0 - amount.0 >= target.0);
                }
            }
        }
    }

    #[test]
    fn with_room_a_validator_reaches_its_target(stake in SOL..1_000 * SOL, target in prop_oneof![Just(0), SOL..1_000 * SOL]) {
        let room = Lamports(u64::MAX / 4);
        let min_delegation = Lamports(SOL);
        let limits = Limits { min_delegation, min_move: Lamports(0), available: room, up: room, down: room };
        let holding = Holding { stake: Lamports(stake), ..Holding::default() };
        let after = match decide(Lamports(target), &holding, &limits) {
            Move::None => stake,
            Move::Increase(amount) => stake + amount.0,
            Move::Decrease(amount) => stake - amount.0,
        };
        prop_assert!(after.abs_diff(target) < SOL, "{after} for {target}");
        prop_assert!(target > 0 || after == 0);
    }
}

#[test]
fn a_full_exit_is_made_however_small() {
    let limits = Limits {
        min_delegation: Lamports(SOL),
        min_move: Lamports(100 * SOL),
        down: Lamports(1_000 * SOL),
        ..Limits::default()
    };
    let holding = Holding { stake: Lamports(SOL + 7), ..Holding::default() };
    assert_eq!(decide(Lamports(0), &holding, &limits), Move::Decrease(holding.stake));
    assert_eq!(decide(Lamports(SOL), &holding, &limits), Move::None);
}

#[test]
fn a_split_leaves_the_minimum_on_both_sides() {
    let room = Lamports(1_000 * SOL);
    let limits = Limits { min_delegation: Lamports(SOL), down: room, ..Limits::default() };
    let holding = Holding { stake: Lamports(10 * SOL), activating: Lamports(5 * SOL), ..Holding::default() };
    // The warming part cannot move yet, so of the canonical account the minimum stays.
    assert_eq!(decide(Lamports(0), &holding, &limits), Move::Decrease(Lamports(9 * SOL)));
    let tight = Holding { stake: Lamports(2 * SOL - 1), activating: Lamports(5 * SOL), ..Holding::default() };
    assert_eq!(decide(Lamports(0), &tight, &limits), Move::None);
}

#[test]
fn a_small_ticket_takes_the_least_the_chain_moves_and_never_leaves_less() {
    let limits = Limits {
        min_delegation: Lamports(SOL),
        min_move: Lamports(100 * SOL),
        down: Lamports(1_000 * SOL),
        ..Limits::default()
    };
    let of = |stake| Holding { stake: Lamports(stake), ..Holding::default() };
    let lack = Lack { tickets: Lamports(1), split_rent: false };
    let decided = |target, stake, limits, lack| decide_lacking(Lamports(target), &of(stake), &limits, &lack);
    assert_eq!(decided(10 * SOL - 1, 10 * SOL, limits, lack), Move::Decrease(Lamports(SOL)));
    assert_eq!(decided(2 * SOL - 2, 2 * SOL - 1, limits, lack), Move::Decrease(Lamports(2 * SOL - 1)));
    assert_eq!(decided(10 * SOL, 10 * SOL, limits, lack), Move::None);
    let poor = Lack { split_rent: true, ..lack };
    let tight = Limits { min_move: Lamports(0), down: Lamports(SOL), ..limits };
    assert_eq!(decided(9 * SOL, 10 * SOL, tight, poor), Move::Decrease(Lamports(10 * SOL)));
    let not_for_tickets = Lack { tickets: Lamports(0), ..poor };
    assert_eq!(decided(9 * SOL, 10 * SOL, tight, not_for_tickets), Move::None);
}
