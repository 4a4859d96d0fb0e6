//! `observe` and `allocate`: nobody gets so much of the pool's stake that it holds too much of the network's.

use sluice_localnet::{LocalnetConfig, ValidatorScript};
use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::selection::open_params;
use sluice_tests::*;
use solana_signer::Signer;

use crate::FULL;
use crate::stage::Stage;

const NAMES: [(&str, u64); 4] = [("giant", FULL), ("big", FULL), ("small", FULL), ("none", FULL)];

/// At most a hundredth of a network of 100,000 SOL, 1,000, where a quarter of the pool is 250.
fn cast() -> (Stage, SelectionFixture) {
    let (mut stage, selection) =
        Stage::new(Params { network_cap_bps: 100, ..open_params() }, 1_000 * SOL, &NAMES);
    stage.next(&selection);
    stakes(&mut stage, [90_000, 900, 700, 0]);
    (stage, selection)
}

/// Active stake of each, in SOL; the rest of the network's is somebody else's.
fn stakes(stage: &mut Stage, sol: [u64; 4]) {
    let mut stakes: Vec<_> =
        NAMES.iter().zip(sol).map(|((name, _), sol)| (stage.vote(name), sol * SOL)).collect();
    stakes.push((keypair("others").pubkey(), (100_000 - sol.iter().sum::<u64>()) * SOL));
    stage.svm.0.set_epoch_stakes(stakes).expect("it fits");
}

fn decided(stage: &Stage, selection: &SelectionFixture, name: &str) -> (u64, Constraint) {
    (stage.ideal(selection, name), stage.constraint(selection, name))
}

#[test]
fn it_gets_what_makes_it_the_cap_and_a_giant_nothing() {
    let (mut stage, selection) = cast();
    stage.allocate(&selection);
    assert_eq!(decided(&stage, &selection, "giant"), (0, Constraint::Network));
    assert_eq!(decided(&stage, &selection, "big"), (100 * SOL, Constraint::Network));
    let cap = selection.state(&stage.svm).cap;
    assert_eq!(decided(&stage, &selection, "small"), (cap, Constraint::Cap));
    assert_eq!(decided(&stage, &selection, "none"), (cap, Constraint::Cap));
    assert_eq!(stage.candidate(&selection, "giant").seat.bound_by, Constraint::Network.code());
}

#[test]
fn what_is_the_pools_in_it_may_stay_and_what_others_bring_displaces_it() {
    let (mut stage, selection) = cast();
    selection.crank(&mut stage.svm);
    stage.next(&selection);
    // The pool's 100 SOL are active: 1,000 in all, as much as it may have.
    stakes(&mut stage, [90_000, 1_000, 950, 250]);
    stage.allocate(&selection);
    let held = stage.candidate(&selection, "big").seat.held;
    assert_eq!(held, 100 * SOL);
    assert_eq!(decided(&stage, &selection, "big"), (100 * SOL, Constraint::Network));
    // Others delegate 60 more.
    stage.next(&selection);
    stakes(&mut stage, [90_000, 1_060, 950, 250]);
    stage.allocate(&selection);
    assert_eq!(decided(&stage, &selection, "big"), (40 * SOL, Constraint::Network));
    selection.rebalance_all(&mut stage.svm);
    let record = selection.pool.record(&stage.svm, &stage.vote("big")).1;
    assert_eq!((record.stake, record.deactivating), (40 * SOL, 60 * SOL));
    // And so many more that nothing is left of its share.
    stage.next(&selection);
    stakes(&mut stage, [90_000, 2_000, 950, 250]);
    stage.allocate(&selection);
    assert_eq!(decided(&stage, &selection, "big"), (0, Constraint::Network));
    stage.assert_conserved(&selection);
}

#[test]
fn directed_stake_does_not_lift_the_cap() {
    let (mut stage, selection) = cast();
    let holly = stage.holder(&selection, "holly", 200 * SOL);
    stage.direct(&selection, &holly, "giant", "one", 80 * SOL);
    stage.direct(&selection, &holly, "big", "two", 80 * SOL);
    stage.next(&selection);
    stakes(&mut stage, [90_000, 950, 700, 0]);
    stage.allocate(&selection);
    assert_eq!(decided(&stage, &selection, "giant"), (0, Constraint::Network));
    assert_eq!(decided(&stage, &selection, "big"), (50 * SOL, Constraint::Network));
}

#[test]
fn where_the_networks_stake_is_not_known_nothing_is_bounded() {
    let (mut stage, selection) = cast();
    stage.svm.0.set_epoch_stakes([]).expect("it fits");
    stage.allocate(&selection);
    for (name, _) in NAMES {
        assert_ne!(stage.constraint(&selection, name), Constraint::Network);
        assert_eq!(stage.candidate(&selection, name).seat.bound, u64::MAX);
    }
}

#[test]
fn of_a_real_cluster_the_superminority_gets_nothing() {
    let scripts = vec![
        ValidatorScript::new("superminority").stake_sol(4_000_000).commission_bps(0),
        ValidatorScript::new("near").stake_sol(1_999_000).commission_bps(0),
        ValidatorScript::new("small").stake_sol(1_000_000),
        ValidatorScript::new("smaller").stake_sol(1_000_000),
        ValidatorScript::new("smallest").stake_sol(2_001_000),
    ];
    let names = ["superminority", "near", "small", "smaller"];
    let mut bank = Bank::with_config(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
    let votes = names.map(|name| bank.0.validator(name).vote_address());
    let params = Params { network_cap_bps: 2_000, kappa_prior: 75_000_000_000, ..open_params() };
    let selection = SelectionFixture::with_params(&mut bank, params);
    bank.0.advance_epochs(4);
    selection.pool.update(&mut bank);
    for vote in &votes {
        bank.must(&[selection.join(vote)], &[&selection.pool.payer]);
    }
    selection.fund(&mut bank, 30_000 * SOL);
    selection.crank(&mut bank);
    let decided = |bank: &Bank, index: usize| {
        let seat = selection.candidate(bank, &votes[index]).seat;
        (seat.ideal / SOL, Constraint::from_code(seat.constraint).unwrap())
    };
    assert_eq!(decided(&bank, 0), (0, Constraint::Network));
    // A fifth of some ten million, less what it has: rewards have moved that a little.
    let near = decided(&bank, 1);
    assert!((1..7_400).contains(&near.0) && near.1 == Constraint::Network, "{near:?}");
    assert_eq!(decided(&bank, 2).1, Constraint::Cap);
    for _ in 0..4 {
        bank.0.advance_epoch();
        selection.crank(&mut bank);
        let all: u64 = bank.0.stakes().iter().map(|(_, stake)| stake.delegation.stake).sum();
        let own: u64 = bank
            .0
            .stakes()
            .iter()
            .filter(|(_, stake)| stake.delegation.voter_pubkey == votes[1])
            .map(|(_, stake)| stake.delegation.stake)
            .sum();
        // To a thousandth: rewards come after the epoch's stakes were counted.
        assert!(own <= all / 5 + all / 5_000, "{own} of {all}");
        assert_eq!(selection.held(&bank, &votes[0]), 0);
        ledger::assert_balanced(&bank, &selection.pool);
    }
}
