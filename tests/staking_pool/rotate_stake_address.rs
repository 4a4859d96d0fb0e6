//! `rotate_stake_address`: each line of its specification, and each way it refuses. The attack it answers is in
//! `audit_stake.rs`.

use sluice_sdk::pda::staking_pool as pda;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::StakeAddressRotated;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::stage::*;

/// Ann with ten SOL; somebody keeps the address of her next activating account alive.
fn occupied() -> (Stage, Address, Address) {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 10 * SOL);
    let address = stage.pool.activating(&ann);
    occupy(&mut stage, &address);
    (stage, ann, address)
}

/// What a transfer in the transaction of a merge leaves behind.
fn occupy(stage: &mut Stage, address: &Address) {
    stage.donate(address, SOL);
    stage.svm.edit(address, |account| {
        account.owner = pool::STAKE_PROGRAM;
        account.data = vec![0; pool::STAKE_SPACE];
    });
}

fn rotate(stage: &Stage, vote: &Address, occupied: &Address) -> Instruction {
    stage.pool.rotate_stake_address(&stage.svm, vote, occupied)
}

#[test]
fn anybody_gives_an_occupied_address_up_for_the_next() {
    let (mut stage, ann, address) = occupied();
    let first = stage.record(&ann);
    stage.refuses(
        stage.pool.increase_stake(&stage.svm, &ann, 2 * SOL),
        &[&stage.pool.delegation.insecure_clone()],
        by_system(0),
    );
    let sent = stage.rotate(&ann, &address);
    let record = stage.record(&ann);
    assert!(record.activating_bump < first.activating_bump);
    let next = stage.pool.activating_of(&record);
    let event = StakeAddressRotated { pool: stage.pool.pool, vote: ann, before: address, after: next };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeAddressRotated(event)]);
    // Everything else of the record is as it was.
    assert_eq!(
        sluice_sdk::staking_pool::types::ValidatorRecord { activating_bump: first.activating_bump, ..record },
        first
    );

    stage.increase(&ann, 2 * SOL);
    assert_eq!(stage.delegated(&next), 2 * SOL);
    stage.next_epoch();
    assert_eq!((stage.record(&ann).stake, stage.record(&ann).activating), (12 * SOL, 0));
    stage.assert_balanced();
}

#[test]
fn the_canonical_address_is_rotated_too_once_nothing_is_there() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 10 * SOL);
    stage.decrease(&ann, 10 * SOL);
    stage.next_epoch();
    let address = stage.pool.stake(&ann);
    occupy(&mut stage, &address);
    stage.rotate(&ann, &address);
    stage.increase(&ann, 5 * SOL);
    stage.next_epoch();
    stage.decrease(&ann, 2 * SOL);
    stage.next_epoch();
    assert_eq!(stage.record(&ann).stake, 3 * SOL);
    stage.assert_balanced();
}

#[test]
fn an_address_that_can_be_used_is_kept() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 10 * SOL);
    let (stake, activating) = (stage.pool.stake(&ann), stage.pool.activating(&ann));
    // In use, never used, and only given a present.
    stage.refuses(rotate(&stage, &ann, &stake), &[], AddressUsable);
    stage.refuses(rotate(&stage, &ann, &activating), &[], AddressUsable);
    stage.donate(&activating, SOL);
    stage.refuses(rotate(&stage, &ann, &activating), &[], AddressUsable);
    stage.increase(&ann, 2 * SOL);
    stage.refuses(rotate(&stage, &ann, &activating), &[], AddressUsable);
    stage.decrease(&ann, 2 * SOL);
    stage.refuses(rotate(&stage, &ann, &stage.pool.deactivating(&ann)), &[], AddressUsable);
}

#[test]
fn only_the_addresses_a_record_names_are_rotated() {
    let (mut stage, ann, address) = occupied();
    let ben = stage.validator("ben");
    stage.refuses(rotate(&stage, &ben, &address), &[], WrongStakeAccount);
    stage.refuses(rotate(&stage, &ann, &ben), &[], WrongStakeAccount);
    let wrong = substitute(&rotate(&stage, &ann, &address), &ann, &ben);
    stage.refuses(wrong, &[], WrongValidatorIndex);
    let other = stage.other_pool();
    let wrong = substitute(&rotate(&stage, &ann, &address), &stage.pool.list.clone(), &other.list);
    stage.refuses(wrong, &[], WrongValidatorList);
    stage.rotate(&ann, &address);
    stage.refuses(rotate(&stage, &ann, &address), &[], WrongStakeAccount);
}

#[test]
fn the_last_address_is_the_last() {
    let (mut stage, ann, mut address) = occupied();
    let pool = stage.pool.pool;
    let all: Vec<u8> = (0..=u8::MAX)
        .filter(|bump| pda::activating_stake_at(&pool, &ann, *bump) != Address::default())
        .collect();
    for expected in all.iter().rev().skip(1) {
        stage.rotate(&ann, &address);
        assert_eq!(stage.record(&ann).activating_bump, *expected);
        address = pda::activating_stake_at(&pool, &ann, *expected);
        occupy(&mut stage, &address);
    }
    stage.refuses(rotate(&stage, &ann, &address), &[], AddressesExhausted);
}
