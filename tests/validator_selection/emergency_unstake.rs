//! `emergency_unstake`: each line of its specification, and each way it refuses.

use sluice_sdk::Event;
use sluice_sdk::staking_pool::types::Limits;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{close_account, open_params, write_account};
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::stage::{Stage, silent_since};
use crate::{Error, FULL};

const NAMES: [(&str, u64); 4] = [("a", FULL), ("b", FULL), ("c", FULL), ("d", FULL)];

fn strict() -> Params {
    Params { max_commission_bps: 1_000, delinquent_slots: 1_000, cap_bps: 2_000, ..open_params() }
}

/// Four validators with 200 SOL each of 1,000, all of it active, in an epoch whose pool is updated.
fn cast(params: Params) -> (Stage, SelectionFixture) {
    let (mut stage, selection) = Stage::new(params, 1_000 * SOL, &NAMES);
    selection.crank(&mut stage.svm);
    stage.next(&selection);
    (stage, selection)
}

fn emergency(stage: &mut Stage, selection: &SelectionFixture, names: &[&str]) -> Sent {
    let votes: Vec<Address> = names.iter().map(|name| stage.vote(name)).collect();
    let unstake = selection.emergency_unstake(&stage.svm, &votes);
    let passer_by = stage.svm.wallet("passer-by", SOL);
    stage.svm.must(&[compute_limit(1_400_000), unstake], &[&passer_by])
}

fn holds(stage: &Stage, selection: &SelectionFixture, name: &str) -> (u64, u64, u8) {
    let record = selection.pool.record(&stage.svm, &stage.vote(name)).1;
    (record.stake, record.deactivating, record.stake_state)
}

fn rug(stage: &mut Stage, name: &str) {
    stage.set_commission(name, 1_001);
    stage.all_vote();
}

fn rebalance(stage: &mut Stage, selection: &SelectionFixture, name: &str) {
    let rebalance = selection.rebalance(&stage.svm, &[stage.vote(name)]);
    stage.svm.must(&[compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
}

#[test]
fn a_rug_loses_all_at_once_and_the_honest_nothing() {
    let (mut stage, selection) = cast(strict());
    stage.allocate(&selection);
    rug(&mut stage, "b");
    // Exactly what is allowed is allowed.
    stage.set_commission("c", 1_000);
    stage.all_vote();
    let honest = |stage: &Stage| {
        ["a", "c", "d"].map(|name| (stage.candidate(&selection, name), holds(stage, &selection, name)))
    };
    let (before, state) = (honest(&stage), selection.state(&stage.svm));
    let (held, ..) = holds(&stage, &selection, "b");
    let target = stage.candidate(&selection, "b").seat.target;
    assert!(held > 199 * SOL && target > 199 * SOL);

    let sent = emergency(&mut stage, &selection, &["a", "b", "c", "d"]);
    assert_eq!(holds(&stage, &selection, "b"), (held, 0, 2), "all of it cools down");
    let candidate = stage.candidate(&selection, "b");
    assert_eq!((candidate.seat.target, candidate.seat.ideal, candidate.seat.held), (0, 0, 0));
    assert_eq!(stage.constraint(&selection, "b"), Constraint::Commission);
    assert_eq!((candidate.worst_commission_bps, candidate.flags), (1_001, 16));
    assert_eq!(honest(&stage), before);
    let after = selection.state(&stage.svm);
    assert_eq!((after.emergency_epoch, after.emergency_lamports), (101, held));
    assert_eq!(after.targets, state.targets - target);
    assert_eq!((after.moved_down, after.moved_up), (state.moved_down, state.moved_up), "a limit of its own");
    let events: Vec<_> = sent
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::ValidatorSelection(ValidatorSelectionEvent::EmergencyUnstaked(event)) => Some(event),
            _ => None,
        })
        .collect();
    let [event] = &events[..] else { panic!("{events:?}") };
    assert_eq!((event.vote, event.epoch, event.lamports), (stage.vote("b"), 101, held));
    assert_eq!(event.reason, u64::from(Constraint::Commission.code()));
    assert_eq!((event.target_before, event.taken_before, event.taken_after), (target, 0, held));
    stage.assert_conserved(&selection);

    // What cools down comes home, and goes to the others.
    stage.next(&selection);
    assert!(selection.pool.reserve_lamports(&stage.svm) > held);
}

#[test]
fn twice_does_nothing() {
    let (mut stage, selection) = cast(strict());
    stage.allocate(&selection);
    rug(&mut stage, "b");
    emergency(&mut stage, &selection, &["b"]);
    let accounts = [selection.config, selection.registry, selection.pool.pool, selection.pool.list];
    let once = accounts.map(|address| stage.svm.account(&address));
    let sent = emergency(&mut stage, &selection, &["b", "b"]);
    assert_eq!(accounts.map(|address| stage.svm.account(&address)), once);
    assert!(sent.events().is_empty());
}

/// An emergency needs no observation: it is one. What the validator takes back at once counts as much.
#[test]
fn before_the_allocation_it_takes_as_much_and_the_allocation_gives_nothing_back() {
    let (mut stage, selection) = cast(strict());
    rug(&mut stage, "b");
    assert_ne!(selection.state(&stage.svm).observed_epoch, 101);
    emergency(&mut stage, &selection, &["b"]);
    assert_eq!(holds(&stage, &selection, "b").2, 2);
    assert_eq!(selection.state(&stage.svm).observed, 1);
    stage.set_commission("b", 0);
    stage.all_vote();
    stage.allocate(&selection);
    assert_eq!(stage.candidate(&selection, "b").seat.ideal, 0);
    assert_eq!(stage.constraint(&selection, "b"), Constraint::Commission);
    selection.rebalance_all(&mut stage.svm);
    // The commission counts for eight epochs.
    for _ in 0..7 {
        stage.epoch(&selection);
        assert_eq!(stage.candidate(&selection, "b").seat.ideal, 0);
        assert_eq!(selection.held(&stage.svm, &stage.vote("b")), 0);
    }
    stage.epoch(&selection);
    assert!(stage.candidate(&selection, "b").seat.ideal > 0);
    stage.assert_conserved(&selection);
}

#[test]
fn the_silent_lose_all_after_as_many_slots_as_make_a_delinquent() {
    let (mut stage, selection) = cast(strict());
    let slot = stage.svm.clock().slot;
    silent_since(&mut stage.svm, "b", FULL, slot - 999);
    stage.svm.advance_slots(1);
    emergency(&mut stage, &selection, &["b"]);
    assert_eq!(holds(&stage, &selection, "b").2, 1, "a thousand slots are allowed");
    stage.svm.advance_slots(1);
    emergency(&mut stage, &selection, &["b"]);
    assert_eq!(holds(&stage, &selection, "b").2, 2);
    assert_eq!(stage.constraint(&selection, "b"), Constraint::Delinquent);

    // It votes again. This epoch's allocation does not give it what it lost; the next does.
    stage.all_vote();
    stage.allocate(&selection);
    assert_eq!(stage.candidate(&selection, "b").verdict, Constraint::None.code());
    assert_eq!(stage.candidate(&selection, "b").seat.ideal, 0);
    assert_eq!(stage.constraint(&selection, "b"), Constraint::Delinquent);
    selection.rebalance_all(&mut stage.svm);
    stage.epoch(&selection);
    assert!(stage.candidate(&selection, "b").seat.ideal > 199 * SOL);
}

#[test]
fn a_closed_vote_account_is_a_delinquent() {
    let (mut stage, selection) = cast(strict());
    let vote = stage.vote("b");
    close_account(&mut stage.svm, &vote);
    emergency(&mut stage, &selection, &["b"]);
    assert_eq!(holds(&stage, &selection, "b").2, 2);
    assert_eq!(stage.constraint(&selection, "b"), Constraint::Delinquent);
}

#[test]
fn its_limit_is_its_own_and_holds_for_all_together() {
    // A tenth of the pool, where otherwise a hundredth may move.
    let params = Params { emergency_bps: 1_000, ..strict() };
    let (mut stage, selection) = cast(params.clone());
    let less = Params { max_moved_bps: 100, ..params };
    stage.svm.must(&[selection.set_params(less)], &[&selection.pool.admin]);
    for name in ["a", "b", "c"] {
        rug(&mut stage, name);
    }
    let total = selection.pool.state(&stage.svm).total_lamports;
    for _ in 0..2 {
        emergency(&mut stage, &selection, &["c", "b", "a"]);
        assert_eq!(selection.state(&stage.svm).emergency_lamports, total / 10);
    }
    let leaving = |stage: &Stage, name| holds(stage, &selection, name).1;
    assert_eq!(leaving(&stage, "c"), total / 10);
    assert_eq!((leaving(&stage, "a"), leaving(&stage, "b")), (0, 0));
    // Beside it, the epoch's own limit. What was taken from `c` already is not promised to leave again.
    stage.allocate(&selection);
    let state = selection.state(&stage.svm);
    assert_eq!(state.move_limit, total / 100);
    let held = stage.candidate(&selection, "c").seat.held;
    assert_eq!(held, holds(&stage, &selection, "c").0);
    selection.rebalance_all(&mut stage.svm);
    let state = selection.state(&stage.svm);
    assert!(state.moved_down > 0 && state.moved_down <= total / 100);
    assert_eq!(state.emergency_lamports, total / 10);
    // In the next epoch as much again.
    stage.next(&selection);
    emergency(&mut stage, &selection, &["c", "b", "a"]);
    let total = selection.pool.state(&stage.svm).total_lamports;
    assert_eq!(selection.state(&stage.svm).emergency_lamports, total / 10);
    stage.assert_conserved(&selection);
}

/// Only a part of it could be taken; what the movement limit leaves with it afterwards is no reason to refill it.
#[test]
fn what_has_to_leave_is_not_given_back() {
    let params = Params { emergency_bps: 1_000, ..strict() };
    let (mut stage, selection) = cast(params.clone());
    let less = Params { max_moved_bps: 100, ..params };
    stage.svm.must(&[selection.set_params(less)], &[&selection.pool.admin]);
    selection.observe_all(&mut stage.svm);
    rug(&mut stage, "b");
    emergency(&mut stage, &selection, &["b"]);
    let (left, leaving, _) = holds(&stage, &selection, "b");
    assert!(left > 99 * SOL && leaving > 99 * SOL);
    let allocate = [compute_limit(1_400_000), selection.allocate()];
    stage.svm.must(&allocate, &[&selection.pool.payer]);
    rebalance(&mut stage, &selection, "b");
    let record = selection.pool.record(&stage.svm, &stage.vote("b")).1;
    assert_eq!(record.activating, 0);
    assert!(record.stake <= left);
}

/// The same by a withdrawal of stake between the observation and the move.
#[test]
fn a_banned_validator_whose_stake_a_holder_took_gets_nothing_instead() {
    let params = Params { max_moved_bps: 100, ..strict() };
    let (mut stage, selection) = cast(strict());
    stage.svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    let ban = selection.ban(&stage.svm, &stage.vote("b"), true);
    stage.svm.must(&[ban], &[&selection.pool.admin]);
    stage.allocate(&selection);
    let vote = stage.vote("b");
    let target = stage.candidate(&selection, "b").seat.target;
    assert!(target > 180 * SOL, "most has to wait for the movement limit");
    let depositor = keypair("depositor");
    let lst = keypair("depositor's slSOL").pubkey();
    let to = selection.pool.new_stake_account(&mut stage.svm, "taken");
    let (index, _) = selection.pool.record(&stage.svm, &vote);
    let take = selection.pool.withdraw_stake(&depositor.pubkey(), &lst, (index, &vote), &to, 150 * SOL, 0);
    stage.svm.must(&[take], &[&depositor]);
    let left = holds(&stage, &selection, "b").0;
    assert!(left < 60 * SOL);
    rebalance(&mut stage, &selection, "b");
    let record = selection.pool.record(&stage.svm, &vote).1;
    assert_eq!((record.activating, record.stake), (0, left));
}

#[test]
fn the_pools_own_cap_binds_too() {
    let (mut stage, selection) = cast(strict());
    let state = selection.pool.state(&stage.svm);
    let limits = Limits { movement_cap_bps: 500, ..PoolOptions::default().params.limits };
    stage.svm.must(&[selection.pool.set_limits(limits)], &[&selection.pool.admin]);
    rug(&mut stage, "b");
    emergency(&mut stage, &selection, &["b"]);
    assert_eq!(holds(&stage, &selection, "b").1, state.total_lamports / 20);
    assert_eq!(selection.state(&stage.svm).emergency_lamports, state.total_lamports / 20);
}

#[test]
fn one_in_transition_is_skipped_and_stops_nobody() {
    let (mut stage, selection) = cast(strict());
    let ban = selection.ban(&stage.svm, &stage.vote("a"), true);
    stage.svm.must(&[ban], &[&selection.pool.admin]);
    stage.allocate(&selection);
    rebalance(&mut stage, &selection, "a");
    assert_eq!(holds(&stage, &selection, "a").2, 2);
    rug(&mut stage, "a");
    rug(&mut stage, "b");
    emergency(&mut stage, &selection, &["a", "b"]);
    assert_eq!(holds(&stage, &selection, "b").2, 2);
    assert_eq!(selection.state(&stage.svm).emergency_lamports, holds(&stage, &selection, "b").0);
}

#[test]
fn a_candidate_without_the_pools_stake_loses_its_target() {
    let (mut stage, selection) = cast(strict());
    let vote = stage.join(&selection, "e", FULL);
    stage.allocate(&selection);
    assert!(stage.candidate(&selection, "e").seat.ideal > 0);
    rug(&mut stage, "e");
    emergency(&mut stage, &selection, &["e"]);
    assert_eq!((stage.candidate(&selection, "e").seat.ideal, selection.held(&stage.svm, &vote)), (0, 0));
    rebalance(&mut stage, &selection, "e");
    assert_eq!(selection.held(&stage.svm, &vote), 0);
}

#[test]
fn it_waits_for_the_pool_and_for_the_epochs_rewards() {
    let (mut stage, selection) = cast(strict());
    rug(&mut stage, "b");
    let unstake = |stage: &Stage| selection.emergency_unstake(&stage.svm, &[stage.vote("b")]);
    stage.svm.set_rewards_active(true);
    let refused = unstake(&stage);
    stage.svm.refuses(&[refused], &[&selection.pool.payer], Error::EpochRewardsActive);
    stage.svm.set_rewards_active(false);
    stage.svm.advance_epoch();
    let refused = unstake(&stage);
    stage.svm.refuses(&[refused], &[&selection.pool.payer], Error::PoolStale);
}

#[test]
fn batch_and_accounts_must_fit() {
    let (mut stage, selection) = cast(strict());
    rug(&mut stage, "b");
    let payer = &selection.pool.payer;
    let good = selection.emergency_unstake(&stage.svm, &[stage.vote("b")]);
    let mut few = good.clone();
    few.accounts.pop();
    stage.svm.refuses(&[few], &[payer], Error::WrongAccountCount);
    let mut many = good.clone();
    many.accounts.extend(good.accounts[good.accounts.len() - 3..].to_vec());
    stage.svm.refuses(&[many], &[payer], Error::WrongAccountCount);
    // An honest one in the rug's place, and the rug's account in an honest one's.
    let swapped = substitute(&good, &stage.vote("b"), &stage.vote("a"));
    stage.svm.refuses(&[swapped], &[payer], Error::WrongCandidate);

    for (like, error) in [
        (selection.registry, Error::WrongRegistry),
        (selection.pool.pool, Error::WrongPool),
        (selection.pool.reserve, Error::WrongReserve),
        (selection.pool.list, Error::WrongValidatorList),
    ] {
        let copy = keypair("copy").pubkey();
        let account = stage.svm.account(&like).unwrap();
        write_account(&mut stage.svm, &copy, account.data, account.owner);
        stage.svm.refuses(&[substitute(&good, &like, &copy)], &[payer], error);
    }
    let fixed = good.accounts.len() - 3;
    let sysvars = good.accounts[5..fixed].iter().map(|meta| meta.pubkey);
    for address in sysvars.filter(|address| *address != solana_sdk_ids::system_program::ID) {
        let wrong = substitute(&good, &address, &keypair("wrong").pubkey());
        stage.svm.refuses(&[wrong], &[payer], Error::WrongProgramAccount);
    }
    // Another validator's stake accounts: the pool refuses, and the honest one keeps its stake.
    let stake =
        substitute(&good, &selection.pool.stake(&stage.vote("b")), &selection.pool.stake(&stage.vote("a")));
    assert!(stage.svm.send(&[stake], &[payer]).is_err());
    assert_eq!(holds(&stage, &selection, "a").2, 1);
}
