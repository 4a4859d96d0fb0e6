//! What must hold in worlds with tips, block revenue, bids, rugs and failures.

use sluice_simulator::{Climate, Kind, Report, Rules, Selection, Source, Study, study};

fn synthetic() -> Study {
    Study {
        source: Source::Synthetic(800),
        climate: Climate::SYNTHETIC,
        rules: Rules::default(),
        selection: Selection::default(),
        seed: 1,
        seeds: 30,
        epochs: 100,
        lead_in: 20,
    }
}

fn played(of: &Study) -> Report {
    study(of, |_| {}).unwrap()
}

#[test]
fn in_thirty_worlds_sluice_is_above_every_other_strategy_in_each() {
    let report = played(&synthetic());
    for difference in &report.differences {
        let (least, mean) = match difference.to {
            Kind::CommissionFirst => (1.0, 1.005),
            Kind::GreedyWithoutCost => (1.02, 1.03),
            _ => (1.1, 1.15),
        };
        let ratio = difference.ratio;
        assert!(ratio.least > least && ratio.mean > mean, "{:?}: {ratio:?}", difference.to);
    }
    let of = |kind: Kind| report.summaries.iter().find(|summary| summary.strategy == kind).unwrap();
    let (ours, greedy) = (of(Kind::Sluice), of(Kind::GreedyWithoutCost));
    assert!(ours.turnover.most < greedy.turnover.least / 2.0);
    assert!(ours.bids_sol.least > 0.0 && ours.protection_sol.least > 0.0);
    assert!(ours.gross_apy.mean > ours.net_apy.mean);
    for index in [Kind::EqualWeight, Kind::StakeWeighted, Kind::CommissionFirst] {
        assert_eq!((of(index).bids_sol.most, of(index).protection_sol.most), (0.0, 0.0));
        assert!(of(index).rugs_sol.mean > ours.rugs_sol.mean);
    }
}

#[test]
fn the_same_seeds_give_the_same_report_and_others_another() {
    let few = Study { source: Source::Synthetic(300), seeds: 3, epochs: 30, ..synthetic() };
    let report = played(&few);
    assert_eq!(report, played(&few));
    // A seed's world does not depend on which others are played.
    let alone = played(&Study { seed: 2, seeds: 1, ..few.clone() });
    assert_eq!(alone.outcomes[0], report.outcomes[1]);
    assert_ne!(alone.outcomes[0], report.outcomes[0]);
}

#[test]
fn without_bids_and_protection_bonds_pay_nothing() {
    let selection = Selection { auction: false, protection: false, ..Selection::default() };
    let report =
        played(&Study { source: Source::Synthetic(300), seeds: 1, epochs: 30, selection, ..synthetic() });
    let ours = &report.summaries[0];
    assert_eq!((ours.bids_sol.most, ours.protection_sol.most), (0.0, 0.0));
}
