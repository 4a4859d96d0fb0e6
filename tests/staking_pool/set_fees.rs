//! `set_fees`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{Fees, FeesScheduled, FeesSet, Roles};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

const NONE: Fees = Fees {
    reward_bps: 0,
    deposit_bps: 0,
    instant_least_bps: 0,
    instant_most_bps: 0,
    liquidity_cut_bps: 0,
    insurance_bps: 0,
    referral_bps: 0,
    padding: 0,
};

/// A pool that charges this from its first epoch, the hundredth.
fn charging(fees: &Fees) -> Stage {
    Stage::with(|options| options.params.fees = fees.clone())
}

fn fees(stage: &Stage) -> Fees {
    stage.pool.state(&stage.svm).fees
}

/// What was scheduled, and for when.
fn scheduled(stage: &Stage) -> (Fees, u64) {
    let state = stage.pool.state(&stage.svm);
    (state.next_fees, state.next_fees_epoch)
}

fn set(stage: &mut Stage, fees: &Fees) -> Sent {
    stage.administer(stage.pool.set_fees(fees.clone()))
}

#[track_caller]
fn refuses(stage: &mut Stage, fees: &Fees, refusal: impl Into<Refusal>) {
    let admin = stage.pool.admin.insecure_clone();
    stage.refuses(stage.pool.set_fees(fees.clone()), &[&admin], refusal);
}

type Setter = fn(&mut Fees, u16);

/// Every fee somebody pays: how to set it, the most it may be, the most it may rise by at once.
fn charges() -> [(Setter, u16, u16); 4] {
    [
        (|fees, bps| fees.reward_bps = bps, 1_000, 100),
        (|fees, bps| fees.deposit_bps = bps, 20, 5),
        (|fees, bps| fees.instant_most_bps = bps, 20, 5),
        (|fees, bps| fees.liquidity_cut_bps = bps, 5_000, 1_000),
    ]
}

#[test]
fn fees_that_fall_are_in_force_at_once() {
    let old = Fees {
        reward_bps: 1_000,
        deposit_bps: 20,
        instant_least_bps: 10,
        instant_most_bps: 20,
        liquidity_cut_bps: 5_000,
        ..NONE
    };
    let mut stage = charging(&old);
    let before = stage.pool.state(&stage.svm);

    let sent = set(&mut stage, &NONE);

    stage.changed_only(before, |pool| pool.fees = NONE);
    let event = FeesSet { pool: stage.pool.pool, before: old, after: NONE };
    assert_eq!(events(&sent), [StakingPoolEvent::FeesSet(event)]);
    // A deposit costs nothing, nor does the next profit.
    let alice = stage.holder("alice", 9 * SOL);
    assert_eq!(stage.tokens(&alice.lst), 9 * SOL);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    assert_eq!(stage.tokens(&stage.pool.treasury), 0);
    stage.assert_balanced();
}

#[test]
fn fees_that_rise_wait_for_the_update_two_boundaries_ahead() {
    let mut stage = charging(&NONE);
    let next = Fees { deposit_bps: 5, ..NONE };
    let before = stage.pool.state(&stage.svm);

    let sent = set(&mut stage, &next);

    stage.changed_only(before, |pool| {
        pool.next_fees = next.clone();
        pool.next_fees_epoch = 102;
    });
    let event = FeesScheduled { pool: stage.pool.pool, epoch: 102, now: NONE, next: next.clone() };
    assert_eq!(events(&sent), [StakingPoolEvent::FeesScheduled(event)]);

    stage.next_epoch();
    assert_eq!(fees(&stage), NONE);
    let alice = stage.holder("alice", SOL);
    assert_eq!(stage.tokens(&alice.lst), SOL, "still free of charge");
    stage.svm.advance_epoch();
    assert_eq!(fees(&stage), NONE, "not before the update");
    let finished = stage.must(stage.pool.finish_update(), &[]);
    let event = FeesSet { pool: stage.pool.pool, before: NONE, after: next.clone() };
    assert!(events(&finished).contains(&StakingPoolEvent::FeesSet(event)));
    assert_eq!((fees(&stage), scheduled(&stage)), (next, (NONE, 0)));
    let bob = stage.holder("bob", SOL);
    assert_eq!(stage.tokens(&bob.lst), SOL - 500_000, "0.05 %");
    stage.assert_balanced();
}

#[test]
fn profit_found_by_the_update_that_puts_fees_in_force_is_charged_the_old_one() {
    let mut stage = charging(&Fees { reward_bps: 500, ..NONE });
    stage.holder("alice", 99 * SOL);
    set(&mut stage, &Fees { reward_bps: 600, ..NONE });
    // Nobody updates for four epochs: what they earned was earned under 5 %.
    for _ in 0..4 {
        stage.svm.advance_epoch();
    }
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.pool.update(&mut stage.svm);
    assert_eq!(stage.tokens(&stage.pool.treasury), 50_000_000, "at a rate of one");
    assert_eq!(fees(&stage).reward_bps, 600);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    let finished = stage.next_epoch().pop().expect("the end of an update");
    let [StakingPoolEvent::UpdateFinished(event)] = &events(&finished)[..] else { panic!("one event") };
    assert_eq!((event.profit, event.fee_lamports), (SOL, 60_000_000));
    stage.assert_balanced();
}

#[test]
fn each_fee_rises_by_no_more_than_its_step() {
    for (change, _, step) in charges() {
        let mut stage = charging(&NONE);
        for (bps, is_too_much) in [(step + 1, true), (step, false)] {
            let mut next = NONE;
            change(&mut next, bps);
            match is_too_much {
                true => refuses(&mut stage, &next, FeeStepTooLarge),
                false => assert_eq!(set(&mut stage, &next).events().len(), 1),
            }
        }
    }
    // The least an instant exit costs stays below the most.
    let old = Fees { instant_most_bps: 20, ..NONE };
    let mut stage = charging(&old);
    refuses(&mut stage, &Fees { instant_least_bps: 6, ..old.clone() }, FeeStepTooLarge);
    set(&mut stage, &Fees { instant_least_bps: 5, ..old });
}

#[test]
fn each_fee_has_a_cap_that_may_be_met() {
    for (change, cap, _) in charges() {
        for (bps, is_too_much) in [(cap + 1, true), (u16::MAX, true), (cap, false)] {
            let mut old = NONE;
            change(&mut old, cap);
            let mut next = NONE;
            change(&mut next, bps);
            let mut stage = charging(&old);
            match is_too_much {
                true => refuses(&mut stage, &next, FeeAboveCap),
                false => assert_eq!(set(&mut stage, &next).events().len(), 1),
            }
        }
    }
    let mut stage = charging(&NONE);
    for wrong in [
        Fees { instant_least_bps: 1, ..NONE },
        Fees { insurance_bps: 10_001, ..NONE },
        Fees { referral_bps: 10_001, ..NONE },
    ] {
        refuses(&mut stage, &wrong, FeeAboveCap);
    }
}

#[test]
fn steps_are_counted_from_what_is_in_force_not_from_what_is_scheduled() {
    let mut stage = charging(&NONE);
    set(&mut stage, &Fees { reward_bps: 100, ..NONE });
    refuses(&mut stage, &Fees { reward_bps: 200, ..NONE }, FeeStepTooLarge);
    assert_eq!(scheduled(&stage), (Fees { reward_bps: 100, ..NONE }, 102));
    // From nothing to the cap takes ten steps of two epochs.
    for step in 1..=10 {
        set(&mut stage, &Fees { reward_bps: 100 * step, ..NONE });
        assert_eq!(fees(&stage).reward_bps, 100 * (step - 1));
        stage.next_epoch();
        stage.next_epoch();
        assert_eq!(fees(&stage).reward_bps, 100 * step);
    }
    assert_eq!(stage.svm.clock().epoch, 120);
}

#[test]
fn the_last_call_counts() {
    let mut stage = charging(&Fees { reward_bps: 500, deposit_bps: 10, ..NONE });
    // A raise, and an epoch later a smaller one, which waits as long.
    set(&mut stage, &Fees { reward_bps: 600, deposit_bps: 10, ..NONE });
    stage.next_epoch();
    let smaller = Fees { reward_bps: 550, deposit_bps: 10, ..NONE };
    set(&mut stage, &smaller);
    assert_eq!(scheduled(&stage), (smaller.clone(), 103));
    stage.next_epoch();
    assert_eq!(fees(&stage).reward_bps, 500);
    // What falls takes back what was to rise.
    let lower = Fees { reward_bps: 500, deposit_bps: 5, ..NONE };
    set(&mut stage, &lower);
    assert_eq!((fees(&stage), scheduled(&stage)), (lower.clone(), (NONE, 0)));
    for _ in 0..3 {
        stage.next_epoch();
    }
    assert_eq!(fees(&stage), lower);
    // Setting what is in force takes back too.
    set(&mut stage, &Fees { reward_bps: 600, ..lower.clone() });
    set(&mut stage, &lower);
    assert_eq!(scheduled(&stage), (NONE, 0));
}

#[test]
fn a_fee_that_falls_together_with_one_that_rises_waits_for_it() {
    let old = Fees { reward_bps: 500, deposit_bps: 20, ..NONE };
    let mut stage = charging(&old);
    let next = Fees { reward_bps: 600, deposit_bps: 0, ..NONE };
    set(&mut stage, &next);
    assert_eq!((fees(&stage), scheduled(&stage)), (old, (next.clone(), 102)));
    stage.next_epoch();
    stage.next_epoch();
    assert_eq!(fees(&stage), next);
}

#[test]
fn what_only_divides_a_fee_changes_at_once() {
    let mut stage = charging(&Fees { deposit_bps: 20, ..NONE });
    let next = Fees { deposit_bps: 20, insurance_bps: 10_000, referral_bps: 10_000, ..NONE };
    // What lies in the padding is nobody's.
    set(&mut stage, &Fees { padding: 7, ..next.clone() });
    assert_eq!((fees(&stage), scheduled(&stage)), (next, (NONE, 0)));
    let alice = stage.holder("alice", SOL);
    assert_eq!(stage.tokens(&alice.lst), SOL - 2_000_000, "the depositor pays what he paid");
    assert_eq!(stage.pool.state(&stage.svm).insurance_shares, 2_000_000);
}

#[test]
fn only_the_fee_authority_may_set_them() {
    let mut stage = Stage::new();
    let (admin, bob) = (stage.pool.admin.insecure_clone(), keypair("bob"));
    let roles =
        Roles { fee_authority: bob.pubkey(), pauser: admin.pubkey(), deposit_authority: Address::default() };
    stage.administer(stage.pool.set_roles(roles));
    let of = |stage: &Stage, who: &Address| -> Instruction {
        substitute(&stage.pool.set_fees(NONE), &stage.pool.admin.pubkey(), who)
    };
    let right = of(&stage, &bob.pubkey());
    stage.refuses(unsigned(&right, &bob.pubkey()), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [admin, stage.pool.delegation.insecure_clone(), keypair("mallory")] {
        stage.refuses(of(&stage, &stranger.pubkey()), &[&stranger], NotFeeAuthority);
    }
    stage.must(right, &[&bob]);
}

#[test]
fn the_fee_authority_of_one_pool_is_nobody_in_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (admin, foreign) = (stage.pool.admin.insecure_clone(), other.admin.insecure_clone());
    let right = stage.pool.set_fees(NONE);
    let pool = stage.pool.pool;
    let forged_pool = stage.svm.forgery(&pool);
    stage.refuses(substitute(&right, &pool, &other.pool), &[&admin], NotFeeAuthority);
    stage.refuses(substitute(&right, &admin.pubkey(), &foreign.pubkey()), &[&foreign], NotFeeAuthority);
    let wrong = substitute(&right, &pool, &forged_pool);
    stage.refuses(wrong, &[&admin], shared(InstructionError::IllegalOwner));
}
