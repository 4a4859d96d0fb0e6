//! `remove`: each line of its specification, and each way it refuses.

use sluice_tests::selection::{NOT_IN_POOL, close_account, write_account, write_candidates};
use sluice_tests::*;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::bonds::{bond_params, bonded, books, owners_lst, turn};
use crate::{Error, FULL, joined, next_epoch, voted};

fn leave(svm: &mut Svm, selection: &SelectionFixture, vote: &solana_address::Address) -> Keypair {
    let node = svm.wallet("withdrawer", SOL);
    svm.must(&[selection.leave(svm, vote, &node.pubkey(), true)], &[&node]);
    node
}

#[test]
fn one_that_left_is_removed_by_anyone_and_the_last_takes_its_place() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let votes: Vec<_> =
        ["a", "b", "c"].iter().map(|name| joined(&mut svm, &selection, name, FULL, 0)).collect();
    assert_eq!(selection.state(&svm).observed, 3);
    leave(&mut svm, &selection, &votes[0]);
    let passer_by = svm.wallet("passer-by", SOL);
    // It is remembered as long as its commissions would count; asking again does not prolong that.
    for _ in 0..8 {
        svm.refuses(&[selection.remove(&svm, &votes[0])], &[&passer_by], Error::NotRemovable);
        svm.advance_epoch();
        leave(&mut svm, &selection, &votes[0]);
    }
    selection.observe_all(&mut svm);
    assert_eq!(selection.state(&svm).observed, 3);
    svm.must(&[selection.remove(&svm, &votes[0])], &[&passer_by]);
    assert_eq!(selection.votes(&svm), [votes[2], votes[1]]);
    assert_eq!(selection.state(&svm).observed, 2);
    // The index of old is somebody else's now: nothing happens to that one.
    let mut again = selection.remove(&svm, &votes[2]);
    again.accounts[3].pubkey = votes[0];
    svm.refuses(&[again], &[&passer_by], Error::WrongCandidate);
}

#[test]
fn one_that_votes_stays() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    svm.refuses(&[selection.remove(&svm, &vote)], &[&selection.pool.payer], Error::NotRemovable);
}

#[test]
fn a_banned_one_stays_so_that_the_ban_does() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    leave(&mut svm, &selection, &vote);
    svm.must(&[selection.ban(&svm, &vote, true)], &[&selection.pool.admin]);
    svm.refuses(&[selection.remove(&svm, &vote)], &[&selection.pool.payer], Error::NotRemovable);
}

#[test]
fn one_that_stopped_voting_is_removable_after_ten_epochs() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    close_account(&mut svm, &vote);
    for epochs in 1..=10 {
        svm.refuses(&[selection.remove(&svm, &vote)], &[&selection.pool.payer], Error::NotRemovable);
        svm.advance_epoch();
        selection.observe_all(&mut svm);
        selection.observe_all(&mut svm);
        assert_eq!(selection.candidate(&svm, &vote).idle, epochs);
    }
    svm.must(&[selection.remove(&svm, &vote)], &[&selection.pool.payer]);
    assert!(selection.votes(&svm).is_empty());
}

#[test]
fn one_that_comes_back_counts_from_anew_when_it_leaves_again() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let node = leave(&mut svm, &selection, &vote);
    for _ in 0..8 {
        svm.advance_epoch();
    }
    svm.must(&[selection.leave(&svm, &vote, &node.pubkey(), false)], &[&node]);
    svm.refuses(&[selection.remove(&svm, &vote)], &[&selection.pool.payer], Error::NotRemovable);
    leave(&mut svm, &selection, &vote);
    svm.refuses(&[selection.remove(&svm, &vote)], &[&selection.pool.payer], Error::NotRemovable);
}

#[test]
fn one_in_the_pools_list_leaves_that_first() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    selection.fund(&mut svm, 100 * SOL);
    selection.crank(&mut svm);
    leave(&mut svm, &selection, &vote);
    for _ in 0..7 {
        next_epoch(&mut svm, &selection);
        voted(&mut svm, "alpha", FULL, 0);
        selection.observe_all(&mut svm);
    }
    // Cooling down, then collected and out of the list.
    for _ in 0..2 {
        next_epoch(&mut svm, &selection);
        voted(&mut svm, "alpha", FULL, 0);
        svm.refuses(&[selection.remove(&svm, &vote)], &[&selection.pool.payer], Error::StillInPool);
        selection.crank(&mut svm);
    }
    assert_eq!(selection.candidate(&svm, &vote).pool_index, NOT_IN_POOL);
    assert!(selection.pool.list(&svm).records.is_empty());
    svm.must(&[selection.remove(&svm, &vote)], &[&selection.pool.payer]);
    ledger::assert_balanced(&svm, &selection.pool);
}

#[test]
fn a_place_in_the_list_that_was_forgotten_is_found() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    selection.fund(&mut svm, 100 * SOL);
    selection.crank(&mut svm);
    leave(&mut svm, &selection, &vote);
    for _ in 0..8 {
        svm.advance_epoch();
    }
    let mut candidate = selection.candidate(&svm, &vote);
    candidate.pool_index = NOT_IN_POOL;
    write_candidates(&mut svm, &selection, &[candidate]);
    svm.refuses(&[selection.remove(&svm, &vote)], &[&selection.pool.payer], Error::StillInPool);
}

#[test]
fn a_foreign_list_proves_nothing() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let mut remove = selection.remove(&svm, &vote);
    let copy = keypair("copy").pubkey();
    let account = svm.account(&selection.pool.list).unwrap();
    write_account(&mut svm, &copy, account.data, account.owner);
    remove.accounts[2].pubkey = copy;
    svm.refuses(&[remove], &[&selection.pool.payer], Error::WrongValidatorList);
}

#[test]
fn one_whose_bond_was_not_taken_back_stays() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let vote = bonded(&mut svm, &selection, "alpha", FULL, SOL);
    let owner = leave(&mut svm, &selection, &vote);
    let lst = owners_lst(&mut svm, &selection);
    for _ in 0..8 {
        turn(&mut svm, &selection, &[("alpha", FULL)]);
    }
    let payer = selection.pool.payer.insecure_clone();
    svm.refuses(&[selection.remove(&svm, &vote)], &[&payer], Error::StillBonded);
    // Nor while it is on its way.
    svm.must(&[selection.withdraw_bond(&svm, &vote, &owner.pubkey(), SOL)], &[&owner]);
    svm.refuses(&[selection.remove(&svm, &vote)], &[&payer], Error::StillBonded);
    for _ in 0..2 {
        turn(&mut svm, &selection, &[("alpha", FULL)]);
    }
    svm.refuses(&[selection.remove(&svm, &vote)], &[&payer], Error::StillBonded);
    svm.must(&[selection.claim_bond(&svm, &vote, &owner.pubkey(), &lst)], &[&owner]);
    svm.must(&[selection.remove(&svm, &vote)], &[&payer]);
    assert_eq!(token::balance(&svm, &lst), SOL);
    assert_eq!(books(&svm, &selection).bonds, 0);
}
