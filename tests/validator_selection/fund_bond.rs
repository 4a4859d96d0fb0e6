//! `fund_bond`: each line of its specification, and each way it refuses.

use sluice_tests::selection::close_account;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::bonds::{bond_params, bonded, books, change, copy_of, freeze, give_to, holder};
use crate::{Error, FULL};

fn scene() -> (Svm, SelectionFixture, solana_address::Address) {
    let mut svm = Svm::new();
    let selection = SelectionFixture::with_params(&mut svm, bond_params());
    let vote = bonded(&mut svm, &selection, "alpha", FULL, SOL);
    (svm, selection, vote)
}

#[test]
fn anyone_adds_to_a_bond_and_the_lst_is_in_the_vault() {
    let (mut svm, selection, vote) = scene();
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let (before, paid) = (books(&svm, &selection), token::balance(&svm, &lst));
    let fund = selection.fund_bond(&svm, &vote, &friend.pubkey(), &lst, 3 * SOL);
    let event = change(&svm.must(&[fund], &[&friend]));
    let after = books(&svm, &selection);
    assert_eq!((after.vault, after.supply), (before.vault + 3 * SOL, before.supply));
    assert_eq!(token::balance(&svm, &lst), paid - 3 * SOL);
    let candidate = selection.candidate(&svm, &vote);
    assert_eq!((candidate.bond, candidate.bond_leaving), (4 * SOL, 0));
    assert_eq!((event.config, event.vote, event.by), (selection.config, vote, friend.pubkey()));
    assert_eq!((event.bond_before, event.bond_after, event.bonds_after), (SOL, 4 * SOL, after.bonds));
    assert_eq!((event.leaving_before, event.leaving_after, event.release_epoch), (0, 0, u64::MAX));

    // It is the withdrawer's now: who paid does not get it back.
    let withdraw = selection.withdraw_bond(&svm, &vote, &friend.pubkey(), SOL);
    svm.refuses(&[withdraw], &[&friend], Error::NotBondOwner);
    let owner = svm.wallet("withdrawer", SOL);
    svm.must(&[selection.withdraw_bond(&svm, &vote, &owner.pubkey(), 4 * SOL)], &[&owner]);
}

#[test]
fn a_delegate_pays_what_it_was_allowed() {
    let (mut svm, selection, vote) = scene();
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let delegate = svm.wallet("delegate", SOL);
    svm.must(&[token::approve(&lst, &delegate.pubkey(), &friend.pubkey(), SOL)], &[&friend]);
    svm.must(&[selection.fund_bond(&svm, &vote, &delegate.pubkey(), &lst, SOL)], &[&delegate]);
    assert_eq!(selection.candidate(&svm, &vote).bond, 2 * SOL);
    let more = selection.fund_bond(&svm, &vote, &delegate.pubkey(), &lst, 1);
    assert!(svm.send(&[more], &[&delegate]).is_err());
    books(&svm, &selection);
}

#[test]
fn it_counts_from_the_next_observation_on() {
    let (mut svm, selection, vote) = scene();
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let bound = |svm: &Svm| selection.candidate(svm, &vote).seat.bound;
    assert_eq!(bound(&svm), 100 * SOL);
    svm.must(&[selection.fund_bond(&svm, &vote, &friend.pubkey(), &lst, SOL)], &[&friend]);
    assert_eq!(bound(&svm), 100 * SOL);
    selection.observe_all(&mut svm);
    assert_eq!(bound(&svm), 200 * SOL);
}

#[test]
fn nothing_and_more_than_there_is_are_refused() {
    let (mut svm, selection, vote) = scene();
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let before = books(&svm, &selection);
    let nothing = selection.fund_bond(&svm, &vote, &friend.pubkey(), &lst, 0);
    svm.refuses(&[nothing], &[&friend], Error::ZeroAmount);
    let too_much = token::balance(&svm, &lst) + 1;
    let fund = selection.fund_bond(&svm, &vote, &friend.pubkey(), &lst, too_much);
    assert!(svm.send(&[fund], &[&friend]).is_err());
    let all_there_is = selection.fund_bond(&svm, &vote, &friend.pubkey(), &lst, u64::MAX);
    svm.refuses(&[all_there_is], &[&friend], Error::Overflow);
    assert_eq!(books(&svm, &selection), before);
}

#[test]
fn nobody_funds_with_what_is_anothers() {
    let (mut svm, selection, vote) = scene();
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let mallory = svm.wallet("mallory", SOL);
    let fund = selection.fund_bond(&svm, &vote, &mallory.pubkey(), &lst, SOL);
    assert!(svm.send(&[fund], &[&mallory]).is_err());
    // Nor with the vault's: it would be counted twice.
    let fund = selection.fund_bond(&svm, &vote, &mallory.pubkey(), &selection.vault, SOL);
    assert!(svm.send(&[fund], &[&mallory]).is_err());
    let fund = unsigned(&selection.fund_bond(&svm, &vote, &friend.pubkey(), &lst, SOL), &friend.pubkey());
    svm.refuses_with(&[fund], &[&mallory], InstructionError::MissingRequiredSignature);
    books(&svm, &selection);
}

#[test]
fn frozen_closed_and_ownerless_accounts_pay_nothing() {
    let (mut svm, selection, vote) = scene();
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let fund = selection.fund_bond(&svm, &vote, &friend.pubkey(), &lst, SOL);
    let before = books(&svm, &selection);
    freeze(&mut svm, &lst, true);
    assert!(svm.send(std::slice::from_ref(&fund), &[&friend]).is_err());
    freeze(&mut svm, &lst, false);
    for owner in ["1nc1nerator11111111111111111111111111111111", "11111111111111111111111111111111"] {
        give_to(&mut svm, &lst, &owner.parse().unwrap());
        svm.refuses(std::slice::from_ref(&fund), &[&friend], Error::UnusableTokenAccount);
    }
    close_account(&mut svm, &lst);
    assert!(svm.send(&[fund], &[&friend]).is_err());
    assert_eq!(books(&svm, &selection), before);
}

#[test]
fn foreign_accounts_are_refused() {
    let (mut svm, selection, vote) = scene();
    let (friend, lst) = holder(&mut svm, &selection, "friend", 5 * SOL);
    let fund = selection.fund_bond(&svm, &vote, &friend.pubkey(), &lst, SOL);
    let before = books(&svm, &selection);
    let registry = copy_of(&mut svm, &selection.registry);
    let vault = copy_of(&mut svm, &selection.vault);
    for (named, other, error) in [
        (selection.registry, registry, Error::WrongRegistry),
        (selection.vault, vault, Error::WrongVault),
        (selection.pool.token_program, token::TOKEN_2022_PROGRAM, Error::WrongTokenProgram),
        (selection.pool.token_program, svm::FORGER, Error::WrongTokenProgram),
        (vote, keypair("alpha's node").pubkey(), Error::WrongCandidate),
    ] {
        svm.refuses(&[substitute(&fund, &named, &other)], &[&friend], error);
    }
    // Nor is one account payer and vault.
    let same = [substitute(&fund, &selection.vault, &lst), substitute(&fund, &lst, &selection.vault)];
    for fund in same {
        svm.refuses(&[fund], &[&friend], chain::DUPLICATE_MUTABLE_ACCOUNT);
    }
    // LST of another pool is no LST.
    let other = PoolFixture::named(&mut svm, "other ", PoolOptions::default());
    let (mallory, coins) = other.user(&mut svm, "mallory", 10 * SOL);
    svm.must(&[other.deposit_sol(&mallory.pubkey(), &coins, 5 * SOL, 0)], &[&mallory]);
    let fund = selection.fund_bond(&svm, &vote, &mallory.pubkey(), &coins, SOL);
    assert!(svm.send(&[fund], &[&mallory]).is_err());
    assert_eq!(books(&svm, &selection), before);
}
