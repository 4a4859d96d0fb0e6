//! `confirm_identity`: each line of its specification, and each way it refuses. One validator is one candidate.

use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
use sluice_sdk::validator_selection::types::Candidate;
use sluice_selection_math::Constraint;
use sluice_tests::selection::{Vote, close_account, open_params, write_account, write_candidates};
use sluice_tests::*;
use solana_address::Address;
use solana_signer::Signer;

use crate::stage::Stage;
use crate::{Error, FULL, blank};

const IDENTITY: u8 = 4;

fn cast() -> (Stage, SelectionFixture) {
    Stage::new(open_params(), 1_000 * SOL, &[("a", FULL), ("b", FULL)])
}

/// The vote account of `name`, as of now, under another node.
fn vote_as(stage: &mut Stage, name: &str, node: &str) {
    let epoch = stage.svm.clock().epoch;
    let node = Some(keypair(node).pubkey());
    Vote { node, ..Vote::steady(epoch, 10 + (epoch - 100), FULL, 0) }.write(&mut stage.svm, name);
}

fn observe(stage: &mut Stage, selection: &SelectionFixture, name: &str) {
    let observe = selection.observe(&stage.svm, &[stage.vote(name)]);
    stage.svm.must(&[observe], &[&selection.pool.payer]);
}

fn confirm(stage: &Stage, selection: &SelectionFixture, name: &str) -> solana_instruction::Instruction {
    selection.confirm_identity(&stage.svm, &stage.vote(name))
}

#[test]
fn two_vote_accounts_of_one_identity_cannot_both_join() {
    let (mut stage, selection) = cast();
    vote_as(&mut stage, "second", "a's node");
    let join = selection.join(&stage.vote("second"));
    stage.svm.refuses(&[join], &[&selection.pool.payer], Error::IdentityTaken);
    // Nor after `a` changed its own, as long as nobody has seen that.
    vote_as(&mut stage, "a", "a's spare");
    let join = selection.join(&stage.vote("second"));
    stage.svm.refuses(&[join], &[&selection.pool.payer], Error::IdentityTaken);
    assert_eq!(selection.votes(&stage.svm).len(), 2);
}

#[test]
fn a_changed_identity_keeps_its_stake_until_the_next_allocation_and_gets_none_before_it_is_confirmed() {
    let (mut stage, selection) = cast();
    selection.crank(&mut stage.svm);
    stage.epoch(&selection);
    let held = selection.held(&stage.svm, &stage.vote("a"));
    assert!(held > 200 * SOL);
    vote_as(&mut stage, "a", "a's spare");
    let before = stage.candidate(&selection, "a").seat;
    observe(&mut stage, &selection, "a");
    let candidate = stage.candidate(&selection, "a");
    assert_eq!((candidate.flags, candidate.seat.target), (IDENTITY, before.target));
    // Nobody takes its stake for that.
    selection.rebalance_all(&mut stage.svm);
    assert_eq!(selection.pool.record(&stage.svm, &stage.vote("a")).1.stake_state, 1);

    stage.next(&selection);
    vote_as(&mut stage, "a", "a's spare");
    let mut neglected = stage.clone();
    neglected.allocate(&selection);
    assert_eq!(neglected.ideal(&selection, "a"), 0);
    assert_eq!(neglected.constraint(&selection, "a"), Constraint::Identity);
    // Anyone confirms, before or after the epoch's observation.
    let passer_by = stage.svm.wallet("passer-by", SOL);
    let sent = stage.svm.must(&[confirm(&stage, &selection, "a")], &[&passer_by]);
    assert_eq!(stage.candidate(&selection, "a").flags, 0);
    let Some(Event::ValidatorSelection(ValidatorSelectionEvent::CandidateFlagged(event))) =
        sent.events().pop()
    else {
        panic!("no event")
    };
    assert_eq!((event.vote, event.index), (stage.vote("a"), 0));
    assert_eq!((event.flags_before, event.flags_after), (4, 0));
    assert_eq!(event.target_before, event.target_after);
    stage.allocate(&selection);
    assert!(stage.ideal(&selection, "a") + SOL > held);
    stage.svm.refuses(&[confirm(&stage, &selection, "a")], &[&passer_by], Error::IdentityKnown);
    stage.assert_conserved(&selection);
}

#[test]
fn who_takes_anothers_identity_is_not_confirmed_and_the_other_keeps_its_own() {
    let (mut stage, selection) = cast();
    vote_as(&mut stage, "a", "b's node");
    observe(&mut stage, &selection, "a");
    stage.svm.refuses(&[confirm(&stage, &selection, "a")], &[&selection.pool.payer], Error::IdentityTaken);
    stage.svm.refuses(&[confirm(&stage, &selection, "b")], &[&selection.pool.payer], Error::IdentityKnown);
    stage.allocate(&selection);
    assert_eq!((stage.ideal(&selection, "a"), stage.candidate(&selection, "b").flags), (0, 0));
    assert!(stage.ideal(&selection, "b") > 0);
}

/// Away, another joins under the identity that is free, and back again.
#[test]
fn an_identity_lent_out_cannot_be_taken_back() {
    let (mut stage, selection) = cast();
    vote_as(&mut stage, "a", "a's spare");
    observe(&mut stage, &selection, "a");
    vote_as(&mut stage, "second", "a's node");
    let join = selection.join(&stage.vote("second"));
    stage.svm.must(&[join], &[&selection.pool.payer]);
    // Confirmed as it was: back under the old one, it is another's.
    stage.svm.must(&[confirm(&stage, &selection, "a")], &[&selection.pool.payer]);
    vote_as(&mut stage, "a", "a's node");
    observe(&mut stage, &selection, "a");
    assert_eq!(stage.candidate(&selection, "a").flags, IDENTITY);
    stage.svm.refuses(&[confirm(&stage, &selection, "a")], &[&selection.pool.payer], Error::IdentityTaken);
    stage.allocate(&selection);
    let ideals = ["a", "second"].map(|name| stage.ideal(&selection, name) > 0);
    assert_eq!(ideals, [false, true], "one of the two");
}

#[test]
fn an_identity_that_changed_again_is_observed_first() {
    let (mut stage, selection) = cast();
    vote_as(&mut stage, "a", "a's spare");
    observe(&mut stage, &selection, "a");
    vote_as(&mut stage, "a", "a's other spare");
    stage.svm.refuses(&[confirm(&stage, &selection, "a")], &[&selection.pool.payer], Error::IdentityChanged);
    observe(&mut stage, &selection, "a");
    stage.svm.must(&[confirm(&stage, &selection, "a")], &[&selection.pool.payer]);
    // One that is no vote account any more, or not yet.
    vote_as(&mut stage, "a", "a's spare");
    observe(&mut stage, &selection, "a");
    let vote = stage.vote("a");
    write_account(&mut stage.svm, &vote, vec![0; 3_762], solana_sdk_ids::vote::ID);
    stage.svm.refuses(&[confirm(&stage, &selection, "a")], &[&selection.pool.payer], Error::IdentityChanged);
    close_account(&mut stage.svm, &vote);
    stage.svm.refuses(&[confirm(&stage, &selection, "a")], &[&selection.pool.payer], Error::NotAVoteAccount);
}

#[test]
fn candidate_and_registry_must_be_who_they_say() {
    let (mut stage, selection) = cast();
    vote_as(&mut stage, "a", "a's spare");
    observe(&mut stage, &selection, "a");
    let good = confirm(&stage, &selection, "a");
    let wrong = substitute(&good, &stage.vote("a"), &stage.vote("b"));
    stage.svm.refuses(&[wrong], &[&selection.pool.payer], Error::WrongCandidate);
    let data = stage.svm.account(&selection.registry).unwrap().data;
    let copy = keypair("copy").pubkey();
    write_account(&mut stage.svm, &copy, data, VALIDATOR_SELECTION_ID);
    let wrong = substitute(&good, &selection.registry, &copy);
    stage.svm.refuses(&[wrong], &[&selection.pool.payer], Error::WrongRegistry);
}

#[test]
fn among_five_thousand_it_fits_the_default_compute_budget() {
    let mut svm = Svm::new();
    let selection = crate::stage::fixture(&mut svm, open_params(), 5_000);
    let vote = crate::joined(&mut svm, &selection, "last", FULL, 0);
    let last = Candidate { flags: IDENTITY, ..selection.candidate(&svm, &vote) };
    let mut crowd: Vec<_> = (0..4_999u64)
        .map(|i| {
            let mut address = [9; 32];
            address[..8].copy_from_slice(&i.to_le_bytes());
            blank(Address::new_from_array(address))
        })
        .collect();
    crowd.push(last);
    write_candidates(&mut svm, &selection, &crowd);
    let confirm = selection.confirm_identity(&svm, &vote);
    let sent = svm.must(&[confirm], &[&selection.pool.payer]);
    println!("confirm_identity: {} compute units among 5,000", sent.compute_units);
    assert!(sent.compute_units < 200_000);
    assert_eq!(selection.candidate(&svm, &vote).flags, 0);
}
