//! `set_bid`: each line of its specification, and each way it refuses.

use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::selection::close_account;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::bonds::{bids, bond_params, bonded, books, copy_of, dawn, owner, turn, yields};
use crate::{Error, FULL, joined};

#[test]
fn node_and_withdrawer_bid_and_nobody_else() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let mut before = 0;
    svm.airdrop(&keypair("alpha's node").pubkey(), SOL);
    owner(&mut svm);
    for (name, bid) in [("alpha's node", 7), ("withdrawer", 1_000_000), ("withdrawer", 0)] {
        let authority = keypair(name);
        let sent = svm.must(&[selection.set_bid(&svm, &vote, &authority.pubkey(), bid)], &[&authority]);
        let Some(Event::ValidatorSelection(ValidatorSelectionEvent::BidSet(event))) = sent.events().pop()
        else {
            panic!("no event")
        };
        assert_eq!((event.config, event.vote), (selection.config, vote));
        assert_eq!((event.before, event.after), (before, u64::from(bid)));
        assert_eq!(selection.candidate(&svm, &vote).next_bid, bid);
        before = u64::from(bid);
    }
    // Who brought it in has no say.
    for key in [svm.wallet("mallory", SOL), selection.pool.admin.insecure_clone()] {
        let bid = selection.set_bid(&svm, &vote, &key.pubkey(), 5);
        svm.refuses(&[bid], &[&key], Error::NotTheValidator);
    }
    let node = keypair("alpha's node").pubkey();
    let bid = unsigned(&selection.set_bid(&svm, &vote, &node, 5), &node);
    svm.refuses_with(&[bid], &[&selection.pool.payer], InstructionError::MissingRequiredSignature);
    assert_eq!(selection.candidate(&svm, &vote).next_bid, 0);
}

#[test]
fn a_million_lamports_a_sol_is_the_most() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let owner = owner(&mut svm);
    for bid in [1_000_001, u32::MAX] {
        let bid = selection.set_bid(&svm, &vote, &owner.pubkey(), bid);
        svm.refuses(&[bid], &[&owner], Error::BidTooHigh);
    }
    bids(&mut svm, &selection, &vote, 1_000_000);
}

#[test]
fn the_place_must_be_the_vote_accounts_and_the_account_a_vote_account() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let beta = joined(&mut svm, &selection, "beta", FULL, 0);
    let owner = owner(&mut svm);
    let bid = selection.set_bid(&svm, &vote, &owner.pubkey(), 5);
    // Beta's withdrawer does not bid for alpha by naming beta's account with alpha's place.
    svm.refuses(&[substitute(&bid, &vote, &beta)], &[&owner], Error::WrongCandidate);
    let wallet = svm.wallet("wallet", SOL).pubkey();
    svm.refuses(&[substitute(&bid, &vote, &wallet)], &[&owner], Error::NotAVoteAccount);
    let registry = copy_of(&mut svm, &selection.registry);
    svm.refuses(&[substitute(&bid, &selection.registry, &registry)], &[&owner], Error::WrongRegistry);
    close_account(&mut svm, &vote);
    svm.refuses(&[bid], &[&owner], Error::NotAVoteAccount);
}

#[test]
fn a_bid_counts_from_the_next_epochs_observation_on() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let vote = bonded(&mut svm, &selection, "alpha", FULL, 10 * SOL);
    bids(&mut svm, &selection, &vote, 1_000);
    selection.observe_all(&mut svm);
    let candidate = selection.candidate(&svm, &vote);
    assert_eq!((candidate.bid, candidate.next_bid, candidate.seat.score), (0, 1_000, yields(FULL)));

    dawn(&mut svm, &selection, &[("alpha", FULL)]);
    selection.observe_all(&mut svm);
    // Another one comes too late for this epoch.
    bids(&mut svm, &selection, &vote, 0);
    selection.observe_all(&mut svm);
    let candidate = selection.candidate(&svm, &vote);
    assert_eq!((candidate.bid, candidate.next_bid), (1_000, 0));
    assert_eq!(candidate.seat.score, yields(FULL) + 1_000_000);
    books(&svm, &selection);
}

#[test]
fn a_bid_without_a_bond_gets_nothing() {
    let mut svm = Svm::new();
    // Nothing but bids has to be covered.
    let params = Params { join_bond: 0, min_bond_bps: 0, bid_epochs: 3, ..bond_params() };
    let selection = SelectionFixture::with_params(&mut svm, params);
    let (proud, poor) =
        (joined(&mut svm, &selection, "proud", FULL / 2, 0), joined(&mut svm, &selection, "poor", FULL, 0));
    selection.fund(&mut svm, 1_000 * SOL);
    bids(&mut svm, &selection, &poor, 1_000_000);
    turn(&mut svm, &selection, &[("proud", FULL / 2), ("poor", FULL)]);
    let poor = selection.candidate(&svm, &poor).seat;
    assert_eq!((poor.bound, poor.target, poor.constraint), (0, 0, Constraint::Bond.code()));
    assert!(selection.candidate(&svm, &proud).seat.target > 0);
    // And nobody pays a price that it made.
    assert_eq!(selection.state(&svm).clearing, 0);
}

/// What is not paid yet for the epoch before, this one, and the one in which stake leaves.
#[test]
fn a_bond_covers_three_epochs_of_bid_at_least() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let admin = selection.pool.admin.insecure_clone();
    for (bid_epochs, fits) in [(0, false), (2, false), (3, true), (32, true), (33, false)] {
        let params = Params { bid_epochs, ..bond_params() };
        let set = selection.set_params(params);
        match fits {
            true => drop(svm.must(&[set], &[&admin])),
            false => svm.refuses(&[set], &[&admin], Error::InvalidParams),
        }
    }
}
