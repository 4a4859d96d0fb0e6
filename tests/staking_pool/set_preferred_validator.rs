//! `set_preferred_validator`: each line of its specification, and each way it refuses.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::PreferredValidatorSet;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

#[track_caller]
fn refuses(stage: &mut Stage, instruction: Instruction, refusal: impl Into<Refusal>) {
    stage.delegate_fails(instruction, refusal);
}

fn preferred(stage: &Stage) -> Address {
    stage.pool.state(&stage.svm).preferred_validator
}

#[test]
fn a_validator_is_named_and_the_zero_address_names_none() {
    let mut stage = Stage::new();
    let [ann, ben] = ["ann", "ben"].map(|name| stage.validator(name));
    let (pool, before) = (stage.pool.pool, stage.pool.state(&stage.svm));
    let none = Address::default();
    assert_eq!(preferred(&stage), none);
    // The index says nothing where nobody is named.
    for (index, vote, was, is) in
        [(1, ben, none, ben), (0, ann, ben, ann), (0, ann, ann, ann), (9, none, ann, none)]
    {
        let sent = stage.delegate(stage.pool.set_preferred_validator(index, &vote));
        let event = PreferredValidatorSet { pool, before: was, after: is };
        assert_eq!(events(&sent), [StakingPoolEvent::PreferredValidatorSet(event)]);
        assert_eq!(preferred(&stage), is);
    }
    stage.changed_only(before, |_| {});
}

/// SPL stake pool: a preferred validator that was removed bricked withdrawals.
#[test]
fn nobody_is_bound_by_a_preference_and_it_ends_with_the_validator() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 19 * SOL);
    let (ann, ben) = (stage.validator("ann"), stage.validator("ben"));
    stage.increase(&ann, 8 * SOL);
    stage.next_epoch();
    // Ben is preferred and has nothing: stake comes from Ann all the same.
    stage.delegate(stage.pool.set_preferred_validator(1, &ben));
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    let target = (0, &ann);
    let withdraw = stage.pool.withdraw_stake(&alice.address(), &alice.lst, target, &destination, 2 * SOL, 0);
    stage.must(withdraw, &[&alice.key]);
    assert_eq!(stage.delegated(&destination), 2 * SOL);
    stage.delegate(stage.pool.remove_validator(1, &ben));
    assert_eq!(preferred(&stage), Address::default());
    // Another's removal leaves a preference alone.
    let cat = stage.validator("cat");
    stage.delegate(stage.pool.set_preferred_validator(0, &ann));
    stage.delegate(stage.pool.remove_validator(1, &cat));
    assert_eq!(preferred(&stage), ann);
    stage.next_epoch();
    stage.assert_balanced();
}

#[test]
fn the_pool_may_be_stale_or_paused_and_the_chain_busy() {
    let mut stage = Stage::new();
    let ann = stage.validator("ann");
    stage.administer(stage.pool.pause(&stage.pool.admin.pubkey()));
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    stage.delegate(stage.pool.set_preferred_validator(0, &ann));
    assert_eq!(preferred(&stage), ann);
}

#[test]
fn an_index_is_checked_against_its_vote_account() {
    let mut stage = Stage::new();
    let [ann, ben] = ["ann", "ben"].map(|name| stage.validator(name));
    let stranger = stage.svm.add_vote_account("dan");
    for (index, vote) in [(1, ann), (0, ben), (2, ben), (u32::MAX, ann), (0, stranger)] {
        let wrong = stage.pool.set_preferred_validator(index, &vote);
        refuses(&mut stage, wrong, WrongValidatorIndex);
    }
}

#[test]
fn only_the_delegation_authority_may_name_one() {
    let mut stage = Stage::new();
    let ann = stage.validator("ann");
    let right = stage.pool.set_preferred_validator(0, &ann);
    let authority = stage.pool.delegation.pubkey();
    stage.refuses(unsigned(&right, &authority), &[], shared(InstructionError::MissingRequiredSignature));
    for stranger in [stage.pool.admin.insecure_clone(), keypair("mallory")] {
        let wrong = substitute(&right, &authority, &stranger.pubkey());
        stage.refuses(wrong, &[&stranger], NotDelegationAuthority);
    }
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let ann = stage.validator("ann");
    let right = stage.pool.set_preferred_validator(0, &ann);
    let (pool, list) = (stage.pool.pool, stage.pool.list);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.pool, NotDelegationAuthority.into()),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (ann, other.pool, WrongValidatorIndex.into()),
        (list, pool, framework(DUPLICATE_MUTABLE_ACCOUNT)),
    ] {
        let wrong = substitute(&right, &place, &stand_in);
        refuses(&mut stage, wrong, refusal);
    }
    stage.delegate(right);
}
