//! `propose_admin`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::AdminProposed;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

#[test]
fn nothing_changes_until_the_proposed_key_accepts() {
    let mut stage = Stage::new();
    let (bob, admin) = (keypair("bob"), stage.pool.admin.pubkey());
    let before = stage.pool.state(&stage.svm);

    let sent = stage.administer(stage.pool.propose_admin(&bob.pubkey()));

    stage.changed_only(before, |pool| pool.pending_admin = bob.pubkey());
    let event = AdminProposed { pool: stage.pool.pool, admin, proposed: bob.pubkey() };
    assert_eq!(events(&sent), [StakingPoolEvent::AdminProposed(event)]);
    // The proposed one is nobody yet, and the admin still is who he was.
    let by_bob = substitute(&stage.pool.propose_admin(&bob.pubkey()), &admin, &bob.pubkey());
    stage.refuses(by_bob, &[&bob], NotAdmin);
    stage.administer(stage.pool.propose_admin(&bob.pubkey()));
}

#[test]
fn the_last_proposal_counts() {
    let mut stage = Stage::new();
    let (bob, carol) = (keypair("bob"), keypair("carol"));
    stage.administer(stage.pool.propose_admin(&bob.pubkey()));
    stage.administer(stage.pool.propose_admin(&carol.pubkey()));
    stage.refuses(stage.pool.accept_admin(&bob.pubkey()), &[&bob], NotPendingAdmin);
    stage.must(stage.pool.accept_admin(&carol.pubkey()), &[&carol]);
    assert_eq!(stage.pool.state(&stage.svm).admin, carol.pubkey());
}

#[test]
fn a_proposal_is_taken_back_by_proposing_nobody() {
    let mut stage = Stage::new();
    let (bob, before) = (keypair("bob"), stage.pool.state(&stage.svm));
    stage.administer(stage.pool.propose_admin(&bob.pubkey()));
    stage.administer(stage.pool.propose_admin(&Address::default()));
    stage.changed_only(before, |_| {});
    stage.refuses(stage.pool.accept_admin(&bob.pubkey()), &[&bob], NotPendingAdmin);
}

#[test]
fn the_pool_may_be_stale_or_paused_and_the_chain_busy() {
    let mut stage = Stage::new();
    stage.administer(stage.pool.pause(&stage.pool.admin.pubkey()));
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    let bob = keypair("bob");
    stage.administer(stage.pool.propose_admin(&bob.pubkey()));
    stage.must(stage.pool.accept_admin(&bob.pubkey()), &[&bob]);
}

#[test]
fn only_the_admin_may_propose() {
    let mut stage = Stage::new();
    let (admin, mallory) = (stage.pool.admin.pubkey(), keypair("mallory"));
    let right = stage.pool.propose_admin(&mallory.pubkey());
    stage.refuses(unsigned(&right, &admin), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.delegation.insecure_clone(), mallory] {
        let wrong = substitute(&right, &admin, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotAdmin);
    }
}

#[test]
fn the_admin_of_one_pool_is_nobody_in_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (admin, foreign) = (stage.pool.admin.insecure_clone(), other.admin.insecure_clone());
    let right = stage.pool.propose_admin(&keypair("bob").pubkey());
    let (pool, list) = (stage.pool.pool, stage.pool.list);
    let forged_pool = stage.svm.forgery(&pool);
    stage.refuses(substitute(&right, &pool, &other.pool), &[&admin], NotAdmin);
    stage.refuses(substitute(&right, &admin.pubkey(), &foreign.pubkey()), &[&foreign], NotAdmin);
    for (stand_in, error) in
        [(forged_pool, InstructionError::IllegalOwner), (list, InstructionError::InvalidAccountData)]
    {
        stage.refuses(substitute(&right, &pool, &stand_in), &[&admin], shared(error));
    }
}
