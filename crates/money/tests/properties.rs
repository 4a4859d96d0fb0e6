//! The money primitives against exact 128-bit arithmetic, over edges and random values.

// A test may panic: that is how it fails.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions
)]

use proptest::prelude::*;
use sluice_money::*;

fn edgy() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0u64),
        Just(1),
        Just(2),
        Just(u64::MAX),
        Just(u64::MAX - 1),
        Just(1 << 32),
        Just(u64::from(u32::MAX)),
        any::<u64>(),
        0u64..1_000_000
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn mul_div_is_the_exact_quotient_rounded_as_named(a in edgy(), b in edgy(), d in edgy()) {
        let (floor, ceil) = (mul_div(a, b, d, Rounding::Floor), mul_div(a, b, d, Rounding::Ceil));
        if d == 0 {
            prop_assert_eq!(floor, Err(MathError::DivisionByZero));
            prop_assert_eq!(ceil, Err(MathError::DivisionByZero));
        } else {
            let product = u128::from(a) * u128::from(b);
            let expect_floor = u64::try_from(product / u128::from(d)).map_err(|_| MathError::Overflow);
            let expect_ceil = u64::try_from(product.div_ceil(u128::from(d))).map_err(|_| MathError::Overflow);
            prop_assert_eq!(floor, expect_floor);
            prop_assert_eq!(ceil, expect_ceil);
        }
    }

    #[test]
    fn a_share_and_its_complement_never_exceed_the_whole(amount in edgy(), bps in 0u16..=10_000) {
        let share = Bps::new(bps).unwrap();
        let part = share.of(amount, Rounding::Floor).unwrap();
        let rest = share.complement().of(amount, Rounding::Floor).unwrap();
        prop_assert!(part + rest <= amount);
        prop_assert!(amount - (part + rest) <= 1);
        prop_assert!(share.of(amount, Rounding::Ceil).unwrap() <= amount);
    }

    #[test]
    fn sums_and_differences_are_exact_or_refused(a in edgy(), b in edgy()) {
        prop_assert_eq!(Lamports(a).add(Lamports(b)).ok().map(|l| l.0), a.checked_add(b));
        prop_assert_eq!(Lamports(a).sub(Lamports(b)).ok().map(|l| l.0), a.checked_sub(b));
        prop_assert_eq!(Lamports(a).saturating_sub(Lamports(b)).0, a.saturating_sub(b));
    }
}

#[test]
fn a_share_above_the_whole_is_refused_or_clamped() {
    assert_eq!(Bps::new(10_001), None);
    assert_eq!(Bps::saturating(u16::MAX), Bps::ONE);
    assert_eq!(Bps::ONE.complement(), Bps::ZERO);
}
