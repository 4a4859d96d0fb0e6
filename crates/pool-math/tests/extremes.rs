//! Any numbers at all: an answer that keeps the books whole and the rate from falling, or an error, never a panic.

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

/// A ledger without bounds, but for what it promises: no more is locked than there is.
fn any_ledger() -> impl Strategy<Value = Ledger> {
    (edgy(), edgy(), edgy(), edgy(), edgy()).prop_map(|(total, supply, locked, start, end)| Ledger {
        total: Lamports(total),
        supply: LstAmount(supply),
        locked_profit: Lamports(locked.min(total)),
        profit_slot: start,
        profit_end_slot: end,
    })
}

/// Liquidity without bounds, but for its shares, which are part of the supply.
fn any_liquidity(ledger: Ledger) -> impl Strategy<Value = Liquidity> {
    (edgy(), edgy(), edgy()).prop_map(move |(lamports, shares, claims)| Liquidity {
        lamports: Lamports(lamports),
        shares: LstAmount(shares.min(ledger.supply.0)),
        supply: LpAmount(claims),
    })
}

fn any_pool() -> impl Strategy<Value = (Ledger, Liquidity)> {
    any_ledger().prop_flat_map(|ledger| (Just(ledger), any_liquidity(ledger)))
}

fn any_bps() -> impl Strategy<Value = Bps> {
    (0u16..=10_000).prop_map(bps)
}

fn sum(lamports: &[Lamports]) -> u128 {
    lamports.iter().map(|lamports| u128::from(lamports.0)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn the_slot_of_a_ledger_may_be_any((ledger, slot) in (any_ledger(), edgy())) {
        let now = ledger.at(slot).unwrap();
        prop_assert!(now.locked_profit <= ledger.locked_profit);
        prop_assert!(now.value().unwrap() >= ledger.value().unwrap());
        prop_assert!(now.profit_slot >= ledger.profit_slot);
        let _ = ledger.rate_at(slot);
    }

    #[test]
    fn deposits_of_any_size(
        (ledger, liquidity) in any_pool(),
        (slot, lamports) in (edgy(), edgy()),
        (fee, referral, insurance) in (any_bps(), any_bps(), any_bps()),
    ) {
        let fee = DepositFee { fee, referral, insurance };
        let Ok(outcome) = deposit(&ledger, &liquidity, slot, Lamports(lamports), &fee) else { return Ok(()) };
        prop_assert_eq!(
            sum(&[outcome.ledger.total, outcome.liquidity.lamports]),
            sum(&[ledger.total, liquidity.lamports, Lamports(lamports)])
        );
        prop_assert!(rate_not_lower(&ledger.at(slot).unwrap(), &outcome.ledger));
    }

    #[test]
    fn instant_exits_of_any_size(
        (ledger, liquidity) in any_pool(),
        (slot, shares, free, target) in (edgy(), edgy(), edgy(), edgy()),
        (least, most, cut, insurance) in (any_bps(), any_bps(), any_bps(), any_bps()),
    ) {
        let curve = FeeCurve { least, most, target: Lamports(target) };
        let terms = InstantTerms { free: Lamports(free), curve, cut, insurance };
        let exit = instant_exit(&ledger, &liquidity, slot, LstAmount(shares), &terms);
        let Ok(outcome) = exit else { return Ok(()) };
        prop_assert_eq!(
            sum(&[outcome.ledger.total, outcome.liquidity.lamports, outcome.paid]),
            sum(&[ledger.total, liquidity.lamports])
        );
        prop_assert!(shares <= ledger.supply.0);
        prop_assert!(outcome.ledger.value().is_ok(), "no more is locked than there is");
        prop_assert!(rate_not_lower(&ledger.at(slot).unwrap(), &outcome.ledger));
    }

    #[test]
    fn stake_exits_of_any_size(
        ledger in any_ledger(),
        (slot, shares, lamports, booked) in (edgy(), edgy(), edgy(), edgy()),
        (epoch_yield, elapsed, slots) in (edgy(), edgy(), edgy()),
    ) {
        let now = ledger.at(slot).unwrap();
        let accrual = Accrual { epoch_yield, elapsed, slots };
        if let Ok(outcome) = stake_exit(&ledger, slot, LstAmount(shares), &accrual) {
            prop_assert_eq!(sum(&[outcome.ledger.total, outcome.paid]), sum(&[ledger.total]));
            prop_assert!(outcome.ledger.value().is_ok());
            prop_assert!(rate_not_lower(&now, &outcome.ledger));
        }
        let booked = Lamports(booked.min(lamports));
        if let Ok(outcome) = whole_stake_exit(&ledger, slot, Lamports(lamports), booked, &accrual) {
            prop_assert_eq!(sum(&[outcome.ledger.total, booked]), sum(&[ledger.total]));
            prop_assert!(outcome.ledger.value().is_ok());
            prop_assert!(rate_not_lower(&now, &outcome.ledger));
        }
    }

    #[test]
    fn tickets_of_any_size(
        ledger in any_ledger(),
        (slot, shares, ordered, part) in (edgy(), edgy(), edgy(), edgy()),
    ) {
        let now = ledger.at(slot).unwrap();
        let (shares, ordered) = (LstAmount(shares), Lamports(ordered));
        match claim(&ledger, slot, shares, ordered) {
            Ok(outcome) => {
                prop_assert_eq!(sum(&[outcome.ledger.total, outcome.paid]), sum(&[ledger.total]));
                prop_assert!(outcome.ledger.value().is_ok());
                prop_assert!(rate_not_lower(&now, &outcome.ledger));
            }
            // A ticket on shares that exist can always be closed.
            Err(_) => prop_assert!(shares > ledger.supply || ledger.supply.is_zero()),
        }
        if let Ok(outcome) = cancel(&ledger, slot, shares, ordered) {
            prop_assert_eq!(outcome.ledger.total, ledger.total);
            prop_assert!(outcome.ledger.value().is_ok());
            prop_assert!(outcome.returned <= shares);
            prop_assert!(rate_not_lower(&now, &outcome.ledger));
        }
        if let Ok(outcome) = split(shares, ordered, LstAmount(part)) {
            prop_assert_eq!(sum(&[outcome.part, outcome.rest]), sum(&[ordered]));
            prop_assert!(part < shares.0);
        }
    }

    #[test]
    fn liquidity_of_any_size((ledger, liquidity) in any_pool(), (slot, amount) in (edgy(), edgy())) {
        if let Ok(outcome) = add_liquidity(&ledger, &liquidity, slot, Lamports(amount)) {
            prop_assert_eq!(
                sum(&[outcome.liquidity.lamports]),
                sum(&[liquidity.lamports, Lamports(amount)])
            );
            if let Ok(removed) = remove_liquidity(&outcome.liquidity, outcome.minted) {
                prop_assert!(removed.liquidity.lamports >= liquidity.lamports || !removed.shares.is_zero());
            }
        }
        match remove_liquidity(&liquidity, LpAmount(amount)) {
            Ok(outcome) => {
                prop_assert_eq!(
                    sum(&[outcome.liquidity.lamports, outcome.lamports]),
                    sum(&[liquidity.lamports])
                );
                prop_assert_eq!(outcome.liquidity.shares.0 + outcome.shares.0, liquidity.shares.0);
            }
            Err(PoolMathError::TooSmall) => {}
            Err(_) => prop_assert!(amount > liquidity.supply.0 || liquidity.supply.is_zero()),
        }
    }

    #[test]
    fn burns_of_any_size(ledger in any_ledger(), (slot, release, supply) in (edgy(), edgy(), edgy())) {
        match absorb_burn(&ledger, slot, release, LstAmount(supply)) {
            Ok(after) => {
                prop_assert_eq!(after.total, ledger.total);
                prop_assert!(after.value().is_ok());
                prop_assert!(rate_not_lower(&ledger.at(slot).unwrap(), &after));
            }
            Err(_) => prop_assert!(supply > ledger.supply.0 || slot.checked_add(release).is_none()),
        }
    }
}
