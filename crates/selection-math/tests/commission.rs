//! The ring of commissions against a plain map of epochs.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod common;

use std::collections::BTreeMap;

use common::bps;
use proptest::collection::vec;
use proptest::prelude::*;
use sluice_money::Bps;
use sluice_selection_math::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn the_worst_commission_of_the_window_counts(start in 8u64..1_000_000, steps in vec((0u64..12, bps()), 1..40)) {
        let mut ring = [0; WINDOW];
        // What every epoch is taken to have had.
        let mut seen: BTreeMap<u64, Bps> = BTreeMap::new();
        let mut last = None;
        let mut epoch = start;
        for (gap, commission) in steps {
            epoch += gap;
            record_commission(&mut ring, last, epoch, commission);
            match last {
                Some(last) if last == epoch => {
                    let before = seen[&epoch];
                    seen.insert(epoch, before.max(commission));
                }
                _ => seen.extend((last.map_or(epoch - 7, |last: u64| last + 1)..=epoch).map(|e| (e, commission))),
            }
            last = Some(epoch);
            prop_assert_eq!(worst_commission(&ring), *seen.range(epoch - 7..).map(|(_, c)| c).max().unwrap());
            for at in epoch - 7..=epoch {
                prop_assert_eq!(commission_at(&ring, at), seen[&at]);
            }
        }
    }

    #[test]
    fn looking_twice_in_an_epoch_changes_nothing(ring in any::<[u16; WINDOW]>(), last in any::<u64>(), epoch in any::<u64>(), now in bps()) {
        let mut once = ring;
        record_commission(&mut once, Some(last), epoch, now);
        let mut twice = once;
        record_commission(&mut twice, Some(epoch.max(last)), epoch, now);
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn a_lower_commission_is_believed_after_the_window(high in bps(), low in bps(), epoch in 8u64..1_000_000) {
        let mut ring = [0; WINDOW];
        record_commission(&mut ring, None, epoch, high);
        for later in 1..8 {
            record_commission(&mut ring, Some(epoch + later - 1), epoch + later, low);
            prop_assert_eq!(worst_commission(&ring), high.max(low));
        }
        record_commission(&mut ring, Some(epoch + 7), epoch + 8, low);
        prop_assert_eq!(worst_commission(&ring), low);
    }
}
