//! `set_delegation_authority`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{DelegationAuthorityScheduled, DelegationAuthoritySet};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

fn set(stage: &Stage, authority: &Address) -> Instruction {
    stage.pool.set_delegation_authority(authority)
}

fn authority(stage: &Stage) -> Address {
    stage.pool.state(&stage.svm).delegation_authority
}

#[test]
fn the_new_authority_takes_over_with_the_update_two_boundaries_ahead() {
    let mut stage = Stage::new();
    let (old, new) = (stage.pool.delegation.insecure_clone(), keypair("new authority"));
    let vote = stage.svm.add_vote_account("ann");
    let before = stage.pool.state(&stage.svm);

    let sent = stage.administer(set(&stage, &new.pubkey()));

    stage.changed_only(before, |pool| {
        pool.next_delegation_authority = new.pubkey();
        pool.delegation_authority_epoch = 102;
    });
    let event = DelegationAuthorityScheduled {
        pool: stage.pool.pool,
        now: old.pubkey(),
        next: new.pubkey(),
        epoch: 102,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::DelegationAuthorityScheduled(event)]);

    // Until then the old one decides, and the new one does not.
    let by_old = stage.pool.add_validator(&vote);
    let by_new = substitute(&by_old, &old.pubkey(), &new.pubkey());
    stage.refuses(by_new.clone(), &[&new], NotDelegationAuthority);
    stage.next_epoch();
    stage.refuses(by_new.clone(), &[&new], NotDelegationAuthority);
    stage.svm.advance_epoch();
    assert_eq!(authority(&stage), old.pubkey(), "not before the update");

    let finished = stage.must(stage.pool.finish_update(), &[]);

    let event = DelegationAuthoritySet { pool: stage.pool.pool, before: old.pubkey(), after: new.pubkey() };
    assert!(events(&finished).contains(&StakingPoolEvent::DelegationAuthoritySet(event)));
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.next_delegation_authority, state.delegation_authority_epoch), (Address::default(), 0));
    stage.refuses(by_old, &[&old], NotDelegationAuthority);
    stage.must(by_new, &[&new]);
    // It is in force once: the next update changes nothing.
    stage.next_epoch();
    assert_eq!(authority(&stage), new.pubkey());
    stage.assert_balanced();
}

#[test]
fn a_second_change_replaces_the_first_and_waits_as_long() {
    let mut stage = Stage::new();
    let [first, second] = ["first", "second"].map(|name| keypair(name).pubkey());
    let old = authority(&stage);
    stage.administer(set(&stage, &first));
    stage.next_epoch();
    stage.administer(set(&stage, &second));
    stage.next_epoch();
    assert_eq!(authority(&stage), old, "two boundaries after the first change, one after the second");
    stage.next_epoch();
    assert_eq!(authority(&stage), second);
}

#[test]
fn naming_the_present_authority_takes_a_change_back() {
    let mut stage = Stage::new();
    let old = authority(&stage);
    stage.administer(set(&stage, &keypair("first").pubkey()));
    stage.next_epoch();
    stage.administer(set(&stage, &old));
    for _ in 0..3 {
        stage.next_epoch();
        assert_eq!(authority(&stage), old);
    }
}

#[test]
fn a_change_waits_for_an_update_however_late() {
    let mut stage = Stage::new();
    let (old, new) = (authority(&stage), keypair("new authority").pubkey());
    stage.administer(set(&stage, &new));
    for _ in 0..5 {
        stage.svm.advance_epoch();
        assert_eq!(authority(&stage), old);
    }
    stage.pool.update(&mut stage.svm);
    assert_eq!(authority(&stage), new);
}

#[test]
fn any_key_may_be_the_authority_and_the_pool_may_be_stale() {
    let mut stage = Stage::new();
    let admin = stage.pool.admin.pubkey();
    stage.svm.advance_epoch();
    for key in [stage.pool.reserve, SYSTEM, admin, Address::new_unique()] {
        stage.administer(set(&stage, &key));
        let state = stage.pool.state(&stage.svm);
        assert_eq!((state.next_delegation_authority, state.delegation_authority_epoch), (key, 103));
    }
}

#[test]
fn only_the_admin_may_set_it() {
    let mut stage = Stage::new();
    let (admin, delegation) = (stage.pool.admin.pubkey(), stage.pool.delegation.insecure_clone());
    let right = set(&stage, &Address::new_unique());
    stage.refuses(unsigned(&right, &admin), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [delegation, keypair("mallory")] {
        let wrong = substitute(&right, &admin, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotAdmin);
    }
}

#[test]
fn the_admin_of_one_pool_is_nobody_in_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (admin, foreign) = (stage.pool.admin.insecure_clone(), other.admin.insecure_clone());
    let right = set(&stage, &Address::new_unique());
    let forged_pool = stage.svm.forgery(&stage.pool.pool);
    let pool = stage.pool.pool;
    stage.refuses(substitute(&right, &pool, &other.pool), &[&admin], NotAdmin);
    stage.refuses(substitute(&right, &admin.pubkey(), &foreign.pubkey()), &[&foreign], NotAdmin);
    let wrong = substitute(&right, &pool, &forged_pool);
    stage.refuses(wrong, &[&admin], shared(InstructionError::IllegalOwner));
    let list = stage.pool.list;
    let wrong = substitute(&right, &pool, &list);
    stage.refuses(wrong, &[&admin], shared(InstructionError::InvalidAccountData));
}
