//! `withdraw_bond`: each line of its specification, and each way it refuses.

use sluice_tests::selection::Vote;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::bonds::{bond_params, bonded, books, change, copy_of, owner};
use crate::{Error, FULL, next_epoch};

fn scene() -> (Svm, SelectionFixture, solana_address::Address) {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let vote = bonded(&mut svm, &selection, "alpha", FULL, 10 * SOL);
    (svm, selection, vote)
}

#[test]
fn the_owner_gives_notice_and_a_second_notice_holds_for_both() {
    let (mut svm, selection, vote) = scene();
    let owner = owner(&mut svm);
    let before = books(&svm, &selection);
    let event =
        change(&svm.must(&[selection.withdraw_bond(&svm, &vote, &owner.pubkey(), 3 * SOL)], &[&owner]));
    assert_eq!((event.config, event.vote, event.by), (selection.config, vote, owner.pubkey()));
    assert_eq!((event.bond_before, event.bond_after), (10 * SOL, 7 * SOL));
    assert_eq!((event.leaving_before, event.leaving_after, event.release_epoch), (0, 3 * SOL, 102));
    assert_eq!(event.bonds_after, before.bonds);
    next_epoch(&mut svm, &selection);
    svm.must(&[selection.withdraw_bond(&svm, &vote, &owner.pubkey(), 7 * SOL)], &[&owner]);
    let candidate = selection.candidate(&svm, &vote);
    assert_eq!((candidate.bond, candidate.bond_leaving, candidate.release_epoch), (0, 10 * SOL, 103));
    // Nothing was paid, and nothing moved.
    assert_eq!(books(&svm, &selection), before);
}

#[test]
fn what_leaves_stands_for_no_stake_from_the_next_observation_on() {
    let (mut svm, selection, vote) = scene();
    let owner = owner(&mut svm);
    let bound = |svm: &Svm| selection.candidate(svm, &vote).seat.bound;
    assert_eq!(bound(&svm), 1_000 * SOL);
    svm.must(&[selection.withdraw_bond(&svm, &vote, &owner.pubkey(), 4 * SOL)], &[&owner]);
    assert_eq!(bound(&svm), 1_000 * SOL);
    selection.observe_all(&mut svm);
    assert_eq!(bound(&svm), 600 * SOL);
}

#[test]
fn the_owner_is_the_withdrawer_as_last_observed() {
    let (mut svm, selection, vote) = scene();
    // The withdrawer hands over. Until anybody looks, the one before it may still give notice.
    let (old, new) = (owner(&mut svm), svm.wallet("heir", SOL));
    Vote { withdrawer: new.pubkey(), ..Vote::steady(100, 10, FULL, 0) }.write(&mut svm, "alpha");
    let withdraw = |svm: &Svm, owner: &Keypair| selection.withdraw_bond(svm, &vote, &owner.pubkey(), SOL);
    let early = withdraw(&svm, &new);
    svm.refuses(&[early], &[&new], Error::NotBondOwner);
    let last = withdraw(&svm, &old);
    svm.must(&[last], &[&old]);
    selection.observe_all(&mut svm);
    let late = withdraw(&svm, &old);
    svm.refuses(&[late], &[&old], Error::NotBondOwner);
    let heirs = withdraw(&svm, &new);
    svm.must(&[heirs], &[&new]);
    // What the old one asked for is the new one's to claim.
    assert_eq!(selection.candidate(&svm, &vote).bond_owner, new.pubkey());
}

#[test]
fn nobody_else_gives_notice() {
    let (mut svm, selection, vote) = scene();
    let beta = bonded(&mut svm, &selection, "beta", FULL, SOL);
    let owner = owner(&mut svm);
    for name in ["mallory", "alpha's node", "alpha's friend", "admin"] {
        let key = svm.wallet(name, SOL);
        let withdraw = selection.withdraw_bond(&svm, &vote, &key.pubkey(), SOL);
        svm.refuses(&[withdraw], &[&key], Error::NotBondOwner);
    }
    let withdraw = selection.withdraw_bond(&svm, &vote, &owner.pubkey(), SOL);
    let payer = &selection.pool.payer;
    let missing = InstructionError::MissingRequiredSignature;
    svm.refuses_with(&[unsigned(&withdraw, &owner.pubkey())], &[payer], missing);
    svm.refuses(&[substitute(&withdraw, &vote, &beta)], &[&owner], Error::WrongCandidate);
    let registry = copy_of(&mut svm, &selection.registry);
    svm.refuses(&[substitute(&withdraw, &selection.registry, &registry)], &[&owner], Error::WrongRegistry);
    books(&svm, &selection);
}

#[test]
fn nothing_and_more_than_the_bond_are_refused() {
    let (mut svm, selection, vote) = scene();
    let owner = owner(&mut svm);
    let withdraw = |svm: &Svm, shares| selection.withdraw_bond(svm, &vote, &owner.pubkey(), shares);
    let nothing = withdraw(&svm, 0);
    svm.refuses(&[nothing], &[&owner], Error::ZeroAmount);
    for shares in [10 * SOL + 1, u64::MAX] {
        let too_much = withdraw(&svm, shares);
        svm.refuses(&[too_much], &[&owner], Error::InsufficientBond);
    }
    let all = withdraw(&svm, 10 * SOL);
    svm.must(&[all], &[&owner]);
    // What is leaving already does not leave twice.
    let more = withdraw(&svm, 1);
    svm.refuses(&[more], &[&owner], Error::InsufficientBond);
}

#[test]
fn the_notice_is_as_long_as_it_is_when_it_is_given() {
    let (mut svm, selection, vote) = scene();
    let owner = owner(&mut svm);
    let release = |svm: &Svm| selection.candidate(svm, &vote).release_epoch;
    svm.must(&[selection.withdraw_bond(&svm, &vote, &owner.pubkey(), SOL)], &[&owner]);
    let mut params = bond_params();
    params.notice_epochs = 30;
    svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    assert_eq!(release(&svm), 102);
    svm.must(&[selection.withdraw_bond(&svm, &vote, &owner.pubkey(), SOL)], &[&owner]);
    assert_eq!(release(&svm), 130);
}
