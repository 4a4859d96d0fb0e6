//! An instant exit pays the value less the curve's fee, out of what there is, at nobody else's cost.

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

fn terms() -> impl Strategy<Value = InstantTerms> {
    let free = prop_oneof![1 => Just(0u64), 3 => amounts(ALL_SOL)];
    let target = prop_oneof![1 => Just(0u64), 3 => amounts(ALL_SOL)];
    let cut = prop_oneof![1 => Just(0u16), 3 => 0u16..=5_000, 1 => 0u16..=10_000];
    (free, 0u16..=20, 0u16..=20, target, cut, 0u16..=10_000).prop_map(
        |(free, a, b, target, cut, insurance)| InstantTerms {
            free: Lamports(free),
            curve: FeeCurve { least: bps(a.min(b)), most: bps(a.max(b)), target: Lamports(target) },
            cut: bps(cut),
            insurance: bps(insurance),
        },
    )
}

/// A pool whose reserve is part of what backs it, and some of its shares that are not the liquidity providers'.
fn exits() -> impl Strategy<Value = (Ledger, Liquidity, InstantTerms, LstAmount)> {
    (pools(), terms()).prop_flat_map(|((ledger, liquidity), terms)| {
        let free = Lamports(terms.free.0.min(ledger.total.0));
        let liquidity =
            Liquidity { shares: LstAmount(liquidity.shares.0.min(ledger.supply.0 - 1)), ..liquidity };
        let held = ledger.supply.0 - liquidity.shares.0;
        let shares = prop_oneof![1 => Just(held), 4 => amounts(held)];
        (Just(ledger), Just(liquidity), Just(InstantTerms { free, ..terms }), shares.prop_map(LstAmount))
    })
}

/// What `shares` should be paid.
fn asked(ledger: &Ledger, liquidity: &Liquidity, terms: &InstantTerms, shares: LstAmount) -> Lamports {
    let value = ledger.lamports_for(shares).unwrap();
    let fee = terms.curve.fee(Lamports(terms.free.0 + liquidity.lamports.0), value).unwrap();
    Lamports(value.0 - fee.0)
}

/// What one share is worth, rounded up.
fn price(ledger: &Ledger) -> u128 {
    value(ledger).div_ceil(supply(ledger))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn instant_exit_pays_the_value_less_the_fee((ledger, liquidity, terms, shares) in exits()) {
        let before = ledger.at(SLOT).unwrap();
        let asked = asked(&before, &liquidity, &terms, shares);
        let outcome = match instant_exit(&ledger, &liquidity, SLOT, shares, &terms) {
            Ok(outcome) => outcome,
            Err(PoolMathError::TooSmall) => {
                prop_assert!(asked.is_zero());
                return Ok(());
            }
            error => {
                prop_assert_eq!(error, Err(PoolMathError::Illiquid));
                prop_assert!(asked.0 > terms.free.0 + liquidity.lamports.0);
                return Ok(());
            }
        };
        prop_assert!(asked.0 > 0 && asked.0 <= terms.free.0 + liquidity.lamports.0);
        prop_assert!(outcome.paid > Lamports::ZERO && outcome.paid <= asked);
        prop_assert!(u128::from(asked.0 - outcome.paid.0) <= price(&before), "what the division leaves over");
        prop_assert_eq!(outcome.paid.0, outcome.from_reserve.0 + outcome.from_liquidity.0);
        prop_assert_eq!(outcome.paid.0 + outcome.fee.0, before.lamports_for(shares).unwrap().0);
        prop_assert_eq!(outcome.from_reserve, asked.min(terms.free), "the reserve pays first");
        prop_assert!(outcome.from_liquidity <= liquidity.lamports);
        if asked <= terms.free {
            prop_assert_eq!(outcome.paid, asked);
            prop_assert_eq!((outcome.to_liquidity, outcome.cut), (LstAmount::ZERO, FeeSplit::default()));
        }
    }

    #[test]
    fn instant_exit_loses_no_lamport_and_no_share((ledger, liquidity, terms, shares) in exits()) {
        let before = ledger.at(SLOT).unwrap();
        let Ok(outcome) = instant_exit(&ledger, &liquidity, SLOT, shares, &terms) else { return Ok(()) };
        let (after, left) = (outcome.ledger, outcome.liquidity);
        prop_assert_eq!(after.total.0 + outcome.from_reserve.0, before.total.0);
        prop_assert_eq!(left.lamports.0 + outcome.from_liquidity.0, liquidity.lamports.0);
        prop_assert_eq!(
            after.total.0 + left.lamports.0 + outcome.paid.0,
            before.total.0 + liquidity.lamports.0
        );
        prop_assert_eq!(
            before.supply.0 - after.supply.0 + outcome.to_liquidity.0 + outcome.cut.total().unwrap().0,
            shares.0
        );
        prop_assert_eq!(left.shares.0 - outcome.to_liquidity.0, liquidity.shares.0);
        prop_assert_eq!(left.supply, liquidity.supply);
        // What was burnt for more than the reserve paid is locked, not handed to whoever is there.
        let burnt = LstAmount(before.supply.0 - after.supply.0);
        let kept = before.lamports_for(burnt).unwrap().0 - outcome.from_reserve.0;
        prop_assert_eq!(after.locked_profit.0, before.locked_profit.0 + kept);
        prop_assert_eq!((after.profit_slot, after.profit_end_slot), (before.profit_slot, before.profit_end_slot));
    }

    #[test]
    fn instant_exit_never_lowers_the_rate((ledger, liquidity, terms, shares) in exits()) {
        let before = ledger.at(SLOT).unwrap();
        let zero = InstantTerms { curve: FeeCurve::default(), ..terms };
        for terms in [terms, zero] {
            let Ok(outcome) = instant_exit(&ledger, &liquidity, SLOT, shares, &terms) else { continue };
            prop_assert!(rate_not_lower(&before, &outcome.ledger));
            // Nor does it raise it by more than a lamport's worth of rounding.
            prop_assert!(
                value(&outcome.ledger) * supply(&before)
                    < value(&before) * supply(&outcome.ledger) + supply(&before)
            );
        }
    }

    #[test]
    fn instant_exit_never_costs_liquidity_providers((ledger, liquidity, terms, shares) in exits()) {
        let before = ledger.at(SLOT).unwrap();
        let all_cut = InstantTerms { cut: Bps::ONE, ..terms };
        let zero = InstantTerms { curve: FeeCurve::default(), ..terms };
        for terms in [terms, all_cut, zero] {
            let Ok(outcome) = instant_exit(&ledger, &liquidity, SLOT, shares, &terms) else { continue };
            // At the rate of before, and so all the more at the one after.
            prop_assert!(
                u128::from(outcome.to_liquidity.0) * value(&before)
                    >= u128::from(outcome.from_liquidity.0) * supply(&before)
            );
            prop_assert!(worth_not_lower(
                liquidity_worth(&liquidity, &before),
                liquidity_worth(&outcome.liquidity, &outcome.ledger)
            ));
        }
    }

    #[test]
    fn a_cut_takes_its_part_of_what_providers_earn((ledger, liquidity, terms, shares) in exits()) {
        let before = ledger.at(SLOT).unwrap();
        let Ok(outcome) = instant_exit(&ledger, &liquidity, SLOT, shares, &terms) else { return Ok(()) };
        let cut = outcome.cut.total().unwrap();
        let taken = u128::from(outcome.to_liquidity.0) + u128::from(cut.0);
        // Their earnings are what they took less what they paid; the cut is at most its part of that, in shares.
        let earned = taken * value(&before) - u128::from(outcome.from_liquidity.0) * supply(&before);
        prop_assert!(compare(
            (u128::from(cut.0) * 10_000, 1),
            (earned / value(&before) * u128::from(terms.cut.get()) + 10_000, 1),
        ) != core::cmp::Ordering::Greater);
        // And at least that, less roundings: a lamport and a share of earnings, and a share of the cut.
        let least = earned.saturating_sub(supply(&before)) / value(&before);
        let least = least.saturating_sub(1) * u128::from(terms.cut.get()) / 10_000;
        prop_assert!(u128::from(cut.0) >= least);
        prop_assert_eq!(outcome.cut.referrer, LstAmount::ZERO);
        prop_assert_eq!(outcome.cut.insurance.0, share_of(cut.0, terms.insurance.get().into(), 10_000));
    }

    #[test]
    fn an_exit_in_two_parts_saves_no_more_than_the_fee_on_the_fee(
        (ledger, liquidity, terms, shares) in exits(),
        part in 1u64..=999,
    ) {
        // Fees are locked, as in every pool whose update of the epoch is done.
        let ledger = Ledger { profit_end_slot: ledger.profit_end_slot.max(SLOT + 1), ..ledger };
        let before = ledger.at(SLOT).unwrap();
        let Ok(whole) = instant_exit(&ledger, &liquidity, SLOT, shares, &terms) else { return Ok(()) };
        let first = LstAmount(share_of(shares.0, part, 1_000));
        let second = LstAmount(shares.0 - first.0);
        let Ok(a) = instant_exit(&ledger, &liquidity, SLOT, first, &terms) else { return Ok(()) };
        let later = InstantTerms { free: Lamports(terms.free.0 - a.from_reserve.0), ..terms };
        let Ok(b) = instant_exit(&a.ledger, &a.liquidity, SLOT, second, &later) else { return Ok(()) };
        let worth = u128::from(before.lamports_for(shares).unwrap().0);
        // 0.2 % of 0.2 % of the value. A lamport more for the division of the whole, and one for the rate that the
        // first part's roundings left to the second.
        let saved = worth * 20 * 20 / 100_000_000 + price(&before) + 2;
        prop_assert!(u128::from(a.paid.0) + u128::from(b.paid.0) <= u128::from(whole.paid.0) + saved);
    }

    #[test]
    fn an_exit_in_many_parts_saves_no_more_either(
        liquidity in amounts(1_000_000 * SOL),
        free in amounts(1_000_000 * SOL),
        target in amounts(3_000_000 * SOL),
        parts in 1u64..=60,
        cut in 0u16..=5_000,
    ) {
        let ledger =
            Ledger { profit_end_slot: EPOCH, ..released(11_000_000 * SOL, 10_000_000 * SOL) };
        let providers = Liquidity {
            lamports: Lamports(liquidity),
            shares: LstAmount::ZERO,
            supply: LpAmount(liquidity),
        };
        let mut terms = InstantTerms {
            free: Lamports(free),
            curve: FeeCurve { least: bps(1), most: bps(20), target: Lamports(target) },
            cut: bps(cut),
            insurance: Bps::ZERO,
        };
        // Nearly all there is.
        let shares = share_of(liquidity + free, 10, 11) / parts * parts;
        prop_assume!(shares > 0);
        let Ok(whole) = instant_exit(&ledger, &providers, 0, LstAmount(shares), &terms) else { return Ok(()) };
        let (mut ledger, mut providers, mut paid) = (ledger, providers, 0);
        for _ in 0..parts {
            let part = LstAmount(shares / parts);
            let Ok(outcome) = instant_exit(&ledger, &providers, 0, part, &terms) else { return Ok(()) };
            (ledger, providers) = (outcome.ledger, outcome.liquidity);
            terms.free = Lamports(terms.free.0 - outcome.from_reserve.0);
            paid += outcome.paid.0;
        }
        let worth = whole.paid.0 + whole.fee.0;
        prop_assert!(paid <= whole.paid.0 + worth / 250_000 + parts + 3);
    }
}

#[test]
fn shares_that_do_not_exist_are_not_paid_for() {
    let pool = released(1_000, 1_000);
    let liquidity = Liquidity { lamports: Lamports(5_000), shares: LstAmount::ZERO, supply: LpAmount(5_000) };
    let terms = InstantTerms {
        free: Lamports::ZERO,
        curve: FeeCurve::default(),
        cut: Bps::ZERO,
        insurance: Bps::ZERO,
    };
    for (liquidity, free) in [(liquidity, 0), (liquidity, 1_000), (Liquidity::NONE, 5_000)] {
        let terms = InstantTerms { free: Lamports(free), ..terms };
        let exit = |shares| instant_exit(&pool, &liquidity, 0, LstAmount(shares), &terms);
        assert!(exit(1_000).is_ok());
        assert_eq!(exit(1_001), Err(PoolMathError::Overflow));
    }
}

#[test]
fn an_exit_of_nothing_or_from_nothing_is_refused() {
    let terms = InstantTerms {
        free: Lamports(SOL),
        curve: FeeCurve::default(),
        cut: Bps::ZERO,
        insurance: Bps::ZERO,
    };
    let exit = |pool: Ledger, shares| instant_exit(&pool, &Liquidity::NONE, 5, LstAmount(shares), &terms);
    assert_eq!(exit(released(0, 0), 1), Err(PoolMathError::Insolvent));
    assert_eq!(exit(released(0, SOL), SOL), Err(PoolMathError::TooSmall));
    assert_eq!(exit(released(SOL, SOL), 0), Err(PoolMathError::TooSmall));
    assert_eq!(exit(released(2 * SOL, 2 * SOL), SOL + 1), Err(PoolMathError::Illiquid));
    assert_eq!(exit(released(2 * SOL, 2 * SOL), SOL).unwrap().paid, Lamports(SOL));
}

#[test]
fn reserve_and_liquidity_share_an_exit_and_its_fee() {
    let liquidity =
        Liquidity { lamports: Lamports(10_000), shares: LstAmount::ZERO, supply: LpAmount(10_000) };
    let terms = InstantTerms {
        free: Lamports(2_994),
        curve: FeeCurve { least: bps(20), most: bps(20), target: Lamports::ZERO },
        cut: bps(5_000),
        insurance: bps(5_000),
    };
    let exit = instant_exit(&released(100_000, 100_000), &liquidity, 0, LstAmount(6_000), &terms).unwrap();
    // 6,000 less 12: half from each, for half of the shares.
    assert_eq!((exit.from_reserve, exit.from_liquidity), (Lamports(2_994), Lamports(2_994)));
    assert_eq!((exit.paid, exit.fee), (Lamports(5_988), Lamports(12)));
    // The reserve's half of the fee is locked, of the other half the cut takes half.
    assert_eq!((exit.ledger.supply, exit.ledger.locked_profit), (LstAmount(97_000), Lamports(6)));
    assert_eq!(exit.to_liquidity, LstAmount(2_997));
    let cut = FeeSplit { referrer: LstAmount(0), insurance: LstAmount(1), treasury: LstAmount(2) };
    assert_eq!(exit.cut, cut);
}

#[test]
fn the_last_holder_leaves_the_fee_behind() {
    let terms = InstantTerms {
        free: Lamports(1_000),
        curve: FeeCurve { least: bps(20), most: bps(20), target: Lamports::ZERO },
        cut: Bps::ZERO,
        insurance: Bps::ZERO,
    };
    let exit = instant_exit(&released(1_000, 700), &Liquidity::NONE, 0, LstAmount(700), &terms).unwrap();
    assert_eq!((exit.paid, exit.fee), (Lamports(998), Lamports(2)));
    assert_eq!((exit.ledger.total, exit.ledger.supply), (Lamports(2), LstAmount::ZERO));
    assert_eq!(exit.ledger.locked_profit, Lamports(2));
}
