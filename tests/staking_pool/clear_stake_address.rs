//! `clear_stake_address`: each line of its specification, and each way it refuses. The attack it answers is in
//! `attacks.rs`, on the real Bank too.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::StakeAddressCleared;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_sdk_ids::sysvar;

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
    stage.svm.edit(address, |account| account.owner = pool::STAKE_PROGRAM);
}

fn clear(stage: &Stage, vote: &Address, occupied: &Address) -> Instruction {
    stage.pool.clear_stake_address(&stage.svm, vote, occupied)
}

#[test]
fn anybody_frees_an_occupied_address_and_the_pool_keeps_what_lay_there() {
    let (mut stage, ann, address) = occupied();
    let authority = stage.pool.delegation.insecure_clone();
    let increase = stage.pool.increase_stake(&stage.svm, &ann, 2 * SOL);
    stage.refuses(increase, &[&authority], by_system(0));

    let reserve = stage.lamports(&stage.pool.reserve);
    let before = stage.record(&ann);
    let sent = stage.clear(&ann, &address);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + SOL);
    assert!(stage.svm.account(&address).is_none());
    assert_eq!(stage.record(&ann), before);
    let event = StakeAddressCleared {
        pool: stage.pool.pool,
        vote: ann,
        address,
        lamports: SOL,
        reserve_after: reserve + SOL,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::StakeAddressCleared(event)]);

    let total = stage.pool.state(&stage.svm).total_lamports;
    stage.increase(&ann, 2 * SOL);
    stage.next_epoch();
    assert_eq!((stage.record(&ann).stake, stage.record(&ann).activating), (12 * SOL, 0));
    assert_eq!(
        stage.pool.state(&stage.svm).total_lamports,
        total + SOL,
        "the occupant's lamports are profit"
    );
    stage.assert_balanced();
}

#[test]
fn it_works_for_each_address_of_a_validator_and_on_a_stale_pool() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 10 * SOL);
    stage.decrease(&ann, 10 * SOL);
    stage.next_epoch();
    stage.svm.advance_epoch();
    for address in [stage.pool.stake(&ann), stage.pool.activating(&ann), stage.pool.deactivating(&ann)] {
        occupy(&mut stage, &address);
        stage.clear(&ann, &address);
        assert!(stage.svm.account(&address).is_none());
    }
    stage.pool.update(&mut stage.svm);
    stage.increase(&ann, 5 * SOL);
    stage.next_epoch();
    stage.decrease(&ann, 2 * SOL);
    stage.next_epoch();
    assert_eq!(stage.record(&ann).stake, 3 * SOL);
    stage.assert_balanced();
}

#[test]
fn an_address_that_is_free_or_in_use_is_left_alone() {
    let mut stage = Stage::new();
    stage.holder("alice", 29 * SOL);
    let ann = stage.staked("ann", 10 * SOL);
    let (stake, activating) = (stage.pool.stake(&ann), stage.pool.activating(&ann));
    stage.refuses(clear(&stage, &ann, &stake), &[], AddressUsable);
    stage.refuses(clear(&stage, &ann, &activating), &[], AddressUsable);
    stage.donate(&activating, SOL);
    stage.refuses(clear(&stage, &ann, &activating), &[], AddressUsable);
    stage.increase(&ann, 2 * SOL);
    stage.refuses(clear(&stage, &ann, &activating), &[], AddressUsable);
    stage.decrease(&ann, 2 * SOL);
    stage.refuses(clear(&stage, &ann, &stage.pool.deactivating(&ann)), &[], AddressUsable);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, ann, address) = occupied();
    let ben = stage.validator("ben");
    let other = stage.other_pool();
    let original = clear(&stage, &ann, &address);
    let pool = &stage.pool;
    let cases = [
        (ann, ben, WrongValidatorIndex),
        (address, ben, WrongStakeAccount),
        (pool.reserve, other.reserve, WrongReserve),
        (pool.list, other.list, WrongValidatorList),
        (sysvar::clock::ID, sysvar::rent::ID, WrongProgramAccount),
        (sysvar::stake_history::ID, sysvar::rent::ID, WrongProgramAccount),
        (pool::STAKE_PROGRAM, SYSTEM, WrongProgramAccount),
    ];
    for (old, new, error) in cases {
        stage.refuses(substitute(&original, &old, &new), &[], error);
    }
    stage.refuses(clear(&stage, &ben, &address), &[], WrongStakeAccount);
    stage.must(original, &[]);
}
