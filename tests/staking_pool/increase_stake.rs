//! `increase_stake`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::IncreaseStakeInstructionArgs;
use sluice_sdk::staking_pool::types::StakeIncreased;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_sdk_ids::sysvar;
use solana_signer::Signer;

use crate::stage::*;

/// `stake_state` of a record.
const NONE: u8 = 0;
const DELEGATED: u8 = 1;

/// A pool of ten SOL and the vote account of its one validator, without stake.
fn ready() -> (Stage, Holder, Address) {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let vote = stage.validator("ann");
    (stage, alice, vote)
}

fn increase(stage: &Stage, vote: &Address, lamports: u64) -> Instruction {
    stage.pool.increase_stake(&stage.svm, vote, lamports)
}

#[track_caller]
fn refuses(stage: &mut Stage, instruction: Instruction, refusal: impl Into<Refusal>) {
    let authority = stage.pool.delegation.insecure_clone();
    stage.refuses(instruction, &[&authority], refusal);
}

#[test]
fn the_first_increase_makes_the_canonical_account() {
    let (mut stage, _, vote) = ready();
    let (stake, rent) = (stage.pool.stake(&vote), stage.stake_rent());
    let (before, reserve) = (stage.pool.state(&stage.svm), stage.lamports(&stage.pool.reserve));

    let sent = stage.increase(&vote, 4 * SOL);

    assert_eq!(stage.lamports(&stake), 4 * SOL + rent);
    assert_eq!(stage.delegated(&stake), 4 * SOL);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve - 4 * SOL - rent);
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.stake_state, record.activating), (4 * SOL, DELEGATED, 0));
    let mut after = stage.pool.state(&stage.svm);
    assert_eq!(after.stake_rent, rent);
    assert_eq!(after.stake_account_rent, rent);
    (after.stake_rent, after.stake_account_rent) = (before.stake_rent, before.stake_account_rent);
    assert_eq!(after, before, "SOL became stake: total, supply and rate are what they were");
    stage.assert_balanced();
    let event = StakeIncreased {
        pool: stage.pool.pool,
        vote,
        lamports: 4 * SOL,
        rent,
        held_before: 0,
        held_after: 4 * SOL,
        reserve_after: reserve - 4 * SOL - rent,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeIncreased(event)]);
}

#[test]
fn the_stake_is_the_pools_and_bound_to_the_validator() {
    let (mut stage, _, vote) = ready();
    stage.increase(&vote, 4 * SOL);
    let account = stage.svm.account(&stage.pool.stake(&vote)).expect("the stake account exists");
    assert_eq!(account.owner, pool::STAKE_PROGRAM);
    let key = |offset: usize| Address::try_from(&account.data[offset..offset + 32]).expect("32 bytes");
    assert_eq!(key(offset::STAKER), stage.pool.pool);
    assert_eq!(key(offset::WITHDRAWER), stage.pool.pool);
    assert_eq!(key(offset::VOTER), vote);
    assert_eq!(account.data[offset::LOCKUP_EPOCH..offset::LOCKUP_EPOCH + 8], [0; 8]);
}

#[test]
fn the_next_increase_goes_through_the_activating_account_and_is_merged() {
    let (mut stage, _, vote) = ready();
    let rent = stage.stake_rent();
    stage.increase(&vote, 4 * SOL);
    let sent = stage.increase(&vote, 2 * SOL);
    assert_eq!(stage.delegated(&stage.pool.activating(&vote)), 2 * SOL);
    assert_eq!(stage.delegated(&stage.pool.stake(&vote)), 4 * SOL);
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.activating), (4 * SOL, 2 * SOL));
    assert_eq!(stage.pool.state(&stage.svm).stake_rent, 2 * rent);
    stage.assert_balanced();
    let event = StakeIncreased {
        pool: stage.pool.pool,
        vote,
        lamports: 2 * SOL,
        rent,
        held_before: 4 * SOL,
        held_after: 6 * SOL,
        reserve_after: stage.lamports(&stage.pool.reserve),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeIncreased(event)]);

    stage.next_epoch();
    assert_eq!(stage.delegated(&stage.pool.stake(&vote)), 6 * SOL);
    assert_eq!(stage.svm.account(&stage.pool.activating(&vote)), None);
    assert_eq!(stage.pool.state(&stage.svm).stake_rent, rent);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 4 * SOL - rent);
    stage.assert_balanced();
}

#[test]
fn a_validator_takes_two_increases_an_epoch_and_no_third() {
    let (mut stage, _, vote) = ready();
    stage.increase(&vote, SOL);
    stage.increase(&vote, SOL);
    let wrong = increase(&stage, &vote, SOL);
    refuses(&mut stage, wrong, TransientExists);
    stage.next_epoch();
    stage.increase(&vote, SOL);
    stage.assert_balanced();
}

#[test]
fn a_validator_that_cools_down_as_a_whole_takes_nothing() {
    let (mut stage, _, vote) = ready();
    stage.increase(&vote, 3 * SOL);
    stage.next_epoch();
    stage.decrease(&vote, 3 * SOL);
    let wrong = increase(&stage, &vote, SOL);
    refuses(&mut stage, wrong, TransientExists);
    stage.next_epoch();
    // Collected: the next increase makes the canonical account anew.
    assert_eq!(stage.record(&vote).stake_state, NONE);
    stage.increase(&vote, SOL);
    assert_eq!(stage.delegated(&stage.pool.stake(&vote)), SOL);
    stage.assert_balanced();
}

#[test]
fn a_validator_left_with_an_activating_account_gets_a_canonical_one_and_both_are_merged() {
    let (mut stage, _, vote) = ready();
    stage.increase(&vote, 3 * SOL);
    stage.next_epoch();
    stage.increase(&vote, 2 * SOL);
    stage.deactivated_by_a_third_party(&stage.pool.stake(&vote));
    stage.next_epoch();
    assert_eq!(stage.record(&vote).stake_state, NONE);
    stage.increase(&vote, 4 * SOL);
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.activating, record.stake_state), (4 * SOL, 2 * SOL, DELEGATED));
    stage.assert_balanced();
    stage.next_epoch();
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.activating), (6 * SOL, 0));
    stage.assert_balanced();
}

#[test]
fn a_minimum_delegation_is_the_least() {
    let (mut stage, _, vote) = ready();
    assert_eq!(stage.pool.state(&stage.svm).min_delegation, SOL);
    for (lamports, refusal) in
        [(0, ZeroAmount), (1, BelowMinimumDelegation), (SOL - 1, BelowMinimumDelegation)]
    {
        let wrong = increase(&stage, &vote, lamports);
        refuses(&mut stage, wrong, refusal);
    }
    stage.increase(&vote, SOL);
    stage.assert_balanced();
}

#[test]
fn the_reserve_may_be_staked_to_the_last_lamport_above_its_rent() {
    let (mut stage, _, vote) = ready();
    let rent = stage.stake_rent();
    for lamports in [10 * SOL - rent + 1, 10 * SOL, u64::MAX - rent] {
        let wrong = increase(&stage, &vote, lamports);
        refuses(&mut stage, wrong, ReserveInsufficient);
    }
    for lamports in [u64::MAX - rent + 1, u64::MAX] {
        let wrong = increase(&stage, &vote, lamports);
        refuses(&mut stage, wrong, Overflow);
    }
    stage.increase(&vote, 10 * SOL - rent);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 0);
    stage.assert_balanced();
}

#[test]
fn what_open_tickets_are_owed_stays_in_the_reserve() {
    let (mut stage, alice, vote) = ready();
    let (rent, ticket) = (stage.stake_rent(), keypair("ticket"));
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 4 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    let wrong = increase(&stage, &vote, 6 * SOL - rent + 1);
    refuses(&mut stage, wrong, ReserveInsufficient);
    stage.increase(&vote, 6 * SOL - rent);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 4 * SOL);
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&ticket.pubkey(), &alice.address()), &[]);
    stage.assert_balanced();
}

#[test]
fn lamports_sent_ahead_to_the_new_account_are_delegated_and_found_by_the_update() {
    let (mut stage, _, vote) = ready();
    let (canonical, activating) = (stage.pool.stake(&vote), stage.pool.activating(&vote));
    stage.donate(&canonical, SOL / 100);
    stage.donate(&activating, SOL / 50);
    stage.increase(&vote, 3 * SOL);
    stage.increase(&vote, 2 * SOL);
    assert_eq!(stage.delegated(&canonical), 3 * SOL + SOL / 100);
    assert_eq!(stage.delegated(&activating), 2 * SOL + SOL / 50);
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.activating), (3 * SOL + SOL / 100, 2 * SOL + SOL / 50));
    // The rate does not see it before the update.
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL + 3 * SOL / 100);
    stage.assert_balanced();
}

#[test]
fn a_donation_as_large_as_the_rent_does_not_block_the_address() {
    let (mut stage, _, vote) = ready();
    let rent = stage.stake_rent();
    stage.donate(&stage.pool.stake(&vote), rent);
    stage.increase(&vote, SOL);
    assert_eq!(stage.delegated(&stage.pool.stake(&vote)), SOL + rent);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL + rent);
    stage.assert_balanced();
}

#[test]
fn a_pool_of_the_last_epoch_moves_no_stake() {
    let (mut stage, _, vote) = ready();
    stage.svm.advance_epoch();
    let wrong = increase(&stage, &vote, SOL);
    refuses(&mut stage, wrong, PoolStale);
}

#[test]
fn no_stake_moves_while_rewards_are_paid() {
    let (mut stage, _, vote) = ready();
    stage.svm.set_rewards_active(true);
    let wrong = increase(&stage, &vote, SOL);
    refuses(&mut stage, wrong, by_stake(InstructionError::Custom(16)));
}

#[test]
fn nothing_is_delegated_to_a_vote_account_that_was_closed() {
    let (mut stage, _, vote) = ready();
    stage.svm.edit(&vote, |account| {
        account.owner = SYSTEM;
        account.data.clear();
    });
    let wrong = increase(&stage, &vote, SOL);
    refuses(&mut stage, wrong, by_stake(InstructionError::IncorrectProgramId));
}

#[test]
fn a_validator_the_admin_retired_takes_nothing_more() {
    let (mut stage, _, ann) = ready();
    let ben = stage.validator("ben");
    stage.increase(&ann, 3 * SOL);
    stage.next_epoch();
    stage.administer(stage.pool.retire_validator(&stage.svm, &ann));
    for _ in 0..2 {
        let wrong = increase(&stage, &ann, SOL);
        refuses(&mut stage, wrong, ValidatorRetired);
        stage.next_epoch();
    }
    stage.increase(&ben, SOL);
    stage.assert_balanced();
}

#[test]
fn only_the_delegation_authority_may_increase() {
    let (mut stage, _, vote) = ready();
    let right = increase(&stage, &vote, SOL);
    let authority = stage.pool.delegation.pubkey();
    stage.refuses(unsigned(&right, &authority), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.admin.insecure_clone(), keypair("mallory")] {
        let wrong = substitute(&right, &authority, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotDelegationAuthority);
    }
}

#[test]
fn an_index_is_checked_against_its_vote_account() {
    let (mut stage, _, ann) = ready();
    let ben = stage.validator("ben");
    let with_index = |index: u32, vote: &Address, stake: &Address| {
        stage
            .pool
            .increase_stake_accounts(vote, stake)
            .instruction(IncreaseStakeInstructionArgs { index, lamports: SOL })
    };
    let (of_ann, of_ben) = (stage.pool.stake(&ann), stage.pool.stake(&ben));
    let wrong = [
        (with_index(1, &ann, &of_ann), WrongValidatorIndex),
        (with_index(0, &ben, &of_ben), WrongValidatorIndex),
        (with_index(2, &ann, &of_ann), WrongValidatorIndex),
        (with_index(u32::MAX, &ann, &of_ann), WrongValidatorIndex),
        (with_index(0, &ann, &of_ben), WrongStakeAccount),
        (with_index(0, &ann, &stage.pool.activating(&ann)), WrongStakeAccount),
        (with_index(0, &ann, &stage.pool.deactivating(&ann)), WrongStakeAccount),
    ];
    for (wrong, refusal) in wrong {
        refuses(&mut stage, wrong, refusal);
    }
    // With a canonical account in place, it is the activating account's turn.
    stage.increase(&ann, SOL);
    let wrong = stage
        .pool
        .increase_stake_accounts(&ann, &of_ann)
        .instruction(IncreaseStakeInstructionArgs { index: 0, lamports: SOL });
    refuses(&mut stage, wrong, WrongStakeAccount);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, _, ann) = ready();
    let ben = stage.validator("ben");
    let other = stage.other_pool();
    let right = increase(&stage, &ann, SOL);
    let (pool, reserve, list) = (stage.pool.pool, stage.pool.reserve, stage.pool.list);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    let forged_reserve = stage.svm.forgery(&reserve);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, NotDelegationAuthority.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (ann, ben, WrongValidatorIndex.into()),
        (stage.pool.stake(&ann), stage.pool.stake(&ben), WrongStakeAccount.into()),
        (stage.pool.stake(&ann), other.stake(&ann), WrongStakeAccount.into()),
        (sysvar::rent::ID, sysvar::clock::ID, WrongProgramAccount.into()),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (sysvar::stake_history::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (STAKE_CONFIG, sysvar::rent::ID, WrongProgramAccount.into()),
        (SYSTEM, token::TOKEN_PROGRAM, shared(InstructionError::IncorrectProgramId)),
        (pool::STAKE_PROGRAM, token::TOKEN_PROGRAM, WrongProgramAccount.into()),
    ] {
        let wrong = substitute(&right, &place, &stand_in);
        refuses(&mut stage, wrong, refusal);
    }
    stage.delegate(right);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let (mut stage, _, ann) = ready();
    let right = increase(&stage, &ann, SOL);
    let places = [stage.pool.pool, stage.pool.reserve, stage.pool.list, stage.pool.stake(&ann)];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        refuses(&mut stage, wrong, framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}
