//! Yields, scores and calibration against slow, plain arithmetic, over edges and random values.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions
)]

mod common;

use common::bps;
use proptest::collection::vec;
use proptest::prelude::*;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

const PRIOR: Kappa = Kappa(24_000_000);
/// All SOL there is, with room to grow.
const ALL_SOL: u64 = 1_000_000_000_000_000_000;
/// Credits of an epoch of 432,000 slots.
const FULL: u64 = 432_000 * 16;

/// What stake with a validator brings when a credit earns `kappa` and tips bring `extra` beside.
fn evidence(kappa: Kappa, earning: u64, credits: u64, commission: Bps, extra: Yield) -> Evidence {
    let net_credits = net_credits(credits, commission);
    let lamports = |yielded: Yield| u128::from(yielded.0) * u128::from(earning) / u128::from(YIELD_ONE);
    Evidence {
        earning: Lamports(earning),
        inflation: i64::try_from(lamports(model(kappa, net_credits))).unwrap(),
        extra: Lamports(lamports(extra) as u64),
        credits,
        net_credits,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn what_is_expected_is_the_formula_rounded_down(
        credits in 0..=FULL, commission in bps(), deviation in -PPM..=MAX_DEVIATION_PPM, extra in 0..YIELD_ONE / 1_000,
        kappa in 1u64..1_000_000_000,
    ) {
        let net = net_credits(credits, commission);
        prop_assert_eq!(net, credits * u64::from(10_000 - commission.get()) / 10_000);
        let model = model(Kappa(kappa), net);
        prop_assert_eq!(u128::from(model.0), u128::from(kappa) * u128::from(net) / 1_000_000);
        let scored = expected(model, Deviation(deviation), Extra(Yield(extra)));
        let factor = u128::try_from(PPM + deviation).unwrap();
        let plain = u128::from(model.0) * factor / 1_000_000 + u128::from(extra);
        prop_assert_eq!(u128::from(scored.0), if model.0 == 0 { 0 } else { plain });
    }

    #[test]
    fn nothing_panics_and_no_yield_exceeds_one(
        kappa in any::<u64>(), credits in any::<u64>(), commission in any::<u16>(), earning in any::<u64>(),
        inflation in any::<i64>(), deviation in any::<i32>(), extra in any::<u64>(), sums in any::<[u64; 5]>(),
        epoch in any::<u64>(), entry in any::<(u64, u64)>(),
    ) {
        let commission = Bps::saturating(commission);
        let net = net_credits(credits, commission);
        let modelled = model(Kappa(kappa), net);
        prop_assert!(modelled.0 <= YIELD_ONE);
        prop_assert!(expected(modelled, Deviation(deviation), Extra(Yield(extra))).0 <= YIELD_ONE);
        if let Some(yielded) = realised(Lamports(earning), inflation) {
            prop_assert!(yielded.0 <= YIELD_ONE);
            let next = Deviation(deviation.clamp(-PPM, MAX_DEVIATION_PPM)).observe(yielded, modelled);
            prop_assert!((-PPM..=MAX_DEVIATION_PPM).contains(&next.0));
        }
        let _ = Deviation(deviation).observe(modelled, modelled).forget();
        let gross = model(Kappa(kappa), credits);
        let next = Extra(Yield(extra.min(YIELD_ONE))).observe(Yield(extra), gross).forget(gross);
        prop_assert!(next.0.0 <= YIELD_ONE);
        let shown = Evidence {
            earning: Lamports(earning), inflation, extra: Lamports(extra), credits, net_credits: net,
        };
        let [growth, weight, extra, stake, gross] = sums;
        let sums = Calibration { growth, weight, extra, stake, gross };
        let all = sums.plus(sums).plus(Calibration::of(Kappa(kappa), &shown)).fade();
        prop_assert!(all.average_extra().0 <= YIELD_ONE);
        let _ = (all.kappa(Kappa(kappa)), all.reference());
        let _ = credits_window(epoch, [CreditsEntry { epoch: entry.0, earned: entry.1 }].into_iter());
    }

    #[test]
    fn a_donation_buys_no_more_than_the_bound(
        epochs in 1usize..60, donation in 0..ALL_SOL / 100, credits in 1..=FULL, commission in bps(),
    ) {
        // As if it could pass for inflation as well as for tips: a twentieth, and a fifth of what is paid before commission.
        let (net, gross) = (model(PRIOR, net_credits(credits, commission)), model(PRIOR, credits));
        let given = realised(Lamports(10_000_000_000), i64::try_from(donation).unwrap()).unwrap();
        let (mut deviation, mut extra) = (Deviation::default(), Extra::default());
        for _ in 0..epochs {
            deviation = deviation.observe(given, net);
            extra = extra.observe(given, gross);
        }
        prop_assert!(extra.0.0 <= gross.0 / 5);
        prop_assert!(expected(net, deviation, extra).0 <= net.0 + net.0 / 20 + gross.0 / 5);
    }

    #[test]
    fn a_gift_counts_in_proportion_to_the_stake_it_was_given_to(
        realised in 0..YIELD_ONE, average in 0..YIELD_ONE, earning in 0..ALL_SOL, whole in 0..ALL_SOL,
    ) {
        let counted = credible(Yield(realised), Yield(average), Lamports(earning), Lamports(whole)).0;
        let part = u128::from(realised.saturating_sub(average)) * u128::from(earning.min(whole));
        let plain = u128::from(realised.min(average)) + part.checked_div(u128::from(whole)).unwrap_or(u128::from(realised.saturating_sub(average)));
        prop_assert_eq!(u128::from(counted), plain);
        prop_assert!(counted <= realised && (earning < whole || counted == realised));
    }

    #[test]
    fn more_credits_less_commission_or_more_tips_never_score_lower(
        a in 0..=FULL, b in 0..=FULL, c in bps(), d in bps(), deviation in -PPM..=MAX_DEVIATION_PPM,
        e in 0..YIELD_ONE, f in 0..YIELD_ONE,
    ) {
        let at = |credits, commission, extra| {
            expected(model(PRIOR, net_credits(credits, commission)), Deviation(deviation), Extra(Yield(extra)))
        };
        prop_assert!(at(a.max(b), c.min(d), e.max(f)) >= at(a.min(b), c.max(d), e.min(f)));
    }

    #[test]
    fn calibration_finds_the_networks_numbers(
        truth in 4_000_000u64..100_000_000, tips in 0..YIELD_ONE / 50_000,
        validators in vec((10_000_000_000u64..10_000_000_000_000, FULL / 2..=FULL, bps()), 1..20),
    ) {
        // Everybody earns exactly the truth: from a prior up to six times off, kappa ends within a hundredth of it.
        let mut sums = Calibration::default();
        let mut kappa = PRIOR;
        prop_assume!(validators.iter().any(|(_, _, commission)| commission.get() < 9_000));
        for _ in 0..40 {
            let epoch = validators.iter().fold(Calibration::default(), |sum, (earning, credits, commission)| {
                let shown = evidence(Kappa(truth), *earning, *credits, *commission, Yield(tips));
                sum.plus(Calibration::of(kappa, &shown))
            });
            sums = sums.fade().plus(epoch);
            kappa = sums.kappa(PRIOR);
        }
        let off = kappa.0.abs_diff(truth);
        prop_assert!(off <= truth / 100, "{kappa:?} for {truth}");
        // Of tips, as much as counts: a fifth of what the others are paid for their credits.
        let count: u128 = validators.iter().map(|(earning, credits, _)| {
            u128::from(*earning) * u128::from(tips.min(model(kappa, *credits).0 / 5))
        }).sum();
        let stake: u128 = validators.iter().map(|(earning, ..)| u128::from(*earning)).sum();
        let average = (count / stake) as u64;
        prop_assert!(sums.average_extra().0.abs_diff(average) <= average / 50 + 1_000, "{:?} for {average}", sums.average_extra());
        // And the mean credits, weighted by stake.
        let credits: u128 = validators.iter().map(|(earning, credits, _)| u128::from(*earning) * u128::from(*credits)).sum();
        let mean = (credits / stake) as u64;
        let reference = sums.reference();
        prop_assert!(reference.credits.abs_diff(mean) <= mean / 1_000, "{reference:?} for {mean}");
        prop_assert_eq!(reference.kappa, kappa);
    }

    #[test]
    fn one_validator_moves_the_means_no_further_than_its_bounds(
        earning in 1_000_000_000..ALL_SOL / 10, inflation in 0..i64::MAX, extra in any::<u64>(), credits in FULL / 2..=FULL,
    ) {
        let shown = Evidence {
            earning: Lamports(earning), inflation, extra: Lamports(extra), credits, net_credits: credits,
        };
        let sums = Calibration::of(PRIOR, &shown);
        let kappa = sums.kappa(PRIOR);
        prop_assert!(kappa.0 <= PRIOR.0 * 2 + PRIOR.0 / 100, "{kappa:?}");
        let fifth = model(PRIOR, credits).0 / 5;
        prop_assert!(sums.average_extra().0 <= fifth + fifth / 100 + 1);
    }

    #[test]
    fn extra_moves_toward_what_is_seen_and_never_past_it(from in 0..YIELD_ONE, seen in 0..YIELD_ONE, gross in 0..YIELD_ONE) {
        let counted = seen.min(gross / 5);
        let after = Extra(Yield(from)).observe(Yield(seen), Yield(gross)).0.0;
        prop_assert_eq!(after.abs_diff(from), counted.abs_diff(from) / 4);
        prop_assert!((from.min(counted)..=from.max(counted)).contains(&after));
        let faded = Extra(Yield(from)).forget(Yield(seen)).0.0;
        prop_assert_eq!(faded.abs_diff(from), seen.abs_diff(from) / 16);
        prop_assert!((from.min(seen)..=from.max(seen)).contains(&faded));
    }
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
    let sums = |growth, weight| Calibration { growth, weight, ..Calibration::default() };
    assert_eq!(Calibration::default().kappa(PRIOR), PRIOR);
    assert_eq!(sums(0, 1_000_000).kappa(PRIOR), Kappa(PRIOR.0 / 16));
    assert_eq!(sums(u64::MAX, 1).kappa(PRIOR), Kappa(PRIOR.0 * 16));
    assert_eq!(Calibration::default().average_extra(), Yield(0));
    assert_eq!(Calibration::default().reference(), Reference::default());
}

#[test]
fn what_was_known_fades_by_an_eighth_and_ends() {
    let mut sums = Calibration { growth: 8, weight: 80, extra: 801, stake: 1, gross: 0 };
    sums = sums.fade();
    assert_eq!(sums, Calibration { growth: 7, weight: 70, extra: 700, stake: 0, gross: 0 });
    for _ in 0..400 {
        sums = sums.fade();
    }
    assert_eq!(sums, Calibration::default());
}

#[test]
fn too_little_stake_measures_nothing() {
    assert_eq!(realised(Lamports(MIN_EARNING.0 - 1), 1), None);
    assert_eq!(realised(MIN_EARNING, -5), Some(Yield(0)));
    assert_eq!(realised(MIN_EARNING, 164_000), Some(Yield(164_000_000)));
}

#[test]
fn a_deviation_without_evidence_fades() {
    let mut deviation = Deviation(MAX_DEVIATION_PPM);
    for _ in 0..100 {
        deviation = deviation.forget();
    }
    assert!(deviation.0 < 1_000);
    assert_eq!(Deviation(-PPM).forget(), Deviation(-PPM + PPM / 16));
}

#[test]
fn commission_that_is_taken_but_not_shown_lowers_the_score_as_if_it_were_shown() {
    let (shown, taken) = (model(PRIOR, FULL), model(PRIOR, FULL / 2));
    let mut deviation = Deviation::default();
    for _ in 0..30 {
        deviation = deviation.observe(taken, shown);
    }
    let score = expected(shown, deviation, Extra::default());
    assert!(score.0.abs_diff(taken.0) < taken.0 / 1_000, "{score:?} for {taken:?}");
}

#[test]
fn nothing_is_expected_where_the_model_pays_nothing() {
    assert_eq!(expected(Yield(0), Deviation(MAX_DEVIATION_PPM), Extra(Yield(5))), Yield(0));
}
