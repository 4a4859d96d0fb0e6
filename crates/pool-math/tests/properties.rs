//! No operation lowers the rate, loses a lamport, or pays more than it takes.

// A test may panic: that is how it fails.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions
)]

use proptest::prelude::*;
use sluice_money::*;
use sluice_pool_math::*;

const SOL: u64 = 1_000_000_000;

fn ledgers() -> impl Strategy<Value = Ledger> {
    // A billion SOL is more than exists; supply stays within three orders of magnitude of value.
    (1u64..1_000_000_000, 0u64..=10_000, 1u64..2_000, 0u64..=100).prop_flat_map(
        |(sol, locked_bps, supply_permille, elapsed_percent)| {
            let total = sol * SOL;
            let locked = u64::try_from(u128::from(total) * u128::from(locked_bps) / 20_000).unwrap();
            let supply =
                u64::try_from(u128::from(total - locked) * u128::from(supply_permille) / 1_000).unwrap();
            Just(Ledger {
                total: Lamports(total),
                supply: LstAmount(supply.max(SOL)),
                locked_profit: Lamports(locked),
                profit_slot: 1_000 - elapsed_percent,
                profit_end_slot: 1_000 - elapsed_percent + 432_000,
            })
        },
    )
}

/// value / supply of `a` is at most that of `b`, compared exactly.
fn rate_not_lower(a: &Ledger, b: &Ledger) -> bool {
    let value = |l: &Ledger| u128::from(l.total.0 - l.locked_profit.0);
    // Cross multiplication of two 64-bit numbers fits 128 bits.
    value(b) * u128::from(a.supply.0) >= value(a) * u128::from(b.supply.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn profit_is_released_monotonically_and_completely(ledger in ledgers(), slots in proptest::collection::vec(0u64..500_000, 1..20)) {
        let mut slots = slots;
        slots.sort_unstable();
        let mut last = ledger.locked_profit;
        for slot in slots {
            let now = ledger.locked_at(slot).unwrap();
            prop_assert!(now <= last);
            last = now;
        }
        prop_assert_eq!(ledger.locked_at(ledger.profit_end_slot).unwrap(), Lamports::ZERO);
        prop_assert_eq!(ledger.locked_at(0).unwrap(), ledger.locked_profit);
    }

    #[test]
    fn releasing_in_steps_never_releases_more_than_at_once(ledger in ledgers(), a in 1_000u64..400_000, b in 0u64..100_000) {
        let stepped = ledger.at(a).unwrap().locked_at(a + b).unwrap();
        prop_assert!(stepped >= ledger.locked_at(a + b).unwrap());
    }

    #[test]
    fn a_deposit_never_lowers_the_rate_and_a_round_trip_never_profits(ledger in ledgers(), lamports in 1u64..1_000_000 * SOL) {
        let before = ledger.at(1_000).unwrap();
        let Ok(outcome) = deposit(&ledger, 1_000, Lamports(lamports)) else { return Ok(()) };
        prop_assert!(rate_not_lower(&before, &outcome.ledger));
        prop_assert_eq!(outcome.ledger.total.0, ledger.total.0 + lamports);
        if let Ok(exit) = instant_exit(&outcome.ledger, 1_000, outcome.minted, Bps::ZERO) {
            prop_assert!(exit.paid.0 <= lamports);
            prop_assert_eq!(exit.ledger.total.0, ledger.total.0 + lamports - exit.paid.0);
            prop_assert!(rate_not_lower(&before, &exit.ledger));
        }
    }

    #[test]
    fn an_exit_never_lowers_the_rate_and_keeps_its_fee(ledger in ledgers(), part in 1u64..=1_000, fee in 0u16..=20) {
        let before = ledger.at(1_000).unwrap();
        let shares = LstAmount(ledger.supply.0 / 1_000 * part);
        let Ok(exit) = instant_exit(&ledger, 1_000, shares, Bps::new(fee).unwrap()) else { return Ok(()) };
        prop_assert_eq!(exit.ledger.total.0 + exit.paid.0, ledger.total.0);
        if !exit.ledger.supply.is_zero() {
            prop_assert!(rate_not_lower(&before, &exit.ledger));
        }
        let free = instant_exit(&ledger, 1_000, shares, Bps::ZERO).unwrap();
        prop_assert_eq!(free.paid.0, exit.paid.0 + exit.fee.0);
    }

    #[test]
    fn stake_that_leaves_leaves_behind_what_it_has_earned_this_epoch(
        ledger in ledgers(),
        part in 1u64..=1_000,
        epoch_yield in 0u64..=5_000_000_000,
        elapsed in 0u64..600_000,
    ) {
        let before = ledger.at(1_000).unwrap();
        let shares = LstAmount(ledger.supply.0 / 1_000 * part);
        let accrual = Accrual { epoch_yield, elapsed, slots: 432_000 };
        let Ok(exit) = stake_exit(&ledger, 1_000, shares, &accrual) else { return Ok(()) };
        let value = before.lamports_for(shares).unwrap();
        prop_assert_eq!(exit.paid.0 + exit.fee.0, value.0);
        prop_assert_eq!(exit.ledger.total.0 + exit.paid.0, ledger.total.0);
        prop_assert!(exit.fee <= Lamports(MAX_ACCRUED.of(value.0, Rounding::Ceil).unwrap()));
        // At least the exact share of the epoch's yield, up to the cap; at most two lamports of rounding above it.
        let exact = u128::from(value.0) * u128::from(epoch_yield) * u128::from(elapsed.min(432_000))
            / (u128::from(YIELD_ONE) * 432_000);
        let cap = u128::from(MAX_ACCRUED.of(value.0, Rounding::Ceil).unwrap());
        prop_assert!(u128::from(exit.fee.0) >= exact.min(cap));
        prop_assert!(u128::from(exit.fee.0) <= exact + 2 + u128::from(value.0) / u128::from(YIELD_ONE));
        if !exit.ledger.supply.is_zero() {
            prop_assert!(rate_not_lower(&before, &exit.ledger));
        }
    }

    #[test]
    fn a_ticket_pays_the_lower_value_and_never_lowers_the_rate(ledger in ledgers(), part in 1u64..=999, ordered in 0u64..2_000_000 * SOL) {
        let before = ledger.at(1_000).unwrap();
        let shares = LstAmount(ledger.supply.0 / 1_000 * part);
        let value = before.lamports_for(shares).unwrap();
        let outcome = claim(&ledger, 1_000, shares, Lamports(ordered)).unwrap();
        prop_assert_eq!(outcome.paid.0, value.0.min(ordered));
        prop_assert_eq!(outcome.ledger.total.0 + outcome.paid.0, ledger.total.0);
        prop_assert!(rate_not_lower(&before, &outcome.ledger));
    }

    #[test]
    fn an_update_with_profit_never_moves_the_rate_at_once(ledger in ledgers(), profit in 0u64..1_000_000 * SOL, fee in 0u16..=1_000) {
        let before = ledger.at(1_000).unwrap();
        let counted = Lamports(ledger.total.0 + profit);
        let outcome = update(&ledger, 1_000, 432_000, counted, Bps::new(fee).unwrap()).unwrap();
        prop_assert_eq!(outcome.ledger.total, counted);
        prop_assert!(rate_not_lower(&before, &outcome.ledger));
        // What the treasury holds afterwards is worth at most the fee: the rate moves by less than one unit's worth.
        if !outcome.fee_shares.is_zero() {
            prop_assert!(before.lamports_for(outcome.fee_shares).unwrap() <= outcome.fee);
        }
        prop_assert!(outcome.fee.0 <= profit / 10);
    }

    #[test]
    fn a_loss_eats_locked_profit_first(ledger in ledgers(), loss_permille in 0u64..=1_000) {
        let before = ledger.at(1_000).unwrap();
        let loss = u64::try_from(u128::from(ledger.total.0) * u128::from(loss_permille) / 1_000).unwrap();
        let outcome = update(&ledger, 1_000, 432_000, Lamports(ledger.total.0 - loss), Bps::ONE).unwrap();
        prop_assert_eq!(outcome.loss.0, loss);
        prop_assert_eq!(outcome.fee_shares, LstAmount::ZERO);
        if loss <= before.locked_profit.0 {
            prop_assert_eq!(outcome.ledger.value().unwrap(), before.value().unwrap());
        } else {
            prop_assert_eq!(outcome.ledger.value().unwrap().0, before.total.0 - loss);
        }
    }

    #[test]
    fn burning_ones_own_shares_does_not_move_the_rate_at_once(ledger in ledgers(), part in 0u64..=999) {
        let before = ledger.at(1_000).unwrap();
        let supply = LstAmount(ledger.supply.0 - ledger.supply.0 / 1_000 * part);
        let after = absorb_burn(&ledger, 1_000, 432_000, supply).unwrap();
        prop_assert!(rate_not_lower(&before, &after));
        prop_assert_eq!(after.locked_at(1_000).unwrap(), after.locked_profit, "nothing of it is released at once");
        prop_assert_eq!(after.total, before.total);
        // At most one lamport of rounding reaches the rate.
        let ideal = u128::from(before.value().unwrap().0) * u128::from(supply.0) / u128::from(before.supply.0);
        prop_assert!(u128::from(after.value().unwrap().0) <= ideal + 2);
    }
}

#[test]
fn an_empty_pool_trades_one_to_one() {
    let empty = Ledger {
        total: Lamports(0),
        supply: LstAmount(0),
        locked_profit: Lamports(0),
        profit_slot: 0,
        profit_end_slot: 0,
    };
    assert_eq!(deposit(&empty, 5, Lamports(SOL)).unwrap().minted, LstAmount(SOL));
    assert_eq!(empty.rate_at(5).unwrap(), RATE_ONE);
    assert_eq!(instant_exit(&empty, 5, LstAmount(1), Bps::ZERO), Err(PoolMathError::Insolvent));
}

#[test]
fn a_pool_that_lost_everything_refuses_to_price() {
    let wiped = Ledger {
        total: Lamports(0),
        supply: LstAmount(SOL),
        locked_profit: Lamports(0),
        profit_slot: 0,
        profit_end_slot: 0,
    };
    assert_eq!(deposit(&wiped, 5, Lamports(SOL)), Err(PoolMathError::Insolvent));
    assert_eq!(instant_exit(&wiped, 5, LstAmount(SOL), Bps::ZERO), Err(PoolMathError::TooSmall));
    assert_eq!(claim(&wiped, 5, LstAmount(SOL), Lamports(SOL)).unwrap().paid, Lamports(0));
}

#[test]
fn dust_that_buys_nothing_is_refused() {
    let rich = Ledger {
        total: Lamports(1_000 * SOL),
        supply: LstAmount(SOL),
        locked_profit: Lamports(0),
        profit_slot: 0,
        profit_end_slot: 0,
    };
    assert_eq!(deposit(&rich, 5, Lamports(999)), Err(PoolMathError::TooSmall));
    assert_eq!(deposit(&rich, 5, Lamports(1_000)).unwrap().minted, LstAmount(1));
}

#[test]
fn an_epochs_yield_is_what_stake_brought_over_what_could_earn() {
    assert_eq!(epoch_yield(20_000, 100_000_000, 1), Some(YIELD_ONE / 5_000));
    assert_eq!(epoch_yield(20_000, 100_000_000, 4), Some(YIELD_ONE / 20_000));
    assert_eq!(epoch_yield(-20_000, 100_000_000, 1), Some(0));
    assert_eq!(epoch_yield(20_000, 0, 1), None);
    assert_eq!(epoch_yield(1, 3, 1), Some(333_333_333_334));
    assert_eq!(epoch_yield(i64::MAX, 1, 1), Some(u64::MAX));
}
