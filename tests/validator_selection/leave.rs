//! `leave`: each line of its specification, and each way it refuses.

use sluice_selection_math::Constraint;
use sluice_tests::selection::close_account;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::{Error, FULL, joined, next_epoch, voted};

#[test]
fn node_and_withdrawer_may_leave_and_come_back() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    selection.fund(&mut svm, 100 * SOL);
    selection.crank(&mut svm);
    let target = selection.candidate(&svm, &vote).seat.target;
    assert!(target > 0 && selection.state(&svm).targets == target);

    for name in ["alpha's node", "withdrawer"] {
        let authority = svm.wallet(name, SOL);
        svm.must(&[selection.leave(&svm, &vote, &authority.pubkey(), true)], &[&authority]);
        let candidate = selection.candidate(&svm, &vote);
        assert_eq!((candidate.seat.target, candidate.flags, selection.state(&svm).targets), (0, 2, 0));
        assert_eq!(candidate.seat.constraint, Constraint::Left.code());
        svm.must(&[selection.leave(&svm, &vote, &authority.pubkey(), false)], &[&authority]);
        assert_eq!(
            (selection.candidate(&svm, &vote).flags, selection.candidate(&svm, &vote).seat.target),
            (0, 0)
        );
    }
    // It competes again from the next allocation on.
    next_epoch(&mut svm, &selection);
    voted(&mut svm, "alpha", FULL, 0);
    selection.crank(&mut svm);
    assert!(selection.candidate(&svm, &vote).seat.target > 0);
}

#[test]
fn nobody_else_sends_a_validator_away() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let mallory = svm.wallet("mallory", SOL);
    let leave = selection.leave(&svm, &vote, &mallory.pubkey(), true);
    svm.refuses(&[leave], &[&mallory], Error::NotTheValidator);
    let mut unsigned = selection.leave(&svm, &vote, &keypair("alpha's node").pubkey(), true);
    unsigned.accounts[3].is_signer = false;
    svm.refuses_with(&[unsigned], &[&mallory], InstructionError::MissingRequiredSignature);
}

#[test]
fn the_index_must_be_the_vote_accounts() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    joined(&mut svm, &selection, "beta", FULL, 0);
    let node = svm.wallet("alpha's node", SOL);
    for index in [1, 2, u32::MAX] {
        let mut leave = selection.leave(&svm, &vote, &node.pubkey(), true);
        leave.data[8..12].copy_from_slice(&index.to_le_bytes());
        svm.refuses(&[leave], &[&node], Error::WrongCandidate);
    }
}

#[test]
fn a_closed_vote_account_has_nobody_to_speak_for_it() {
    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let vote = joined(&mut svm, &selection, "alpha", FULL, 0);
    let node = svm.wallet("alpha's node", SOL);
    let leave = selection.leave(&svm, &vote, &node.pubkey(), true);
    close_account(&mut svm, &vote);
    svm.refuses(&[leave], &[&node], Error::NotAVoteAccount);
}
