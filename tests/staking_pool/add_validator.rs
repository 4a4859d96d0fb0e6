//! `add_validator`: each line of its specification, and each way it refuses.

use sluice_sdk::AccountData;
use sluice_sdk::pda::staking_pool as pda;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{ValidatorAdded, ValidatorRecord};
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
fn a_validator_is_appended_without_stake() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let ann = stage.validator("ann");
    let before = stage.pool.state(&stage.svm);
    let ben = stage.svm.add_vote_account("ben");

    let sent = stage.delegate(stage.pool.add_validator(&ben));

    assert_eq!(votes(&stage), [ann, ben]);
    let (pool, epoch) = (stage.pool.pool, stage.svm.clock().epoch);
    let record = ValidatorRecord {
        vote: ben,
        stake: 0,
        activating: 0,
        deactivating: 0,
        updated_epoch: epoch,
        earning: 0,
        growth: 0,
        stake_bump: pda::find_stake(&pool, &ben).1,
        activating_bump: pda::find_activating_stake(&pool, &ben).1,
        deactivating_bump: pda::find_deactivating_stake(&pool, &ben).1,
        stake_state: 0,
        growth_epochs: 0,
        retired: 0,
        padding: 0,
        extra: 0,
    };
    assert_eq!(stage.record(&ben), record);
    assert_eq!(stage.pool.state(&stage.svm), before);
    stage.assert_balanced();
    let event = ValidatorAdded { pool, vote: ben, index: 1 };
    assert_eq!(events(&sent), [StakingPoolEvent::ValidatorAdded(event)]);
}

#[test]
fn a_new_validator_counts_as_updated_in_its_first_epoch() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    let ann = stage.validator("ann");
    stage.next_epoch();
    let ben = stage.validator("ben");
    stage.increase(&ben, 2 * SOL);
    // An update that comes after it, in the same epoch, neither counts it nor wants its accounts.
    let again = stage.pool.update_validators(&stage.svm, 0, 2);
    stage.must(again, &[]);
    assert_eq!(stage.record(&ben).stake, 2 * SOL);
    stage.assert_balanced();
    stage.next_epoch();
    assert_eq!(stage.record(&ann).updated_epoch, stage.svm.clock().epoch);
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 10 * SOL);
    stage.assert_balanced();
}

#[test]
fn a_validator_is_listed_once() {
    let mut stage = Stage::new();
    let (ann, ben) = (stage.validator("ann"), stage.validator("ben"));
    for vote in [ann, ben] {
        let wrong = stage.pool.add_validator(&vote);
        refuses(&mut stage, wrong, ValidatorExists);
    }
    stage.delegate(stage.pool.remove_validator(0, &ann));
    stage.delegate(stage.pool.add_validator(&ann));
    assert_eq!(votes(&stage), [ben, ann]);
}

#[test]
fn a_full_list_takes_nobody() {
    let mut stage = Stage::with(|options| options.capacity = 2);
    let (ann, ben) = (stage.validator("ann"), stage.validator("ben"));
    let cat = stage.svm.add_vote_account("cat");
    let wrong = stage.pool.add_validator(&cat);
    refuses(&mut stage, wrong.clone(), ValidatorListFull);
    stage.delegate(stage.pool.remove_validator(0, &ann));
    stage.delegate(wrong);
    assert_eq!(votes(&stage), [ben, cat]);
}

#[test]
fn the_last_place_of_the_longest_list_can_be_filled() {
    let mut stage = Stage::with(|options| options.capacity = 5_000);
    let first = stage.validator("first");
    // 4,998 more, written: each a copy of the first under a key of its own.
    stage.svm.edit(&stage.pool.list.clone(), |account| {
        account.data[ValidatorListHeader::SIZE..][..4].copy_from_slice(&4_999_u32.to_le_bytes());
        let record = account.data[ValidatorListHeader::record_offset(0)..]
            [..ValidatorListHeader::RECORD_SIZE]
            .to_vec();
        for index in 1..4_999 {
            let at = ValidatorListHeader::record_offset(index);
            account.data[at..at + record.len()].copy_from_slice(&record);
            account.data[at..at + 32].copy_from_slice(Address::new_unique().as_ref());
        }
    });
    let last = stage.svm.add_vote_account("last");
    let sent = stage.delegate(stage.pool.add_validator(&last));
    assert!(sent.compute_units < 200_000, "{}: more than an instruction gets unasked", sent.compute_units);
    let list = stage.pool.list(&stage.svm);
    assert_eq!((list.records.len(), list.capacity, list.records[4_999].vote), (5_000, 5_000, last));

    let one_more = stage.svm.add_vote_account("one more");
    let wrong = stage.pool.add_validator(&one_more);
    refuses(&mut stage, wrong, ValidatorListFull);
    // The way out costs the same whatever the list: the last takes the place of the first.
    stage.delegate(stage.pool.remove_validator(0, &first));
    let list = stage.pool.list(&stage.svm);
    assert_eq!((list.records.len(), list.records[0].vote), (4_999, last));
}

#[test]
fn only_accounts_of_the_vote_program_are_validators() {
    let mut stage = Stage::new();
    let vote = stage.svm.add_vote_account("ann");
    let forged = stage.svm.forgery(&vote);
    let stake = stage.pool.new_stake_account(&mut stage.svm, "stake");
    for account in [forged, stake, stage.pool.payer.pubkey(), keypair("nobody").pubkey()] {
        let wrong = stage.pool.add_validator(&account);
        refuses(&mut stage, wrong, NotAVoteAccount);
    }
}

#[test]
fn a_pool_of_the_last_epoch_adds_nobody() {
    let mut stage = Stage::new();
    let vote = stage.svm.add_vote_account("ann");
    stage.svm.advance_epoch();
    let wrong = stage.pool.add_validator(&vote);
    refuses(&mut stage, wrong, PoolStale);
}

#[test]
fn only_the_delegation_authority_may_add() {
    let mut stage = Stage::new();
    let vote = stage.svm.add_vote_account("ann");
    let right = stage.pool.add_validator(&vote);
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
    let vote = stage.svm.add_vote_account("ann");
    let right = stage.pool.add_validator(&vote);
    let (pool, list) = (stage.pool.pool, stage.pool.list);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_list = stage.svm.forgery(&list);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.reserve, shared(InstructionError::AccountDataTooSmall)),
        (pool, other.pool, NotDelegationAuthority.into()),
        (list, other.list, WrongValidatorList.into()),
        (list, forged_list, shared(InstructionError::IllegalOwner)),
        (list, pool, framework(DUPLICATE_MUTABLE_ACCOUNT)),
        (pool, list, framework(DUPLICATE_MUTABLE_ACCOUNT)),
    ] {
        let wrong = substitute(&right, &place, &stand_in);
        refuses(&mut stage, wrong, refusal);
    }
    stage.delegate(right);
}
