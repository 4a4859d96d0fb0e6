//! `retire_validator`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{RetireValidator, RetireValidatorInstructionArgs};
use sluice_sdk::staking_pool::types::ValidatorRetired;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;

use crate::doors::Doors;
use crate::stage::*;

/// `stake_state` of a record.
const NONE: u8 = 0;
const DELEGATED: u8 = 1;
const DEACTIVATING: u8 = 2;

/// Alice's nineteen SOL and the seed, `lamports` of it active with Ann.
fn delegated(lamports: u64) -> (Stage, Address) {
    let mut stage = Stage::new();
    stage.holder("alice", 19 * SOL);
    let vote = stage.staked("ann", lamports);
    (stage, vote)
}

fn retire(stage: &Stage, vote: &Address) -> Instruction {
    stage.pool.retire_validator(&stage.svm, vote)
}

#[track_caller]
fn refuses(stage: &mut Stage, instruction: Instruction, refusal: impl Into<Refusal>) {
    let admin = stage.pool.admin.insecure_clone();
    stage.refuses(instruction, &[&admin], refusal);
}

/// The event's lamports.
fn started(sent: &Sent) -> u64 {
    match &events(sent)[..] {
        [StakingPoolEvent::ValidatorRetired(event)] => event.lamports,
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_its_stake_starts_to_cool_down_and_what_was_cooling_down_goes_on() {
    let (mut stage, vote) = delegated(10 * SOL);
    stage.decrease(&vote, 3 * SOL);
    stage.increase(&vote, 2 * SOL);
    let before = stage.pool.state(&stage.svm);
    let reserve = stage.lamports(&stage.pool.reserve);

    let sent = stage.administer(retire(&stage, &vote));

    let event = ValidatorRetired { pool: stage.pool.pool, vote, lamports: 9 * SOL };
    assert_eq!(events(&sent), [StakingPoolEvent::ValidatorRetired(event)]);
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.activating, record.deactivating), (7 * SOL, 2 * SOL, 3 * SOL));
    assert_eq!((record.stake_state, record.retired), (DEACTIVATING, 1));
    let epoch = stage.svm.clock().epoch;
    for account in [stage.pool.stake(&vote), stage.pool.activating(&vote), stage.pool.deactivating(&vote)] {
        let data = stage.svm.account(&account).expect("the account exists").data;
        let at = offset::DEACTIVATION_EPOCH;
        assert_eq!(data[at..at + 8], epoch.to_le_bytes());
    }
    // It counts as on its way home, and not against what may move in an epoch.
    stage.changed_only(before.clone(), |pool| {
        pool.leaving_lamports += 9 * SOL;
        pool.update_deactivating += 9 * SOL;
    });
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve);

    stage.next_epoch();
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.activating, record.deactivating), (0, 0, 0));
    assert_eq!((record.stake_state, record.retired), (NONE, 1));
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.stake_rent, state.leaving_lamports), (20 * SOL, 0, 0));
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 20 * SOL);
    stage.assert_balanced();
}

#[test]
fn nothing_more_is_delegated_to_it_and_nobody_but_the_admin_removes_it() {
    let (mut stage, vote) = delegated(5 * SOL);
    let delegation = stage.pool.delegation.insecure_clone();
    stage.administer(retire(&stage, &vote));
    // Whatever its canonical account is at: cooling down, then gone.
    let increase = stage.pool.increase_stake(&stage.svm, &vote, SOL);
    stage.refuses(increase, &[&delegation], ValidatorRetired);
    stage.next_epoch();
    let increase = stage.pool.increase_stake(&stage.svm, &vote, SOL);
    stage.refuses(increase.clone(), &[&delegation], ValidatorRetired);
    let remove = stage.pool.remove_validator(0, &vote);
    stage.refuses(remove.clone(), &[&delegation], NotAdmin);
    stage.delegate_fails(stage.pool.add_validator(&vote), ValidatorExists);
    // The admin may let it go, and who is listed anew begins anew.
    let admin = stage.pool.admin.pubkey();
    stage.administer(substitute(&remove, &delegation.pubkey(), &admin));
    stage.delegate(stage.pool.add_validator(&vote));
    assert_eq!(stage.record(&vote).retired, 0);
    stage.delegate(increase);
    stage.assert_balanced();
}

#[test]
fn neither_the_epochs_cap_nor_a_missing_update_delays_it() {
    let mut stage = Stage::with(|options| options.params.limits.movement_cap_bps = 0);
    stage.holder("alice", 19 * SOL);
    let vote = stage.staked("ann", 12 * SOL);
    for _ in 0..3 {
        stage.svm.advance_epoch();
    }
    assert_eq!(started(&stage.administer(retire(&stage, &vote))), 12 * SOL);
    stage.pool.update(&mut stage.svm);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.leaving_lamports, state.moved_lamports), (12 * SOL, 0));
    stage.next_epoch();
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 20 * SOL);
    stage.assert_balanced();
}

#[test]
fn a_retirement_between_the_halves_of_an_update_counts_as_leaving() {
    let (mut stage, vote) = delegated(12 * SOL);
    stage.svm.advance_epoch();
    stage.must(stage.pool.update_validators(&stage.svm, 0, 1), &[]);
    stage.administer(retire(&stage, &vote));
    stage.must(stage.pool.finish_update(), &[]);
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 12 * SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, 0);
    stage.assert_balanced();
}

#[test]
fn tickets_lack_nothing_that_a_retirement_brings() {
    let (mut stage, vote) = delegated(12 * SOL);
    let bob = stage.holder("bob", SOL);
    let alice = keypair("alice's slSOL").pubkey();
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&keypair("alice").pubkey(), &alice, &ticket.pubkey(), 15 * SOL);
    stage.must(order, &[&keypair("alice"), &ticket]);
    stage.administer(retire(&stage, &vote));
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).lack_since_epoch, 0);
    stage.must(stage.pool.claim_ticket(&ticket.pubkey(), &keypair("alice").pubkey()), &[]);
    assert_eq!(stage.tokens(&bob.lst), SOL);
    stage.assert_balanced();
}

#[test]
fn a_second_time_changes_nothing() {
    let (mut stage, vote) = delegated(10 * SOL);
    stage.increase(&vote, 2 * SOL);
    stage.administer(retire(&stage, &vote));
    let (before, record) = (stage.pool.state(&stage.svm), stage.record(&vote));
    assert_eq!(started(&stage.administer(retire(&stage, &vote))), 0);
    stage.changed_only(before, |_| {});
    assert_eq!(stage.record(&vote), record);
    // Nor when everything has come home.
    stage.next_epoch();
    assert_eq!(started(&stage.administer(retire(&stage, &vote))), 0);
    stage.assert_balanced();
}

#[test]
fn a_validator_without_stake_may_be_retired() {
    let (mut stage, _) = delegated(10 * SOL);
    let ben = stage.validator("ben");
    assert_eq!(started(&stage.administer(retire(&stage, &ben))), 0);
    assert_eq!(stage.record(&ben).retired, 1);
    stage.delegate_fails(stage.pool.increase_stake(&stage.svm, &ben, SOL), ValidatorRetired);
}

#[test]
fn one_that_is_left_with_its_activating_account_gives_that_up() {
    let (mut stage, vote) = delegated(10 * SOL);
    stage.increase(&vote, 2 * SOL);
    stage.deactivated_by_a_third_party(&stage.pool.stake(&vote));
    stage.next_epoch();
    assert_eq!((stage.record(&vote).stake_state, stage.record(&vote).activating), (NONE, 2 * SOL));
    assert_eq!(started(&stage.administer(retire(&stage, &vote))), 2 * SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 20 * SOL);
    stage.assert_balanced();
}

#[test]
fn stake_that_others_have_taken_down_already_stops_nothing() {
    // A third party deactivated it, or a restart of the cluster left it undelegated.
    for is_restart in [false, true] {
        let (mut stage, vote) = delegated(10 * SOL);
        let stake = stage.pool.stake(&vote);
        match is_restart {
            true => stage.undelegated_by_a_restart(&stake),
            false => stage.deactivated_by_a_third_party(&stake),
        }
        assert_eq!(started(&stage.administer(retire(&stage, &vote))), 0);
        assert_eq!((stage.record(&vote).stake_state, stage.record(&vote).retired), (DELEGATED, 1));
        stage.next_epoch();
        assert_eq!(stage.record(&vote).stake_state, NONE);
        assert_eq!(stage.pool.reserve_lamports(&stage.svm), 20 * SOL);
        stage.assert_balanced();
    }
}

#[test]
fn it_takes_in_no_stake_and_still_gives_some() {
    let mut stage = Stage::new();
    let doors = Doors::of(&mut stage);
    stage.administer(retire(&stage, &doors.ann));
    let [_, (_, deposit_stake), (_, liquid_unstake), _] = doors.deposits(&stage, None);
    for deposit in [deposit_stake, liquid_unstake] {
        doors.refuses(&mut stage, deposit, StakeNotUsable);
    }
    let leaving = stage.pool.state(&stage.svm).leaving_lamports;
    doors.all_leave(&mut stage);
    assert_eq!(stage.pool.state(&stage.svm).leaving_lamports, leaving - 2 * SOL, "two left as stake");
    stage.next_epoch();
    assert_eq!(stage.record(&doors.ann).stake_state, NONE);
    stage.assert_balanced();
}

#[test]
fn no_stake_moves_while_rewards_are_paid() {
    let (mut stage, vote) = delegated(10 * SOL);
    stage.svm.set_rewards_active(true);
    let wrong = retire(&stage, &vote);
    refuses(&mut stage, wrong, EpochRewardsActive);
    assert_eq!(stage.record(&vote).retired, 0);
}

#[test]
fn only_the_admin_may_retire() {
    let (mut stage, vote) = delegated(10 * SOL);
    let right = retire(&stage, &vote);
    let admin = stage.pool.admin.pubkey();
    stage.refuses(unsigned(&right, &admin), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.delegation.insecure_clone(), keypair("mallory")] {
        let wrong = substitute(&right, &admin, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotAdmin);
    }
}

#[test]
fn an_index_is_checked_against_its_vote_account() {
    let (mut stage, ann) = delegated(5 * SOL);
    let ben = stage.staked("ben", 5 * SOL);
    let with = |stage: &Stage, index: u32, vote: &Address, of: &Address| {
        RetireValidator {
            pool: stage.pool.pool,
            admin: stage.pool.admin.pubkey(),
            validator_list: stage.pool.list,
            vote: *vote,
            stake: stage.pool.stake(of),
            activating: stage.pool.activating(of),
        }
        .instruction(RetireValidatorInstructionArgs { index })
    };
    for (index, vote, of, refusal) in [
        (1, ann, ann, WrongValidatorIndex),
        (0, ben, ben, WrongValidatorIndex),
        (2, ann, ann, WrongValidatorIndex),
        (u32::MAX, ann, ann, WrongValidatorIndex),
        (0, ann, ben, WrongStakeAccount),
    ] {
        let wrong = with(&stage, index, &vote, &of);
        refuses(&mut stage, wrong, refusal);
    }
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, ann) = delegated(5 * SOL);
    let ben = stage.staked("ben", 5 * SOL);
    stage.increase(&ann, SOL);
    let other = stage.other_pool();
    let right = retire(&stage, &ann);
    let (pool, list) = (stage.pool.pool, stage.pool.list);
    let (stake, activating) = (stage.pool.stake(&ann), stage.pool.activating(&ann));
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    let forged_stake = stage.svm.forgery(&stake);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, NotAdmin.into()),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (ann, ben, WrongValidatorIndex.into()),
        (stake, stage.pool.stake(&ben), WrongStakeAccount.into()),
        (stake, stage.pool.deactivating(&ann), WrongStakeAccount.into()),
        (stake, forged_stake, WrongStakeAccount.into()),
        (stake, other.stake(&ann), WrongStakeAccount.into()),
        (activating, stage.pool.activating(&ben), WrongStakeAccount.into()),
        (activating, stage.pool.deactivating(&ann), WrongStakeAccount.into()),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (pool::STAKE_PROGRAM, token::TOKEN_PROGRAM, WrongProgramAccount.into()),
    ] {
        let wrong = substitute(&right, &place, &stand_in);
        refuses(&mut stage, wrong, refusal);
    }
    for (place, stand_in) in pairs(&[pool, list, stake, activating]) {
        let wrong = substitute(&right, &place, &stand_in);
        refuses(&mut stage, wrong, framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
    assert_eq!(started(&stage.administer(right)), 6 * SOL);
}
