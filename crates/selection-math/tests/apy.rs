//! The yield of a year against floating point.

#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test fails by panicking")]

use proptest::prelude::*;
use sluice_selection_math::*;

const HOUR: u64 = 3_600;

fn plain(per_epoch: u64, seconds: u64) -> f64 {
    let epoch = per_epoch as f64 / YIELD_ONE as f64;
    let (whole, rest) = (YEAR_SECONDS / seconds, YEAR_SECONDS % seconds);
    // ln(1 + y) times n, so that nothing is lost where y is small.
    let grown = (epoch.ln_1p() * whole as f64).exp_m1();
    let partial = epoch * rest as f64 / seconds as f64;
    (grown + partial + grown * partial) * YIELD_ONE as f64
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8192))]

    #[test]
    fn a_year_is_the_compound_of_its_epochs(yearly in 0.001f64..3.0, seconds in HOUR..40 * 24 * HOUR) {
        let per_epoch = (yearly * seconds as f64 / YEAR_SECONDS as f64 * YIELD_ONE as f64) as u64;
        let (found, plain) = (annual(Yield(per_epoch), seconds), plain(per_epoch, seconds));
        prop_assert!((found as f64 - plain).abs() <= plain / 1e6, "{found} for {plain}");
        prop_assert!(found as f64 <= plain * (1.0 + 1e-12) + 1.0, "never above");
    }

    #[test]
    fn nothing_panics_and_more_is_never_less(a in any::<u64>(), b in any::<u64>(), seconds in any::<u64>()) {
        prop_assert!(annual(Yield(a.max(b)), seconds) >= annual(Yield(a.min(b)), seconds));
    }
}

#[test]
fn edges_of_a_year() {
    assert_eq!(annual(Yield(5), 0), 0);
    assert_eq!(annual(Yield(0), HOUR), 0);
    assert_eq!(annual(Yield(YIELD_ONE), HOUR), u64::MAX);
    assert_eq!(annual(Yield(u64::MAX), YEAR_SECONDS), u64::MAX);
    // One epoch a year, and half a one.
    assert_eq!(annual(Yield(70), YEAR_SECONDS), 70);
    assert_eq!(annual(Yield(70), 2 * YEAR_SECONDS), 35);
}
