//! `resume`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{Resumed, Roles};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

/// A pool that its pauser, who is not its admin, paused in its first epoch, the hundredth.
fn paused() -> (Stage, Keypair) {
    let mut stage = Stage::new();
    let pauser = keypair("pauser");
    let roles = Roles {
        fee_authority: stage.pool.admin.pubkey(),
        pauser: pauser.pubkey(),
        deposit_authority: Address::default(),
    };
    stage.administer(stage.pool.set_roles(roles));
    stage.must(stage.pool.pause(&pauser.pubkey()), &[&pauser]);
    (stage, pauser)
}

#[test]
fn deposits_and_instant_exits_go_on_at_once() {
    let (mut stage, pauser) = paused();
    let alice = stage.newcomer("alice");
    let deposit = stage.pool.deposit_sol(&alice.address(), &alice.lst, 5 * SOL, 0);
    stage.refuses(deposit.clone(), &[&alice.key], PoolPaused);
    let before = stage.pool.state(&stage.svm);

    let sent = stage.must(stage.pool.resume(&pauser.pubkey()), &[&pauser]);

    stage.changed_only(before, |pool| pool.paused_until_epoch = 0);
    let event = Resumed { pool: stage.pool.pool, by: pauser.pubkey() };
    assert_eq!(events(&sent), [StakingPoolEvent::Resumed(event)]);
    stage.must(deposit, &[&alice.key]);
    stage.must(stage.pool.withdraw_sol(&alice.address(), &alice.lst, SOL, 0), &[&alice.key]);
    stage.assert_balanced();
}

#[test]
fn the_pausers_rest_is_not_shortened() {
    let (mut stage, pauser) = paused();
    let pause = stage.pool.pause(&pauser.pubkey());
    stage.must(stage.pool.resume(&pauser.pubkey()), &[&pauser]);
    for _ in 100..104 {
        stage.refuses(pause.clone(), &[&pauser], PauseTooSoon);
        stage.next_epoch();
    }
    stage.must(pause, &[&pauser]);
}

#[test]
fn the_admin_may_resume_and_where_nothing_is_paused_nothing_happens() {
    let (mut stage, _) = paused();
    let resume = stage.pool.resume(&stage.pool.admin.pubkey());
    stage.administer(resume.clone());
    let before = stage.pool.state(&stage.svm);
    stage.administer(resume);
    stage.changed_only(before, |_| {});
}

#[test]
fn only_pauser_and_admin_may_resume() {
    let (mut stage, pauser) = paused();
    let right = stage.pool.resume(&pauser.pubkey());
    let wrong = unsigned(&right, &pauser.pubkey());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.delegation.insecure_clone(), keypair("mallory")] {
        stage.refuses(stage.pool.resume(&stranger.pubkey()), &[&stranger], NotPauser);
    }
    let pool = stage.pool.pool;
    let forged_pool = stage.svm.forgery(&pool);
    let wrong = substitute(&right, &pool, &forged_pool);
    stage.refuses(wrong, &[&pauser], shared(InstructionError::IllegalOwner));
}
