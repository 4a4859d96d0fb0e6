//! `deposit_sol`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LstAmount};
use sluice_pool_math as math;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::SolDeposited;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

fn deposit(stage: &Stage, user: &Holder, lamports: u64, min_out: u64) -> Instruction {
    stage.pool.deposit_sol(&user.address(), &user.lst, lamports, min_out)
}

#[test]
fn deposit_mints_one_to_one_in_a_new_pool() {
    let mut stage = Stage::new();
    let alice = stage.newcomer("alice");
    let before = stage.lamports(&alice.address());
    let sent = stage.svm.must(&[deposit(&stage, &alice, 10 * SOL, 10 * SOL)], &[&alice.key]);
    assert_eq!(stage.tokens(&alice.lst), 10 * SOL);
    assert_eq!(stage.lamports(&alice.address()), before - 10 * SOL - sent.fee);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 11 * SOL, "the seed and the deposit");
    stage.assert_balanced();
}

#[test]
fn deposit_mints_at_the_released_rate() {
    // 11 SOL behind 10.05 LST: 1 SOL buys 10.05 / 11.
    let (mut stage, _) = Stage::appreciated(|_| {});
    let bob = stage.newcomer("bob");
    stage.must(deposit(&stage, &bob, SOL, 0), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), 913_636_363);
    stage.assert_balanced();
}

#[test]
fn profit_that_is_half_released_is_half_paid_for() {
    let mut stage = Stage::new();
    stage.holder("alice", 9 * SOL);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    let bob = stage.newcomer("bob");
    let carol = stage.newcomer("carol");

    // At the update nothing of the profit is released: the fee's 0.05 SOL is paid in LST at the old rate of one.
    stage.must(deposit(&stage, &bob, SOL, 0), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), SOL);

    // Half an epoch on, 0.475 of the 0.95 SOL is released: 11.525 SOL behind 11.05 LST.
    stage.svm.advance_slots(EPOCH / 2);
    stage.must(deposit(&stage, &carol, SOL, 0), &[&carol.key]);
    assert_eq!(stage.tokens(&carol.lst), 958_785_249);
    stage.assert_balanced();
}

#[test]
fn the_quote_is_the_outcome_and_the_event_says_it_all() {
    let (mut stage, _) = Stage::appreciated(|_| {});
    let bob = stage.newcomer("bob");
    stage.svm.advance_slots(12_345);
    let before = stage.pool.ledger(&stage.svm);
    let quote = math::deposit(&before, stage.svm.clock().slot, Lamports(7_654_321_987)).expect("priced");
    let reserve = stage.lamports(&stage.pool.reserve);

    let sent = stage.must(deposit(&stage, &bob, 7_654_321_987, quote.minted.0), &[&bob.key]);

    assert_eq!(stage.tokens(&bob.lst), quote.minted.0);
    assert_eq!(stage.pool.ledger(&stage.svm), quote.ledger);
    assert_eq!(quote.ledger.total, Lamports(before.total.0 + 7_654_321_987));
    assert_eq!(quote.ledger.supply, LstAmount(before.supply.0 + quote.minted.0));
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + 7_654_321_987);
    stage.assert_balanced();
    let event = SolDeposited {
        pool: stage.pool.pool,
        user: bob.address(),
        lamports: 7_654_321_987,
        minted: quote.minted.0,
        reserve_after: reserve + 7_654_321_987,
        before: entry(&before),
        after: entry(&quote.ledger),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::SolDeposited(event)]);
}

#[test]
fn the_rate_never_falls_and_no_round_trip_gains() {
    let (mut stage, _) = Stage::appreciated(|options| {
        options.params.min_deposit = 0;
        options.params.instant_fee_bps = 0;
    });
    let bob = stage.newcomer("bob");
    for lamports in [2, 3, 10, 999, 1_000_003, 77 * SOL + 1] {
        let rate = stage.pool.rate(&stage.svm);
        let held = stage.tokens(&bob.lst);
        stage.must(deposit(&stage, &bob, lamports, 0), &[&bob.key]);
        let minted = stage.tokens(&bob.lst) - held;
        assert!(stage.pool.rate(&stage.svm) >= rate);
        let back = stage.pool.ledger(&stage.svm).lamports_for(LstAmount(minted)).expect("priced");
        assert!(back.0 <= lamports, "{lamports} in, {} back", back.0);
        stage.assert_balanced();
    }
}

#[test]
fn the_lst_may_go_to_any_account_of_the_mint() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.newcomer("alice"), stage.newcomer("bob"));
    for account in [bob.lst, stage.pool.treasury, stage.pool.escrow] {
        let before = stage.tokens(&account);
        stage.must(stage.pool.deposit_sol(&alice.address(), &account, SOL, SOL), &[&alice.key]);
        assert_eq!(stage.tokens(&account), before + SOL);
        stage.assert_balanced();
    }
}

#[test]
fn the_smallest_deposit_is_the_pools_minimum() {
    let mut stage = Stage::with(|options| options.params.min_deposit = 5_000_000);
    let alice = stage.newcomer("alice");
    stage.refuses(deposit(&stage, &alice, 4_999_999, 0), &[&alice.key], BelowMinimumDeposit);
    stage.refuses(deposit(&stage, &alice, 0, 0), &[&alice.key], ZeroAmount);
    stage.must(deposit(&stage, &alice, 5_000_000, 0), &[&alice.key]);
    assert_eq!(stage.tokens(&alice.lst), 5_000_000);
    stage.assert_balanced();
}

#[test]
fn nothing_and_dust_are_refused_without_a_minimum_too() {
    let (mut stage, _) = Stage::appreciated(|options| options.params.min_deposit = 0);
    let bob = stage.newcomer("bob");
    stage.refuses(deposit(&stage, &bob, 0, 0), &[&bob.key], ZeroAmount);
    // A lamport buys 0.91 base units of LST.
    stage.refuses(deposit(&stage, &bob, 1, 0), &[&bob.key], AmountTooSmall);
    stage.must(deposit(&stage, &bob, 2, 0), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), 1);
    stage.assert_balanced();
}

#[test]
fn the_slippage_bound_may_be_met_exactly_and_not_missed_by_one() {
    let (mut stage, _) = Stage::appreciated(|_| {});
    let bob = stage.newcomer("bob");
    stage.refuses(deposit(&stage, &bob, SOL, 913_636_364), &[&bob.key], SlippageExceeded);
    stage.refuses(deposit(&stage, &bob, SOL, u64::MAX), &[&bob.key], SlippageExceeded);
    stage.must(deposit(&stage, &bob, SOL, 913_636_363), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), 913_636_363);
}

#[test]
fn more_than_there_is_in_the_world_or_the_wallet_is_refused() {
    let mut stage = Stage::new();
    let alice = stage.newcomer("alice");
    stage.refuses(deposit(&stage, &alice, u64::MAX, 0), &[&alice.key], Overflow);
    let all = stage.lamports(&alice.address());
    stage.refuses(deposit(&stage, &alice, all + 1, 0), &[&alice.key], by_system(1));
    stage.must(deposit(&stage, &alice, all, 0), &[&alice.key]);
    assert_eq!(stage.lamports(&alice.address()), 0);
    stage.assert_balanced();
}

#[test]
fn a_pool_of_the_last_epoch_takes_no_deposit() {
    let mut stage = Stage::new();
    let alice = stage.newcomer("alice");
    stage.svm.advance_epoch();
    stage.refuses(deposit(&stage, &alice, SOL, 0), &[&alice.key], PoolStale);
    stage.svm.advance_epoch();
    stage.refuses(deposit(&stage, &alice, SOL, 0), &[&alice.key], PoolStale);
    stage.pool.update(&mut stage.svm);
    stage.must(deposit(&stage, &alice, SOL, 0), &[&alice.key]);
}

#[test]
fn a_pool_without_value_sells_nothing() {
    let mut stage = Stage::new();
    let alice = stage.newcomer("alice");
    stage.lose(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).total_lamports, 0);
    stage.refuses(deposit(&stage, &alice, SOL, 0), &[&alice.key], Insolvent);
}

#[test]
fn a_donation_to_the_reserve_does_not_move_the_rate() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.newcomer("alice"), stage.newcomer("bob"));
    stage.donate(&stage.pool.reserve.clone(), 50 * SOL);
    stage.must(deposit(&stage, &alice, SOL, 0), &[&alice.key]);
    assert_eq!(stage.tokens(&alice.lst), SOL, "not seen before the update");
    stage.next_epoch();
    stage.must(deposit(&stage, &bob, SOL, 0), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), SOL, "found by the update, and not yet released");
    stage.assert_balanced();
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let alice = stage.newcomer("alice");
    let (_, foreign_lst) = other.user(&mut stage.svm, "alice", 0);
    let right = deposit(&stage, &alice, SOL, 0);
    let (pool, reserve, mint, escrow) =
        (stage.pool.pool, stage.pool.reserve, stage.pool.mint, stage.pool.escrow);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_reserve = stage.svm.forgery(&reserve);
    let nobody = keypair("nobody").pubkey();
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, other.list, shared(InstructionError::InvalidAccountData)),
        (pool, nobody, shared(InstructionError::AccountDataTooSmall)),
        (pool, other.pool, WrongReserve.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (mint, other.mint, WrongMint.into()),
        (mint, escrow, WrongMint.into()),
        (alice.lst, foreign_lst, by_token(3)),
        (alice.lst, stage.pool.list, by_token_with(InstructionError::InvalidAccountData)),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
        (SYSTEM, token::TOKEN_PROGRAM, shared(InstructionError::IncorrectProgramId)),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&alice.key], refusal);
    }
    stage.must(right, &[&alice.key]);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let mut stage = Stage::new();
    let alice = stage.newcomer("alice");
    let right = deposit(&stage, &alice, SOL, 0);
    let places = [stage.pool.pool, stage.pool.reserve, stage.pool.mint, alice.lst];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&alice.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn the_depositor_must_sign() {
    let mut stage = Stage::new();
    let alice = stage.newcomer("alice");
    let wrong = unsigned(&deposit(&stage, &alice, SOL, 0), &alice.address());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
}

#[test]
fn a_token_account_that_cannot_receive_refuses_the_deposit() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.newcomer("alice"), stage.newcomer("bob"));
    stage.freeze(&alice.lst);
    stage.refuses(deposit(&stage, &alice, SOL, 0), &[&alice.key], by_token(17));
    stage.must(token::close(&bob.lst, &bob.address()), &[&bob.key]);
    stage.refuses(
        deposit(&stage, &bob, SOL, 0),
        &[&bob.key],
        by_token_with(InstructionError::InvalidAccountData),
    );
}
