//! A deposit buys at the rate: nobody else loses by it, and every lamport and share of it is somebody's.

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

fn deposit_fees() -> impl Strategy<Value = DepositFee> {
    (0u16..=20, 0u16..=10_000, 0u16..=10_000).prop_map(|(fee, referral, insurance)| DepositFee {
        fee: bps(fee),
        referral: bps(referral),
        insurance: bps(insurance),
    })
}

/// Shares that `lamports` are worth, rounded down.
fn worth_in_shares(ledger: &Ledger, lamports: u64) -> u128 {
    u128::from(lamports) * supply(ledger) / value(ledger)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn deposit_mints_at_the_released_rate(
        (ledger, liquidity) in pools(),
        lamports in amounts(ALL_SOL),
        fee in deposit_fees(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        let worth = worth_in_shares(&before, lamports);
        let charged = (worth * u128::from(fee.fee.get())).div_ceil(10_000);
        let new = worth.saturating_sub(u128::from(liquidity.shares.0));
        let outcome = match deposit(&ledger, &liquidity, SLOT, Lamports(lamports), &fee) {
            Ok(outcome) => outcome,
            Err(PoolMathError::TooSmall) => {
                prop_assert_eq!(worth, charged, "refused although something would be minted");
                return Ok(());
            }
            error => {
                prop_assert_eq!(error, Err(PoolMathError::Overflow));
                prop_assert!(supply(&before) + new > u128::from(u64::MAX) || worth > u128::from(u64::MAX));
                return Ok(());
            }
        };
        let charged_shares = u128::from(outcome.fee.total().unwrap().0);
        prop_assert_eq!(charged_shares, charged);
        prop_assert_eq!(u128::from(outcome.minted.0) + charged_shares, worth);
        prop_assert!(outcome.minted.0 > 0);

        let referrer = share_of(outcome.fee.total().unwrap().0, fee.referral.get().into(), 10_000);
        let rest = outcome.fee.total().unwrap().0 - referrer;
        prop_assert_eq!(outcome.fee.referrer.0, referrer);
        prop_assert_eq!(outcome.fee.insurance.0, share_of(rest, fee.insurance.get().into(), 10_000));
        prop_assert_eq!(outcome.fee.treasury.0, rest - outcome.fee.insurance.0);
    }

    #[test]
    fn deposit_loses_no_lamport_and_no_share(
        (ledger, liquidity) in pools(),
        lamports in amounts(ALL_SOL),
        fee in deposit_fees(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        let Ok(outcome) = deposit(&ledger, &liquidity, SLOT, Lamports(lamports), &fee) else { return Ok(()) };
        let (after, left) = (outcome.ledger, outcome.liquidity);
        prop_assert_eq!(
            u128::from(after.total.0) + u128::from(left.lamports.0),
            u128::from(before.total.0) + u128::from(liquidity.lamports.0) + u128::from(lamports)
        );
        let bought = u128::from(outcome.minted.0) + u128::from(outcome.fee.total().unwrap().0);
        prop_assert_eq!(supply(&after) - supply(&before) + u128::from(outcome.from_liquidity.0), bought);
        prop_assert_eq!(left.shares.0 + outcome.from_liquidity.0, liquidity.shares.0);
        prop_assert_eq!(left.lamports.0 - outcome.to_liquidity.0, liquidity.lamports.0);
        prop_assert_eq!(left.supply, liquidity.supply);
        prop_assert_eq!(after.locked_profit, before.locked_profit);
        prop_assert_eq!((after.profit_slot, after.profit_end_slot), (before.profit_slot, before.profit_end_slot));
        // Theirs are sold first.
        prop_assert_eq!(u128::from(outcome.from_liquidity.0), bought.min(u128::from(liquidity.shares.0)));
    }

    #[test]
    fn deposit_never_lowers_the_rate(
        (ledger, liquidity) in pools(),
        lamports in amounts(ALL_SOL),
        fee in deposit_fees(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        for liquidity in [liquidity, Liquidity::NONE] {
            let Ok(outcome) = deposit(&ledger, &liquidity, SLOT, Lamports(lamports), &fee) else { continue };
            prop_assert!(rate_not_lower(&before, &outcome.ledger));
            // Beyond what the caller cannot buy a whole share for, the rate does not rise either.
            let gained = value(&outcome.ledger) * supply(&before) - value(&before) * supply(&outcome.ledger);
            prop_assert!(gained < value(&before) + supply(&before));
        }
    }

    #[test]
    fn deposit_pays_liquidity_providers_what_their_shares_are_worth(
        (ledger, liquidity) in pools(),
        lamports in amounts(ALL_SOL),
        fee in deposit_fees(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        let Ok(outcome) = deposit(&ledger, &liquidity, SLOT, Lamports(lamports), &fee) else { return Ok(()) };
        let worth = u128::from(outcome.from_liquidity.0) * value(&before);
        let paid = u128::from(outcome.to_liquidity.0) * supply(&before);
        prop_assert!(paid < worth + supply(&before), "a lamport at most above the rate");
        let (was, is) =
            (liquidity_worth(&liquidity, &before), liquidity_worth(&outcome.liquidity, &outcome.ledger));
        if outcome.ledger.supply == before.supply {
            prop_assert!(paid >= worth, "and never below it");
            prop_assert!(worth_not_lower(was, is));
        } else {
            // Two sides share whole lamports: where new shares must be paid for too, less than one is missing.
            prop_assert!(paid + supply(&before) > worth);
            prop_assert!(outcome.liquidity.shares.is_zero());
            prop_assert!(worth_not_lower(was, (is.0 + is.1, is.1)));
        }
    }

    #[test]
    fn deposit_and_instant_exit_never_profit(
        (ledger, liquidity) in pools(),
        lamports in amounts(ALL_SOL),
        fee in deposit_fees(),
        (least, more) in (0u16..=20, 0u16..=20),
        (target, free) in (amounts(ALL_SOL), amounts(ALL_SOL)),
        charged in any::<bool>(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        let fee = if charged { fee } else { DepositFee::default() };
        let Ok(entry) = deposit(&ledger, &liquidity, SLOT, Lamports(lamports), &fee) else { return Ok(()) };
        let curve = if charged {
            FeeCurve { least: bps(least), most: bps(least + more), target: Lamports(target) }
        } else {
            FeeCurve::default()
        };
        let free = free.min(before.total.0) + lamports - entry.to_liquidity.0;
        let terms = InstantTerms { free: Lamports(free), curve, cut: Bps::ZERO, insurance: Bps::ZERO };
        let Ok(exit) = instant_exit(&entry.ledger, &entry.liquidity, SLOT, entry.minted, &terms) else {
            return Ok(());
        };
        prop_assert!(exit.paid.0 <= lamports);
        prop_assert!(rate_not_lower(&before, &exit.ledger));
        if exit.ledger.supply.0 == 0 {
            return Ok(());
        }
        let (worth, parts) = liquidity_worth(&exit.liquidity, &exit.ledger);
        prop_assert!(worth_not_lower(liquidity_worth(&liquidity, &before), (worth + parts, parts)));
    }

    #[test]
    fn first_depositors_cannot_inflate_the_rate_at_a_profit(
        seed in 1u64..=100,
        stake in amounts(1_000 * SOL),
        donation in amounts(100_000 * SOL),
        victims in proptest::collection::vec(amounts(100 * SOL), 1..8),
    ) {
        // One SOL and more, and nobody's: see `MIN_SEED_LAMPORTS`.
        let seed = seed * SOL;
        let fee = DepositFee::default();
        let mine = deposit(&released(seed, seed), &Liquidity::NONE, 0, Lamports(stake), &fee).unwrap();
        let donated = Lamports(mine.ledger.total.0 + donation);
        let found = update(&mine.ledger, LstAmount::ZERO, 0, 0, donated, &RewardFee::default()).unwrap();
        let mut ledger = found.ledger;
        for &victim in &victims {
            if let Ok(outcome) = deposit(&ledger, &Liquidity::NONE, 0, Lamports(victim), &fee) {
                ledger = outcome.ledger;
            }
        }
        // Others' rounding is worth lamports, the seed's part of the donation is gone.
        let back = ledger.lamports_for(mine.minted).unwrap();
        let dust = if donation < SOL / 1_000 { victims.len() as u64 } else { 0 };
        prop_assert!(back.0 <= stake + donation + dust);
    }
}

#[test]
fn a_deposit_into_an_empty_pool_is_one_to_one() {
    let outcome =
        deposit(&released(0, 0), &Liquidity::NONE, 5, Lamports(SOL), &DepositFee::default()).unwrap();
    assert_eq!(outcome.minted, LstAmount(SOL));
    assert_eq!((outcome.ledger.total, outcome.ledger.supply), (Lamports(SOL), LstAmount(SOL)));
}

#[test]
fn a_pool_that_lost_everything_takes_no_deposit() {
    let fee = DepositFee::default();
    let refused = deposit(&released(0, SOL), &Liquidity::NONE, 5, Lamports(SOL), &fee);
    assert_eq!(refused, Err(PoolMathError::Insolvent));
}

#[test]
fn dust_that_buys_nothing_is_refused() {
    let rich = released(1_000 * SOL, SOL);
    let free = DepositFee::default();
    assert_eq!(deposit(&rich, &Liquidity::NONE, 5, Lamports(999), &free), Err(PoolMathError::TooSmall));
    assert_eq!(deposit(&rich, &Liquidity::NONE, 5, Lamports(1_000), &free).unwrap().minted, LstAmount(1));
    // The fee is rounded up: it takes the one share there is.
    let fee = DepositFee { fee: bps(1), ..free };
    assert_eq!(deposit(&rich, &Liquidity::NONE, 5, Lamports(1_000), &fee), Err(PoolMathError::TooSmall));
}

#[test]
fn liquidity_providers_sell_before_new_shares_are_made() {
    let pool = released(3 * SOL, 2 * SOL);
    let liquidity = Liquidity { lamports: Lamports(5), shares: LstAmount(10), supply: LpAmount(20) };
    let free = DepositFee::default();
    // 14 lamports buy 9 shares, which are worth 13.5.
    let some = deposit(&pool, &liquidity, 0, Lamports(14), &free).unwrap();
    assert_eq!((some.minted, some.from_liquidity), (LstAmount(9), LstAmount(9)));
    assert_eq!((some.to_liquidity, some.ledger.supply), (Lamports(14), pool.supply));
    // 100 lamports buy 66: 10 of theirs, and 56 new ones.
    let all = deposit(&pool, &liquidity, 0, Lamports(100), &free).unwrap();
    assert_eq!((all.minted, all.from_liquidity), (LstAmount(66), LstAmount(10)));
    assert_eq!((all.to_liquidity, all.liquidity.lamports), (Lamports(15), Lamports(20)));
    assert_eq!(all.ledger.supply.0, pool.supply.0 + 56);
}

#[test]
fn a_fee_of_deposits_is_split_and_its_remainder_is_the_treasurys() {
    let fee = DepositFee { fee: bps(20), referral: bps(2_000), insurance: bps(2_500) };
    let outcome = deposit(&released(SOL, SOL), &Liquidity::NONE, 0, Lamports(50_001), &fee).unwrap();
    // 100.002 is rounded up.
    let split = FeeSplit { referrer: LstAmount(20), insurance: LstAmount(20), treasury: LstAmount(61) };
    assert_eq!((outcome.fee, outcome.minted), (split, LstAmount(49_900)));
}

#[test]
fn two_sides_share_whole_lamports() {
    // Two shares for three lamports: one of the providers', worth one and a half, and a new one, worth as much.
    let liquidity = Liquidity { lamports: Lamports(0), shares: LstAmount(1), supply: LpAmount(1) };
    let outcome = deposit(&released(300, 200), &liquidity, 0, Lamports(3), &DepositFee::default()).unwrap();
    assert_eq!((outcome.minted, outcome.to_liquidity), (LstAmount(2), Lamports(1)));
    assert_eq!((outcome.ledger.total, outcome.ledger.supply), (Lamports(302), LstAmount(201)));
}
