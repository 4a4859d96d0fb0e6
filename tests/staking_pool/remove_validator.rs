//! `remove_validator`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::ValidatorRemoved;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

#[track_caller]
fn refuses(stage: &mut Stage, instruction: Instruction, refusal: impl Into<Refusal>) {
    let authority = stage.pool.delegation.insecure_clone();
    stage.refuses(instruction, &[&authority], refusal);
}

fn votes(stage: &Stage) -> Vec<Address> {
    stage.pool.list(&stage.svm).records.iter().map(|record| record.vote).collect()
}

#[test]
fn the_last_record_takes_the_place_of_the_removed() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let [ann, ben, cat] = ["ann", "ben", "cat"].map(|name| stage.validator(name));
    stage.increase(&cat, 2 * SOL);
    let (of_cat, before) = (stage.record(&cat), stage.pool.state(&stage.svm));

    let sent = stage.delegate(stage.pool.remove_validator(0, &ann));

    assert_eq!(votes(&stage), [cat, ben]);
    assert_eq!(stage.record(&cat), of_cat);
    assert_eq!(stage.pool.state(&stage.svm), before);
    stage.assert_balanced();
    let event = ValidatorRemoved { pool: stage.pool.pool, vote: ann, index: 0 };
    assert_eq!(events(&sent), [StakingPoolEvent::ValidatorRemoved(event)]);

    // The last, and then the only one.
    stage.delegate(stage.pool.remove_validator(1, &ben));
    assert_eq!(votes(&stage), [cat]);
    stage.next_epoch();
    stage.decrease(&cat, 2 * SOL);
    stage.next_epoch();
    stage.delegate(stage.pool.remove_validator(0, &cat));
    assert_eq!(votes(&stage), []);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 10 * SOL);
    stage.next_epoch();
    stage.assert_balanced();
}

#[test]
fn the_place_of_a_removed_record_is_a_hint_that_went_stale() {
    let mut stage = Stage::new();
    let [ann, ben, cat] = ["ann", "ben", "cat"].map(|name| stage.validator(name));
    for (index, vote) in [(1, ann), (0, ben), (3, cat), (u32::MAX, ann)] {
        let wrong = stage.pool.remove_validator(index, &vote);
        refuses(&mut stage, wrong, WrongValidatorIndex);
    }
    let right = stage.pool.remove_validator(0, &ann);
    stage.delegate(right.clone());
    refuses(&mut stage, right, WrongValidatorIndex);
    // Cat has moved to the place of Ann.
    let wrong = stage.pool.remove_validator(2, &cat);
    refuses(&mut stage, wrong, WrongValidatorIndex);
    stage.delegate(stage.pool.remove_validator(0, &cat));
    assert_eq!(votes(&stage), [ben]);
}

#[test]
fn a_validator_that_holds_stake_stays() {
    let mut stage = Stage::new();
    stage.holder("alice", 19 * SOL);
    let vote = stage.validator("ann");
    let remove = stage.pool.remove_validator(0, &vote);

    // Canonical, then canonical and activating.
    stage.increase(&vote, 4 * SOL);
    refuses(&mut stage, remove.clone(), ValidatorHoldsStake);
    stage.increase(&vote, 4 * SOL);
    refuses(&mut stage, remove.clone(), ValidatorHoldsStake);
    stage.next_epoch();

    // Canonical and deactivating, then the canonical cooling down as a whole.
    stage.decrease(&vote, 3 * SOL);
    refuses(&mut stage, remove.clone(), ValidatorHoldsStake);
    stage.next_epoch();
    stage.decrease(&vote, 5 * SOL);
    refuses(&mut stage, remove.clone(), ValidatorHoldsStake);
    stage.next_epoch();
    stage.delegate(remove);
    stage.assert_balanced();
}

#[test]
fn a_validator_left_with_one_transient_account_stays() {
    let mut stage = Stage::new();
    stage.holder("alice", 19 * SOL);
    let vote = stage.validator("ann");
    let remove = stage.pool.remove_validator(0, &vote);
    stage.increase(&vote, 4 * SOL);
    stage.next_epoch();
    stage.increase(&vote, 2 * SOL);
    stage.deactivated_by_a_third_party(&stage.pool.stake(&vote));
    stage.next_epoch();
    let record = stage.record(&vote);
    assert_eq!((record.stake, record.activating, record.deactivating), (0, 2 * SOL, 0));
    refuses(&mut stage, remove.clone(), ValidatorHoldsStake);
    stage.decrease(&vote, 2 * SOL);
    refuses(&mut stage, remove.clone(), ValidatorHoldsStake);
    stage.next_epoch();
    stage.delegate(remove);
    stage.assert_balanced();
}

/// SPL stake pool, June 2025: a validator removed before the epoch's update took its stake out of the total.
#[test]
fn a_removal_before_the_update_cannot_drop_stake_from_the_total() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let (ann, ben) = (stage.staked("ann", 3 * SOL), stage.staked("ben", 3 * SOL));
    stage.decrease(&ann, 3 * SOL);
    stage.svm.advance_epoch();
    let remove = stage.pool.remove_validator(0, &ann);
    // Not before the update, not between its two halves.
    refuses(&mut stage, remove.clone(), PoolStale);
    stage.must(stage.pool.update_validators(&stage.svm, 0, 1), &[]);
    refuses(&mut stage, remove.clone(), PoolStale);
    stage.must(stage.pool.update_validators(&stage.svm, 1, 1), &[]);
    refuses(&mut stage, remove.clone(), PoolStale);
    stage.must(stage.pool.finish_update(), &[]);
    stage.delegate(remove);
    assert_eq!(votes(&stage), [ben]);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL);
    stage.assert_balanced();
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL);
    stage.assert_balanced();
}

#[test]
fn only_the_delegation_authority_may_remove() {
    let mut stage = Stage::new();
    let vote = stage.validator("ann");
    let right = stage.pool.remove_validator(0, &vote);
    let authority = stage.pool.delegation.pubkey();
    stage.refuses(unsigned(&right, &authority), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.admin.insecure_clone(), keypair("mallory")] {
        let wrong = substitute(&right, &authority, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotDelegationAuthority);
    }
}

#[test]
fn an_empty_record_of_a_retired_validator_is_the_admins_to_remove_and_nobody_elses() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let [ann, ben] = ["ann", "ben"].map(|name| stage.validator(name));
    stage.increase(&ann, 4 * SOL);
    let (admin, delegation) = (stage.pool.admin.insecure_clone(), stage.pool.delegation.insecure_clone());
    let by_authority = stage.pool.remove_validator(0, &ann);
    let by_admin = substitute(&by_authority, &delegation.pubkey(), &admin.pubkey());
    stage.delegate(stage.pool.set_preferred_validator(0, &ann));
    stage.refuses(by_admin.clone(), &[&admin], NotDelegationAuthority);
    stage.administer(stage.pool.retire_validator(&stage.svm, &ann));
    stage.refuses(by_admin.clone(), &[&admin], ValidatorHoldsStake);
    stage.svm.advance_epoch();
    stage.refuses(by_admin.clone(), &[&admin], PoolStale);
    stage.pool.update(&mut stage.svm);
    let mallory = keypair("mallory");
    let by_mallory = substitute(&by_authority, &delegation.pubkey(), &mallory.pubkey());
    stage.refuses(by_mallory, &[&mallory], NotAdmin);
    stage.refuses(by_authority, &[&delegation], NotAdmin);
    stage.administer(by_admin);
    assert_eq!(votes(&stage), [ben]);
    assert_eq!(stage.pool.state(&stage.svm).preferred_validator, Address::default());
    // One that is not retired is not his to remove.
    let by_admin = substitute(&stage.pool.remove_validator(0, &ben), &delegation.pubkey(), &admin.pubkey());
    stage.refuses(by_admin, &[&admin], NotDelegationAuthority);
    stage.assert_balanced();
}

/// An authority that does not agree with a retirement would undo it by listing the validator anew.
#[test]
fn a_retired_validator_does_not_come_back_by_being_removed_and_added_again() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let ann = stage.staked("ann", 4 * SOL);
    stage.administer(stage.pool.retire_validator(&stage.svm, &ann));
    stage.next_epoch();
    let remove = stage.pool.remove_validator(0, &ann);
    refuses(&mut stage, remove, NotAdmin);
    let add = stage.pool.add_validator(&ann);
    refuses(&mut stage, add, ValidatorExists);
    let increase = stage.pool.increase_stake(&stage.svm, &ann, SOL);
    refuses(&mut stage, increase, ValidatorRetired);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 10 * SOL);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (ann, ben) = (stage.validator("ann"), stage.validator("ben"));
    let right = stage.pool.remove_validator(0, &ann);
    let (pool, list) = (stage.pool.pool, stage.pool.list);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, WrongValidatorList.into()),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (ann, ben, WrongValidatorIndex.into()),
        (list, pool, framework(DUPLICATE_MUTABLE_ACCOUNT)),
        (pool, list, framework(DUPLICATE_MUTABLE_ACCOUNT)),
    ] {
        let wrong = substitute(&right, &place, &stand_in);
        refuses(&mut stage, wrong, refusal);
    }
    stage.delegate(right);
}
