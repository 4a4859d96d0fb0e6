//! `ban`: each line of its specification, and each way it refuses.

use sluice_selection_math::Constraint;
use sluice_tests::*;
use solana_signer::Signer;

use crate::{Error, FULL, joined, next_epoch, voted};

#[test]
fn a_banned_candidate_loses_its_target_at_once_and_its_stake_with_the_next_move() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    selection.fund(&mut svm, 100 * SOL);
    selection.crank(&mut svm);
    next_epoch(&mut svm, &selection);
    voted(&mut svm, "alpha", FULL, 0);
    selection.crank(&mut svm);

    svm.must(&[selection.ban(&svm, &vote, true)], &[&selection.pool.admin]);
    let candidate = selection.candidate(&svm, &vote);
    assert_eq!((candidate.seat.target, candidate.flags), (0, 1));
    assert_eq!(candidate.seat.constraint, Constraint::Banned.code());
    assert_eq!(selection.state(&svm).targets, 0);
    selection.rebalance_all(&mut svm);
    assert_eq!(selection.pool.record(&svm, &vote).1.stake_state, 2);

    // It stays out as long as the ban lasts, and competes again afterwards.
    for (banned, gets) in [(true, false), (false, true)] {
        svm.must(&[selection.ban(&svm, &vote, banned)], &[&selection.pool.admin]);
        next_epoch(&mut svm, &selection);
        voted(&mut svm, "alpha", FULL, 0);
        selection.observe_all(&mut svm);
        svm.must(&[selection.allocate()], &[&selection.pool.payer]);
        assert_eq!(selection.candidate(&svm, &vote).seat.target > 0, gets);
    }
}

#[test]
fn nobody_else_bans() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let mallory = svm.wallet("mallory", SOL);
    let mut ban = selection.ban(&svm, &vote, true);
    ban.accounts[1].pubkey = mallory.pubkey();
    svm.refuses(&[ban], &[&mallory], Error::NotAdmin);
}

#[test]
fn the_index_must_be_the_vote_accounts() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let mut ban = selection.ban(&svm, &vote, true);
    ban.data[8..12].copy_from_slice(&1u32.to_le_bytes());
    svm.refuses(&[ban], &[&selection.pool.admin], Error::WrongCandidate);
}
