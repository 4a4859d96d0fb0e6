//! The window of credits against a plain list of epochs.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_selection_math::*;

/// Credits of an epoch of 432,000 slots.
const FULL: u64 = 432_000 * 16;

/// Strictly ascending epochs up to about 100, with credits from none to absurd.
fn histories() -> impl Strategy<Value = Vec<CreditsEntry>> {
    vec((1u64..4, prop_oneof![Just(0), 0..=FULL, any::<u64>()]), 0..64).prop_map(|steps| {
        let mut epoch = 0;
        steps
            .into_iter()
            .map(|(gap, earned)| {
                epoch += gap;
                CreditsEntry { epoch, earned }
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn the_window_is_the_plain_mean_of_the_epochs_before(history in histories(), epoch in 0u64..110) {
        let window = credits_window(epoch, history.iter().copied());
        let completed: Vec<_> = history.iter().filter(|entry| entry.epoch < epoch).collect();
        let earned = |epoch: u64| {
            completed.iter().find(|entry| entry.epoch == epoch).map_or(0, |entry| entry.earned.min(u32::MAX.into()))
        };
        prop_assert_eq!(usize::from(window.history), completed.len());
        let Some(first) = completed.first() else {
            prop_assert_eq!(window, CreditsWindow::default());
            return Ok(());
        };
        let span = (epoch - first.epoch).min(8);
        let sum: u64 = (epoch - span..epoch).map(earned).sum();
        prop_assert_eq!(window.last, earned(epoch - 1));
        prop_assert_eq!(window.expected, (sum / span).min(2 * window.last));
    }
}

#[test]
fn an_outage_that_lasts_is_believed_at_once_and_a_short_one_forgiven() {
    let history = |last: u64| {
        (90..100).map(move |epoch| CreditsEntry { epoch, earned: if epoch == 99 { last } else { 1_000 } })
    };
    let at = |last| credits_window(100, history(last).collect::<Vec<_>>().into_iter()).expected;
    assert_eq!(at(1_000), 1_000);
    assert_eq!(at(600), 950);
    assert_eq!(at(100), 200);
    assert_eq!(at(0), 0);
}
