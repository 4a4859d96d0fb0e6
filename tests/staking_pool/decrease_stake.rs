//! `decrease_stake`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::DecreaseStakeInstructionArgs;
use sluice_sdk::staking_pool::types::StakeDecreased;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

mod by_anyone;
mod limits;

/// `stake_state` of a record.
const NONE: u8 = 0;
const DELEGATED: u8 = 1;
const DEACTIVATING: u8 = 2;

/// Alice's nine SOL and the seed, `lamports` of it active with Ann.
fn delegated(lamports: u64) -> (Stage, Holder, Address) {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let vote = stage.staked("ann", lamports);
    (stage, alice, vote)
}

fn decrease(stage: &Stage, vote: &Address, lamports: u64) -> Instruction {
    stage.pool.decrease_stake(&stage.svm, vote, lamports)
}

fn authority(stage: &Stage) -> Keypair {
    stage.pool.delegation.insecure_clone()
}

#[track_caller]
fn refuses(stage: &mut Stage, instruction: Instruction, refusal: impl Into<Refusal>) {
    let authority = authority(stage);
    stage.refuses(instruction, &[&authority], refusal);
}

#[test]
fn a_part_is_split_off_and_cools_down() {
    let (mut stage, _, vote) = delegated(6 * SOL);
    let (stake, split) = (stage.pool.stake(&vote), stage.pool.deactivating(&vote));
    let (rent, before) = (stage.stake_rent(), stage.pool.state(&stage.svm));
    let (held, reserve) = (stage.lamports(&stake), stage.lamports(&stage.pool.reserve));

    let sent = stage.decrease(&vote, 2 * SOL);

    assert_eq!(stage.lamports(&stake), held - 2 * SOL);
    assert_eq!(stage.delegated(&stake), 4 * SOL);
    assert_eq!(stage.lamports(&split), 2 * SOL + rent);
    assert_eq!(stage.delegated(&split), 2 * SOL);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve - rent);
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.activating, record.deactivating), (4 * SOL, 0, 2 * SOL));
    assert_eq!(record.stake_state, DELEGATED);
    let after = stage.pool.state(&stage.svm);
    assert_eq!(after.total_lamports, before.total_lamports);
    assert_eq!(after.stake_rent, before.stake_rent + rent);
    stage.assert_balanced();
    let event = StakeDecreased {
        pool: stage.pool.pool,
        vote,
        lamports: 2 * SOL,
        rent,
        reserve_after: reserve - rent,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeDecreased(event)]);

    // The next epoch's update collects it, rent and all.
    stage.next_epoch();
    assert_eq!(stage.svm.account(&split), None);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + 2 * SOL);
    let collected = stage.pool.state(&stage.svm);
    assert_eq!((collected.total_lamports, collected.stake_rent), (10 * SOL, before.stake_rent));
    assert_eq!(stage.record(&vote).deactivating, 0);
    stage.assert_balanced();
}

#[test]
fn the_whole_is_deactivated_in_place_and_costs_no_rent() {
    let (mut stage, _, vote) = delegated(6 * SOL);
    let stake = stage.pool.stake(&vote);
    let (before, reserve) = (stage.pool.state(&stage.svm), stage.lamports(&stage.pool.reserve));

    let sent = stage.decrease(&vote, 6 * SOL);

    let record = stage.record(&vote);
    assert_eq!((record.stake, record.deactivating, record.stake_state), (6 * SOL, 0, DEACTIVATING));
    assert_eq!(stage.svm.account(&stage.pool.deactivating(&vote)), None);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve);
    let epoch = stage.svm.clock().epoch;
    stage.changed_only(before, |pool| {
        (pool.moved_epoch, pool.moved_lamports, pool.leaving_lamports) = (epoch, 6 * SOL, 6 * SOL);
    });
    stage.assert_balanced();
    let event =
        StakeDecreased { pool: stage.pool.pool, vote, lamports: 6 * SOL, rent: 0, reserve_after: reserve };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeDecreased(event)]);

    stage.next_epoch();
    assert_eq!(stage.svm.account(&stake), None);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 10 * SOL, "everything, rent and all");
    assert_eq!(stage.record(&vote).stake_state, NONE);
    assert_eq!(stage.pool.state(&stage.svm).stake_rent, 0);
    stage.assert_balanced();
}

#[test]
fn what_moves_and_what_stays_are_each_a_minimum_delegation() {
    let (mut stage, _, vote) = delegated(3 * SOL);
    for lamports in [1, SOL - 1, 2 * SOL + 1, 3 * SOL - 1] {
        let wrong = decrease(&stage, &vote, lamports);
        refuses(&mut stage, wrong, BelowMinimumDelegation);
    }
    stage.decrease(&vote, 2 * SOL);
    stage.next_epoch();
    // 1 SOL is left, and moves as a whole or not at all.
    let wrong = decrease(&stage, &vote, SOL - 1);
    refuses(&mut stage, wrong, BelowMinimumDelegation);
    stage.decrease(&vote, SOL);
    stage.assert_balanced();
}

#[test]
fn nothing_and_more_than_there_is_are_refused() {
    let (mut stage, _, vote) = delegated(3 * SOL);
    for (lamports, refusal) in [(0, ZeroAmount), (3 * SOL + 1, StakeNotUsable), (u64::MAX, StakeNotUsable)] {
        let wrong = decrease(&stage, &vote, lamports);
        refuses(&mut stage, wrong, refusal);
    }
}

#[test]
fn one_decrease_an_epoch() {
    let (mut stage, _, vote) = delegated(5 * SOL);
    stage.decrease(&vote, SOL);
    for lamports in [SOL, 4 * SOL] {
        let wrong = decrease(&stage, &vote, lamports);
        refuses(&mut stage, wrong, TransientExists);
    }
    stage.next_epoch();
    stage.decrease(&vote, 4 * SOL);
    // Cooling down as a whole: nothing is left to take from.
    for lamports in [SOL, 4 * SOL] {
        let wrong = decrease(&stage, &vote, lamports);
        refuses(&mut stage, wrong, StakeNotUsable);
    }
    stage.next_epoch();
    let wrong = decrease(&stage, &vote, SOL);
    refuses(&mut stage, wrong, StakeNotUsable);
}

#[test]
fn stake_that_a_third_party_deactivated_today_is_left_alone() {
    let (mut stage, _, vote) = delegated(5 * SOL);
    stage.deactivated_by_a_third_party(&stage.pool.stake(&vote));
    for lamports in [SOL, 5 * SOL] {
        let wrong = decrease(&stage, &vote, lamports);
        refuses(&mut stage, wrong, StakeNotUsable);
    }
    // It cools down by itself, and the update collects it.
    stage.next_epoch();
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 10 * SOL);
    stage.assert_balanced();
}

#[test]
fn stake_that_is_still_warming_up_may_be_decreased() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let vote = stage.validator("ann");
    stage.increase(&vote, 5 * SOL);
    stage.decrease(&vote, 2 * SOL);
    stage.assert_balanced();
    stage.next_epoch();
    // What was split off never became effective.
    assert_eq!(stage.record(&vote).deactivating, 0);
    assert_eq!(stage.record(&vote).stake, 3 * SOL);
    stage.assert_balanced();
}

/// A validator whose canonical account a third party deactivated, and that has 2 SOL in its activating account.
fn left_with_its_activating_account() -> (Stage, Address) {
    let (mut stage, _, vote) = delegated(5 * SOL);
    stage.increase(&vote, 2 * SOL);
    stage.deactivated_by_a_third_party(&stage.pool.stake(&vote));
    stage.next_epoch();
    let record = stage.record(&vote);
    assert_eq!((record.stake_state, record.stake, record.activating), (NONE, 0, 2 * SOL));
    stage.assert_balanced();
    (stage, vote)
}

#[test]
fn a_validator_without_canonical_account_gives_up_its_activating_one_whole() {
    let (mut stage, vote) = left_with_its_activating_account();
    let wrong = decrease(&stage, &vote, SOL);
    refuses(&mut stage, wrong, BelowMinimumDelegation);
    let wrong = decrease(&stage, &vote, 2 * SOL + 1);
    refuses(&mut stage, wrong, StakeNotUsable);
    let before = stage.pool.state(&stage.svm);
    stage.decrease(&vote, 2 * SOL);
    let epoch = stage.svm.clock().epoch;
    stage.changed_only(before, |pool| {
        (pool.moved_epoch, pool.moved_lamports, pool.leaving_lamports) = (epoch, 2 * SOL, 2 * SOL);
    });
    stage.assert_balanced();
    let wrong = decrease(&stage, &vote, 2 * SOL);
    refuses(&mut stage, wrong, StakeNotUsable);
    stage.next_epoch();
    assert_eq!(stage.record(&vote).activating, 0);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 10 * SOL);
    assert_eq!(stage.pool.state(&stage.svm).stake_rent, 0);
    stage.assert_balanced();
}

#[test]
fn the_rent_of_a_split_leaves_the_reserve_its_own() {
    let mut stage = Stage::new();
    let vote = stage.validator("ann");
    stage.holder("alice", 9 * SOL);
    let rent = stage.stake_rent();
    // Everything but the rent of one more stake account, less a lamport.
    stage.increase(&vote, 10 * SOL - 2 * rent + 1);
    let wrong = decrease(&stage, &vote, 2 * SOL);
    refuses(&mut stage, wrong, ReserveInsufficient);
    stage.holder("bob", 1_000_000);
    stage.decrease(&vote, 2 * SOL);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 999_999);
    stage.assert_balanced();
}

#[test]
fn what_open_tickets_are_owed_does_not_stop_the_decrease_that_pays_them() {
    let (mut stage, alice, vote) = delegated(8 * SOL);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 5 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    // 2 SOL in the reserve, 5 owed: 4 must come from the validator.
    stage.decrease(&vote, 4 * SOL);
    stage.assert_balanced();
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&ticket.pubkey(), &alice.address()), &[]);
    stage.assert_balanced();
}

#[test]
fn lamports_sent_ahead_to_the_new_account_come_home_as_profit() {
    let (mut stage, _, vote) = delegated(5 * SOL);
    let (split, rent) = (stage.pool.deactivating(&vote), stage.stake_rent());
    stage.donate(&split, SOL / 100);
    stage.decrease(&vote, 2 * SOL);
    assert_eq!(stage.delegated(&split), 2 * SOL);
    assert_eq!(stage.lamports(&split), 2 * SOL + rent + SOL / 100);
    stage.assert_balanced();
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL + SOL / 100);
    assert_eq!(stage.record(&vote).growth, 10_000_000);
    stage.assert_balanced();
}

#[test]
fn a_pool_of_the_last_epoch_moves_no_stake() {
    let (mut stage, _, vote) = delegated(5 * SOL);
    stage.svm.advance_epoch();
    let wrong = decrease(&stage, &vote, SOL);
    refuses(&mut stage, wrong, PoolStale);
}

#[test]
fn no_stake_moves_while_rewards_are_paid() {
    let (mut stage, _, vote) = delegated(5 * SOL);
    stage.svm.set_rewards_active(true);
    for lamports in [SOL, 5 * SOL] {
        let wrong = decrease(&stage, &vote, lamports);
        refuses(&mut stage, wrong, by_stake(InstructionError::Custom(16)));
    }
}

#[test]
fn only_the_delegation_authority_may_decrease() {
    let (mut stage, _, vote) = delegated(5 * SOL);
    let right = decrease(&stage, &vote, SOL);
    let authority = stage.pool.delegation.pubkey();
    stage.refuses(unsigned(&right, &authority), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.admin.insecure_clone(), keypair("mallory")] {
        let wrong = substitute(&right, &authority, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotDelegationAuthority);
    }
}

#[test]
fn an_index_is_checked_against_its_vote_account() {
    let (mut stage, _, ann) = delegated(3 * SOL);
    let ben = stage.staked("ben", 3 * SOL);
    let with_index = |index: u32, vote: &Address, stake: &Address| {
        stage
            .pool
            .decrease_stake_accounts(vote, stake)
            .instruction(DecreaseStakeInstructionArgs { index, lamports: SOL })
    };
    let (of_ann, of_ben) = (stage.pool.stake(&ann), stage.pool.stake(&ben));
    let wrong = [
        (with_index(1, &ann, &of_ann), WrongValidatorIndex),
        (with_index(0, &ben, &of_ben), WrongValidatorIndex),
        (with_index(2, &ann, &of_ann), WrongValidatorIndex),
        (with_index(u32::MAX, &ann, &of_ann), WrongValidatorIndex),
        (with_index(0, &ann, &of_ben), WrongStakeAccount),
        (with_index(0, &ann, &stage.pool.activating(&ann)), WrongStakeAccount),
    ];
    for (wrong, refusal) in wrong {
        refuses(&mut stage, wrong, refusal);
    }
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, _, ann) = delegated(3 * SOL);
    let ben = stage.staked("ben", 3 * SOL);
    let other = stage.other_pool();
    let right = decrease(&stage, &ann, SOL);
    let (pool, reserve, list) = (stage.pool.pool, stage.pool.reserve, stage.pool.list);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    let forged_reserve = stage.svm.forgery(&reserve);
    let forged_stake = stage.svm.forgery(&stage.pool.stake(&ann));
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, WrongReserve.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (ann, ben, WrongValidatorIndex.into()),
        (stage.pool.stake(&ann), stage.pool.stake(&ben), WrongStakeAccount.into()),
        (stage.pool.stake(&ann), forged_stake, WrongStakeAccount.into()),
        (stage.pool.deactivating(&ann), stage.pool.deactivating(&ben), WrongStakeAccount.into()),
        (stage.pool.deactivating(&ann), stage.pool.activating(&ann), WrongStakeAccount.into()),
        (stage.pool.deactivating(&ann), other.deactivating(&ann), WrongStakeAccount.into()),
        (solana_sdk_ids::sysvar::clock::ID, solana_sdk_ids::sysvar::rent::ID, WrongProgramAccount.into()),
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
    let (mut stage, _, ann) = delegated(3 * SOL);
    let right = decrease(&stage, &ann, SOL);
    let places = [
        stage.pool.pool,
        stage.pool.reserve,
        stage.pool.list,
        stage.pool.stake(&ann),
        stage.pool.deactivating(&ann),
    ];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        refuses(&mut stage, wrong, framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

/// A pool of thirty SOL of which no more than a fifth may be moved in an epoch, twelve each with Ann and Ben.
fn capped() -> (Stage, Holder, [Address; 2]) {
    capped_at(2_000)
}

fn capped_at(movement_cap_bps: u16) -> (Stage, Holder, [Address; 2]) {
    let mut stage = Stage::with(|options| options.params.limits.movement_cap_bps = movement_cap_bps);
    let alice = stage.holder("alice", 29 * SOL);
    let votes = ["ann", "ben"].map(|name| stage.validator(name));
    for vote in &votes {
        stage.increase(vote, 12 * SOL);
    }
    stage.next_epoch();
    (stage, alice, votes)
}

/// What tickets are owed beyond the reserve and what is on its way there, counted from what the chain holds.
fn lack(stage: &Stage) -> u64 {
    let state = stage.pool.state(&stage.svm);
    let leaving = |account: Address| match stage.svm.account(&account) {
        Some(account) if account.data[offset::DEACTIVATION_EPOCH..][..8] != [0xff; 8] => account.lamports,
        _ => 0,
    };
    let home: u64 = stage
        .pool
        .list(&stage.svm)
        .records
        .iter()
        .map(|record| {
            let whole = match record.stake_state {
                DEACTIVATING => record.stake,
                _ => 0,
            };
            whole + leaving(stage.pool.deactivating(&record.vote))
        })
        .sum();
    state.ticket_lamports.saturating_sub(stage.pool.reserve_lamports(&stage.svm)).saturating_sub(home)
}
