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

#[test]
fn what_moves_in_an_epoch_is_at_most_its_cap() {
    let (mut stage, _, [ann, ben]) = capped();
    for lamports in [6 * SOL + 1, 12 * SOL] {
        let wrong = decrease(&stage, &ann, lamports);
        refuses(&mut stage, wrong, MovementCapExceeded);
    }
    stage.decrease(&ann, 4 * SOL);
    let wrong = decrease(&stage, &ben, 2 * SOL + 1);
    refuses(&mut stage, wrong, MovementCapExceeded);
    stage.decrease(&ben, 2 * SOL);
    assert_eq!(stage.pool.state(&stage.svm).moved_lamports, 6 * SOL);
    // The next epoch has a cap of its own, to the lamport.
    stage.next_epoch();
    let wrong = decrease(&stage, &ben, 6 * SOL + 1);
    refuses(&mut stage, wrong, MovementCapExceeded);
    stage.decrease(&ben, 6 * SOL);
    let wrong = decrease(&stage, &ann, SOL);
    refuses(&mut stage, wrong, MovementCapExceeded);
    assert_eq!(stage.pool.state(&stage.svm).moved_lamports, 6 * SOL);
    stage.assert_balanced();
}

#[test]
fn the_cap_does_not_bind_what_tickets_lack() {
    for cap in [0, 2_000] {
        let (mut stage, alice, [ann, ben]) = capped_at(cap);
        let movable = match cap {
            0 => 0,
            _ => 6 * SOL,
        };
        if cap > 0 {
            stage.decrease(&ben, 6 * SOL);
        }
        // Six in the reserve less two rents, and more on their way: eight more are lacking.
        let rent = stage.stake_rent();
        stage.ordered(&alice, "ticket", 14 * SOL + movable - 2 * rent);
        assert_eq!(lack(&stage), 8 * SOL);
        let wrong = decrease(&stage, &ann, 8 * SOL + 1);
        refuses(&mut stage, wrong, MovementCapExceeded);
        stage.decrease(&ann, 8 * SOL);
        assert_eq!(stage.pool.state(&stage.svm).moved_lamports, movable);
        assert_eq!(lack(&stage), 0);
        stage.next_epoch();
        let claim = stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address());
        stage.must(claim, &[]);
        stage.assert_balanced();
    }
}

#[test]
fn what_moves_for_tickets_is_not_held_against_the_cap() {
    let (mut stage, alice, [ann, ben]) = capped();
    stage.decrease(&ann, 2 * SOL);
    stage.next_epoch();
    stage.ordered(&alice, "ticket", 12 * SOL);
    let wanted = lack(&stage);
    assert!(wanted > SOL);
    stage.decrease(&ann, wanted);
    let state = stage.pool.state(&stage.svm);
    assert!(state.moved_epoch < state.updated_epoch, "nothing is booked against this epoch's cap");
    // The whole cap is left.
    stage.decrease(&ben, 6 * SOL);
    stage.assert_balanced();
}

#[test]
fn the_rent_of_a_split_comes_home_with_it_and_nothing_more_has_to_leave() {
    let (mut stage, alice, [ann, ben]) = capped_at(0);
    stage.ordered(&alice, "ticket", 10 * SOL);
    let wanted = lack(&stage);
    stage.decrease(&ann, wanted);
    assert_eq!(lack(&stage), 0);
    let wrong = decrease(&stage, &ben, SOL);
    refuses(&mut stage, wrong, MovementCapExceeded);
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
    stage.assert_balanced();
}

/// The decrease, signed by a passer-by.
fn by_stranger(stage: &Stage, vote: &Address, lamports: u64) -> Instruction {
    substitute(
        &decrease(stage, vote, lamports),
        &stage.pool.delegation.pubkey(),
        &keypair("stranger").pubkey(),
    )
}

#[track_caller]
fn refuses_stranger(stage: &mut Stage, vote: &Address, lamports: u64, refusal: impl Into<Refusal>) {
    let wrong = by_stranger(stage, vote, lamports);
    stage.refuses(wrong, &[&keypair("stranger")], refusal);
}

fn stranger_decreases(stage: &mut Stage, vote: &Address, lamports: u64) -> Sent {
    let right = by_stranger(stage, vote, lamports);
    stage.must(right, &[&keypair("stranger")])
}

#[test]
fn anyone_may_call_stake_home_for_tickets_that_have_lacked_it_for_two_epochs() {
    let (mut stage, alice, [ann, ben]) = capped_at(0);
    let rent = stage.stake_rent();
    stage.ordered(&alice, "ticket", 10 * SOL);
    // Six SOL less two rents are there.
    let wanted = 4 * SOL + 2 * rent;
    assert_eq!(lack(&stage), wanted);
    refuses_stranger(&mut stage, &ann, wanted, NotDelegationAuthority);
    stage.next_epoch();
    let since = stage.svm.clock().epoch;
    assert_eq!(stage.pool.state(&stage.svm).lack_since_epoch, since);
    for _ in 0..2 {
        refuses_stranger(&mut stage, &ann, wanted, NotDelegationAuthority);
        stage.svm.advance_epoch();
        refuses_stranger(&mut stage, &ann, wanted, PoolStale);
        stage.pool.update(&mut stage.svm);
        assert_eq!(stage.pool.state(&stage.svm).lack_since_epoch, since);
    }

    // Not more than lacks, and not the whole of somebody who could be split.
    for lamports in [wanted + 1, 11 * SOL, 12 * SOL] {
        refuses_stranger(&mut stage, &ann, lamports, NotDelegationAuthority);
    }
    let reserve = stage.lamports(&stage.pool.reserve);
    let sent = stranger_decreases(&mut stage, &ann, wanted);
    let event = StakeDecreased {
        pool: stage.pool.pool,
        vote: ann,
        lamports: wanted,
        rent,
        reserve_after: reserve - rent,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeDecreased(event)]);
    // Not when nothing lacks, whatever did before.
    assert_eq!(lack(&stage), 0);
    for lamports in [1, SOL, 12 * SOL] {
        let refusal = if lamports < SOL { BelowMinimumDelegation } else { NotDelegationAuthority };
        refuses_stranger(&mut stage, &ben, lamports, refusal);
    }

    stage.next_epoch();
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.lack_since_epoch, state.leaving_lamports), (0, 0));
    stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
    stage.assert_balanced();
}

#[test]
fn a_lack_that_was_met_in_between_begins_anew() {
    let (mut stage, alice, [ann, _]) = capped();
    stage.ordered(&alice, "ticket", 10 * SOL);
    stage.next_epoch();
    stage.next_epoch();
    // Somebody's deposit covers it, and is covered by nothing when it is gone.
    let bob = stage.holder("bob", 5 * SOL);
    assert_eq!(lack(&stage), 0);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).lack_since_epoch, 0);
    stage.ordered(&bob, "bob's ticket", 5 * SOL);
    let wanted = lack(&stage);
    assert!(wanted > SOL);
    for _ in 0..3 {
        refuses_stranger(&mut stage, &ann, wanted, NotDelegationAuthority);
        stage.next_epoch();
    }
    stranger_decreases(&mut stage, &ann, wanted);
    stage.assert_balanced();
}

#[test]
fn a_lack_that_a_deposit_has_met_lets_no_stranger_move_stake() {
    let (mut stage, alice, [ann, _]) = capped();
    stage.ordered(&alice, "ticket", 10 * SOL);
    for _ in 0..3 {
        stage.next_epoch();
    }
    let wanted = lack(&stage);
    stage.holder("bob", wanted);
    for lamports in [SOL, wanted, 12 * SOL] {
        refuses_stranger(&mut stage, &ann, lamports, NotDelegationAuthority);
    }
}

/// A validator gives once an epoch. Whoever would have tickets wait need only be first, and ask for the least.
#[test]
fn nobody_uses_up_the_one_decrease_of_an_epoch_on_a_crumb() {
    let (mut stage, alice, [ann, ben]) = capped();
    stage.ordered(&alice, "ticket", 26 * SOL);
    for _ in 0..3 {
        stage.next_epoch();
    }
    // More lacks than either could give alone, which is eleven.
    let wanted = lack(&stage);
    assert!(wanted > 20 * SOL);
    for lamports in [SOL, 5_500_000_000 - 1] {
        refuses_stranger(&mut stage, &ann, lamports, NotDelegationAuthority);
    }
    stranger_decreases(&mut stage, &ann, 5_500_000_000);
    stranger_decreases(&mut stage, &ben, 12 * SOL);
    // The authority is trusted with less.
    stage.next_epoch();
    assert!(lack(&stage) > 2 * SOL);
    stage.decrease(&ann, SOL);
    stage.assert_balanced();
}

#[test]
fn the_least_that_can_be_moved_may_be_moved_for_less() {
    let (mut stage, alice, [ann, _]) = capped_at(0);
    let rent = stage.stake_rent();
    // A lamport lacks; the chain moves a SOL.
    stage.ordered(&alice, "ticket", 6 * SOL - 2 * rent + 1);
    assert_eq!(lack(&stage), 1);
    for _ in 0..3 {
        stage.next_epoch();
    }
    refuses_stranger(&mut stage, &ann, SOL + 1, NotDelegationAuthority);
    stranger_decreases(&mut stage, &ann, SOL);
    stage.assert_balanced();
}

#[test]
fn a_whole_account_may_be_called_home_where_the_rest_would_be_too_small() {
    for (lamports, is_splittable) in [(SOL, false), (2 * SOL - 1, false), (2 * SOL, true)] {
        let mut stage = Stage::with(|options| options.params.limits.movement_cap_bps = 0);
        let alice = stage.holder("alice", 9 * SOL);
        let (_, ann) = (stage.staked("ben", 3 * SOL), stage.staked("ann", lamports));
        let there = stage.pool.reserve_lamports(&stage.svm);
        stage.ordered(&alice, "ticket", there + SOL / 2);
        for _ in 0..3 {
            stage.next_epoch();
        }
        match is_splittable {
            true => {
                refuses_stranger(&mut stage, &ann, lamports, NotDelegationAuthority);
                stranger_decreases(&mut stage, &ann, SOL);
            }
            false => {
                stranger_decreases(&mut stage, &ann, lamports);
                assert_eq!(stage.record(&ann).stake_state, DEACTIVATING);
            }
        }
        stage.next_epoch();
        stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
        stage.assert_balanced();
    }
}

#[test]
fn a_whole_account_may_be_called_home_where_the_reserve_cannot_pay_a_splits_rent() {
    // Everything but a rent less a lamport is delegated, and then everything but a rent.
    for (left, can_split) in [(1, false), (0, true)] {
        let mut stage = Stage::with(|options| options.params.limits.movement_cap_bps = 0);
        let alice = stage.holder("alice", 9 * SOL);
        let rent = stage.stake_rent();
        let all = 10 * SOL - 2 * rent + left;
        let ann = stage.staked("ann", all);
        stage.ordered(&alice, "ticket", SOL);
        for _ in 0..3 {
            stage.next_epoch();
        }
        match can_split {
            true => {
                refuses_stranger(&mut stage, &ann, all, NotDelegationAuthority);
                stranger_decreases(&mut stage, &ann, SOL);
            }
            false => {
                refuses_stranger(&mut stage, &ann, SOL, ReserveInsufficient);
                stranger_decreases(&mut stage, &ann, all);
            }
        }
        stage.next_epoch();
        stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
        stage.assert_balanced();
    }
}

#[test]
fn an_activating_account_without_a_canonical_one_may_be_called_home_whole() {
    let (mut stage, vote) = left_with_its_activating_account();
    let alice = Holder { key: keypair("alice"), lst: keypair("alice's slSOL").pubkey() };
    let there = stage.pool.reserve_lamports(&stage.svm);
    stage.ordered(&alice, "ticket", there + 1);
    for _ in 0..3 {
        stage.next_epoch();
    }
    stranger_decreases(&mut stage, &vote, 2 * SOL);
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&keypair("ticket").pubkey(), &alice.address()), &[]);
    stage.assert_balanced();
}

#[test]
fn the_lack_of_one_pool_moves_no_stake_of_another() {
    let (mut stage, alice, [ann, _]) = capped();
    stage.ordered(&alice, "ticket", 10 * SOL);
    let other = stage.other_pool();
    holder_of(&mut stage.svm, &other, "carol", 20 * SOL);
    stage.svm.must(&[other.add_validator(&ann)], &[&other.payer, &other.delegation]);
    let increase = other.increase_stake(&stage.svm, &ann, 6 * SOL);
    stage.svm.must(&[increase], &[&other.payer, &other.delegation]);
    for _ in 0..3 {
        stage.next_epoch();
        other.update(&mut stage.svm);
    }
    let stranger = keypair("stranger");
    let right = other.decrease_stake(&stage.svm, &ann, SOL);
    let wrong = substitute(&right, &other.delegation.pubkey(), &stranger.pubkey());
    stage.refuses(wrong, &[&stranger], NotDelegationAuthority);
    let ours = stage.pool.delegation.insecure_clone();
    let wrong = substitute(&right, &other.delegation.pubkey(), &ours.pubkey());
    stage.refuses(wrong, &[&ours], NotDelegationAuthority);
}
