//! `accept_admin`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{AdminChanged, Roles};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

#[test]
fn the_proposed_key_takes_over_and_the_old_admin_is_nobody() {
    let mut stage = Stage::new();
    let (old, new) = (stage.pool.admin.insecure_clone(), keypair("new admin"));
    let vote = stage.validator("ann");
    stage.administer(stage.pool.propose_admin(&new.pubkey()));
    let before = stage.pool.state(&stage.svm);

    let sent = stage.must(stage.pool.accept_admin(&new.pubkey()), &[&new]);

    // The other roles stay with whom they were, and the proposal is used up.
    stage.changed_only(before, |pool| {
        pool.admin = new.pubkey();
        pool.pending_admin = Address::default();
    });
    let event = AdminChanged { pool: stage.pool.pool, before: old.pubkey(), after: new.pubkey() };
    assert_eq!(events(&sent), [StakingPoolEvent::AdminChanged(event)]);

    let state = stage.pool.state(&stage.svm);
    let roles =
        Roles { fee_authority: old.pubkey(), pauser: old.pubkey(), deposit_authority: Address::default() };
    let limits = PoolOptions::default().params.limits;
    for by_old in [
        stage.pool.propose_admin(&old.pubkey()),
        stage.pool.set_roles(roles),
        stage.pool.set_limits(limits),
        stage.pool.set_treasury(&stage.pool.treasury),
        stage.pool.set_delegation_authority(&old.pubkey()),
        stage.pool.retire_validator(&stage.svm, &vote),
    ] {
        stage.refuses(by_old.clone(), &[&old], NotAdmin);
        stage.must(substitute(&by_old, &old.pubkey(), &new.pubkey()), &[&new]);
    }
    // What he was beside: the fee authority, and the pauser.
    assert_eq!((state.fee_authority, state.pauser), (old.pubkey(), old.pubkey()));
    stage.must(stage.pool.set_fees(state.fees), &[&old]);
    stage.must(stage.pool.pause(&old.pubkey()), &[&old]);
}

#[test]
fn a_proposal_is_accepted_once_and_by_whom_it_names() {
    let mut stage = Stage::new();
    let (bob, mallory) = (keypair("bob"), keypair("mallory"));
    stage.refuses(stage.pool.accept_admin(&mallory.pubkey()), &[&mallory], NotPendingAdmin);
    stage.administer(stage.pool.propose_admin(&bob.pubkey()));
    let right = stage.pool.accept_admin(&bob.pubkey());
    stage.refuses(stage.pool.accept_admin(&mallory.pubkey()), &[&mallory], NotPendingAdmin);
    let admin = stage.pool.admin.insecure_clone();
    stage.refuses(stage.pool.accept_admin(&admin.pubkey()), &[&admin], NotPendingAdmin);
    stage.refuses(unsigned(&right, &bob.pubkey()), &[], shared(InstructionError::MissingRequiredSignature));
    stage.must(right.clone(), &[&bob]);
    stage.refuses(right, &[&bob], NotPendingAdmin);
}

/// Where nobody was proposed the field is zero, which is the address of a program that signs nothing.
#[test]
fn nobody_accepts_where_nobody_was_proposed() {
    let mut stage = Stage::new();
    assert_eq!(stage.pool.state(&stage.svm).pending_admin, SYSTEM);
    let wrong = unsigned(&stage.pool.accept_admin(&SYSTEM), &SYSTEM);
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
}

#[test]
fn who_was_proposed_to_one_pool_is_nobody_in_another() {
    let mut stage = Stage::new();
    let (other, bob) = (stage.other_pool(), keypair("bob"));
    stage.administer(stage.pool.propose_admin(&bob.pubkey()));
    let wrong = other.accept_admin(&bob.pubkey());
    stage.refuses(wrong, &[&bob], NotPendingAdmin);
    let pool = stage.pool.pool;
    let forged_pool = stage.svm.forgery(&pool);
    let wrong = substitute(&stage.pool.accept_admin(&bob.pubkey()), &pool, &forged_pool);
    stage.refuses(wrong, &[&bob], shared(InstructionError::IllegalOwner));
}
