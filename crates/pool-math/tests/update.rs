//! An update never moves the rate at once, unless by a loss that neither locked profit nor insurance fund can bear.

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

fn reward_fees() -> impl Strategy<Value = RewardFee> {
    (0u16..=1_000, 0u16..=10_000)
        .prop_map(|(fee, insurance)| RewardFee { fee: bps(fee), insurance: bps(insurance) })
}

/// A pool, what its insurance fund has of the shares, and a loss.
fn losses() -> impl Strategy<Value = (Ledger, LstAmount, u64)> {
    ledgers().prop_flat_map(|ledger| {
        let insurance =
            prop_oneof![1 => Just(0u64), 4 => amounts(ledger.supply.0), 1 => Just(ledger.supply.0)];
        let loss = prop_oneof![3 => amounts(ledger.total.0), 1 => Just(ledger.total.0)];
        (Just(ledger), insurance.prop_map(LstAmount), loss)
    })
}

fn lose(ledger: &Ledger, insurance: LstAmount, loss: u64) -> UpdateOutcome {
    let fee = RewardFee { fee: Bps::ONE, insurance: Bps::ONE };
    update(ledger, insurance, SLOT, EPOCH, Lamports(ledger.total.0 - loss), &fee).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn a_profit_never_moves_the_rate_at_once(
        ledger in ledgers(),
        insurance in edgy(),
        profit in prop_oneof![1 => Just(0u64), 9 => amounts(ALL_SOL)],
        fee in reward_fees(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        let counted = Lamports(ledger.total.0 + profit);
        let outcome = update(&ledger, LstAmount(insurance), SLOT, EPOCH, counted, &fee).unwrap();
        let after = outcome.ledger;
        prop_assert_eq!((outcome.profit.0, outcome.loss, outcome.insurance_burnt), (profit, Lamports::ZERO, LstAmount::ZERO));
        prop_assert_eq!(after.total, counted);
        prop_assert!(rate_not_lower(&before, &after));
        // By less than one share's worth, which the fee was too small for.
        let rise = value(&after) * supply(&before) - value(&before) * supply(&after);
        prop_assert!(rise < value(&before));
        prop_assert_eq!((after.profit_slot, after.profit_end_slot), (SLOT, SLOT + EPOCH));
        prop_assert_eq!(after.at(SLOT).unwrap(), after, "nothing is released in the slot of the update");
    }

    #[test]
    fn the_fee_is_its_part_of_the_profit_in_shares_at_the_rate_of_before(
        ledger in ledgers(),
        profit in amounts(ALL_SOL),
        fee in reward_fees(),
    ) {
        let before = ledger.at(SLOT).unwrap();
        let counted = Lamports(ledger.total.0 + profit);
        let outcome = update(&ledger, LstAmount::ZERO, SLOT, EPOCH, counted, &fee).unwrap();
        let asked = share_of(profit, fee.fee.get().into(), 10_000);
        let shares = u128::from(outcome.fee_shares.total().unwrap().0);
        let price = u128::from(asked) * supply(&before) / value(&before);
        if price + supply(&before) > u128::from(u64::MAX) {
            prop_assert_eq!((outcome.fee, shares), (Lamports::ZERO, 0), "forgone where there are no numbers for it");
        } else {
            prop_assert_eq!((outcome.fee.0, shares), (asked, price));
        }
        prop_assert_eq!(outcome.fee_shares.referrer, LstAmount::ZERO);
        prop_assert_eq!(
            u128::from(outcome.fee_shares.insurance.0),
            shares * u128::from(fee.insurance.get()) / 10_000
        );
        prop_assert_eq!(supply(&outcome.ledger), supply(&before) + shares);
        prop_assert_eq!(
            outcome.ledger.locked_profit.0,
            before.locked_profit.0 + profit - outcome.fee.0,
            "profit less fee is locked, with what was"
        );
    }

    #[test]
    fn a_loss_eats_locked_profit_first_and_then_counts_at_once((ledger, _, loss) in losses()) {
        let before = ledger.at(SLOT).unwrap();
        let outcome = lose(&ledger, LstAmount::ZERO, loss);
        prop_assert_eq!((outcome.loss.0, outcome.profit), (loss, Lamports::ZERO));
        prop_assert_eq!((outcome.fee, outcome.fee_shares), (Lamports::ZERO, FeeSplit::default()));
        prop_assert_eq!(outcome.insurance_burnt, LstAmount::ZERO);
        prop_assert_eq!(outcome.ledger.supply, before.supply);
        prop_assert_eq!(outcome.ledger.total.0 + loss, before.total.0);
        prop_assert_eq!(outcome.ledger.locked_profit.0, before.locked_profit.0.saturating_sub(loss));
        let beyond = u128::from(loss.saturating_sub(before.locked_profit.0));
        prop_assert_eq!(value(&outcome.ledger), value(&before) - beyond);
        prop_assert_eq!((outcome.ledger.profit_slot, outcome.ledger.profit_end_slot), (SLOT, SLOT + EPOCH));
    }

    #[test]
    fn the_insurance_fund_keeps_the_rate_with_the_fewest_shares((ledger, insurance, loss) in losses()) {
        let before = ledger.at(SLOT).unwrap();
        let outcome = lose(&ledger, insurance, loss);
        let burnt = outcome.insurance_burnt;
        let uninsured = lose(&ledger, LstAmount::ZERO, loss);
        prop_assert!(burnt <= insurance);
        prop_assert_eq!(outcome.ledger.supply.0 + burnt.0, before.supply.0);
        prop_assert_eq!(Ledger { supply: before.supply, ..outcome.ledger }, uninsured.ledger, "only the supply differs");
        prop_assert!(rate_not_lower(&uninsured.ledger, &outcome.ledger));
        if loss <= before.locked_profit.0 {
            prop_assert_eq!(burnt, LstAmount::ZERO);
        }
        // What it would take, found without the division that finds it.
        let keeps = |burnt: u64| {
            let left = Ledger { supply: LstAmount(before.supply.0 - burnt), ..uninsured.ledger };
            value(&left) * supply(&before) >= value(&before) * supply(&left)
        };
        if keeps(insurance.0) {
            prop_assert!(keeps(burnt.0), "the rate is kept");
            prop_assert!(burnt.is_zero() || !keeps(burnt.0 - 1), "with no share more than it takes");
        } else {
            prop_assert_eq!(burnt, insurance, "all of it, where it does not suffice");
        }
    }

    #[test]
    fn profits_are_released_monotonically_over_updates(
        ledger in ledgers(),
        steps in proptest::collection::vec((0..EPOCH, prop_oneof![Just(0u64), amounts(1_000_000 * SOL)]), 1..12),
        fee in reward_fees(),
    ) {
        let (mut ledger, mut slot) = (ledger.at(SLOT).unwrap(), SLOT);
        for (waited, profit) in steps {
            let waited = slot + waited;
            let mut last = ledger;
            for slot in [slot, slot + (waited - slot) / 2, waited] {
                let now = ledger.at(slot).unwrap();
                prop_assert!(value(&now) >= value(&last));
                last = now;
            }
            slot = waited;
            let counted = Lamports(last.total.0 + profit);
            let found = update(&ledger, LstAmount::ZERO, slot, EPOCH, counted, &fee).unwrap().ledger;
            prop_assert!(rate_not_lower(&last, &found));
            prop_assert!(found.locked_profit >= last.locked_profit);
            ledger = found;
        }
        prop_assert_eq!(value(&ledger.at(slot + EPOCH).unwrap()), u128::from(ledger.total.0));
    }

    #[test]
    fn any_numbers_have_an_answer_or_an_error(
        (total, supply, locked) in (edgy(), edgy(), edgy()),
        (insurance, slot, release, counted) in (edgy(), edgy(), edgy(), edgy()),
        fee in reward_fees(),
    ) {
        let ledger = Ledger {
            total: Lamports(total),
            supply: LstAmount(supply),
            locked_profit: Lamports(locked.min(total)),
            profit_slot: slot.saturating_sub(EPOCH),
            profit_end_slot: slot.saturating_add(EPOCH),
        };
        let outcome = update(&ledger, LstAmount(insurance), slot, release, Lamports(counted), &fee);
        match outcome {
            Ok(outcome) => prop_assert!(outcome.ledger.value().is_ok()),
            // An update that cannot finish stops the pool: only the clock may be out of range.
            Err(_) => prop_assert!(slot.checked_add(release).is_none()),
        }
    }
}

#[test]
fn a_wiped_out_insurance_fund_is_not_asked_for_more_than_it_has() {
    let pool = released(1_000, 1_000);
    let half = update(&pool, LstAmount(100), 0, 10, Lamports(500), &RewardFee::default()).unwrap();
    assert_eq!((half.insurance_burnt, half.ledger.supply), (LstAmount(100), LstAmount(900)));
    let little = update(&pool, LstAmount(100), 0, 10, Lamports(950), &RewardFee::default()).unwrap();
    assert_eq!((little.insurance_burnt, little.ledger.supply), (LstAmount(50), LstAmount(950)));
    let all = update(&pool, LstAmount(100), 0, 10, Lamports(0), &RewardFee::default()).unwrap();
    assert_eq!((all.insurance_burnt, all.ledger.supply), (LstAmount(100), LstAmount(900)));
}

#[test]
fn losses_are_borne_in_order() {
    let pool = Ledger { locked_profit: Lamports(100), profit_end_slot: 10, ..released(1_100, 1_000) };
    let lose = |loss: u64| {
        let left = Lamports(1_100 - loss);
        update(&pool, LstAmount(50), 0, 20, left, &RewardFee::default()).unwrap()
    };
    let locked = lose(60);
    assert_eq!((locked.insurance_burnt, locked.ledger.locked_profit), (LstAmount(0), Lamports(40)));
    let insured = lose(130);
    assert_eq!((insured.insurance_burnt, insured.ledger.locked_profit), (LstAmount(30), Lamports(0)));
    assert_eq!(insured.ledger.rate_at(0), Ok(RATE_ONE));
    let felt = lose(245);
    assert_eq!((felt.insurance_burnt, felt.ledger.rate_at(0)), (LstAmount(50), Ok(900_000_000)));
}

#[test]
fn a_fee_nobody_can_price_is_forgone() {
    let fee = RewardFee { fee: bps(1_000), insurance: bps(5_000) };
    for pool in [released(0, SOL), released(0, 0), released(1, u64::MAX)] {
        let counted = Lamports(pool.total.0 + SOL);
        let outcome = update(&pool, LstAmount::ZERO, 0, 10, counted, &fee).unwrap();
        assert_eq!((outcome.fee, outcome.fee_shares), (Lamports::ZERO, FeeSplit::default()));
        assert_eq!(outcome.ledger.locked_profit, Lamports(SOL));
    }
}

#[test]
fn a_clock_beyond_all_numbers_is_refused() {
    let pool = released(SOL, SOL);
    let outcome = update(&pool, LstAmount::ZERO, u64::MAX, 1, pool.total, &RewardFee::default());
    assert_eq!(outcome, Err(PoolMathError::Overflow));
}
