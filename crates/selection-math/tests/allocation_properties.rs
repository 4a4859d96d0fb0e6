//! Allocation and moves: the invariants a pool relies on, over random pools.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

const SOL: u64 = 1_000_000_000;

fn bps() -> impl Strategy<Value = Bps> {
    (0u16..=10_000).prop_map(Bps::saturating)
}

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
    fn a_budget_never_exceeds_the_total(total in lamports(), tickets in lamports(), rent in lamports(), cap in bps(), reserve in bps(), moved in bps()) {
        let funds = Funds { total, tickets, stake_rent: rent, min_delegation: Lamports(SOL) };
        let budget = budget(&funds, &Terms { cap, reserve, moved }).unwrap();
        prop_assert!(budget.delegable <= total && budget.reserve <= total);
        prop_assert!(budget.moved.0 <= total.0.max(2 * SOL) && budget.moved.0 >= 2 * SOL);
        prop_assert!(budget.cap.0 <= total.0.max(SOL) && budget.cap.0 >= SOL);
        let kept = budget.reserve.0.saturating_add(tickets.0).saturating_add(rent.0);
        prop_assert_eq!(budget.delegable.0, total.0.saturating_sub(kept));
    }

    #[test]
    fn a_rank_keeps_its_index_and_orders_by_score_then_incumbency_then_index(
        a in (0..=YIELD_ONE, any::<bool>(), 0..=Rank::MAX_INDEX),
        b in (0..=YIELD_ONE, any::<bool>(), 0..=Rank::MAX_INDEX),
    ) {
        let (x, y) = (Rank::new(Yield(a.0), a.1, a.2), Rank::new(Yield(b.0), b.1, b.2));
        prop_assert_eq!(x.index(), a.2);
        prop_assert_eq!(x.cmp(&y), (a.0, a.1, b.2).cmp(&(b.0, b.1, a.2)));
    }

    #[test]
    fn the_selection_is_the_greedy_optimum(
        scores in vec((0u64..1_000, any::<bool>()), 0..200),
        delegable in (0u64..2_000 * SOL).prop_map(Lamports),
        cap in (1u64..200 * SOL).prop_map(Lamports),
        min in prop_oneof![Just(0), Just(1), Just(SOL)].prop_map(Lamports),
    ) {
        let mut ranks: Vec<Rank> =
            scores.iter().enumerate().map(|(i, (s, held))| Rank::new(Yield(*s), *held, i as u32)).collect();
        let mut sorted = ranks.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        let Selection { full, partial } = select(&mut ranks, delegable, cap, min);

        prop_assert!(full as u64 * cap.0 + partial.0 <= delegable.0);
        prop_assert!(partial < cap || partial.is_zero());
        prop_assert!(partial.is_zero() || (partial >= min && full < ranks.len()));
        let mut chosen = ranks[..full].to_vec();
        chosen.sort_by(|a, b| b.cmp(a));
        prop_assert_eq!(&chosen[..], &sorted[..full]);
        if let Some(marginal) = ranks.get(full) {
            prop_assert_eq!(marginal, &sorted[full]);
            // Whatever is left is less than one more share of the cap, and is given out unless too small.
            let left = delegable.0 - full as u64 * cap.0;
            prop_assert!(left < cap.0);
            prop_assert_eq!(partial.0, if left < min.0 { 0 } else { left });
        }
    }

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
    fn the_best_come_first_and_stay_chosen(
        scores in vec((0u64..50, any::<bool>()), 0..300), count in 0usize..200, fewer in 0usize..200,
    ) {
        let mut ranks: Vec<Rank> =
            scores.iter().enumerate().map(|(i, (s, held))| Rank::new(Yield(*s), *held, i as u32)).collect();
        let mut sorted = ranks.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        best_first(&mut ranks, count);
        ranks.truncate(count);
        sorted.truncate(count);
        let selection = select(&mut ranks, Lamports(fewer as u64), Lamports(1), Lamports(1));
        prop_assert_eq!(selection.full, fewer.min(sorted.len()));
        let mut chosen = ranks[..selection.full].to_vec();
        chosen.sort_by(|a, b| b.cmp(a));
        prop_assert_eq!(&chosen[..], &sorted[..selection.full]);
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
fn constraint_codes_are_unique_and_known() {
    let mut known = 0;
    for code in 0..=u8::MAX {
        if let Some(constraint) = Constraint::from_code(code) {
            assert_eq!(constraint.code(), code);
            known += 1;
        }
    }
    assert_eq!(known, 12);
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
