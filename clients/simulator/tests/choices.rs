//! Each strategy chooses as it says.

use sluice_money::Bps;
use sluice_selection_math::Bid;
use sluice_simulator::{Climate, HISTORY, Kind, Profile, Rules, Selection, ValidatorSet, World, play};

const SOL: u64 = 1_000_000_000;

fn validator(name: &str, sol: f64, credits: f64, commission: u16, tips_commission: Option<u16>) -> Profile {
    Profile {
        vote: name.into(),
        stake: sol * 1e9,
        credits,
        commission: Bps::saturating(commission),
        tips_commission: tips_commission.map(Bps::saturating),
        craft: 1.0,
        passed_on: 0.0,
        provider: 0,
        country: 0,
        bond: 0,
        bid: Bid(0),
    }
}

/// What each of `profiles` holds after `epochs` epochs, in SOL, of a pool of 1,000.
fn held(profiles: Vec<Profile>, kind: Kind, cap_bps: u16, climate: &Climate, epochs: usize) -> Vec<u64> {
    let set = ValidatorSet { name: "few".into(), profiles, rate: 0.0004, epoch_years: 0.0055 };
    let world = World::new(&set, climate, 1, epochs);
    let rules =
        Rules { pool_sol: 1_000.0, cap_bps, moved_bps: 10_000, min_move_sol: 1.0, ..Rules::default() };
    let selection = Selection { network_bps: 10_000, ..Selection::default() };
    let mut last = Vec::new();
    let outcome = play(&world, kind, &rules, &selection, 0, |step| {
        last = step.pool.positions.iter().map(|position| position.held() / SOL).collect();
    });
    outcome.unwrap();
    last
}

#[test]
fn commission_comes_first_then_that_on_tips_then_credits() {
    // Padding, so that nobody below is of the superminority.
    let big = || validator("big", 1e6, 400_000.0, 10_000, None);
    let profiles = vec![
        validator("slow", 1e3, 380_000.0, 0, Some(0)),
        validator("fast", 1e3, 400_000.0, 0, Some(0)),
        validator("takes tips", 1e3, 400_000.0, 0, Some(800)),
        validator("five", 1e3, 400_000.0, 500, Some(0)),
        validator("above the filter", 1e3, 400_000.0, 600, Some(0)),
        big(),
        big(),
    ];
    let of = |cap| held(profiles.clone(), Kind::CommissionFirst, cap, &Climate::STILL, 3);
    assert_eq!(of(10_000), [0, 1_000, 0, 0, 0, 0, 0]);
    assert_eq!(of(5_000), [500, 500, 0, 0, 0, 0, 0]);
    assert_eq!(of(4_000), [400, 400, 200, 0, 0, 0, 0]);
    assert_eq!(of(3_000), [300, 300, 300, 100, 0, 0, 0]);
    assert_eq!(of(2_400), [240, 240, 240, 240, 40, 0, 0]);
}

#[test]
fn indexes_hold_all_who_vote() {
    let profiles = vec![
        validator("a", 3e5, 400_000.0, 10_000, None),
        validator("b", 1e5, 100_000.0, 0, None),
        validator("silent", 5e5, 0.0, 0, None),
    ];
    assert_eq!(held(profiles.clone(), Kind::EqualWeight, 50, &Climate::STILL, 3), [500, 500, 0]);
    assert_eq!(held(profiles, Kind::StakeWeighted, 50, &Climate::STILL, 3), [750, 250, 0]);
}

#[test]
fn sluice_ranks_by_what_is_earned_not_by_commission() {
    let profiles = vec![
        validator("free and slow", 1e5, 300_000.0, 0, None),
        validator("five and fast", 1e5, 400_000.0, 500, None),
    ];
    assert_eq!(held(profiles.clone(), Kind::Sluice, 10_000, &Climate::STILL, 3), [0, 1_000]);
    assert_eq!(held(profiles, Kind::CommissionFirst, 10_000, &Climate::STILL, 3), [1_000, 0]);
}

#[test]
fn sluice_finds_what_no_commission_tells() {
    let mut generous = validator("passes on", 1e5, 400_000.0, 0, None);
    generous.passed_on = 1.0;
    let plain = validator("does not", 1e5, 400_001.0, 0, None);
    let climate = Climate { blocks: 0.2, ..Climate::STILL };
    // Half of the pool measures each; then the one that pays more gets as much as it may.
    let profiles = vec![plain.clone(), generous.clone()];
    let last = held(profiles.clone(), Kind::Sluice, 6_000, &climate, 40);
    assert!(last[1] >= 600 && last[0] <= 410, "{last:?}");
    // Without, nothing is worth a move.
    let last = held(profiles, Kind::Sluice, 6_000, &Climate::STILL, 40);
    assert!(last[0] >= 600, "{last:?}");
}

#[test]
fn a_bid_is_paid_only_as_far_as_it_decides() {
    let mut bidder = validator("bids", 1e5, 400_000.0, 500, None);
    // A tenth of what stake earns; it lacks a twentieth.
    (bidder.bid, bidder.bond) = (Bid(40_000), 1_000 * SOL);
    let plain = validator("does not", 1e5, 400_000.0, 0, None);
    let set =
        ValidatorSet { name: "two".into(), profiles: vec![bidder, plain], rate: 0.0004, epoch_years: 0.0055 };
    let world = World::new(&set, &Climate { bids: true, ..Climate::STILL }, 1, 50);
    assert_eq!(world.length(), HISTORY + 50);
    let rules = Rules { pool_sol: 1_000.0, cap_bps: 10_000, moved_bps: 10_000, ..Rules::default() };
    let selection = Selection { network_bps: 10_000, ..Selection::default() };
    let paid = play(&world, Kind::Sluice, &rules, &selection, 10, |_| {}).unwrap();
    // With the bid it offers the most and is all there is; it pays what it takes to be worth the other.
    let lacks = 1_000.0 * 0.0004 * 0.05 * 39.0;
    assert!((paid.bids_sol / lacks - 1.0).abs() < 0.05, "{} of {lacks}", paid.bids_sol);
    let offered = play(&world, Kind::Sluice, &rules, &Selection { auction: false, ..selection }, 10, |_| {});
    let unbid = offered.unwrap();
    assert_eq!(unbid.bids_sol, 0.0);
    assert!((paid.net_yield / unbid.net_yield - 1.0).abs() < 0.01);
}
