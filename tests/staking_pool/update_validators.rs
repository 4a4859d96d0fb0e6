//! `update_validators`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::UpdateValidatorsInstructionArgs;
use sluice_sdk::staking_pool::types::{ValidatorMoved, ValidatorsUpdated};
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_instruction::{AccountMeta, Instruction};
use solana_sdk_ids::sysvar;
use solana_signer::Signer;
use solana_stake_history::StakeHistoryEntry;

use crate::stage::*;

mod surprises;

/// `stake_state` of a record.
const NONE: u8 = 0;
const DELEGATED: u8 = 1;
const DEACTIVATING: u8 = 2;

/// A cluster where so much moves that an account gets nine hundredths of its way in an epoch.
const BUSY: StakeHistoryEntry = StakeHistoryEntry {
    effective: 1_000_000 * SOL,
    activating: 1_000_000 * SOL,
    deactivating: 1_000_000 * SOL,
};

/// A pool of thirty SOL with five active at each of three validators.
fn three_validators() -> (Stage, [Address; 3]) {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let votes = ["ann", "ben", "cat"].map(|name| stage.validator(name));
    for vote in &votes {
        stage.increase(vote, 5 * SOL);
    }
    stage.next_epoch();
    (stage, votes)
}

/// `update_validators` over these records with these accounts behind the fixed ones.
fn update_with(stage: &Stage, start: u32, count: u8, accounts: &[Address]) -> Instruction {
    let metas: Vec<_> = accounts.iter().map(|address| AccountMeta::new(*address, false)).collect();
    let args = UpdateValidatorsInstructionArgs { start, count };
    stage.pool.update_validators_accounts().instruction_with_remaining_accounts(args, &metas)
}

fn update(stage: &Stage, start: usize, count: usize) -> Instruction {
    stage.pool.update_validators(&stage.svm, start, count)
}

#[test]
fn a_batch_counts_delegations_and_rent() {
    let (mut stage, votes) = three_validators();
    stage.svm.advance_epoch();
    let (epoch, rent) = (stage.svm.clock().epoch, stage.stake_rent());
    let reserve = stage.lamports(&stage.pool.reserve);
    let sent = stage.must(update(&stage, 0, 2), &[]);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.update_epoch, state.update_count), (epoch, 2));
    assert_eq!((state.update_lamports, state.update_rent), (10 * SOL, 2 * rent));
    assert_eq!(state.updated_epoch, epoch - 1, "finishing is another instruction's");
    for (vote, updated) in votes.iter().zip([epoch, epoch, epoch - 1]) {
        assert_eq!(stage.record(vote).updated_epoch, updated);
    }
    let event = ValidatorsUpdated {
        pool: stage.pool.pool,
        epoch,
        start: 0,
        updated: 2,
        held_before: 10 * SOL,
        held_after: 10 * SOL,
        reserve_after: reserve,
        held: vec![5 * SOL; 2],
    };
    // Nothing moved, so validators have no events of their own.
    assert_eq!(events(&sent), [StakingPoolEvent::ValidatorsUpdated(event)]);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve);
}

#[test]
fn batches_may_come_in_any_order_overlap_and_come_again() {
    let (mut stage, _) = three_validators();
    stage.svm.advance_epoch();
    for (start, count, counted) in
        [(2, 1, 1), (1, 2, 2), (1, 2, 2), (0, 0, 2), (3, 0, 2), (0, 3, 3), (0, 3, 3)]
    {
        stage.must(update(&stage, start, count), &[]);
        let state = stage.pool.state(&stage.svm);
        assert_eq!((state.update_count, state.update_lamports), (counted, counted * 5 * SOL));
    }
    stage.must(stage.pool.finish_update(), &[]);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 30 * SOL);
    stage.assert_balanced();
    // And after the end too.
    stage.must(update(&stage, 0, 3), &[]);
    assert_eq!(stage.pool.state(&stage.svm).update_count, 3);
    stage.assert_balanced();
}

#[test]
fn anyone_may_send_it() {
    let (mut stage, _) = three_validators();
    let mallory = stage.newcomer("mallory");
    stage.svm.advance_epoch();
    let before = stage.lamports(&mallory.address());
    let sent = stage.svm.must(&[update(&stage, 0, 3), stage.pool.finish_update()], &[&mallory.key]);
    assert_eq!(stage.lamports(&mallory.address()), before - sent.fee);
    stage.assert_balanced();
}

#[test]
fn an_update_left_half_done_starts_over_in_the_next_epoch() {
    let (mut stage, votes) = three_validators();
    stage.decrease(&votes[0], 2 * SOL);
    stage.svm.advance_epoch();
    // Ann's two SOL are collected, and then nobody goes on.
    stage.must(update(&stage, 0, 1), &[]);
    assert_eq!(stage.record(&votes[0]).deactivating, 0);
    let total = stage.pool.state(&stage.svm).total_lamports;
    stage.svm.advance_epoch();
    stage.must(update(&stage, 1, 2), &[]);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.update_count, state.update_lamports), (2, 10 * SOL));
    let refusal = UpdateIncomplete;
    stage.refuses(stage.pool.finish_update(), &[], refusal);
    stage.must(update(&stage, 0, 1), &[]);
    stage.must(stage.pool.finish_update(), &[]);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, total);
    stage.assert_balanced();
}

#[test]
fn a_transaction_built_before_another_landed_does_the_rest_of_its_work() {
    let (mut stage, votes) = three_validators();
    stage.increase(&votes[0], 2 * SOL);
    stage.decrease(&votes[0], SOL);
    stage.svm.advance_epoch();
    let whole = update(&stage, 0, 3);
    stage.must(update(&stage, 0, 1), &[]);
    // Two of Ann's three accounts are gone, and `whole` still names them.
    stage.must(whole, &[]);
    assert_eq!(stage.pool.state(&stage.svm).update_count, 3);
    stage.must(stage.pool.finish_update(), &[]);
    stage.assert_balanced();
}

#[test]
fn the_first_batch_of_an_epoch_reads_the_minimum_delegation() {
    let (mut stage, _) = three_validators();
    let min_delegation = |stage: &Stage| stage.pool.state(&stage.svm).min_delegation;
    let at = offset_of(&stage, min_delegation(&stage));
    stage.svm.advance_epoch();
    stage.write_word(&stage.pool.pool.clone(), at, 7);
    assert_eq!(min_delegation(&stage), 7);
    stage.must(update(&stage, 0, 1), &[]);
    assert_eq!(min_delegation(&stage), SOL);
    stage.write_word(&stage.pool.pool.clone(), at, 7);
    stage.must(update(&stage, 1, 2), &[]);
    assert_eq!(min_delegation(&stage), 7, "the others do not");
}

/// Where in the pool's account the minimum delegation is: the word, among those of one SOL, behind which the smallest
/// deposit of 1,000,000 lamports comes.
fn offset_of(stage: &Stage, min_delegation: u64) -> usize {
    let data = stage.svm.account(&stage.pool.pool).expect("the pool exists").data;
    let word = |at: usize| u64::from_le_bytes(data[at..at + 8].try_into().expect("8 bytes"));
    (8..data.len() - 16)
        .step_by(8)
        .find(|at| word(*at) == min_delegation && word(*at + 8) == 1_000_000)
        .expect("the pool records it")
}

#[test]
fn an_activated_transient_is_merged_and_its_rent_comes_home() {
    let (mut stage, [ann, ..]) = three_validators();
    stage.increase(&ann, 2 * SOL);
    let (stake, activating, rent) = (stage.pool.stake(&ann), stage.pool.activating(&ann), stage.stake_rent());
    stage.svm.advance_epoch();
    let reserve = stage.lamports(&stage.pool.reserve);

    let sent = stage.must(update(&stage, 0, 3), &[]);

    assert_eq!(stage.svm.account(&activating), None);
    assert_eq!(stage.delegated(&stake), 7 * SOL);
    assert_eq!(stage.lamports(&stake), 7 * SOL + rent);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + rent);
    let record = stage.record(&ann);
    assert_eq!((record.stake, record.activating, record.growth), (7 * SOL, 0, 0));
    assert_eq!(stage.pool.state(&stage.svm).update_rent, 3 * rent);
    let moved = ValidatorMoved {
        pool: stage.pool.pool,
        vote: ann,
        held_before: 7 * SOL,
        held_after: 7 * SOL,
        collected: rent,
    };
    assert_eq!(events(&sent)[0], StakingPoolEvent::ValidatorMoved(moved));
    assert_eq!(events(&sent).len(), 2);
    stage.must(stage.pool.finish_update(), &[]);
    stage.assert_balanced();
}

#[test]
fn a_transient_that_still_warms_up_waits() {
    let (mut stage, [ann, ..]) = three_validators();
    stage.increase(&ann, 2 * SOL);
    stage.svm.advance_epoch_of(BUSY);
    stage.pool.update(&mut stage.svm);
    let record = stage.record(&ann);
    assert_eq!((record.stake, record.activating), (5 * SOL, 2 * SOL));
    stage.assert_balanced();
    // Nor is there room for a third increase.
    let authority = stage.pool.delegation.insecure_clone();
    let wrong = stage.pool.increase_stake(&stage.svm, &ann, SOL);
    stage.refuses(wrong, &[&authority], TransientExists);
    stage.next_epoch();
    let record = stage.record(&ann);
    assert_eq!((record.stake, record.activating), (7 * SOL, 0));
    stage.assert_balanced();
}

#[test]
fn a_canonical_account_that_still_warms_up_waits_with_its_transient() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let ann = stage.validator("ann");
    stage.increase(&ann, 3 * SOL);
    stage.increase(&ann, 2 * SOL);
    stage.svm.advance_epoch_of(BUSY);
    stage.pool.update(&mut stage.svm);
    let record = stage.record(&ann);
    assert_eq!((record.stake, record.activating), (3 * SOL, 2 * SOL));
    stage.assert_balanced();
    stage.next_epoch();
    assert_eq!(stage.record(&ann).stake, 5 * SOL);
    stage.assert_balanced();
}

#[test]
fn what_has_cooled_down_is_collected_and_what_has_not_waits() {
    let (mut stage, [ann, ben, _]) = three_validators();
    stage.decrease(&ann, 2 * SOL);
    stage.decrease(&ben, 5 * SOL);
    let reserve = stage.pool.reserve_lamports(&stage.svm);
    stage.svm.advance_epoch_of(BUSY);
    stage.pool.update(&mut stage.svm);
    assert_eq!((stage.record(&ann).stake, stage.record(&ann).deactivating), (3 * SOL, 2 * SOL));
    assert_eq!((stage.record(&ben).stake, stage.record(&ben).stake_state), (5 * SOL, DEACTIVATING));
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), reserve);
    stage.assert_balanced();

    stage.next_epoch();
    assert_eq!((stage.record(&ann).stake, stage.record(&ann).deactivating), (3 * SOL, 0));
    assert_eq!((stage.record(&ben).stake, stage.record(&ben).stake_state), (0, NONE));
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), reserve + 7 * SOL + 2 * stage.stake_rent());
    stage.assert_balanced();
}

#[test]
fn tips_are_swept_once_they_reach_the_threshold() {
    let (mut stage, [ann, ben, _]) = three_validators();
    let (of_ann, of_ben) = (stage.pool.stake(&ann), stage.pool.stake(&ben));
    let before = stage.pool.state(&stage.svm);
    stage.donate(&of_ann, 9_999_999);
    stage.donate(&of_ben, 10_000_000);
    let (reserve, rent) = (stage.lamports(&stage.pool.reserve), stage.stake_rent());
    stage.next_epoch();
    // Ann's are a lamport short: they lie where they are, and count for nothing yet.
    assert_eq!(stage.lamports(&of_ann), 5 * SOL + rent + 9_999_999);
    assert_eq!(stage.lamports(&of_ben), 5 * SOL + rent);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + 10_000_000);
    assert_eq!((stage.record(&ann).growth, stage.record(&ben).growth), (0, 10_000_000));
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, before.total_lamports + 10_000_000);
    stage.assert_balanced();

    stage.donate(&of_ann, 1);
    stage.next_epoch();
    assert_eq!(stage.lamports(&of_ann), 5 * SOL + rent);
    assert_eq!(stage.record(&ann).growth, 10_000_000);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, before.total_lamports + 20_000_000);
    stage.assert_balanced();
}

#[test]
fn tips_below_the_threshold_come_home_with_the_account() {
    let (mut stage, [ann, ben, _]) = three_validators();
    let before = stage.pool.state(&stage.svm);
    stage.donate(&stage.pool.stake(&ann), 1_000);
    stage.donate(&stage.pool.stake(&ben), 500);
    stage.decrease(&ann, 5 * SOL);
    stage.increase(&ben, SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, before.total_lamports + 1_500);
    assert_eq!((stage.record(&ann).growth, stage.record(&ben).growth), (1_000, 500));
    stage.assert_balanced();
}

#[test]
fn a_validator_earns_on_what_it_held_a_whole_epoch() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.validator("ann");
    stage.increase(&ann, 5 * SOL);
    let mut earning = Vec::new();
    for epoch in 0..6 {
        match epoch {
            2 => drop(stage.increase(&ann, 3 * SOL)),
            4 => drop(stage.decrease(&ann, 2 * SOL)),
            _ => {}
        }
        stage.next_epoch();
        earning.push(stage.record(&ann).earning / SOL);
    }
    // Five warm up, then earn; three more warm up, then earn; the two that leave earn once more.
    assert_eq!(earning, [0, 5, 5, 8, 8, 6]);
}

#[test]
fn balances_are_not_read_while_rewards_are_paid() {
    let (mut stage, _) = three_validators();
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    let right = update(&stage, 0, 3);
    stage.refuses(right.clone(), &[], EpochRewardsActive);
    stage.svm.set_rewards_active(false);
    stage.must(right, &[]);
}

#[test]
fn a_range_outside_the_list_is_refused() {
    let (mut stage, _) = three_validators();
    stage.svm.advance_epoch();
    for (start, count) in [(3, 1), (0, 4), (2, 2), (4, 0), (100, 1), (u32::MAX, 0), (u32::MAX, 255)] {
        let wrong = update_with(&stage, start, count, &[]);
        stage.refuses(wrong, &[], WrongValidatorIndex);
    }
}

#[test]
fn the_accounts_are_those_of_the_records_in_their_order() {
    let (mut stage, [ann, ben, cat]) = three_validators();
    stage.increase(&ann, 2 * SOL);
    stage.decrease(&ann, SOL);
    let other = stage.other_pool();
    stage.svm.advance_epoch();
    let (a, b) = (stage.pool.stake(&ann), stage.pool.stake(&ben));
    let (up, down) = (stage.pool.activating(&ann), stage.pool.deactivating(&ann));
    let forged = stage.svm.forgery(&a);
    for accounts in [
        // Missing.
        vec![],
        vec![a],
        vec![a, up],
        vec![a, up, down],
        vec![up, down, b],
        vec![a, down, b],
        // Out of order.
        vec![up, a, down, b],
        vec![a, down, up, b],
        vec![b, a, up, down],
        // Too many.
        vec![a, up, down, b, stage.pool.stake(&cat)],
        vec![a, up, down, b, b],
        vec![a, a, up, down, b],
        // Others'.
        vec![forged, up, down, b],
        vec![other.stake(&ann), up, down, b],
        vec![stage.pool.stake(&cat), up, down, b],
        vec![a, up, down, ben],
    ] {
        let wrong = update_with(&stage, 0, 2, &accounts);
        stage.refuses(wrong, &[], WrongStakeAccount);
    }
    stage.must(update_with(&stage, 0, 2, &[a, up, down, b]), &[]);
    // Already counted, their accounts may be given or not, but nothing else may.
    stage.must(update_with(&stage, 0, 2, &[]), &[]);
    stage.must(update_with(&stage, 0, 2, &[a, down]), &[]);
    let wrong = update_with(&stage, 0, 2, &[stage.pool.stake(&cat)]);
    stage.refuses(wrong, &[], WrongStakeAccount);
}

#[test]
fn an_account_that_only_grows_may_be_given_readonly_and_one_that_moves_may_not() {
    let (mut stage, [ann, ..]) = three_validators();
    stage.svm.advance_epoch();
    let readonly = |stage: &Stage, start, count| {
        let mut instruction = update(stage, start, count);
        instruction.accounts[6..].iter_mut().for_each(|meta| meta.is_writable = false);
        instruction
    };
    stage.must(readonly(&stage, 0, 3), &[]);
    stage.must(stage.pool.finish_update(), &[]);
    stage.decrease(&ann, 2 * SOL);
    stage.svm.advance_epoch();
    let wrong = readonly(&stage, 0, 1);
    stage.refuses(wrong, &[], shared(InstructionError::PrivilegeEscalation));
    stage.must(update(&stage, 0, 1), &[]);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, [ann, ..]) = three_validators();
    let other = stage.other_pool();
    stage.svm.advance_epoch();
    let right = update(&stage, 0, 3);
    let (pool, reserve, list) = (stage.pool.pool, stage.pool.reserve, stage.pool.list);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    let forged_reserve = stage.svm.forgery(&reserve);
    let duplicate = || framework(DUPLICATE_MUTABLE_ACCOUNT);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, WrongReserve.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (sysvar::stake_history::ID, sysvar::rent::ID, WrongProgramAccount.into()),
        (pool::STAKE_PROGRAM, token::TOKEN_PROGRAM, WrongProgramAccount.into()),
        (pool, reserve, duplicate()),
        (reserve, list, duplicate()),
        (list, pool, duplicate()),
        (stage.pool.stake(&ann), pool, duplicate()),
        (stage.pool.stake(&ann), reserve, duplicate()),
        (stage.pool.stake(&ann), list, duplicate()),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[], refusal);
    }
    stage.must(right, &[]);
}

#[test]
fn a_stake_program_that_does_not_answer_stops_the_update() {
    let (mut stage, _) = three_validators();
    stage.svm.advance_epoch();
    stage.svm.silence_stake_program();
    let right = update(&stage, 0, 3);
    stage.refuses(right, &[], UnexpectedChainState);
}

#[test]
fn an_empty_list_has_nothing_to_update() {
    let mut stage = Stage::new();
    stage.svm.advance_epoch();
    stage.must(update_with(&stage, 0, 0, &[]), &[]);
    let wrong = update_with(&stage, 0, 1, &[]);
    stage.refuses(wrong, &[], WrongValidatorIndex);
    let wrong = update_with(&stage, 0, 0, &[keypair("anything").pubkey()]);
    stage.refuses(wrong, &[], WrongStakeAccount);
    stage.must(stage.pool.finish_update(), &[]);
    stage.assert_balanced();
}
