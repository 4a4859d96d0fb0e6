//! `withdraw_sol`: each line of its specification, and each way it refuses.

use sluice_money::{Bps, Lamports, LstAmount};
use sluice_pool_math as math;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::SolWithdrawn;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

fn withdraw(stage: &Stage, user: &Holder, shares: u64, min_out: u64) -> Instruction {
    stage.pool.withdraw_sol(&user.address(), &user.lst, shares, min_out)
}

/// A pool without instant fee: what is paid is the value.
fn free_of_charge(options: &mut PoolOptions) {
    options.params.instant_fee_bps = 0;
}

#[test]
fn an_instant_exit_pays_the_value_less_the_fee() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 10 * SOL);
    let before = stage.lamports(&alice.address());
    stage.must(withdraw(&stage, &alice, 4 * SOL, 0), &[&alice.key]);
    // 10 bps of 4 SOL is 4,000,000 lamports.
    assert_eq!(stage.lamports(&alice.address()), before + 3_996_000_000);
    assert_eq!(stage.tokens(&alice.lst), 6 * SOL);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 11 * SOL - 3_996_000_000);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.supply), (11 * SOL - 3_996_000_000, 7 * SOL));
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), 7 * SOL);
    stage.assert_balanced();
}

#[test]
fn the_value_is_rounded_down_and_the_fee_up() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let before = stage.lamports(&alice.address());
    // 1,001 x 11 / 10.05 = 1,095.6 lamports of value; 10 bps of 1,095 is 1.1, charged as 2.
    stage.must(withdraw(&stage, &alice, 1_001, 1_093), &[&alice.key]);
    assert_eq!(stage.lamports(&alice.address()), before + 1_093);
    stage.assert_balanced();
}

#[test]
fn the_quote_is_the_outcome_and_the_event_says_it_all() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    stage.svm.advance_slots(54_321);
    let before = stage.pool.ledger(&stage.svm);
    let fee = Bps::new(10).expect("a share");
    let slot = stage.svm.clock().slot;
    let quote = math::instant_exit(&before, slot, LstAmount(1_234_567_891), fee).expect("priced");
    let (wallet, reserve) = (stage.lamports(&alice.address()), stage.lamports(&stage.pool.reserve));

    let sent = stage.must(withdraw(&stage, &alice, 1_234_567_891, quote.paid.0), &[&alice.key]);

    // 1,234,567,891 x 11 / 10.05 = 1,351,268,338.4 and 1,351,268.3 of it is the fee.
    assert_eq!((quote.paid, quote.fee), (Lamports(1_349_917_069), Lamports(1_351_269)));
    assert_eq!(stage.lamports(&alice.address()), wallet + quote.paid.0);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve - quote.paid.0);
    assert_eq!(stage.pool.ledger(&stage.svm), quote.ledger);
    assert_eq!(quote.ledger.total, Lamports(before.total.0 - quote.paid.0));
    assert_eq!(quote.ledger.supply, LstAmount(before.supply.0 - 1_234_567_891));
    stage.assert_balanced();
    let event = SolWithdrawn {
        pool: stage.pool.pool,
        user: alice.address(),
        shares: 1_234_567_891,
        paid: quote.paid.0,
        fee: quote.fee.0,
        reserve_after: reserve - quote.paid.0,
        before: entry(&before),
        after: entry(&quote.ledger),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::SolWithdrawn(event)]);
}

#[test]
fn the_fee_is_released_to_the_holders_over_time() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let rate = stage.pool.rate(&stage.svm);
    stage.must(withdraw(&stage, &alice, 4 * SOL, 0), &[&alice.key]);
    assert_eq!(stage.pool.rate(&stage.svm), rate, "at first all of the fee is locked");

    // 4 x 11 / 10.05 SOL = 4.378109452 were worth 4,378,110 lamports of fee; 6.05 LST share what is left.
    let after = stage.pool.ledger(&stage.svm);
    assert_eq!(after.locked_profit, Lamports(4_378_110));
    stage.svm.advance_slots(EPOCH / 2);
    assert_eq!(after.locked_at(stage.svm.clock().slot), Ok(Lamports(2_189_055)));
    stage.svm.advance_slots(EPOCH / 2);
    // (11 - 4.373731342) / 6.05 against 11 / 10.05.
    assert_eq!((rate, stage.pool.rate(&stage.svm)), (1_094_527_363, 1_095_251_017));
}

#[test]
fn the_fee_is_released_over_time_in_the_epoch_of_the_pools_birth_too() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    stage.must(withdraw(&stage, &alice, 4 * SOL, 0), &[&alice.key]);
    assert_eq!(stage.pool.rate(&stage.svm), SOL, "at first all of the fee is locked");
}

#[test]
fn the_fee_is_released_over_time_after_a_loss_too() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    stage.lose(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    let rate = stage.pool.rate(&stage.svm);
    stage.must(withdraw(&stage, &alice, 4 * SOL, 0), &[&alice.key]);
    assert_eq!(stage.pool.rate(&stage.svm), rate, "at first all of the fee is locked");
}

#[test]
fn a_delegate_may_withdraw_and_is_paid() {
    let mut stage = Stage::with(free_of_charge);
    let (alice, bob) = (stage.holder("alice", 10 * SOL), stage.newcomer("bob"));
    stage.must(token::approve(&alice.lst, &bob.address(), &alice.address(), 3 * SOL), &[&alice.key]);
    let before = stage.lamports(&bob.address());
    let by_bob = |shares| stage.pool.withdraw_sol(&bob.address(), &alice.lst, shares, 0);
    let (all, more) = (by_bob(3 * SOL), by_bob(1));
    stage.must(all, &[&bob.key]);
    assert_eq!(stage.lamports(&bob.address()), before + 3 * SOL);
    assert_eq!(stage.tokens(&alice.lst), 7 * SOL);
    // The approval is used up, and with it the delegation.
    stage.refuses(more, &[&bob.key], by_token(4));
    stage.assert_balanced();
}

#[test]
fn open_tickets_come_before_instant_exits() {
    let mut stage = Stage::with(free_of_charge);
    let alice = stage.holder("alice", 10 * SOL);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 4 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.holder("bob", 3 * SOL);
    // 14 SOL in the reserve, 4 of them owed: 10 are free, and Alice has 6 LST left of her 10.
    let carol = stage.holder("carol", 20 * SOL);
    stage.lose(&stage.pool.reserve.clone(), 20 * SOL);
    stage.refuses(withdraw(&stage, &carol, 10 * SOL + 1, 0), &[&carol.key], ReserveInsufficient);
    stage.must(withdraw(&stage, &carol, 10 * SOL, 10 * SOL), &[&carol.key]);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 4 * SOL, "exactly what the ticket is owed");
    stage.refuses(withdraw(&stage, &alice, 1, 0), &[&alice.key], ReserveInsufficient);
}

#[test]
fn the_reserve_keeps_its_rent_when_rent_rises() {
    let mut stage = Stage::with(free_of_charge);
    let alice = stage.holder("alice", 10 * SOL);
    stage.lose(&stage.pool.reserve.clone(), SOL);
    let rent = stage.svm.rent_exempt(40);
    stage.svm.multiply_rent(2);
    assert_eq!(stage.svm.rent_exempt(40), 2 * rent);
    // Ten SOL above the old rent: so much less above the new one.
    stage.refuses(withdraw(&stage, &alice, 10 * SOL - rent + 1, 0), &[&alice.key], ReserveInsufficient);
    stage.must(withdraw(&stage, &alice, 10 * SOL - rent, 0), &[&alice.key]);
    assert_eq!(stage.lamports(&stage.pool.reserve), 2 * rent);
}

#[test]
fn nothing_and_dust_are_refused() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 10 * SOL);
    stage.refuses(withdraw(&stage, &alice, 0, 0), &[&alice.key], ZeroAmount);
    // A base unit is worth a lamport, which is the fee.
    stage.refuses(withdraw(&stage, &alice, 1, 0), &[&alice.key], AmountTooSmall);
    stage.must(withdraw(&stage, &alice, 2, 1), &[&alice.key]);
    stage.assert_balanced();
}

#[test]
fn the_slippage_bound_may_be_met_exactly_and_not_missed_by_one() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 10 * SOL);
    stage.refuses(withdraw(&stage, &alice, SOL, 999_000_001), &[&alice.key], SlippageExceeded);
    stage.must(withdraw(&stage, &alice, SOL, 999_000_000), &[&alice.key]);
}

#[test]
fn more_than_there_is_is_refused() {
    let mut stage = Stage::with(free_of_charge);
    let (alice, bob) = (stage.holder("alice", 10 * SOL), stage.holder("bob", 10 * SOL));
    stage.refuses(withdraw(&stage, &alice, u64::MAX, 0), &[&alice.key], Overflow);
    // 21 LST exist.
    stage.refuses(withdraw(&stage, &alice, 21 * SOL + 1, 0), &[&alice.key], Overflow);
    stage.refuses(withdraw(&stage, &alice, 10 * SOL + 1, 0), &[&alice.key], by_token(1));
    stage.must(withdraw(&stage, &alice, 10 * SOL, 0), &[&alice.key]);
    stage.refuses(withdraw(&stage, &alice, 1, 0), &[&alice.key], by_token(1));
    stage.must(withdraw(&stage, &bob, 10 * SOL, 0), &[&bob.key]);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), SOL, "the seed, which is nobody's");
    stage.assert_balanced();
}

#[test]
fn a_pool_of_the_last_epoch_pays_nothing_at_once() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 10 * SOL);
    stage.svm.advance_epoch();
    stage.refuses(withdraw(&stage, &alice, SOL, 0), &[&alice.key], PoolStale);
    stage.pool.update(&mut stage.svm);
    stage.must(withdraw(&stage, &alice, SOL, 0), &[&alice.key]);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (alice, bob) = (stage.holder("alice", 10 * SOL), stage.holder("bob", 10 * SOL));
    let foreign = holder_of(&mut stage.svm, &other, "alice", 10 * SOL);
    let right = withdraw(&stage, &alice, SOL, 0);
    let (pool, reserve, mint, escrow) =
        (stage.pool.pool, stage.pool.reserve, stage.pool.mint, stage.pool.escrow);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_reserve = stage.svm.forgery(&reserve);
    let forged_lst = stage.svm.forgery(&alice.lst);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (pool, other.pool, WrongReserve.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (reserve, pool, framework(DUPLICATE_MUTABLE_ACCOUNT)),
        (mint, other.mint, WrongMint.into()),
        (alice.lst, foreign.lst, by_token(3)),
        (alice.lst, bob.lst, by_token(4)),
        (alice.lst, escrow, by_token(4)),
        (alice.lst, forged_lst, by_token_with(InstructionError::ExternalAccountDataModified)),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&alice.key], refusal);
    }
    stage.must(right, &[&alice.key]);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 10 * SOL);
    let right = withdraw(&stage, &alice, SOL, 0);
    let places = [stage.pool.pool, stage.pool.reserve, stage.pool.mint, alice.lst];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&alice.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn the_holder_must_sign() {
    let mut stage = Stage::new();
    let (alice, mallory) = (stage.holder("alice", 10 * SOL), stage.newcomer("mallory"));
    let right = withdraw(&stage, &alice, SOL, 0);
    let wrong = unsigned(&right, &alice.address());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    // Mallory may sign, but not for Alice's tokens.
    let wrong = substitute(&right, &alice.address(), &mallory.address());
    stage.refuses(wrong, &[&mallory.key], by_token(4));
}

#[test]
fn a_frozen_or_closed_token_account_pays_nothing() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 10 * SOL), stage.newcomer("bob"));
    stage.freeze(&alice.lst);
    stage.refuses(withdraw(&stage, &alice, SOL, 0), &[&alice.key], by_token(17));
    stage.must(token::close(&bob.lst, &bob.address()), &[&bob.key]);
    stage.refuses(
        withdraw(&stage, &bob, SOL, 0),
        &[&bob.key],
        by_token_with(InstructionError::InvalidAccountData),
    );
}

#[test]
fn an_exit_sent_twice_pays_twice_and_burns_twice() {
    let mut stage = Stage::with(free_of_charge);
    let alice = stage.holder("alice", 10 * SOL);
    let exit = withdraw(&stage, &alice, SOL, SOL);
    let before = stage.lamports(&alice.address());
    stage.svm.must(&[exit.clone(), exit], &[&stage.pool.payer, &alice.key]);
    assert_eq!(stage.lamports(&alice.address()), before + 2 * SOL);
    assert_eq!(stage.tokens(&alice.lst), 8 * SOL);
    stage.assert_balanced();
}
