//! `lst_to_sol`, `sol_to_lst`: the rate, in the call format of routers, which is written out here by hand.

use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_tests::*;
use solana_instruction::{AccountMeta, Instruction};

use crate::stage::*;

const LST_TO_SOL: u8 = 0;
const SOL_TO_LST: u8 = 1;

/// The interface of SOL value calculators: a byte, an amount; the mint, and what else the calculator wants.
fn call(stage: &Stage, which: u8, amount: u64) -> Instruction {
    Instruction {
        program_id: STAKING_POOL_ID,
        accounts: vec![
            AccountMeta::new_readonly(stage.pool.mint, false),
            AccountMeta::new_readonly(stage.pool.pool, false),
        ],
        data: [&[which], amount.to_le_bytes().as_slice()].concat(),
    }
}

/// The least and the most, which are the same.
fn answer(stage: &Stage, which: u8, amount: u64) -> u64 {
    let bytes = stage.svm.view(&call(stage, which, amount), &stage.pool.payer).expect("an answer");
    assert_eq!(bytes.len(), 16);
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
    assert_eq!(word(0), word(8));
    word(0)
}

#[test]
fn the_call_is_the_one_that_the_sdk_makes() {
    let stage = Stage::new();
    assert_eq!(call(&stage, LST_TO_SOL, 5), stage.pool.lst_to_sol(5));
    assert_eq!(call(&stage, SOL_TO_LST, 5), stage.pool.sol_to_lst(5));
}

#[test]
fn it_answers_the_released_rate_of_the_slot() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    assert_eq!((answer(&stage, LST_TO_SOL, SOL), answer(&stage, SOL_TO_LST, SOL)), (SOL, SOL));
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    // 10.05 LST share 10.05 SOL, and 0.95 more by the end of the epoch.
    assert_eq!(answer(&stage, LST_TO_SOL, SOL), SOL);
    stage.svm.advance_slots(EPOCH / 2);
    assert_eq!(answer(&stage, LST_TO_SOL, 10_050_000_000), 10_525_000_000);
    assert_eq!(answer(&stage, SOL_TO_LST, 10_525_000_000), 10_050_000_000);
    stage.svm.advance_slots(EPOCH / 2 - 1);
    assert_eq!(answer(&stage, LST_TO_SOL, 10_050_000_000), 10_999_997_800);
}

#[test]
fn there_and_back_loses_at_most_a_unit() {
    let (mut stage, _) = Stage::appreciated(|_| {});
    stage.svm.advance_slots(12_345);
    for amount in [0, 1, 2, 3, 999, 1_000_003, SOL - 1, SOL, 7 * SOL + 11, 9_999_999_999_999_999] {
        let back = answer(&stage, SOL_TO_LST, answer(&stage, LST_TO_SOL, amount));
        assert!(back <= amount && amount - back <= 1, "{amount} came back as {back}");
        let back = answer(&stage, LST_TO_SOL, answer(&stage, SOL_TO_LST, amount));
        // A unit of LST is worth more than a lamport: up to one of them is lost.
        assert!(back <= amount && amount - back <= 2, "{amount} lamports came back as {back}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let (mut stage, _) = Stage::appreciated(|_| {});
    assert!(answer(&stage, SOL_TO_LST, u64::MAX) < u64::MAX);
    let wrong = call(&stage, LST_TO_SOL, u64::MAX);
    stage.refuses(wrong, &[], Overflow);
}

#[test]
fn a_price_of_the_last_epoch_is_none() {
    let mut stage = Stage::new();
    stage.svm.advance_epoch();
    for which in [LST_TO_SOL, SOL_TO_LST] {
        stage.refuses(call(&stage, which, SOL), &[], PoolStale);
    }
}

#[test]
fn a_pool_without_value_has_no_price_to_buy_at() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    stage.lose(&stage.pool.reserve.clone(), 10 * SOL);
    stage.next_epoch();
    stage.refuses(call(&stage, SOL_TO_LST, SOL), &[], Insolvent);
    assert_eq!(answer(&stage, LST_TO_SOL, SOL), 0);
}

#[test]
fn the_mint_is_the_pools() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    for which in [LST_TO_SOL, SOL_TO_LST] {
        let right = call(&stage, which, SOL);
        stage.refuses(substitute(&right, &stage.pool.mint, &other.mint), &[], WrongMint);
        stage.refuses(substitute(&right, &stage.pool.pool, &other.pool), &[], WrongMint);
    }
}

#[test]
fn asking_changes_nothing_and_costs_little() {
    let (mut stage, _) = Stage::appreciated(|_| {});
    for which in [LST_TO_SOL, SOL_TO_LST] {
        let (ask, payer) = (call(&stage, which, SOL), stage.pool.payer.insecure_clone());
        let sent = untouched(&mut stage.svm, &[stage.pool.pool, stage.pool.mint], &[&payer], |svm| {
            svm.must(&[ask], &[&payer])
        });
        assert!(sent.compute_units < 1_500, "{}", sent.compute_units);
    }
}
