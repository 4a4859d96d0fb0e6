//! Credits, commission, yields and scores against slow, plain arithmetic, over edges and random values.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

const PRIOR: Kappa = Kappa(24_000_000);
/// All SOL there is, with room to grow.
const ALL_SOL: u64 = 1_000_000_000_000_000_000;
/// Credits of an epoch of 432,000 slots.
const FULL: u64 = 432_000 * 16;

fn bps() -> impl Strategy<Value = Bps> {
    (0u16..=10_000).prop_map(Bps::saturating)
}

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
    #![proptest_config(ProptestConfig::with_cases(2048))]

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

    #[test]
    fn the_score_is_the_formula_rounded_down(credits in 0..=FULL, commission in bps(), surplus in -PPM..=MAX_SURPLUS_PPM, kappa in 1u64..1_000_000_000) {
        let net = net_credits(credits, commission);
        prop_assert_eq!(net, credits * u64::from(10_000 - commission.get()) / 10_000);
        let model = model(Kappa(kappa), net);
        prop_assert_eq!(u128::from(model.0), u128::from(kappa) * u128::from(net) / 1_000_000);
        let scored = score(model, Surplus(surplus));
        let factor = u128::try_from(PPM + surplus).unwrap();
        prop_assert_eq!(u128::from(scored.0), u128::from(model.0) * factor / 1_000_000);
    }

    #[test]
    fn nothing_panics_and_no_yield_exceeds_one(
        kappa in any::<u64>(), credits in any::<u64>(), commission in any::<u16>(), earning in any::<u64>(),
        growth in any::<i64>(), surplus in any::<i32>(), sums in any::<(u64, u64)>(), epoch in any::<u64>(),
        entry in any::<(u64, u64)>(),
    ) {
        let net = net_credits(credits, Bps::saturating(commission));
        let modelled = model(Kappa(kappa), net);
        prop_assert!(modelled.0 <= YIELD_ONE);
        prop_assert!(score(modelled, Surplus(surplus)).0 <= YIELD_ONE);
        if let Some(yielded) = realised(Lamports(earning), growth) {
            prop_assert!(yielded.0 <= YIELD_ONE);
            let next = Surplus(surplus.clamp(-PPM, MAX_SURPLUS_PPM)).observe(yielded, modelled);
            prop_assert!((-PPM..=MAX_SURPLUS_PPM).contains(&next.0));
            let _ = Calibration::of(Kappa(kappa), Lamports(earning), growth, yielded, net);
        }
        let _ = Surplus(surplus).observe(modelled, modelled).forget();
        let sums = Calibration { growth: sums.0, weight: sums.1 };
        let _ = sums.plus(sums).fade().kappa(Kappa(kappa));
        let _ = credits_window(epoch, [CreditsEntry { epoch: entry.0, earned: entry.1 }].into_iter());
    }

    #[test]
    fn a_donation_buys_no_more_than_the_bound(epochs in 1usize..60, donation in 0..ALL_SOL / 100, credits in 1..=FULL) {
        let expected = model(PRIOR, credits);
        let mut surplus = Surplus::default();
        for _ in 0..epochs {
            let growth = i64::try_from(donation).unwrap();
            surplus = surplus.observe(realised(Lamports(10_000_000_000), growth).unwrap(), expected);
        }
        prop_assert!(score(expected, surplus).0 <= expected.0 + expected.0 / 5);
    }

    #[test]
    fn more_credits_or_less_commission_never_score_lower(
        a in 0..=FULL, b in 0..=FULL, c in bps(), d in bps(), surplus in -PPM..=MAX_SURPLUS_PPM,
    ) {
        let at = |credits, commission| score(model(PRIOR, net_credits(credits, commission)), Surplus(surplus));
        prop_assert!(at(a.max(b), c.min(d)) >= at(a.min(b), c.max(d)));
    }

    #[test]
    fn calibration_finds_the_networks_kappa(
        truth in 4_000_000u64..100_000_000,
        validators in vec((1_000_000_000u64..10_000_000_000_000, FULL / 2..=FULL, bps()), 1..20),
    ) {
        // Everybody earns exactly the truth: from a prior up to six times off, kappa ends within a hundredth of it.
        let mut sums = Calibration::default();
        let mut kappa = PRIOR;
        prop_assume!(validators.iter().any(|(_, _, commission)| commission.get() < 9_000));
        for _ in 0..40 {
            let mut epoch = Calibration::default();
            for (earning, credits, commission) in &validators {
                let net = net_credits(*credits, *commission);
                let growth = u128::from(model(Kappa(truth), net).0) * u128::from(*earning) / u128::from(YIELD_ONE);
                let growth = i64::try_from(growth).unwrap();
                let yielded = realised(Lamports(*earning), growth).unwrap();
                epoch = epoch.plus(Calibration::of(kappa, Lamports(*earning), growth, yielded, net));
            }
            sums = sums.fade().plus(epoch);
            kappa = sums.kappa(PRIOR);
        }
        let off = kappa.0.abs_diff(truth);
        prop_assert!(off <= truth / 100, "{kappa:?} for {truth}");
    }

    #[test]
    fn one_validator_moves_kappa_no_more_than_twofold_an_epoch(earning in 1_000_000_000..ALL_SOL / 10, growth in 0..i64::MAX, credits in FULL / 2..=FULL) {
        let yielded = realised(Lamports(earning), growth).unwrap();
        let kappa = Calibration::of(PRIOR, Lamports(earning), growth, yielded, credits).kappa(PRIOR);
        prop_assert!(kappa.0 <= PRIOR.0 * 2 + PRIOR.0 / 100, "{kappa:?}");
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

#[test]
fn a_whole_years_yield_is_about_what_kappa_says() {
    // 6 % a year at 200 ms a slot: 157.8 million slots of 16 credits.
    let year = 157_788_000u64 * 16;
    let yielded = model(PRIOR, year);
    assert!((59_000_000_000..62_000_000_000).contains(&yielded.0), "{yielded:?}");
}

#[test]
fn nothing_measured_leaves_the_prior_and_drift_is_bounded() {
    assert_eq!(Calibration::default().kappa(PRIOR), PRIOR);
    assert_eq!(Calibration { growth: 0, weight: 1_000_000 }.kappa(PRIOR), Kappa(PRIOR.0 / 16));
    assert_eq!(Calibration { growth: u64::MAX, weight: 1 }.kappa(PRIOR), Kappa(PRIOR.0 * 16));
}

#[test]
fn too_little_stake_measures_nothing() {
    assert_eq!(realised(Lamports(MIN_EARNING.0 - 1), 1), None);
    assert_eq!(realised(MIN_EARNING, -5), Some(Yield(0)));
    assert_eq!(realised(MIN_EARNING, 164_000), Some(Yield(164_000_000)));
}

#[test]
fn a_surplus_without_evidence_fades() {
    let mut surplus = Surplus(MAX_SURPLUS_PPM);
    for _ in 0..100 {
        surplus = surplus.forget();
    }
    assert!(surplus.0 < 1_000);
    assert_eq!(Surplus(-PPM).forget(), Surplus(-PPM + PPM / 16));
}
