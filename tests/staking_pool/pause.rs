//! `pause`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{Paused, Roles};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::doors::Doors;
use crate::stage::*;

/// A pool in its first epoch, the hundredth, whose pauser is not its admin.
fn guarded() -> (Stage, Keypair) {
    let mut stage = Stage::new();
    let pauser = keypair("pauser");
    let roles = Roles {
        fee_authority: stage.pool.admin.pubkey(),
        pauser: pauser.pubkey(),
        deposit_authority: Address::default(),
    };
    stage.administer(stage.pool.set_roles(roles));
    (stage, pauser)
}

fn deposit(stage: &mut Stage) -> Result<Sent, Failed> {
    let (payer, user) = (stage.pool.payer.insecure_clone(), stage.pool.payer.pubkey());
    let deposit = stage.pool.deposit_sol(&user, &stage.pool.treasury, SOL, 0);
    stage.svm.send(&[deposit], &[&payer])
}

#[test]
fn deposits_and_instant_exits_stop_and_nothing_else_does() {
    let (mut stage, pauser) = guarded();
    let doors = Doors::of(&mut stage);
    assert_eq!(stage.svm.clock().epoch, 101);
    let before = stage.pool.state(&stage.svm);

    let sent = stage.must(stage.pool.pause(&pauser.pubkey()), &[&pauser]);

    stage.changed_only(before, |pool| {
        pool.paused_until_epoch = 103;
        pool.pausable_from_epoch = 105;
    });
    let event = Paused { pool: stage.pool.pool, by: pauser.pubkey(), until_epoch: 103 };
    assert_eq!(events(&sent), [StakingPoolEvent::Paused(event)]);

    for (_, deposit) in doors.deposits(&stage, None) {
        doors.refuses(&mut stage, deposit, PoolPaused);
    }
    let instant = doors.instant(&stage);
    doors.refuses(&mut stage, instant, PoolPaused);
    // Everybody who waits is paid, and whoever would rather have stake gets it.
    doors.all_leave(&mut stage);
    // Stake moves, and the cranks turn.
    stage.increase(&doors.ann, 2 * SOL);
    stage.decrease(&doors.ann, 2 * SOL);
    stage.next_epoch();
    stage.assert_balanced();
    let instant = doors.instant(&stage);
    doors.refuses(&mut stage, instant, PoolPaused);
    // A ticket ordered in the pause is paid in the pause.
    let claim = stage.pool.claim_ticket(&keypair("new ticket").pubkey(), &doors.alice.address());
    stage.must(claim, &[]);

    // It is over when the epoch after the next begins.
    stage.next_epoch();
    for (_, deposit) in doors.deposits(&stage, None) {
        doors.take(&mut stage, deposit);
    }
    let instant = doors.instant(&stage);
    doors.take(&mut stage, instant);
    stage.assert_balanced();
}

#[test]
fn a_pause_ends_by_itself_and_the_pauser_must_rest() {
    let (mut stage, pauser) = guarded();
    let pause = stage.pool.pause(&pauser.pubkey());
    stage.must(pause.clone(), &[&pauser]);
    // The hundredth epoch and the next are paused; two of rest follow.
    for (epoch, is_paused) in [(100, true), (101, true), (102, false), (103, false)] {
        assert_eq!(stage.svm.clock().epoch, epoch);
        assert_eq!(deposit(&mut stage).is_err(), is_paused, "epoch {epoch}");
        stage.refuses(pause.clone(), &[&pauser], PauseTooSoon);
        stage.next_epoch();
    }
    stage.must(pause.clone(), &[&pauser]);
    assert!(deposit(&mut stage).is_err());
    stage.refuses(pause, &[&pauser], PauseTooSoon);
}

#[test]
fn the_admin_need_not_rest_and_resets_the_pausers() {
    let (mut stage, pauser) = guarded();
    let by_admin = stage.pool.pause(&stage.pool.admin.pubkey());
    for _ in 0..6 {
        stage.administer(by_admin.clone());
        stage.administer(by_admin.clone());
        assert!(deposit(&mut stage).is_err());
        stage.next_epoch();
    }
    // The admin's last pause, of the 105th epoch, ends with the 106th.
    assert_eq!(stage.svm.clock().epoch, 106);
    let by_pauser = stage.pool.pause(&pauser.pubkey());
    for _ in 106..109 {
        stage.refuses(by_pauser.clone(), &[&pauser], PauseTooSoon);
        stage.next_epoch();
    }
    assert_eq!(stage.svm.clock().epoch, 109);
    stage.must(by_pauser, &[&pauser]);
}

#[test]
fn a_pauser_who_was_replaced_pauses_no_more_and_his_successor_inherits_the_rest() {
    let (mut stage, old) = guarded();
    stage.must(stage.pool.pause(&old.pubkey()), &[&old]);
    let new = keypair("new pauser");
    let roles = Roles {
        fee_authority: stage.pool.admin.pubkey(),
        pauser: new.pubkey(),
        deposit_authority: Address::default(),
    };
    stage.administer(stage.pool.set_roles(roles));
    stage.refuses(stage.pool.pause(&old.pubkey()), &[&old], NotPauser);
    stage.refuses(stage.pool.pause(&new.pubkey()), &[&new], PauseTooSoon);
}

#[test]
fn the_pool_may_be_stale_and_the_chain_busy() {
    let (mut stage, pauser) = guarded();
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    stage.must(stage.pool.pause(&pauser.pubkey()), &[&pauser]);
    assert_eq!(stage.pool.state(&stage.svm).paused_until_epoch, 103);
}

#[test]
fn only_pauser_and_admin_may_pause() {
    let (mut stage, pauser) = guarded();
    let right = stage.pool.pause(&pauser.pubkey());
    let wrong = unsigned(&right, &pauser.pubkey());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.delegation.insecure_clone(), keypair("mallory")] {
        stage.refuses(stage.pool.pause(&stranger.pubkey()), &[&stranger], NotPauser);
    }
}

#[test]
fn the_pauser_of_one_pool_is_nobody_in_another() {
    let (mut stage, pauser) = guarded();
    let other = stage.other_pool();
    let admin = stage.pool.admin.insecure_clone();
    for key in [&pauser, &admin] {
        stage.refuses(other.pause(&key.pubkey()), &[key], NotPauser);
        stage.refuses(other.resume(&key.pubkey()), &[key], NotPauser);
    }
    let pool = stage.pool.pool;
    let forged_pool = stage.svm.forgery(&pool);
    let wrong = substitute(&stage.pool.pause(&pauser.pubkey()), &pool, &forged_pool);
    stage.refuses(wrong, &[&pauser], shared(InstructionError::IllegalOwner));
}
