//! Protection: what a bond owes when stake brought less than promised, epoch by epoch.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use common::{SOL, bps};
use proptest::collection::vec;
use proptest::prelude::*;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::*;

/// Credits of an epoch of 432,000 slots.
const FULL: u64 = 432_000 * 16;
/// A commission is charged on the rewards of the second epoch after it was set.
const CHARGED_AFTER: u64 = 2;

fn percent(of: u16) -> Bps {
    Bps::saturating(of * 100)
}

fn references() -> impl Strategy<Value = Reference> {
    (1_000_000u64..100_000_000, 1..=FULL)
        .prop_map(|(kappa, credits)| Reference { kappa: Kappa(kappa), credits })
}

/// What stake brings at so many credits and a commission.
fn brings(reference: &Reference, credits: u64, commission: Bps) -> Performance {
    Performance { realised: model(reference.kappa, net_credits(credits, commission)), credits, commission }
}

/// Rises found epoch by epoch, when `commissions` are set from the hundredth epoch on and all that is set is seen.
fn rises(before: Bps, commissions: &[Bps]) -> Vec<Bps> {
    let mut ring = [0; WINDOW];
    record_commission(&mut ring, None, 99, before);
    (100..)
        .zip(commissions)
        .map(|(epoch, commission)| {
            record_commission(&mut ring, Some(epoch - 1), epoch, *commission);
            commission_rise(&ring, epoch)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn who_performs_as_the_others_owes_nothing(reference in references(), grace in bps(), commission in bps(), more in 0..FULL) {
        for credits in [reference.credits, reference.credits + more] {
            prop_assert_eq!(shortfall(&reference, grace, &brings(&reference, credits, commission)), Yield(0));
        }
    }

    #[test]
    fn who_falls_short_owes_what_is_missing_beyond_the_grace(
        reference in references(), grace in bps(), commission in bps(), credits in 0..FULL,
    ) {
        let brought = brings(&reference, credits, commission);
        let owed = shortfall(&reference, grace, &brought);
        let part = |of: u64, bps: Bps| u128::from(of) * u128::from(10_000 - bps.get()) / 10_000;
        let promised = part(part(reference.credits, grace) as u64, commission) * u128::from(reference.kappa.0) / 1_000_000;
        prop_assert_eq!(u128::from(owed.0), promised.saturating_sub(u128::from(brought.realised.0)));
    }

    #[test]
    fn where_nothing_was_measured_nobody_owes(credits in any::<u64>(), realised in any::<u64>(), commission in bps()) {
        let performance = Performance { realised: Yield(realised), credits, commission };
        prop_assert_eq!(shortfall(&Reference::default(), Bps::ZERO, &performance), Yield(0));
        prop_assert_eq!(rise_loss(&Reference::default(), credits, commission), Yield(0));
    }

    #[test]
    fn a_rise_is_paid_for_in_exactly_the_two_epochs_after_it_is_charged(low in bps(), high in bps(), at in 8usize..20) {
        let (low, high) = (low.min(high), low.max(high));
        let set: Vec<Bps> = (0..40).map(|epoch| if epoch < at { low } else { high }).collect();
        let rise = Bps::saturating(high.get() - low.get());
        for (epoch, found) in rises(low, &set).into_iter().enumerate() {
            let charged = at + CHARGED_AFTER as usize;
            prop_assert_eq!(found, if (charged..charged + 2).contains(&epoch) { rise } else { Bps::ZERO });
        }
    }

    #[test]
    fn what_is_charged_above_the_highest_of_before_is_found_whatever_was_set(set in vec(bps(), 20..60)) {
        let found = rises(set[0], &set);
        for epoch in 12..set.len() {
            // Charged now; promised in the four epochs up to two before that.
            let charged = set[epoch - 2].get();
            let promised = (4..8).map(|age| set[epoch - age].get()).max().unwrap_or(0);
            prop_assert_eq!(found[epoch].get(), charged.saturating_sub(promised));
        }
    }

    #[test]
    fn a_rise_costs_what_it_took_and_no_more_than_all(reference in references(), credits in 0..FULL, low in bps(), high in bps()) {
        let (low, high) = (low.min(high), low.max(high));
        let loss = rise_loss(&reference, credits, Bps::saturating(high.get() - low.get()));
        let of = |commission| brings(&reference, credits, commission).realised.0;
        // Of three roundings down.
        let unit = reference.kappa.0 / 1_000_000 + 2;
        prop_assert!(loss.0.abs_diff(of(low) - of(high)) <= 2 * unit, "{loss:?}");
    }

    #[test]
    fn what_is_due_is_rounded_up(rate in 0..YIELD_ONE, earning in 0..1_000_000_000 * SOL) {
        let exact = (u128::from(rate) * u128::from(earning)).div_ceil(u128::from(YIELD_ONE));
        prop_assert_eq!(u128::from(due(Yield(rate), Lamports(earning)).0), exact);
    }

    #[test]
    fn no_record_panics(ring in any::<[u16; WINDOW]>(), epoch in any::<u64>(), numbers in any::<[u64; 6]>(), grace in bps(), commission in bps()) {
        let [kappa, credits, realised, earned, rate, earning] = numbers;
        let reference = Reference { kappa: Kappa(kappa), credits };
        let performance = Performance { realised: Yield(realised), credits: earned, commission };
        prop_assert!(shortfall(&reference, grace, &performance).0 <= YIELD_ONE);
        prop_assert!(rise_loss(&reference, earned, commission_rise(&ring, epoch)).0 <= YIELD_ONE);
        let _ = due(Yield(rate), Lamports(earning));
    }
}

#[test]
fn a_commission_lowered_for_the_observation_and_raised_after_is_charged_as_missing_yield() {
    // Shown: nothing. Taken: a tenth. The ring never sees it, so what is promised is the whole.
    let reference = Reference { kappa: Kappa(24_000_000), credits: FULL };
    let mut ring = [0; WINDOW];
    record_commission(&mut ring, None, 100, Bps::ZERO);
    let grace = percent(3);
    for epoch in 101..120 {
        record_commission(&mut ring, Some(epoch - 1), epoch, Bps::ZERO);
        assert_eq!(commission_rise(&ring, epoch), Bps::ZERO);
        let taken = Performance {
            commission: commission_at(&ring, epoch - CHARGED_AFTER),
            ..brings(&reference, FULL, percent(10))
        };
        let owed = shortfall(&reference, grace, &taken);
        let missing = model(reference.kappa, FULL * 7 / 100);
        assert!(owed.0.abs_diff(missing.0) <= 48, "{owed:?} for {missing:?}");
    }
}

#[test]
fn what_is_owed_for_a_rise_is_not_owed_again_as_missing_yield() {
    let reference = Reference { kappa: Kappa(24_000_000), credits: FULL };
    let mut ring = [0; WINDOW];
    record_commission(&mut ring, None, 100, percent(5));
    for epoch in 101..=104 {
        let set = if epoch < 102 { percent(5) } else { percent(50) };
        record_commission(&mut ring, Some(epoch - 1), epoch, set);
    }
    let charged = commission_at(&ring, 104 - CHARGED_AFTER);
    assert_eq!((charged, commission_rise(&ring, 104)), (percent(50), percent(45)));
    let brought = brings(&reference, FULL, charged);
    assert_eq!(shortfall(&reference, Bps::ZERO, &brought), Yield(0));
    let loss = rise_loss(&reference, FULL, percent(45));
    assert_eq!(brought.realised.0 + loss.0, model(reference.kappa, net_credits(FULL, percent(5))).0);
}

#[test]
fn one_who_was_down_half_the_epoch_owes_the_half_less_the_grace() {
    let reference = Reference { kappa: Kappa(24_000_000), credits: FULL };
    let owed = shortfall(&reference, percent(5), &brings(&reference, FULL / 2, percent(5)));
    let whole = model(reference.kappa, net_credits(FULL, percent(5))).0;
    assert!(owed.0.abs_diff(whole * 45 / 100) <= 48);
    assert_eq!(due(owed, Lamports(1_000 * SOL)).0, owed.0);
}
