//! Locked profit reaches the rate slot by slot, and shares their holders burn do not move it at one stroke.

// A test may panic: that is how it fails.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions
)]

mod common;

use common::*;
use proptest::prelude::*;
use sluice_money::*;
use sluice_pool_math::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_048))]

    #[test]
    fn profit_is_released_monotonically_and_completely(
        ledger in ledgers(),
        mut slots in proptest::collection::vec(0..2 * SLOT, 1..20),
    ) {
        slots.sort_unstable();
        let mut last = ledger.locked_profit;
        for slot in slots {
            let now = ledger.locked_at(slot).unwrap();
            prop_assert!(now <= last);
            last = now;
        }
        prop_assert_eq!(ledger.locked_at(ledger.profit_end_slot).unwrap(), Lamports::ZERO);
        prop_assert_eq!(ledger.locked_at(0).unwrap(), ledger.locked_profit);
        if !ledger.locked_profit.is_zero() {
            let last = ledger.locked_at(ledger.profit_end_slot - 1).unwrap();
            prop_assert!(!last.is_zero(), "not before the end");
        }
    }

    #[test]
    fn a_lamport_is_released_when_it_is_wholly_earned(ledger in ledgers(), elapsed in 0..=EPOCH) {
        let locked = u128::from(ledger.locked_at(ledger.profit_slot + elapsed).unwrap().0);
        let exact = u128::from(ledger.locked_profit.0) * u128::from(EPOCH - elapsed);
        prop_assert!(locked * u128::from(EPOCH) >= exact);
        prop_assert!(locked * u128::from(EPOCH) < exact + u128::from(EPOCH));
    }

    #[test]
    fn releasing_in_steps_never_releases_more_than_at_once(
        ledger in ledgers(),
        a in 0..EPOCH,
        b in 0u64..100_000,
    ) {
        let (a, b) = (ledger.profit_slot + a, ledger.profit_slot + a + b);
        let at_once = ledger.at(b).unwrap();
        let stepped = ledger.at(a).unwrap().at(b).unwrap();
        prop_assert!(stepped.locked_profit >= at_once.locked_profit);
        prop_assert!(stepped.locked_profit.0 <= at_once.locked_profit.0 + 1, "a lamport of rounding");
        prop_assert_eq!(Ledger { locked_profit: at_once.locked_profit, ..stepped }, at_once);
    }

    #[test]
    fn a_slot_of_the_past_changes_nothing(ledger in ledgers(), slot in 0..SLOT) {
        let slot = slot.min(ledger.profit_slot);
        prop_assert_eq!(ledger.at(slot).unwrap(), ledger);
    }

    #[test]
    fn what_shares_are_worth_buys_no_more_of_them(ledger in ledgers(), amount in amounts(ALL_SOL)) {
        let now = ledger.at(SLOT).unwrap();
        if let Ok(bought) = now.shares_for(Lamports(amount)) {
            prop_assert_eq!(u128::from(bought.0), u128::from(amount) * supply(&now) / value(&now));
            prop_assert!(now.lamports_for(bought).unwrap().0 <= amount);
        }
        if let Ok(worth) = now.lamports_for(LstAmount(amount)) {
            prop_assert_eq!(u128::from(worth.0), u128::from(amount) * value(&now) / supply(&now));
            prop_assert!(now.shares_for(worth).unwrap().0 <= amount);
        }
    }

    #[test]
    fn burning_ones_own_shares_does_not_move_the_rate_at_once(ledger in ledgers(), kept in 0u64..=1_000) {
        let before = ledger.at(SLOT).unwrap();
        let kept = LstAmount(share_of(ledger.supply.0, kept, 1_000));
        let after = absorb_burn(&ledger, SLOT, EPOCH, kept).unwrap();
        prop_assert!(rate_not_lower(&before, &after));
        prop_assert_eq!(after.total, before.total);
        prop_assert_eq!(after.supply, kept);
        prop_assert_eq!(after.at(SLOT).unwrap().locked_profit, after.locked_profit, "none of it is released at once");
        if kept == before.supply {
            prop_assert_eq!(after, before);
        } else {
            prop_assert_eq!(after.profit_end_slot, SLOT + EPOCH);
            // At most one lamport of rounding reaches the rate.
            let ideal = value(&before) * u128::from(kept.0) / supply(&before);
            prop_assert!(value(&after) <= ideal + 1);
        }
        prop_assert_eq!(
            absorb_burn(&ledger, SLOT, EPOCH, LstAmount(ledger.supply.0 + 1)),
            Err(PoolMathError::Overflow)
        );
    }
}

#[test]
fn an_empty_pool_trades_one_to_one() {
    let empty = released(0, 0);
    assert_eq!(empty.shares_for(Lamports(SOL)), Ok(LstAmount(SOL)));
    assert_eq!(empty.lamports_for(LstAmount(SOL)), Err(PoolMathError::Insolvent));
    assert_eq!(empty.rate_at(5), Ok(RATE_ONE));
}

#[test]
fn a_pool_that_lost_everything_refuses_to_price() {
    let wiped = released(0, SOL);
    assert_eq!(wiped.shares_for(Lamports(SOL)), Err(PoolMathError::Insolvent));
    assert_eq!(wiped.lamports_for(LstAmount(SOL)), Ok(Lamports(0)));
    assert_eq!(wiped.rate_at(5), Ok(0));
}

#[test]
fn the_displayed_rate_is_rounded_down() {
    assert_eq!(released(4 * SOL, 3 * SOL).rate_at(0), Ok(1_333_333_333));
    assert_eq!(released(2 * SOL, 3 * SOL).rate_at(0), Ok(666_666_666));
}

#[test]
fn more_profit_locked_than_there_is_backing_is_an_error() {
    let broken = Ledger { locked_profit: Lamports(2), profit_end_slot: 10, ..released(1, 1) };
    assert_eq!(broken.value(), Err(PoolMathError::Overflow));
}

#[test]
fn a_release_without_slots_is_over_at_once() {
    let ledger =
        Ledger { locked_profit: Lamports(7), profit_slot: 9, profit_end_slot: 9, ..released(10, 10) };
    assert_eq!(ledger.locked_at(9), Ok(Lamports(0)));
    assert_eq!(ledger.locked_at(8), Ok(Lamports(7)));
    assert_eq!(absorb_burn(&ledger, u64::MAX, 1, LstAmount(9)), Err(PoolMathError::Overflow));
}

#[test]
fn what_is_kept_after_a_releases_end_counts_at_once() {
    // Nothing says how long to lock it: a pool serves nobody without an update that starts a new release.
    let ticket = |end| {
        let ledger = Ledger { profit_end_slot: end, ..released(1_100, 1_000) };
        let claimed = claim(&ledger, 10, LstAmount(100), Lamports(100)).unwrap().ledger;
        (claimed.locked_profit, claimed.at(10).unwrap().locked_profit)
    };
    assert_eq!(ticket(11), (Lamports(10), Lamports(10)));
    assert_eq!(ticket(10), (Lamports(10), Lamports(0)));
}
