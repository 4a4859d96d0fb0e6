//! What must hold on mainnet's validators of one epoch, with at most 0.5 % of the pool for each.

use std::path::{Path, PathBuf};

use sluice_simulator::{
    Climate, DATA_VARIABLE, Kind, Report, Rules, Selection, Source, Study, ValidatorSet, recorded_path, study,
};

/// The recorded validators, or `None` where they are not: then the test says so and the synthetic sets serve.
fn recorded() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../../shared/data/mainnet-validators-epoch-650.csv");
    let found = recorded_path(None).ok().or_else(|| beside.is_file().then_some(beside));
    if found.is_none() {
        eprintln!("skipped: no recorded validators beside the checkout, and {DATA_VARIABLE} names none");
    }
    found
}

fn played(path: PathBuf, climate: Climate, seeds: u64) -> Report {
    let report = study(
        &Study {
            source: Source::Recorded(path),
            climate,
            rules: Rules { cap_bps: 50, ..Rules::default() },
            selection: Selection::default(),
            seed: 1,
            seeds,
            epochs: 100,
            lead_in: 20,
        },
        |_| {},
    );
    report.unwrap()
}

/// The lowest multiple of `other`'s net yield that Sluice had in any world.
fn least_ratio(report: &Report, other: Kind) -> f64 {
    report.differences.iter().find(|difference| difference.to == other).unwrap().ratio.least
}

#[test]
fn the_recorded_epoch_repeated_pays_more_than_both_indexes_and_commission_first() {
    let Some(path) = recorded() else { return };
    let report = played(path, Climate::STILL, 1);
    assert!(least_ratio(&report, Kind::StakeWeighted) >= 1.35);
    assert!(least_ratio(&report, Kind::EqualWeight) >= 1.09);
    assert!(least_ratio(&report, Kind::CommissionFirst) >= 1.0);
    // Where nothing changes there is nothing to move, whatever a move costs.
    assert!((least_ratio(&report, Kind::GreedyWithoutCost) - 1.0).abs() < 1e-4);
}

#[test]
fn with_noise_rugs_and_failures_it_does_in_every_world() {
    let Some(path) = recorded() else { return };
    let report = played(path, Climate::RECORDED, 6);
    assert!(least_ratio(&report, Kind::StakeWeighted) >= 1.35);
    assert!(least_ratio(&report, Kind::EqualWeight) >= 1.09);
    assert!(least_ratio(&report, Kind::CommissionFirst) > 1.0);
    assert!(least_ratio(&report, Kind::GreedyWithoutCost) > 1.0);
}

#[test]
fn the_indexes_earn_what_the_record_says_they_do() {
    let Some(path) = recorded() else { return };
    let set = ValidatorSet::recorded(&path).unwrap();
    let points: f64 = set.profiles.iter().map(|profile| profile.stake * profile.credits).sum();
    let stake: f64 = set.profiles.iter().map(|profile| profile.stake).sum();
    let yields: Vec<(f64, f64)> = set
        .profiles
        .iter()
        .filter(|profile| profile.credits > 0.0)
        .map(|profile| {
            let kept = f64::from(profile.commission.complement().get()) / 1e4;
            (profile.stake, set.rate * stake * profile.credits / points * kept)
        })
        .collect();
    let equal = yields.iter().map(|(_, yielded)| yielded).sum::<f64>() / yields.len() as f64;
    let voting: f64 = yields.iter().map(|(stake, _)| stake).sum();
    let weighted = yields.iter().map(|(stake, yielded)| stake * yielded).sum::<f64>() / voting;

    let report = played(path, Climate::STILL, 1);
    let earned =
        |kind: Kind| report.outcomes[0].iter().find(|outcome| outcome.strategy == kind).unwrap().gross_yield;
    // Stake drifts to who earns more, until a difference is worth moving back.
    assert!((earned(Kind::EqualWeight) / equal - 1.0).abs() < 2e-3);
    assert!((earned(Kind::StakeWeighted) / weighted - 1.0).abs() < 5e-3);
}
