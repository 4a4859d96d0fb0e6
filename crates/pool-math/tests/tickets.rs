//! A ticket pays the lower of two values, once, however it is divided, and taking it back gains nothing.

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

/// A ticket on some of the shares, with what it was ordered for: near the value now, or far from it.
fn tickets() -> impl Strategy<Value = (Ledger, LstAmount, Lamports)> {
    ledgers().prop_flat_map(|ledger| {
        let shares = prop_oneof![1 => Just(ledger.supply.0), 4 => amounts(ledger.supply.0)];
        let ordered = prop_oneof![
            3 => (0u64..=2_000).prop_map(Err),
            1 => amounts(ALL_SOL).prop_map(Ok),
        ];
        (Just(ledger), shares, ordered).prop_map(|(ledger, shares, ordered)| {
            let worth = ledger.at(SLOT).unwrap().lamports_for(LstAmount(shares)).unwrap().0;
            let ordered = match ordered {
                Ok(ordered) => ordered,
                Err(permille) => share_of(worth, permille, 1_000),
            };
            (ledger, LstAmount(shares), Lamports(ordered))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn a_claim_pays_the_lower_value_and_never_lowers_the_rate((ledger, shares, ordered) in tickets()) {
        let before = ledger.at(SLOT).unwrap();
        let worth = before.lamports_for(shares).unwrap();
        let outcome = claim(&ledger, SLOT, shares, ordered).unwrap();
        prop_assert_eq!(outcome.paid, worth.min(ordered));
        prop_assert_eq!(outcome.ledger.total.0 + outcome.paid.0, before.total.0);
        prop_assert_eq!(outcome.ledger.supply.0 + shares.0, before.supply.0);
        prop_assert_eq!(outcome.ledger.locked_profit.0 + outcome.paid.0, before.locked_profit.0 + worth.0);
        prop_assert!(rate_not_lower(&before, &outcome.ledger));
        prop_assert_eq!(
            claim(&ledger, SLOT, LstAmount(ledger.supply.0 + 1), ordered).err(),
            Some(PoolMathError::Overflow)
        );
    }

    #[test]
    fn a_cancelled_ticket_returns_what_it_would_have_paid((ledger, shares, ordered) in tickets()) {
        let before = ledger.at(SLOT).unwrap();
        let Ok(outcome) = cancel(&ledger, SLOT, shares, ordered) else {
            prop_assert!(u128::from(ordered.0) * supply(&before) / value(&before) > u128::from(u64::MAX));
            return Ok(());
        };
        prop_assert!(outcome.returned <= shares);
        // The most shares that are worth no more than was ordered.
        prop_assert!(u128::from(outcome.returned.0) * value(&before) <= u128::from(ordered.0) * supply(&before));
        if outcome.returned < shares {
            let one_more = u128::from(outcome.returned.0 + 1) * value(&before);
            prop_assert!(one_more > u128::from(ordered.0) * supply(&before));
        }
        prop_assert_eq!(outcome.ledger.total, before.total);
        prop_assert_eq!(outcome.ledger.supply.0 + shares.0, before.supply.0 + outcome.returned.0);
        prop_assert!(outcome.ledger.locked_profit >= before.locked_profit);
        prop_assert!(rate_not_lower(&before, &outcome.ledger));
        if !outcome.ledger.supply.is_zero() {
            // Even at the rate after, and no more than a claim would have paid.
            let back = outcome.ledger.lamports_for(outcome.returned).unwrap();
            prop_assert!(back <= claim(&ledger, SLOT, shares, ordered).unwrap().paid);
        }
    }

    #[test]
    fn ordering_and_cancelling_never_profits(ledger in ledgers(), noise in amounts(ALL_SOL), waited in 0..2 * EPOCH) {
        let shares = LstAmount(noise.min(ledger.supply.0));
        let ordered = ledger.at(SLOT).unwrap().lamports_for(shares).unwrap();
        let now = ledger.at(SLOT + waited).unwrap();
        let outcome = cancel(&ledger, SLOT + waited, shares, ordered).unwrap();
        prop_assert!(outcome.returned <= shares);
        prop_assert!(now.lamports_for(outcome.returned).unwrap() <= ordered);
        prop_assert!(rate_not_lower(&now, &outcome.ledger));
        if waited == 0 {
            // Worth the same at once, but for a lamport of rounding.
            let gone = u128::from(shares.0 - outcome.returned.0);
            prop_assert!(gone <= supply(&now).div_ceil(value(&now)));
        }
    }

    #[test]
    fn claiming_after_waiting_never_pays_more_than_ordered_or_than_the_rate(
        ledger in ledgers(),
        noise in amounts(ALL_SOL),
        change in -1_000i64..=1_000,
        waited in 0..2 * EPOCH,
    ) {
        let shares = LstAmount(noise.min(ledger.supply.0));
        let ordered = ledger.at(SLOT).unwrap().lamports_for(shares).unwrap();
        let moved = share_of(ledger.total.0, change.unsigned_abs(), 1_000);
        let counted =
            if change < 0 { ledger.total.0 - moved } else { ledger.total.0.saturating_add(moved) };
        let found =
            update(&ledger, LstAmount::ZERO, SLOT, EPOCH, Lamports(counted), &RewardFee::default()).unwrap();
        let now = found.ledger.at(SLOT + waited).unwrap();
        let outcome = claim(&found.ledger, SLOT + waited, shares, ordered).unwrap();
        prop_assert!(outcome.paid <= ordered);
        prop_assert!(outcome.paid <= now.lamports_for(shares).unwrap());
        prop_assert!(rate_not_lower(&now, &outcome.ledger));
    }

    #[test]
    fn a_divided_ticket_pays_no_more_than_the_whole(
        (ledger, shares, ordered) in tickets(),
        noise in amounts(ALL_SOL),
        rest_first in any::<bool>(),
    ) {
        let part = LstAmount(noise.min(shares.0));
        let rest = LstAmount(shares.0 - part.0);
        let Ok(outcome) = split(shares, ordered, part) else {
            let to_part = share_of(ordered.0, part.0, shares.0);
            prop_assert!(to_part == 0 || to_part == ordered.0);
            return Ok(());
        };
        prop_assert!(!part.is_zero() && !rest.is_zero(), "no ticket is without shares");
        prop_assert_eq!(outcome.part.0 + outcome.rest.0, ordered.0);
        prop_assert_eq!(outcome.part.0, share_of(ordered.0, part.0, shares.0));

        let whole = claim(&ledger, SLOT, shares, ordered).unwrap();
        let mut order = [(part, outcome.part), (rest, outcome.rest)];
        if rest_first {
            order.reverse();
        }
        let a = claim(&ledger, SLOT, order[0].0, order[0].1).unwrap();
        let b = claim(&a.ledger, SLOT, order[1].0, order[1].1).unwrap();
        prop_assert!(a.paid <= whole.paid);
        prop_assert!(a.paid.0 + b.paid.0 <= whole.paid.0);
        prop_assert!(whole.paid.0 - a.paid.0 - b.paid.0 <= 2, "roundings");
        prop_assert!(rate_not_lower(&ledger.at(SLOT).unwrap(), &b.ledger));
        prop_assert_eq!(b.ledger.supply, whole.ledger.supply);
        prop_assert_eq!(b.ledger.total.0 + a.paid.0 + b.paid.0, ledger.total.0);
    }

    #[test]
    fn a_divided_ticket_returns_no_more_than_the_whole(
        (ledger, shares, ordered) in tickets(),
        noise in amounts(ALL_SOL),
    ) {
        let part = LstAmount(noise.min(shares.0));
        let Ok(outcome) = split(shares, ordered, part) else { return Ok(()) };
        let rest = LstAmount(shares.0 - part.0);
        let Ok(whole) = cancel(&ledger, SLOT, shares, ordered) else { return Ok(()) };
        let Ok(a) = cancel(&ledger, SLOT, part, outcome.part) else { return Ok(()) };
        let Ok(b) = cancel(&a.ledger, SLOT, rest, outcome.rest) else { return Ok(()) };
        prop_assert!(a.returned.0 + b.returned.0 <= whole.returned.0);
    }
}

#[test]
fn a_ticket_worth_nothing_can_be_closed() {
    let wiped = released(0, SOL);
    assert_eq!(claim(&wiped, 5, LstAmount(SOL), Lamports(SOL)).unwrap().paid, Lamports(0));
    assert_eq!(claim(&released(SOL, SOL), 5, LstAmount(SOL), Lamports(0)).unwrap().paid, Lamports(0));
    assert_eq!(cancel(&wiped, 5, LstAmount(SOL), Lamports(SOL)), Err(PoolMathError::Insolvent));
}

#[test]
fn a_loss_while_waiting_is_shared_and_a_profit_is_not() {
    let ordered = Lamports(100);
    let loss = claim(&released(900, 1_000), 0, LstAmount(100), ordered).unwrap();
    assert_eq!((loss.paid, loss.ledger.locked_profit), (Lamports(90), Lamports(0)));
    let profit = claim(&released(1_100, 1_000), 0, LstAmount(100), ordered).unwrap();
    assert_eq!((profit.paid, profit.ledger.locked_profit), (Lamports(100), Lamports(10)));
    let cancelled = cancel(&released(1_100, 1_000), 0, LstAmount(100), ordered).unwrap();
    assert_eq!(cancelled.returned, LstAmount(90));
    assert_eq!((cancelled.ledger.supply, cancelled.ledger.locked_profit), (LstAmount(990), Lamports(11)));
}

#[test]
fn a_split_that_would_leave_a_ticket_for_nothing_is_refused() {
    let split = |part| split(LstAmount(1_000), Lamports(500), LstAmount(part));
    assert_eq!(split(0), Err(PoolMathError::TooSmall));
    assert_eq!(split(1), Err(PoolMathError::TooSmall));
    assert_eq!(split(1_000), Err(PoolMathError::TooSmall));
    assert_eq!(split(1_001), Err(PoolMathError::Overflow));
    assert_eq!(split(3), Ok(SplitOutcome { part: Lamports(1), rest: Lamports(499) }));
    assert_eq!(split(999), Ok(SplitOutcome { part: Lamports(499), rest: Lamports(1) }));
}
