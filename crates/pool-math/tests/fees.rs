//! The price of liquidity and the division of fees.

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

/// Curves as a pool may set them.
fn curves() -> impl Strategy<Value = FeeCurve> {
    let target = prop_oneof![1 => Just(0u64), 2 => 1u64..=50, 4 => amounts(ALL_SOL)];
    (0u16..=20, 0u16..=20, target).prop_map(|(a, b, target)| FeeCurve {
        least: bps(a.min(b)),
        most: bps(a.max(b)),
        target: Lamports(target),
    })
}

/// Any whole number of basis points, so that a lamport of rounding shows.
fn steep_curves() -> impl Strategy<Value = FeeCurve> {
    let target = prop_oneof![1 => Just(0u64), 2 => 1u64..=50, 4 => amounts(ALL_SOL)];
    (0u16..=10_000, 0u16..=10_000, target).prop_map(|(a, b, target)| FeeCurve {
        least: bps(a.min(b)),
        most: bps(a.max(b)),
        target: Lamports(target),
    })
}

/// Small ones and large ones: to the lamport, and to the limit.
fn lamports() -> impl Strategy<Value = u64> {
    prop_oneof![1 => 0u64..=60, 2 => amounts(ALL_SOL)]
}

fn fee(curve: &FeeCurve, liquidity: u64, value: u64) -> u64 {
    curve.fee(Lamports(liquidity), Lamports(value)).unwrap().0
}

/// The sum of the linear price over every lamport, as a fraction. Curves as a pool may set them.
fn exact(curve: &FeeCurve, liquidity: u64, value: u64) -> (u128, u128) {
    let (least, slope) = (u128::from(curve.least.get()), u128::from(curve.most.get() - curve.least.get()));
    if curve.target.is_zero() {
        return (u128::from(value) * least, 10_000);
    }
    let target = u128::from(curve.target.0);
    let (liquidity, value) = (u128::from(liquidity), u128::from(value));
    let (before, after) = (liquidity.min(target), liquidity.saturating_sub(value).min(target));
    let scarce = (before - after) * (2 * target - before - after);
    let beyond = value.saturating_sub(liquidity);
    (value * least * 2 * target + slope * (scarce + beyond * 2 * target), 10_000 * 2 * target)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn a_fee_is_the_sum_of_the_price_over_every_lamport(
        curve in curves(),
        liquidity in lamports(),
        value in lamports(),
    ) {
        let (sum, parts) = exact(&curve, liquidity, value);
        let fee = u128::from(fee(&curve, liquidity, value));
        prop_assert!(fee * parts >= sum);
        // Rounded up, and once more before the slope is taken, which is 0.2 % of a lamport.
        prop_assert!(fee * parts < sum + parts + parts / 500);
    }

    #[test]
    fn a_fee_lies_between_least_and_most(
        curve in steep_curves(),
        liquidity in lamports(),
        value in lamports(),
    ) {
        let fee = fee(&curve, liquidity, value);
        prop_assert!(fee >= curve.least.of(value, Rounding::Ceil).unwrap());
        prop_assert!(fee <= curve.most.of(value, Rounding::Ceil).unwrap());
    }

    #[test]
    fn less_liquidity_is_never_cheaper(
        curve in steep_curves(),
        (a, b) in (lamports(), lamports()),
        value in lamports(),
    ) {
        prop_assert!(fee(&curve, a.min(b), value) >= fee(&curve, a.max(b), value));
        prop_assert!(fee(&curve, a, value) >= fee(&curve, a + 1, value));
    }

    #[test]
    fn more_is_never_cheaper(curve in steep_curves(), liquidity in lamports(), value in lamports()) {
        prop_assert!(fee(&curve, liquidity, value + 1) >= fee(&curve, liquidity, value));
    }

    #[test]
    fn a_fee_in_parts_is_the_fee_at_once(
        curve in steep_curves(),
        liquidity in lamports(),
        (a, b) in (lamports(), lamports()),
    ) {
        let parts = fee(&curve, liquidity, a) + fee(&curve, liquidity.saturating_sub(a), b);
        let whole = fee(&curve, liquidity, a + b);
        prop_assert!(parts >= whole);
        prop_assert!(parts <= whole + 3, "roundings");
    }

    #[test]
    fn what_leaves_the_target_costs_least_and_the_last_lamports_most(
        curve in steep_curves(),
        value in lamports(),
        above in lamports(),
    ) {
        let least = curve.least.of(value, Rounding::Ceil).unwrap();
        prop_assert_eq!(fee(&curve, curve.target.0 + value + above, value), least);
        if !curve.target.is_zero() {
            prop_assert_eq!(fee(&curve, 0, value), curve.most.of(value, Rounding::Ceil).unwrap());
            // The last lamport of all lies half a lamport from the end.
            let last = u128::from(fee(&curve, 1, 1));
            prop_assert!(last <= u128::from(curve.most.of(1, Rounding::Ceil).unwrap()));
            prop_assert!(curve.most == Bps::ZERO || last == 1);
        }
    }

    #[test]
    fn a_curve_has_an_answer_for_every_number(
        (least, most) in (0u16..=10_000, 0u16..=10_000),
        (target, liquidity, value) in (edgy(), edgy(), edgy()),
    ) {
        let curve = FeeCurve { least: bps(least), most: bps(most), target: Lamports(target) };
        let fee = curve.fee(Lamports(liquidity), Lamports(value)).unwrap();
        prop_assert!(fee.0 <= value);
        prop_assert!(fee.0 >= curve.least.of(value, Rounding::Ceil).unwrap());
    }

    #[test]
    fn a_split_fee_is_whole(
        bought in edgy(),
        (of_all, referral, insurance) in (0u16..=10_000, 0u16..=10_000, 0u16..=10_000),
    ) {
        let terms = DepositFee { fee: bps(of_all), referral: bps(referral), insurance: bps(insurance) };
        let split = terms.of(LstAmount(bought)).unwrap();
        let whole = split.total().unwrap();
        prop_assert_eq!(
            u128::from(whole.0),
            (u128::from(bought) * u128::from(of_all)).div_ceil(10_000)
        );
        prop_assert_eq!(split.referrer.0, share_of(whole.0, referral.into(), 10_000));
        let rest = LstAmount(whole.0 - split.referrer.0);
        let unreferred = FeeSplit::without_referrer(rest, bps(insurance)).unwrap();
        prop_assert_eq!(unreferred, FeeSplit { referrer: LstAmount::ZERO, ..split });
        prop_assert_eq!(split.insurance.0, share_of(rest.0, insurance.into(), 10_000));
    }
}

#[test]
fn a_curve_without_slope_or_target_is_flat() {
    for curve in [
        FeeCurve { least: bps(7), most: bps(7), target: Lamports(SOL) },
        FeeCurve { least: bps(7), most: bps(20), target: Lamports::ZERO },
        // Not a curve that a pool accepts: it must not become negative.
        FeeCurve { least: bps(7), most: bps(3), target: Lamports(SOL) },
    ] {
        assert_eq!(fee(&curve, SOL / 2, 1_000_000), 700);
        assert_eq!(fee(&curve, 0, 1_000_001), 701);
    }
    assert_eq!(fee(&FeeCurve::default(), 0, u64::MAX), 0);
}

#[test]
fn half_the_target_costs_what_the_middle_of_the_curve_does() {
    let curve = FeeCurve { least: bps(4), most: bps(20), target: Lamports(1_000 * SOL) };
    // From full to empty the price averages 12 bps; the first half 8, the second 16.
    assert_eq!(fee(&curve, 1_000 * SOL, 1_000 * SOL), 1_200_000_000);
    assert_eq!(fee(&curve, 1_000 * SOL, 500 * SOL), 400_000_000);
    assert_eq!(fee(&curve, 500 * SOL, 500 * SOL), 800_000_000);
    assert_eq!(fee(&curve, 1_000 * SOL, 1_500 * SOL), 1_200_000_000 + 1_000_000_000);
}

#[test]
fn two_parts_of_a_price_are_rounded_once() {
    let curve =
        |least, most, target| FeeCurve { least: bps(least), most: bps(most), target: Lamports(target) };
    // 56 lamports at nearly 0.13 % are not yet two.
    assert_eq!(fee(&curve(12, 13, 6_456_078_907_032), 50_415_251_536, 56), 1);
    // A lamport less of liquidity is not cheaper by one.
    let scarce = curve(14, 19, 182_272_587);
    assert_eq!(fee(&scarce, 0, 1_364_048_038_000), 2_591_691_273);
    assert_eq!(fee(&scarce, 1, 1_364_048_038_000), 2_591_691_273);
    // A lamport first, and then the rest, is not cheaper than all at once.
    let wide = curve(12, 14, 13_373_707_020_766);
    let parts = fee(&wide, 4_475_195, 1) + fee(&wide, 4_475_194, 243_035_000);
    assert!(parts >= fee(&wide, 4_475_195, 243_035_001));
    // And there is a fee for every number.
    assert_eq!(fee(&curve(0, 1, 3), 1, u64::MAX), u64::MAX / 10_000 + 1);
}

#[test]
fn a_fee_too_large_to_count_is_refused() {
    let most = LstAmount(u64::MAX);
    let split = FeeSplit { referrer: most, insurance: LstAmount(1), treasury: LstAmount::ZERO };
    assert_eq!(split.total(), Err(PoolMathError::Overflow));
}
