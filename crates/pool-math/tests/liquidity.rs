//! Liquidity is bought and sold at its value: nobody enters or leaves at the others' cost.

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
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn adding_never_dilutes_who_is_there((ledger, liquidity) in pools(), lamports in amounts(ALL_SOL)) {
        let now = ledger.at(SLOT).unwrap();
        let worth = liquidity.value(&now).unwrap();
        let minted = match add_liquidity(&ledger, &liquidity, SLOT, Lamports(lamports)) {
            Ok(outcome) => {
                prop_assert_eq!(outcome.liquidity.lamports.0, liquidity.lamports.0 + lamports);
                prop_assert_eq!(outcome.liquidity.shares, liquidity.shares);
                prop_assert_eq!(outcome.liquidity.supply.0, liquidity.supply.0 + outcome.minted.0);
                // At most what the lamports are worth, compared without rounding.
                let (total, parts) = liquidity_worth(&liquidity, &now);
                prop_assert!(
                    compare(
                        (u128::from(outcome.minted.0), u128::from(liquidity.supply.0)),
                        (u128::from(lamports) * parts, total)
                    ) != core::cmp::Ordering::Greater
                );
                if outcome.liquidity.supply.0 <= 2 * ALL_SOL {
                    prop_assert!(worth_not_lower(
                        claim_worth(&liquidity, &now),
                        claim_worth(&outcome.liquidity, &now)
                    ));
                }
                u128::from(outcome.minted.0)
            }
            Err(PoolMathError::TooSmall) => 0,
            error => {
                let minted = u128::from(lamports) * u128::from(liquidity.supply.0);
                if worth.is_zero() {
                    prop_assert_eq!(error, Err(PoolMathError::Insolvent));
                } else {
                    prop_assert_eq!(error, Err(PoolMathError::Overflow));
                    let minted = minted / u128::from(worth.0);
                    prop_assert!(minted + u128::from(liquidity.supply.0) > u128::from(u64::MAX));
                }
                return Ok(());
            }
        };
        let claims = u128::from(lamports) * u128::from(liquidity.supply.0);
        prop_assert_eq!(minted, claims / u128::from(worth.0));
    }

    #[test]
    fn the_value_is_rounded_up((ledger, liquidity) in pools()) {
        let now = ledger.at(SLOT).unwrap();
        let worth = u128::from(liquidity.value(&now).unwrap().0);
        let (exact, parts) = liquidity_worth(&liquidity, &now);
        prop_assert_eq!(worth, exact.div_ceil(parts));
    }

    #[test]
    fn removing_pays_no_more_than_its_part((ledger, liquidity) in pools(), noise in amounts(ALL_SOL)) {
        let now = ledger.at(SLOT).unwrap();
        let amount = LpAmount(noise.min(liquidity.supply.0));
        let (all, part) = (u128::from(liquidity.supply.0), u128::from(amount.0));
        let lamports = u128::from(liquidity.lamports.0) * part / all;
        let shares = u128::from(liquidity.shares.0) * part / all;
        let Ok(outcome) = remove_liquidity(&liquidity, amount) else {
            prop_assert_eq!((lamports, shares), (0, 0));
            return Ok(());
        };
        prop_assert_eq!((u128::from(outcome.lamports.0), u128::from(outcome.shares.0)), (lamports, shares));
        let left = outcome.liquidity;
        prop_assert_eq!(left.lamports.0 + outcome.lamports.0, liquidity.lamports.0);
        prop_assert_eq!(left.shares.0 + outcome.shares.0, liquidity.shares.0);
        prop_assert_eq!(left.supply.0 + amount.0, liquidity.supply.0);
        if left.supply.is_zero() {
            prop_assert!(left.lamports.is_zero() && left.shares.is_zero(), "the last one takes all");
        } else {
            prop_assert!(worth_not_lower(claim_worth(&liquidity, &now), claim_worth(&left, &now)));
        }
        prop_assert_eq!(
            remove_liquidity(&liquidity, LpAmount(liquidity.supply.0 + 1)),
            Err(PoolMathError::Overflow)
        );
    }

    #[test]
    fn adding_and_removing_never_profits((ledger, liquidity) in pools(), lamports in amounts(ALL_SOL)) {
        let now = ledger.at(SLOT).unwrap();
        let Ok(added) = add_liquidity(&ledger, &liquidity, SLOT, Lamports(lamports)) else { return Ok(()) };
        let Ok(removed) = remove_liquidity(&added.liquidity, added.minted) else { return Ok(()) };
        // Both sides, without rounding.
        let back = u128::from(removed.lamports.0) * supply(&now) + u128::from(removed.shares.0) * value(&now);
        prop_assert!(back <= u128::from(lamports) * supply(&now));
        prop_assert_eq!(removed.liquidity.supply, liquidity.supply);
        prop_assert!(worth_not_lower(
            liquidity_worth(&liquidity, &now),
            liquidity_worth(&removed.liquidity, &now)
        ));
    }

    #[test]
    fn no_sequence_of_providers_drains_the_seed(
        ledger in ledgers(),
        seed in SOL / 10..=100 * SOL,
        steps in proptest::collection::vec((any::<bool>(), amounts(1_000_000 * SOL)), 1..40),
    ) {
        let seeded =
            Liquidity { lamports: Lamports(seed), shares: LstAmount::ZERO, supply: LpAmount(seed) };
        let now = ledger.at(SLOT).unwrap();
        let (mut liquidity, mut held) = (seeded, 0);
        let mut worth = claim_worth(&liquidity, &now);
        for (add, amount) in steps {
            if add {
                let Ok(outcome) = add_liquidity(&now, &liquidity, SLOT, Lamports(amount)) else { continue };
                held += outcome.minted.0;
                liquidity = outcome.liquidity;
            } else {
                let amount = LpAmount(amount.min(held));
                let Ok(outcome) = remove_liquidity(&liquidity, amount) else { continue };
                held -= amount.0;
                liquidity = outcome.liquidity;
            }
            let is = claim_worth(&liquidity, &now);
            prop_assert!(worth_not_lower(worth, is));
            worth = is;
        }
        let left = remove_liquidity(&liquidity, LpAmount(held)).map_or(liquidity, |last| last.liquidity);
        prop_assert_eq!(left.supply.0, seed);
        prop_assert!(left.lamports.0 >= seed);
    }

    #[test]
    fn first_providers_cannot_inflate_a_claim_at_a_profit(
        seed in SOL / 10..=10 * SOL,
        mine in amounts(1_000 * SOL),
        exits in proptest::collection::vec(amounts(1_000 * SOL), 1..8),
        victim in amounts(100 * SOL),
    ) {
        // The only way to make claims dearer is to pay fees: to leave through the liquidity, and come back.
        let mut ledger = released(1_000_000 * SOL, 1_000_000 * SOL);
        let seeded =
            Liquidity { lamports: Lamports(seed), shares: LstAmount::ZERO, supply: LpAmount(seed) };
        let mine_added = add_liquidity(&ledger, &seeded, 0, Lamports(mine)).unwrap();
        let mut liquidity = mine_added.liquidity;
        let terms = InstantTerms {
            free: Lamports::ZERO,
            curve: FeeCurve { least: bps(20), most: bps(20), target: Lamports::ZERO },
            cut: Bps::ZERO,
            insurance: Bps::ZERO,
        };
        let mut cost = 0;
        for exit in exits {
            let Ok(sold) = instant_exit(&ledger, &liquidity, 0, LstAmount(exit), &terms) else { continue };
            let again = Lamports(exit);
            let bought = deposit(&sold.ledger, &sold.liquidity, 0, again, &DepositFee::default()).unwrap();
            prop_assert!(bought.minted.0 <= exit);
            cost += exit - sold.paid.0;
            (ledger, liquidity) = (bought.ledger, bought.liquidity);
        }
        if let Ok(outcome) = add_liquidity(&ledger, &liquidity, 0, Lamports(victim)) {
            liquidity = outcome.liquidity;
        }
        let removed = remove_liquidity(&liquidity, mine_added.minted).unwrap();
        let back = removed.lamports.0 + ledger.lamports_for(removed.shares).unwrap().0;
        prop_assert!(back <= mine + cost + 1, "a lamport of the victim's rounding");
    }
}

#[test]
fn claims_on_nothing_cannot_be_joined() {
    let pool = released(SOL, SOL);
    let wiped = Liquidity { supply: LpAmount(SOL), ..Liquidity::NONE };
    assert_eq!(add_liquidity(&pool, &wiped, 0, Lamports(SOL)), Err(PoolMathError::Insolvent));
    assert_eq!(add_liquidity(&pool, &Liquidity::NONE, 0, Lamports(SOL)), Err(PoolMathError::Insolvent));
    // Shares of a pool that lost everything.
    let worthless = Liquidity { shares: LstAmount(SOL), ..wiped };
    assert_eq!(add_liquidity(&released(0, SOL), &worthless, 0, Lamports(SOL)), Err(PoolMathError::Insolvent));
    assert_eq!(remove_liquidity(&worthless, LpAmount(SOL)).unwrap().shares, LstAmount(SOL));
}

#[test]
fn dust_of_liquidity_is_refused() {
    let pool = released(SOL, SOL);
    let dear = Liquidity { lamports: Lamports(1_000), shares: LstAmount::ZERO, supply: LpAmount(10) };
    assert_eq!(add_liquidity(&pool, &dear, 0, Lamports(99)), Err(PoolMathError::TooSmall));
    assert_eq!(add_liquidity(&pool, &dear, 0, Lamports(199)).unwrap().minted, LpAmount(1));
    let cheap = Liquidity { lamports: Lamports(10), shares: LstAmount::ZERO, supply: LpAmount(1_000) };
    assert_eq!(remove_liquidity(&cheap, LpAmount(99)), Err(PoolMathError::TooSmall));
    assert_eq!(remove_liquidity(&cheap, LpAmount(0)), Err(PoolMathError::TooSmall));
    assert_eq!(remove_liquidity(&cheap, LpAmount(199)).unwrap().lamports, Lamports(1));
}

#[test]
fn both_sides_are_removed_together() {
    let liquidity = Liquidity { lamports: Lamports(101), shares: LstAmount(33), supply: LpAmount(10) };
    let removed = remove_liquidity(&liquidity, LpAmount(5)).unwrap();
    assert_eq!((removed.lamports, removed.shares), (Lamports(50), LstAmount(16)));
    assert_eq!(liquidity.value(&released(300, 200)).unwrap(), Lamports(101 + 50));
}
