//! `set_delegation_authority`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::SetDelegationAuthority;
use sluice_sdk::staking_pool::types::DelegationAuthoritySet;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

fn set(stage: &Stage, authority: &Address) -> Instruction {
    let (pool, admin) = (stage.pool.pool, stage.pool.admin.pubkey());
    SetDelegationAuthority { pool, admin, delegation_authority: *authority }.instruction()
}

#[test]
fn the_new_authority_takes_over_at_once() {
    let mut stage = Stage::new();
    let (old, new) = (stage.pool.delegation.insecure_clone(), keypair("new authority"));
    let admin = stage.pool.admin.insecure_clone();
    let vote = stage.svm.add_vote_account("ann");
    let before = stage.pool.state(&stage.svm);

    let sent = stage.must(set(&stage, &new.pubkey()), &[&admin]);

    let mut after = stage.pool.state(&stage.svm);
    assert_eq!(after.delegation_authority, new.pubkey());
    after.delegation_authority = old.pubkey();
    assert_eq!(after, before, "and nothing else");
    let event = DelegationAuthoritySet { pool: stage.pool.pool, before: old.pubkey(), after: new.pubkey() };
    assert_eq!(events(&sent), [StakingPoolEvent::DelegationAuthoritySet(event)]);

    let by_old = stage.pool.add_validator(&vote);
    stage.refuses(by_old.clone(), &[&old], NotDelegationAuthority);
    let by_new = substitute(&by_old, &old.pubkey(), &new.pubkey());
    stage.must(by_new, &[&new]);
    stage.assert_balanced();
}

#[test]
fn any_key_may_be_the_authority_and_the_pool_may_be_stale() {
    let mut stage = Stage::new();
    let admin = stage.pool.admin.insecure_clone();
    stage.svm.advance_epoch();
    for key in [stage.pool.reserve, SYSTEM, admin.pubkey(), Address::new_unique()] {
        stage.must(set(&stage, &key), &[&admin]);
        assert_eq!(stage.pool.state(&stage.svm).delegation_authority, key);
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
