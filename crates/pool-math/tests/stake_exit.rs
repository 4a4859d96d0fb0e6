//! Stake that leaves takes its value along, and leaves behind what it has earned since the epoch began.

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

fn accruals() -> impl Strategy<Value = Accrual> {
    let yields = prop_oneof![4 => 0..=3 * MAX_EPOCH_YIELD, 1 => edgy()];
    let slots = prop_oneof![4 => Just(EPOCH), 1 => edgy()];
    (yields, 0u64..=600_000, slots).prop_map(|(epoch_yield, elapsed, slots)| Accrual {
        epoch_yield,
        elapsed,
        slots,
    })
}

fn ceiling(value: u64) -> u64 {
    MAX_ACCRUED.of(value, Rounding::Ceil).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn stake_is_charged_its_part_of_the_epochs_yield_up_to_a_cap(
        worth in amounts(ALL_SOL),
        epoch_yield in 0..=3 * MAX_EPOCH_YIELD,
        elapsed in 0u64..=600_000,
    ) {
        let charge = Accrual { epoch_yield, elapsed, slots: EPOCH }.of(Lamports(worth)).unwrap().0;
        prop_assert!(charge <= ceiling(worth));
        // At least the exact part of the epoch's yield; at most two roundings above it.
        let rate = u128::from(epoch_yield) * u128::from(elapsed.min(EPOCH));
        let parts = u128::from(YIELD_ONE) * u128::from(EPOCH);
        let most = u128::from(ceiling(worth));
        let below = u128::from(worth) * (rate / u128::from(EPOCH)) / u128::from(YIELD_ONE);
        prop_assert!(u128::from(charge) >= below.min(most));
        prop_assert!(u128::from(charge) <= below + 2 + u128::from(worth) / u128::from(YIELD_ONE));
        if u128::from(worth) * rate > 0 {
            prop_assert!(charge > 0, "rounded up");
        }
        if let Some(exact) = u128::from(worth).checked_mul(rate) {
            prop_assert!(u128::from(charge) >= exact.div_ceil(parts).min(most));
        }
    }

    #[test]
    fn every_yield_has_a_charge(worth in edgy(), epoch_yield in edgy(), elapsed in edgy(), slots in edgy()) {
        let accrual = Accrual { epoch_yield, elapsed, slots };
        let charge = accrual.of(Lamports(worth)).unwrap().0;
        prop_assert!(charge <= ceiling(worth));
        if slots == 0 {
            prop_assert_eq!(charge, 0);
        } else if elapsed >= slots && epoch_yield >= MAX_EPOCH_YIELD {
            prop_assert_eq!(charge, ceiling(worth));
        }
        let later = Accrual { elapsed: elapsed.saturating_add(1), ..accrual };
        prop_assert!(later.of(Lamports(worth)).unwrap().0 >= charge);
        let richer = Accrual { epoch_yield: epoch_yield.saturating_add(1), ..accrual };
        prop_assert!(richer.of(Lamports(worth)).unwrap().0 >= charge);
    }

    #[test]
    fn stake_leaves_at_the_rate(ledger in ledgers(), noise in amounts(ALL_SOL), accrual in accruals()) {
        let before = ledger.at(SLOT).unwrap();
        let shares = LstAmount(noise.min(ledger.supply.0));
        let worth = before.lamports_for(shares).unwrap();
        let charge = accrual.of(worth).unwrap();
        let exit = match stake_exit(&ledger, SLOT, shares, &accrual) {
            Ok(exit) => exit,
            error => {
                prop_assert_eq!(error, Err(PoolMathError::TooSmall));
                prop_assert_eq!(worth, charge);
                return Ok(());
            }
        };
        prop_assert_eq!(exit.fee, charge);
        prop_assert_eq!(exit.paid.0 + exit.fee.0, worth.0);
        prop_assert_eq!(exit.ledger.total.0 + exit.paid.0, before.total.0);
        prop_assert_eq!(exit.ledger.supply.0 + shares.0, before.supply.0);
        prop_assert_eq!(exit.ledger.locked_profit.0, before.locked_profit.0 + exit.fee.0);
        prop_assert_eq!(exit.ledger.profit_end_slot, before.profit_end_slot);
        prop_assert!(rate_not_lower(&before, &exit.ledger));
        prop_assert_eq!(
            stake_exit(&ledger, SLOT, LstAmount(ledger.supply.0 + 1), &Accrual { epoch_yield: 0, ..accrual }).ok(),
            None
        );
    }

    #[test]
    fn a_whole_account_costs_the_fewest_shares_that_pay_for_it(
        ledger in ledgers(),
        lamports in amounts(ALL_SOL),
        booked_permille in 0u64..=1_000,
        accrual in accruals(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        let lamports = Lamports(lamports.min(before.total.0));
        let booked = Lamports(share_of(lamports.0, booked_permille, 1_000));
        let price = lamports.0 + accrual.of(lamports).unwrap().0;
        let cost = (u128::from(price) * supply(&before)).div_ceil(value(&before));
        let exit = match whole_stake_exit(&ledger, SLOT, lamports, booked, &accrual) {
            Ok(exit) => exit,
            error => {
                prop_assert_eq!(error, Err(PoolMathError::Overflow));
                prop_assert!(cost > supply(&before));
                return Ok(());
            }
        };
        prop_assert_eq!(u128::from(exit.shares.0), cost);
        let worth = before.lamports_for(exit.shares).unwrap().0;
        prop_assert!(worth >= price);
        prop_assert!(before.lamports_for(LstAmount(exit.shares.0 - 1)).unwrap().0 < price, "one less would not pay");
        prop_assert_eq!(exit.fee.0, worth - lamports.0);

        prop_assert_eq!(exit.ledger.supply.0 + exit.shares.0, before.supply.0);
        prop_assert_eq!(exit.ledger.total.0 + booked.0, before.total.0, "strays were never in the total");
        prop_assert_eq!(exit.ledger.locked_profit.0 - before.locked_profit.0 + booked.0, worth);
        prop_assert!(rate_not_lower(&before, &exit.ledger));
    }

    #[test]
    fn a_whole_account_is_never_cheaper_than_a_part_of_its_size(
        ledger in ledgers(),
        noise in amounts(ALL_SOL),
        accrual in accruals(),
    ) {
        let shares = LstAmount(noise.min(ledger.supply.0));
        let Ok(part) = stake_exit(&ledger, SLOT, shares, &accrual) else { return Ok(()) };
        let Ok(whole) = whole_stake_exit(&ledger, SLOT, part.paid, part.paid, &accrual) else { return Ok(()) };
        // The charge of a part is taken of its value, that of a whole is added to it: 0.2 % of 0.2 % apart, and lamports.
        let worth = ledger.at(SLOT).unwrap().lamports_for(shares).unwrap().0;
        let price = part.paid.0 + accrual.of(part.paid).unwrap().0;
        prop_assert!(price <= worth);
        prop_assert!(worth - price <= worth / 250_000 + 2);
        prop_assert!(whole.shares <= shares);
    }

    #[test]
    fn entering_at_the_rate_and_leaving_as_stake_never_profits(
        (ledger, liquidity) in pools(),
        lamports in amounts(ALL_SOL),
        accrual in accruals(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        let fee = DepositFee::default();
        let Ok(entry) = deposit(&ledger, &liquidity, SLOT, Lamports(lamports), &fee) else { return Ok(()) };
        let Ok(exit) = stake_exit(&entry.ledger, SLOT, entry.minted, &accrual) else { return Ok(()) };
        prop_assert!(exit.paid.0 <= lamports);
        prop_assert!(rate_not_lower(&before, &exit.ledger));
    }

    #[test]
    fn an_epochs_yield_is_growth_over_what_could_earn(
        growth in any::<i64>(),
        earning in edgy(),
        epochs in 1u64..=1_000,
    ) {
        let found = epoch_yield(growth, earning, epochs);
        if earning == 0 {
            prop_assert_eq!(found, None);
            return Ok(());
        }
        let growth = u128::from(u64::try_from(growth).unwrap_or(0));
        let whole = (growth * u128::from(YIELD_ONE)).div_ceil(u128::from(earning));
        let expected = u64::try_from(whole).map_or(u64::MAX, |whole| whole.div_ceil(epochs));
        prop_assert_eq!(found, Some(expected));
    }
}

#[test]
fn the_two_caps_on_what_accrues_are_one() {
    let cap = u128::from(MAX_EPOCH_YIELD) * 10_000;
    assert_eq!(cap, u128::from(YIELD_ONE) * u128::from(MAX_ACCRUED.get()));
}

#[test]
fn a_yield_beyond_all_numbers_does_not_hold_stake_back() {
    // A donation to a validator with next to nothing delegated.
    let found = epoch_yield(i64::MAX, 1, 1).unwrap();
    let accrual = Accrual { epoch_yield: found, elapsed: 1, slots: EPOCH };
    assert_eq!(accrual.of(Lamports(1_000_000 * SOL)), Ok(Lamports(2_000 * SOL)));
    let exit = stake_exit(&released(ALL_SOL, ALL_SOL), 0, LstAmount(1_000 * SOL), &accrual).unwrap();
    assert_eq!(exit.fee, Lamports(2 * SOL));
}

#[test]
fn stake_of_nothing_is_refused() {
    let none = Accrual { epoch_yield: 0, elapsed: 0, slots: 0 };
    assert_eq!(stake_exit(&released(0, 0), 0, LstAmount(1), &none), Err(PoolMathError::Insolvent));
    assert_eq!(stake_exit(&released(0, 9), 0, LstAmount(1), &none), Err(PoolMathError::TooSmall));
    assert_eq!(stake_exit(&released(9, 9), 0, LstAmount(0), &none), Err(PoolMathError::TooSmall));
    let whole = |pool: Ledger| whole_stake_exit(&pool, 0, Lamports(5), Lamports(5), &none);
    assert_eq!(whole(released(0, 9)), Err(PoolMathError::Insolvent));
    assert_eq!(whole(released(9, 0)), Err(PoolMathError::Insolvent));
    assert_eq!(whole(released(4, 4)), Err(PoolMathError::Overflow));
    assert_eq!(whole(released(9, 3)).unwrap().shares, LstAmount(2));
}

#[test]
fn strays_on_a_whole_account_are_paid_for() {
    let none = Accrual { epoch_yield: 0, elapsed: 0, slots: 0 };
    let exit = whole_stake_exit(&released(1_000, 1_000), 0, Lamports(300), Lamports(250), &none).unwrap();
    assert_eq!(exit.shares, LstAmount(300));
    assert_eq!((exit.ledger.total, exit.ledger.supply), (Lamports(750), LstAmount(700)));
    assert_eq!(exit.ledger.locked_profit, Lamports(50), "what the strays brought belongs to the holders");
}

#[test]
fn an_epochs_yield_is_what_stake_brought_over_what_could_earn() {
    assert_eq!(epoch_yield(20_000, 100_000_000, 1), Some(YIELD_ONE / 5_000));
    assert_eq!(epoch_yield(20_000, 100_000_000, 4), Some(YIELD_ONE / 20_000));
    assert_eq!(epoch_yield(-20_000, 100_000_000, 1), Some(0));
    assert_eq!(epoch_yield(20_000, 0, 1), None);
    assert_eq!(epoch_yield(20_000, 1, 0), None);
    assert_eq!(epoch_yield(1, 3, 1), Some(333_333_333_334));
    assert_eq!(epoch_yield(i64::MAX, 1, 1), Some(u64::MAX));
}
