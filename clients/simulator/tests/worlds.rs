//! The worlds: what is recorded is read as it is, and commission is charged when the chain charges it.

use std::path::PathBuf;

use sluice_money::Bps;
use sluice_simulator::{Climate, Error, HISTORY, Kind, Rules, Selection, ValidatorSet, World, play};

fn file(name: &str, lines: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("sluice-simulator-{}-{name}.csv", std::process::id()));
    let header = "vote_account,commission_pct,mev_commission_bps,active_stake_lamports,epoch_credits\n";
    std::fs::write(&path, header.to_owned() + lines).unwrap();
    path
}

#[test]
fn a_record_is_read_as_it_is() {
    let path = file("good", "A,5,2500,7000,400\n\nB,100,,3000,0\n");
    let set = ValidatorSet::recorded(&path).unwrap();
    let [a, b] = &set.profiles[..] else { panic!("two validators") };
    assert_eq!((a.vote.as_str(), a.stake, a.credits), ("A", 7_000.0, 400.0));
    assert_eq!((a.commission, a.tips_commission), (Bps::saturating(500), Some(Bps::saturating(2_500))));
    assert_eq!((b.commission, b.tips_commission), (Bps::ONE, None));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_record_that_cannot_be_read_says_where() {
    for line in ["A,5,2500,7000", "A,101,0,1,1", "A,5,10001,1,1", "A,5,0,-1,1", "A,5,0,1,x", "A,5,0,1,1,1"] {
        let path = file("bad", &format!("B,0,0,1,1\n{line}\n"));
        let error = ValidatorSet::recorded(&path).unwrap_err();
        assert!(matches!(&error, Error::BadLine { line: 3, .. }), "{line}: {error}");
        std::fs::remove_file(path).unwrap();
    }
    let path = file("empty", "");
    assert!(matches!(ValidatorSet::recorded(&path), Err(Error::NoStake { .. })));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(ValidatorSet::recorded(&path), Err(Error::Unreadable { .. })));
}

#[test]
fn a_still_world_repeats_its_epoch() {
    let set = ValidatorSet::synthetic(1, 50);
    let world = World::new(&set, &Climate::STILL, 1, 30);
    for epoch in 1..world.length() {
        for (now, profile) in world.conditions(epoch).iter().zip(&set.profiles) {
            assert_eq!(now.credits, profile.credits as u64);
            assert_eq!((now.seen, now.set, now.rug), (profile.commission, profile.commission, Bps::ZERO));
            assert_eq!(now.extra.0, 0);
        }
    }
}

#[test]
fn a_commission_set_in_an_epoch_is_charged_on_the_rewards_of_the_next() {
    let climate = Climate { rugs: 0.02, changes: 0.02, ..Climate::RECORDED };
    let world = World::new(&ValidatorSet::synthetic(2, 100), &climate, 2, 60);
    let mut rugs = 0;
    for epoch in HISTORY..world.length() {
        for place in 0..world.validators() {
            let (before, now) = (world.condition(epoch - 1, place), world.condition(epoch, place));
            let reward = world.reward(epoch, place);
            let kept = u64::from(before.set.complement().get());
            assert_eq!(reward.inflation.0, now.inflation.0 * kept / 10_000);
            rugs += u64::from(reward.lost.0 > 0);
        }
    }
    assert!(rugs > 100);
}

#[test]
fn some_rugs_are_seen_late_and_some_never() {
    let climate = Climate { rugs: 0.01, changes: 0.0, ..Climate::RECORDED };
    let world = World::new(&ValidatorSet::synthetic(4, 200), &climate, 4, 60);
    let (mut at_once, mut late, mut hidden) = (0, 0, 0);
    for epoch in HISTORY..world.length() - 1 {
        for place in 0..world.validators() {
            let now = world.condition(epoch, place);
            if now.rug == Bps::ZERO {
                continue;
            }
            match (now.seen == now.set, world.condition(epoch + 1, place).seen == now.set) {
                (true, _) => at_once += 1,
                (false, true) => late += 1,
                (false, false) => hidden += 1,
            }
        }
    }
    assert!(at_once > 20 && late > 10 && hidden > 20, "{at_once} {late} {hidden}");
}

#[test]
fn fewer_kinds_of_events_change_nothing_of_the_noise() {
    let set = ValidatorSet::synthetic(6, 80);
    let calm =
        Climate { rugs: 0.0, outages: 0.0, deaths: 0.0, changes: 0.0, newcomers: 0.0, ..Climate::SYNTHETIC };
    let (with, without) = (World::new(&set, &Climate::SYNTHETIC, 6, 20), World::new(&set, &calm, 6, 20));
    let same = |epoch: usize| {
        let pairs = with.conditions(epoch).iter().zip(without.conditions(epoch));
        pairs.filter(|(a, b)| a.credits == b.credits).count()
    };
    assert_eq!(same(HISTORY - 1), 80);
    assert!((70..80).contains(&same(HISTORY + 19)));
}

#[test]
fn a_validator_without_history_waits_and_a_dead_one_is_left() {
    let climate = Climate { newcomers: 0.01, deaths: 0.01, rugs: 0.0, ..Climate::SYNTHETIC };
    let world = World::new(&ValidatorSet::synthetic(8, 300), &climate, 8, 61);
    let selection = Selection::default();
    let outcome = play(&world, Kind::Sluice, &Rules::default(), &selection, 10, |step| {
        for (place, position) in step.pool.positions.iter().enumerate() {
            let voted = |epochs: usize| {
                (step.epoch - epochs..step.epoch).all(|past| world.condition(past, place).credits > 0)
            };
            // What is warming up was given now: never to who did not vote, or not for long enough.
            let history = (0..step.epoch).filter(|past| world.condition(*past, place).credits > 0).count();
            if position.activating > 0 {
                assert!(voted(1) && history >= usize::from(selection.min_history));
            }
        }
    });
    assert!(outcome.unwrap().turnover > 0.0);
}
