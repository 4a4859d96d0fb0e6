//! `join`: each line of its specification, and each way it refuses.

use sluice_money::Bps;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_selection_math::{Kappa, model, net_credits};
use sluice_tests::selection::{NOT_IN_POOL, Vote, VoteLayout, open_params, write_account, write_candidates};
use sluice_tests::*;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::bonds::{bond_params, books, copy_of, freeze, give_to, holder};
use crate::{Error, FULL, blank, joined};

#[test]
fn anyone_brings_a_vote_account_with_history_in_and_it_is_observed_at_once() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let passer_by = svm.wallet("passer-by", SOL);
    let vote = Vote::steady(100, 10, FULL, 700).write(&mut svm, "alpha");
    svm.must(&[selection.join_by(&vote, &passer_by.pubkey())], &[&passer_by]);

    let candidate = selection.candidate(&svm, &vote);
    let expected = model(Kappa(24_000_000), net_credits(FULL, Bps::saturating(700)));
    assert_eq!(candidate.seat.score, expected.0);
    assert_eq!((candidate.observed_epoch, candidate.joined_epoch), (100, 100));
    assert_eq!((candidate.credits, candidate.last_credits, candidate.history), (FULL, FULL, 10));
    assert_eq!(candidate.commissions, [700; 8]);
    assert_eq!((candidate.seat.target, candidate.seat.constraint, candidate.pool_index), (0, 0, NOT_IN_POOL));
    assert_eq!(selection.state(&svm).observed, 1);
    assert_eq!(selection.pool.list(&svm).records.len(), 0);
}

#[test]
fn every_layout_of_vote_accounts_is_read() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    for (name, layout) in [("old", VoteLayout::V1_14_11), ("v3", VoteLayout::V3), ("v4", VoteLayout::V4)] {
        let vote = Vote { layout, ..Vote::steady(100, 10, FULL - 1, 500) }.write(&mut svm, name);
        svm.must(&[selection.join(&vote)], &[&selection.pool.payer]);
        let candidate = selection.candidate(&svm, &vote);
        assert_eq!(
            (candidate.credits, candidate.commissions[0], candidate.history),
            (FULL - 1, 500, 10),
            "{layout:?}"
        );
    }
}

#[test]
fn nobody_joins_twice() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    svm.refuses(&[selection.join(&vote)], &[&selection.pool.payer], Error::AlreadyJoined);
    assert_eq!(selection.votes(&svm), [vote]);
}

#[test]
fn too_short_a_history_is_refused() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = Vote::steady(100, 2, FULL, 0).write(&mut svm, "young");
    svm.refuses(&[selection.join(&vote)], &[&selection.pool.payer], Error::NotEnoughHistory);
    // Epochs without credits leave no entry, and count for nothing.
    let mut gaps = Vote::steady(100, 10, FULL, 0);
    gaps.credits.retain(|(epoch, _)| *epoch > 97);
    let vote = gaps.write(&mut svm, "idle");
    svm.refuses(&[selection.join(&vote)], &[&selection.pool.payer], Error::NotEnoughHistory);
}

#[test]
fn only_initialized_vote_accounts_join() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let wallet = svm.wallet("somebody", SOL).pubkey();
    svm.refuses(&[selection.join(&wallet)], &[&selection.pool.payer], Error::NotAVoteAccount);
    let fake = keypair("fake").pubkey();
    let good = Vote::steady(100, 10, FULL, 0).write(&mut svm, "good");
    let data = svm.account(&good).unwrap().data;
    write_account(&mut svm, &fake, data.clone(), solana_sdk_ids::system_program::ID);
    svm.refuses(&[selection.join(&fake)], &[&selection.pool.payer], Error::NotAVoteAccount);
    let empty = keypair("empty").pubkey();
    write_account(&mut svm, &empty, vec![0; data.len()], solana_sdk_ids::vote::ID);
    svm.refuses(&[selection.join(&empty)], &[&selection.pool.payer], Error::NotAVoteAccount);
}

#[test]
fn a_full_registry_is_full() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_capacity(&mut svm, open_params(), 1, 10);
    joined(&mut svm, &selection, "alpha", FULL, 0);
    let vote = Vote::steady(100, 10, FULL, 0).write(&mut svm, "beta");
    svm.refuses(&[selection.join(&vote)], &[&selection.pool.payer], Error::RegistryFull);
}

#[test]
fn a_registry_of_another_selection_is_refused() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = Vote::steady(100, 10, FULL, 0).write(&mut svm, "alpha");
    let data = svm.account(&selection.registry).unwrap().data;
    let foreign = keypair("foreign").pubkey();
    write_account(
        &mut svm,
        &foreign,
        data,
        sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID,
    );
    let mut join = selection.join(&vote);
    join.accounts[1].pubkey = foreign;
    svm.refuses(&[join], &[&selection.pool.payer], Error::WrongRegistry);
}

#[test]
fn joining_a_crowd_stays_within_the_default_compute_budget() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_capacity(&mut svm, open_params(), 5_000, 10);
    let crowd: Vec<_> = (0..4_999u64)
        .map(|i| {
            let mut vote = [7; 32];
            vote[24..].copy_from_slice(&i.to_le_bytes());
            blank(vote.into())
        })
        .collect();
    write_candidates(&mut svm, &selection, &crowd);
    let vote = Vote::steady(100, 10, FULL, 0).write(&mut svm, "alpha");
    let sent = svm.must(&[selection.join(&vote)], &[&selection.pool.payer]);
    println!("join: {} compute units as the 5,000th", sent.compute_units);
    assert!(sent.compute_units < 200_000);
}

#[test]
fn a_bond_goes_into_the_vault_and_is_the_withdrawers() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let vote = Vote::steady(100, 10, FULL, 0).write(&mut svm, "alpha");
    let (before, paid) = (books(&svm, &selection), token::balance(&svm, &lst));
    let join = selection.join_with_bond(&vote, &friend.pubkey(), &lst, 2 * SOL);
    let sent = svm.must(&[join], &[&friend]);
    let after = books(&svm, &selection);
    assert_eq!((after.vault, after.bonds), (before.vault + 2 * SOL, 2 * SOL));
    assert_eq!((token::balance(&svm, &lst), after.supply), (paid - 2 * SOL, before.supply));
    let candidate = selection.candidate(&svm, &vote);
    assert_eq!((candidate.bond, candidate.bond_leaving, candidate.release_epoch), (2 * SOL, 0, u64::MAX));
    assert_eq!(candidate.bond_owner, keypair("withdrawer").pubkey());
    assert_eq!((candidate.bid, candidate.next_bid, candidate.verdict), (0, 0, 0));
    // It bounds the stake from the first observation on, which is this one.
    assert_eq!(candidate.seat.bound, 200 * SOL);
    let Some(Event::ValidatorSelection(ValidatorSelectionEvent::CandidateJoined(event))) =
        sent.events().pop()
    else {
        panic!("no event")
    };
    assert_eq!((event.config, event.vote, event.index), (selection.config, vote, 0));
    assert_eq!((event.bond, event.bonds_after), (2 * SOL, 2 * SOL));
}

#[test]
fn less_than_the_bond_that_joining_takes_is_refused() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let vote = Vote::steady(100, 10, FULL, 0).write(&mut svm, "alpha");
    for bond in [0, SOL - 1] {
        let join = selection.join_with_bond(&vote, &friend.pubkey(), &lst, bond);
        svm.refuses(&[join], &[&friend], Error::BondTooSmall);
    }
    let join = selection.join_with_bond(&vote, &friend.pubkey(), &lst, SOL);
    svm.must(&[join], &[&friend]);
    books(&svm, &selection);
}

#[test]
fn a_bond_nobody_has_is_refused() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let mallory = svm.wallet("mallory", SOL);
    let vote = Vote::steady(100, 10, FULL, 0).write(&mut svm, "alpha");
    let before = books(&svm, &selection);
    let join =
        |payer: &Keypair, lst: &Address, bond| selection.join_with_bond(&vote, &payer.pubkey(), lst, bond);
    // More than there is, another's, or what is in the vault already.
    for bond in [token::balance(&svm, &lst) + 1, u64::MAX] {
        assert!(svm.send(&[join(&friend, &lst, bond)], &[&friend]).is_err());
    }
    assert!(svm.send(&[join(&mallory, &lst, SOL)], &[&mallory]).is_err());
    assert!(svm.send(&[join(&mallory, &selection.vault, SOL)], &[&mallory]).is_err());
    let good = join(&friend, &lst, SOL);
    freeze(&mut svm, &lst, true);
    assert!(svm.send(std::slice::from_ref(&good), &[&friend]).is_err());
    freeze(&mut svm, &lst, false);
    for owner in ["1nc1nerator11111111111111111111111111111111", "11111111111111111111111111111111"] {
        give_to(&mut svm, &lst, &owner.parse().unwrap());
        svm.refuses(std::slice::from_ref(&good), &[&friend], Error::UnusableTokenAccount);
    }
    give_to(&mut svm, &lst, &friend.pubkey());
    let copies = [selection.pool.pool, selection.vault].map(|account| (account, copy_of(&mut svm, &account)));
    for ((named, other), error) in copies.into_iter().zip([Error::WrongPool, Error::WrongVault]) {
        svm.refuses(&[substitute(&good, &named, &other)], &[&friend], error);
    }
    for program in [token::TOKEN_2022_PROGRAM, svm::FORGER] {
        let join = substitute(&good, &selection.pool.token_program, &program);
        svm.refuses(&[join], &[&friend], Error::WrongTokenProgram);
    }
    assert_eq!(books(&svm, &selection), before);
    assert!(selection.votes(&svm).is_empty());
    svm.must(&[good], &[&friend]);
}
