//! `set_limits`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{Limits, LimitsSet};
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::doors::Doors;
use crate::stage::*;

fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = PoolOptions::default().params.limits;
    change(&mut limits);
    limits
}

fn set(stage: &mut Stage, change: impl FnOnce(&mut Limits)) -> Sent {
    stage.administer(stage.pool.set_limits(limits(change)))
}

#[test]
fn all_limits_are_replaced_at_once() {
    let mut stage = Stage::new();
    let new =
        Limits { min_deposit: 1, tvl_cap: 2, sweep_threshold: 3, liquidity_target: 4, movement_cap_bps: 5 };
    let before = stage.pool.state(&stage.svm);

    let sent = stage.administer(stage.pool.set_limits(new));

    stage.changed_only(before, |pool| {
        pool.min_deposit = 1;
        pool.tvl_cap = 2;
        pool.sweep_threshold = 3;
        pool.liquidity_target = 4;
        pool.movement_cap_bps = 5;
    });
    let event = LimitsSet {
        pool: stage.pool.pool,
        min_deposit: 1,
        tvl_cap: 2,
        sweep_threshold: 3,
        liquidity_target: 4,
        movement_cap_bps: 5,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::LimitsSet(event)]);
}

#[test]
fn a_share_is_at_most_one_whole() {
    let mut stage = Stage::new();
    let admin = stage.pool.admin.insecure_clone();
    for bps in [10_001, u16::MAX] {
        let wrong = stage.pool.set_limits(limits(|limits| limits.movement_cap_bps = bps));
        stage.refuses(wrong, &[&admin], ShareAboveOne);
    }
    for bps in [0, 10_000] {
        set(&mut stage, |limits| limits.movement_cap_bps = bps);
        assert_eq!(stage.pool.state(&stage.svm).movement_cap_bps, bps);
    }
}

#[test]
fn the_cap_on_what_the_pool_holds_is_met_exactly() {
    let mut stage = Stage::new();
    set(&mut stage, |limits| limits.tvl_cap = 10 * SOL);
    let (alice, bob) = (stage.newcomer("alice"), stage.newcomer("bob"));
    let deposit = |stage: &Stage, user: &Holder, lamports| {
        stage.pool.deposit_sol(&user.address(), &user.lst, lamports, 0)
    };
    // The seed is one SOL.
    stage.refuses(deposit(&stage, &alice, 9 * SOL + 1), &[&alice.key], TvlCapExceeded);
    stage.must(deposit(&stage, &alice, 9 * SOL), &[&alice.key]);
    stage.refuses(deposit(&stage, &bob, 1_000_000), &[&bob.key], TvlCapExceeded);
    // Who leaves makes room: two SOL less the fee of 0.1 %, which stays.
    stage.must(stage.pool.withdraw_sol(&alice.address(), &alice.lst, 2 * SOL, 0), &[&alice.key]);
    let room = 10 * SOL - stage.pool.state(&stage.svm).total_lamports;
    assert_eq!(room, 2 * SOL - 2_000_000);
    stage.refuses(deposit(&stage, &bob, room + 1), &[&bob.key], TvlCapExceeded);
    stage.must(deposit(&stage, &bob, room), &[&bob.key]);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL);

    // A profit may take the pool above it, and stops nobody from leaving.
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 11 * SOL);
    stage.refuses(deposit(&stage, &bob, 1_000_000), &[&bob.key], TvlCapExceeded);
    stage.must(stage.pool.withdraw_sol(&bob.address(), &bob.lst, SOL, 0), &[&bob.key]);
    stage.assert_balanced();
}

#[test]
fn stake_is_held_against_the_cap_too() {
    let mut stage = Stage::new();
    let doors = Doors::of(&mut stage);
    let total = stage.pool.state(&stage.svm).total_lamports;
    // Her account holds five SOL, rent included.
    let [(_, deposit_sol), (_, deposit_stake), (_, liquid_unstake), (_, add_liquidity)] =
        doors.deposits(&stage, None);
    set(&mut stage, |limits| limits.tvl_cap = total + 5 * SOL - 1);
    for deposit in [deposit_stake.clone(), liquid_unstake.clone()] {
        doors.refuses(&mut stage, deposit, TvlCapExceeded);
    }
    set(&mut stage, |limits| limits.tvl_cap = total + 5 * SOL);
    doors.take(&mut stage, deposit_stake);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total + 5 * SOL);
    for deposit in [deposit_sol, liquid_unstake] {
        doors.refuses(&mut stage, deposit, TvlCapExceeded);
    }
    // Liquidity is its providers': the pool's total does not know it.
    doors.take(&mut stage, add_liquidity);
    stage.assert_balanced();
}

#[test]
fn no_limit_binds_an_exit() {
    let mut stage = Stage::with(|options| options.params.fees.instant_most_bps = 20);
    let doors = Doors::of(&mut stage);
    let hostile = Limits {
        min_deposit: u64::MAX,
        tvl_cap: 0,
        sweep_threshold: u64::MAX,
        liquidity_target: u64::MAX,
        movement_cap_bps: 0,
    };
    stage.administer(stage.pool.set_limits(hostile));
    for (_, deposit) in doors.deposits(&stage, None) {
        doors.refuses(&mut stage, deposit, BelowMinimumDeposit);
    }
    let instant = doors.instant(&stage);
    doors.take(&mut stage, instant);
    doors.all_leave(&mut stage);
    stage.next_epoch();
    stage.assert_balanced();
}

#[test]
fn the_target_of_liquidity_moves_the_price_of_an_exit_between_two_bounds() {
    let mut stage = Stage::with(|options| {
        options.params.fees.instant_least_bps = 5;
        options.params.fees.instant_most_bps = 20;
    });
    let alice = stage.holder("alice", 99 * SOL);
    let fee_at = |stage: &mut Stage, target: u64| {
        set(stage, |limits| limits.liquidity_target = target);
        let mut svm = stage.svm.clone();
        let wallet = svm.lamports(&alice.address());
        let exit = stage.pool.withdraw_sol(&alice.address(), &alice.lst, SOL, 0);
        svm.must(&[exit], &[&stage.pool.payer, &alice.key]);
        SOL - (svm.lamports(&alice.address()) - wallet)
    };
    assert_eq!(fee_at(&mut stage, 0), 500_000);
    assert_eq!(fee_at(&mut stage, 98 * SOL), 500_000, "met by what stays");
    let between = fee_at(&mut stage, 200 * SOL);
    assert!(between > 500_000 && between < 2_000_000, "{between}");
    assert_eq!(fee_at(&mut stage, u64::MAX), 2_000_000);
}

#[test]
fn the_pool_may_be_stale_or_paused_and_the_chain_busy() {
    let mut stage = Stage::new();
    stage.administer(stage.pool.pause(&stage.pool.admin.pubkey()));
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    set(&mut stage, |limits| limits.tvl_cap = SOL);
    assert_eq!(stage.pool.state(&stage.svm).tvl_cap, SOL);
}

#[test]
fn only_the_admin_may_set_them() {
    let mut stage = Stage::new();
    let admin = stage.pool.admin.pubkey();
    let right = stage.pool.set_limits(limits(|_| {}));
    stage.refuses(unsigned(&right, &admin), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.delegation.insecure_clone(), keypair("mallory")] {
        let wrong = substitute(&right, &admin, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotAdmin);
    }
}

#[test]
fn the_admin_of_one_pool_is_nobody_in_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (admin, foreign) = (stage.pool.admin.insecure_clone(), other.admin.insecure_clone());
    let right = stage.pool.set_limits(limits(|_| {}));
    let pool = stage.pool.pool;
    let forged_pool = stage.svm.forgery(&pool);
    stage.refuses(substitute(&right, &pool, &other.pool), &[&admin], NotAdmin);
    stage.refuses(substitute(&right, &admin.pubkey(), &foreign.pubkey()), &[&foreign], NotAdmin);
    let wrong = substitute(&right, &pool, &forged_pool);
    stage.refuses(wrong, &[&admin], shared(InstructionError::IllegalOwner));
}
