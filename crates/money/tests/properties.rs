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
        Just(1 << 63),
        Just((1 << 63) - 1),
        Just((1 << 63) + 1),
        Just((1 << 63) | u64::from(u32::MAX)),
        Just(u64::MAX << 32),
        // Halves full of ones and of nothing, where guesses of a digit go wrong.
        (any::<u32>(), 0u64..4).prop_map(|(high, low)| (u64::from(high) << 32) | low),
        (any::<u32>(), 0u64..4).prop_map(|(high, low)| (u64::from(high) << 32) | (0xffff_ffff - low)),
        (0u32..64, any::<u64>()).prop_map(|(shift, any)| any >> shift),
        any::<u64>(),
        0u64..1_000_000
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8192))]

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

/// The same by native 128-bit division.
fn reference(a: u64, b: u64, denominator: u64, rounding: Rounding) -> Result<u64, MathError> {
    if denominator == 0 {
        return Err(MathError::DivisionByZero);
    }
    let (product, denominator) = (u128::from(a) * u128::from(b), u128::from(denominator));
    let quotient = match rounding {
        Rounding::Floor => product / denominator,
        Rounding::Ceil => product.div_ceil(denominator),
    };
    u64::try_from(quotient).map_err(|_| MathError::Overflow)
}

#[test]
fn division_is_exact_at_the_edges_of_its_digits() {
    let edges: Vec<u64> = (0..64)
        .flat_map(|bit| {
            let power = 1u64 << bit;
            [power - 1, power, power + 1]
        })
        .chain([u64::MAX, u64::MAX - 1, 0xffff_ffff_0000_0000, 0x8000_0000_ffff_ffff, 0xffff_fffe_ffff_ffff])
        .collect();
    for a in &edges {
        for b in &edges {
            for d in &edges {
                for rounding in [Rounding::Floor, Rounding::Ceil] {
                    assert_eq!(
                        mul_div(*a, *b, *d, rounding),
                        reference(*a, *b, *d, rounding),
                        "{a} * {b} / {d}"
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200_000))]

    #[test]
    fn division_is_exact(a in any::<u64>(), b in any::<u64>(), d in any::<u64>(), cut in 0u32..64, ceil in any::<bool>()) {
        let rounding = if ceil { Rounding::Ceil } else { Rounding::Floor };
        let d = d >> cut;
        prop_assert_eq!(mul_div(a, b, d, rounding), reference(a, b, d, rounding));
        prop_assert_eq!(mul_div(a >> cut, b, d, rounding), reference(a >> cut, b, d, rounding));
    }
}
