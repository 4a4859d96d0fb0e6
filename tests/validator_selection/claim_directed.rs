//! `claim_directed`: each line of its specification, and each way it refuses.

use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
use sluice_tests::selection::{open_params, write_account};
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::{Holder, Stage};
use crate::{Error, FULL};

/// Holly and Adam have locked 40 and 7 LST behind the same validator; Holly has taken hers back.
fn cast() -> (Stage, SelectionFixture, Holder, Holder) {
    let (mut stage, selection) = Stage::new(open_params(), 900 * SOL, &[("good", FULL), ("poor", FULL / 2)]);
    let holly = stage.holder(&selection, "holly", 100 * SOL);
    let adam = stage.holder(&selection, "adam", 100 * SOL);
    stage.direct(&selection, &holly, "poor", "holly's", 40 * SOL);
    stage.direct(&selection, &adam, "poor", "adam's", 7 * SOL);
    stage.undirect(&selection, &holly, "holly's");
    (stage, selection, holly, adam)
}

#[test]
fn all_of_it_comes_back_after_two_epochs_with_the_rent() {
    let (mut stage, selection, holly, adam) = cast();
    let position = keypair("holly's").pubkey();
    let claim = selection.claim_directed(&position, &holly.address(), &holly.lst);
    for _ in 0..2 {
        stage.svm.refuses(std::slice::from_ref(&claim), &[&holly.keys], Error::DirectionNotReleased);
        stage.svm.advance_epoch();
    }
    // The pool is two epochs behind, nobody cranked: that stops nothing.
    let (lst, lamports) = (token::balance(&stage.svm, &holly.lst), stage.svm.lamports(&holly.address()));
    let rent = stage.svm.lamports(&position);
    let sent = stage.svm.must(&[claim], &[&holly.keys]);
    assert_eq!(token::balance(&stage.svm, &holly.lst), lst + 40 * SOL);
    assert_eq!(stage.svm.lamports(&holly.address()), lamports + rent - sent.fee);
    assert!(stage.svm.account(&position).is_none());
    assert_eq!(selection.state(&stage.svm).directed, 7 * SOL);
    let events = sent.events();
    let [Event::ValidatorSelection(ValidatorSelectionEvent::DirectionChanged(event))] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((event.owner, event.direction, event.shares), (holly.address(), position, 40 * SOL));
    assert_eq!((event.directed_before, event.directed_after), (47 * SOL, 7 * SOL));
    stage.assert_conserved(&selection);
    stage.undirect(&selection, &adam, "adam's");
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    stage.claim(&selection, &adam, "adam's");
    assert_eq!(token::balance(&stage.svm, &selection.vault), 0);
    stage.assert_conserved(&selection);
}

#[test]
fn what_was_not_taken_back_cannot_be_claimed() {
    let (mut stage, selection, _, adam) = cast();
    for _ in 0..5 {
        stage.svm.advance_epoch();
    }
    let claim = selection.claim_directed(&keypair("adam's").pubkey(), &adam.address(), &adam.lst);
    stage.svm.refuses(&[claim], &[&adam.keys], Error::DirectionNotReleased);
}

#[test]
fn nobody_is_paid_twice() {
    let (mut stage, selection, holly, _) = cast();
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    let claim = selection.claim_directed(&keypair("holly's").pubkey(), &holly.address(), &holly.lst);
    // Nor in one transaction, in which the closed account could be filled again.
    let refill = solana_system_interface::instruction::transfer(
        &holly.address(),
        &keypair("holly's").pubkey(),
        10_000_000,
    );
    let twice = [claim.clone(), refill, claim.clone()];
    assert!(stage.svm.send(&twice, &[&holly.keys]).is_err());
    stage.svm.must(std::slice::from_ref(&claim), &[&holly.keys]);
    assert!(stage.svm.send(&[claim], &[&holly.keys]).is_err());
    stage.assert_conserved(&selection);
}

#[test]
fn only_the_owner_is_paid_and_only_for_its_own() {
    let (mut stage, selection, holly, adam) = cast();
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    let position = keypair("holly's").pubkey();
    let theft = selection.claim_directed(&position, &adam.address(), &adam.lst);
    stage.svm.refuses(&[theft], &[&adam.keys], Error::NotDirectionOwner);
    let claim = selection.claim_directed(&position, &holly.address(), &holly.lst);
    let without = unsigned(&claim, &holly.address());
    stage.svm.refuses_with(&[without], &[&adam.keys], InstructionError::MissingRequiredSignature);
    // A position of another selection, and one that nobody's program wrote.
    let mut data = stage.svm.account(&position).unwrap().data;
    let forged = keypair("forged").pubkey();
    write_account(&mut stage.svm, &forged, data.clone(), solana_sdk_ids::system_program::ID);
    let forgery = substitute(&claim, &position, &forged);
    assert!(stage.svm.send(&[forgery], &[&holly.keys]).is_err());
    data[8..40].copy_from_slice(holly.address().as_ref());
    write_account(&mut stage.svm, &forged, data, VALIDATOR_SELECTION_ID);
    stage.svm.refuses(&[substitute(&claim, &position, &forged)], &[&holly.keys], Error::WrongDirection);
    stage.assert_conserved(&selection);
}

#[test]
fn vault_and_token_program_are_the_selections() {
    let (mut stage, selection, holly, _) = cast();
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    let claim = selection.claim_directed(&keypair("holly's").pubkey(), &holly.address(), &holly.lst);
    let other = keypair("another vault");
    let payer = selection.pool.payer.insecure_clone();
    token::create_token_account(&mut stage.svm, &payer, &other, &selection.pool.mint, &selection.config);
    for (old, new, error) in [
        (selection.vault, other.pubkey(), Error::WrongVault),
        (selection.pool.token_program, token::TOKEN_2022_PROGRAM, Error::WrongTokenProgram),
    ] {
        stage.svm.refuses(&[substitute(&claim, &old, &new)], &[&holly.keys], error);
    }
    // Paid to the vault itself, the position would be spent and nobody paid.
    let lost = substitute(&claim, &holly.lst, &selection.vault);
    stage.svm.refuses(&[lost], &[&holly.keys], chain::DUPLICATE_MUTABLE_ACCOUNT);
    // A token account of another mint is no place for it.
    let mint = keypair("another mint");
    token::create_mint(&mut stage.svm, &payer, &mint, &holly.address());
    let account = keypair("another account");
    token::create_token_account(&mut stage.svm, &payer, &account, &mint.pubkey(), &holly.address());
    let wrong = substitute(&claim, &holly.lst, &account.pubkey());
    assert!(stage.svm.send(&[wrong], &[&holly.keys]).is_err());
    stage.assert_conserved(&selection);
}

#[test]
fn lst_donated_to_the_vault_is_nobodys_to_claim() {
    let (mut stage, selection, holly, adam) = cast();
    let donate = token::transfer(&adam.lst, &selection.vault, &adam.address(), 3 * SOL);
    stage.svm.must(&[donate], &[&adam.keys]);
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    let before = token::balance(&stage.svm, &holly.lst);
    stage.claim(&selection, &holly, "holly's");
    assert_eq!(token::balance(&stage.svm, &holly.lst), before + 40 * SOL);
    let state = selection.state(&stage.svm);
    assert_eq!(token::balance(&stage.svm, &selection.vault), state.bonds + state.directed + 3 * SOL);
}

#[test]
fn it_is_worth_more_when_it_comes_back() {
    let (mut stage, selection, holly, _) = cast();
    selection.crank(&mut stage.svm);
    let rate = selection.pool.rate(&stage.svm);
    for _ in 0..2 {
        // A donation in place of rewards, which LiteSVM does not pay.
        stage.svm.airdrop(&selection.pool.reserve, SOL);
        stage.epoch(&selection);
    }
    stage.svm.advance_slots(400_000);
    stage.claim(&selection, &holly, "holly's");
    assert!(selection.pool.rate(&stage.svm) > rate);
}
