//! The multiplier is the ratio, truncated to a double: compared with integers, bit for bit.

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
use sluice_pool_math::*;

/// The significand, 53 bits, and the exponent of two it is multiplied by.
fn parts(bits: u64) -> (u128, i32) {
    let exponent = (bits >> 52) as i32;
    assert!((1..2_047).contains(&exponent), "normal, finite and positive");
    (u128::from(bits & ((1 << 52) - 1) | 1 << 52), exponent - 1_075)
}

/// Whether `significand * 2^exponent * denominator` is at most `numerator`.
fn at_most(significand: u128, exponent: i32, numerator: u64, denominator: u64) -> bool {
    let (n, d) = (u128::from(numerator), u128::from(denominator));
    // Of a ratio between 2^-64 and 2^64 both sides stay below 2^127.
    match u32::try_from(exponent) {
        Ok(up) => (significand << up) * d <= n,
        Err(_) => significand * d <= n << exponent.unsigned_abs(),
    }
}

fn check(numerator: u64, denominator: u64) -> Result<(), TestCaseError> {
    let bits = multiplier_bits(numerator, denominator).unwrap();
    let (significand, exponent) = parts(bits);
    prop_assert!(at_most(significand, exponent, numerator, denominator), "not above the ratio");
    prop_assert!(!at_most(significand + 1, exponent, numerator, denominator), "and the next one is");
    let double = f64::from_bits(bits);
    prop_assert!(double.is_normal() && double > 0.0);
    prop_assert_eq!(double, significand as f64 * 2f64.powi(exponent));
    // The hardware rounds both operands and the quotient, each of the three to the nearest; this truncates once.
    let native = (numerator as f64 / denominator as f64).to_bits();
    prop_assert!(native.abs_diff(bits) <= 3);
    if numerator < 1 << 53 && denominator < 1 << 53 {
        prop_assert!(
            native == bits || native == bits + 1,
            "one rounding apart where only the quotient is rounded"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn a_multiplier_is_the_largest_double_not_above_the_ratio(numerator in edgy(), denominator in edgy()) {
        if numerator == 0 || denominator == 0 {
            prop_assert_eq!(multiplier_bits(numerator, denominator), None);
        } else {
            check(numerator, denominator)?;
        }
    }

    #[test]
    fn rates_of_pools_have_a_multiplier(supply in amounts(ALL_SOL), permille in 500u64..3_000, noise in 0u64..1_000) {
        check(share_of(supply, permille, 1_000) + noise + 1, supply)?;
    }

    #[test]
    fn a_multiplier_grows_with_the_ratio(numerator in edgy(), denominator in edgy()) {
        let Some(bits) = multiplier_bits(numerator, denominator) else { return Ok(()) };
        if let Some(more) = numerator.checked_add(1) {
            prop_assert!(multiplier_bits(more, denominator).unwrap() >= bits);
        }
        if let Some(more) = denominator.checked_add(1) {
            prop_assert!(multiplier_bits(numerator, more).unwrap() <= bits);
        }
    }
}

#[test]
fn every_pair_of_edges_has_its_multiplier() {
    let edges: Vec<u64> = (0..64)
        .flat_map(|bit| {
            let one = 1u64 << bit;
            [one - 1, one, one + 1, one | one >> 1, u64::MAX - one, u64::MAX >> bit]
        })
        .filter(|edge| *edge > 0)
        .collect();
    for &numerator in &edges {
        for &denominator in &edges {
            check(numerator, denominator).unwrap();
        }
    }
}

#[test]
fn ratios_that_are_doubles_are_exact() {
    let double = |n, d| f64::from_bits(multiplier_bits(n, d).unwrap());
    assert_eq!(double(1, 1), 1.0);
    assert_eq!(double(3, 2), 1.5);
    assert_eq!(double(u64::MAX, u64::MAX), 1.0);
    assert_eq!(double(1, 1 << 63), 2f64.powi(-63));
    assert_eq!(double(1 << 63, 1), 2f64.powi(63));
    assert_eq!(double(u64::MAX, 1), 2f64.powi(64) - 2_048.0);
    assert_eq!(double(1, 3), 0.333_333_333_333_333_3);
}
