//! `withdraw_sol`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LpAmount, LstAmount};
use sluice_pool_math::Liquidity;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{FeeEntry, SolWithdrawn};
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::provider::{Provider, liquidity_entry};
use crate::stage::*;

fn withdraw(stage: &Stage, user: &Holder, shares: u64, min_out: u64) -> Instruction {
    stage.pool.withdraw_sol(&user.address(), &user.lst, shares, min_out)
}

/// A pool without instant fee: what is paid is the value.
fn free_of_charge(options: &mut PoolOptions) {
    options.instant_fee(0);
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
    let quote = stage.pool.expect_exit(&stage.svm, 1_234_567_891);
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
        from_liquidity: 0,
        to_liquidity: 0,
        cut: NO_FEE,
        liquidity_after: NO_LIQUIDITY,
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
    // 21 LST exist, and no one can sell more, whatever the reserve holds.
    stage.refuses(withdraw(&stage, &alice, u64::MAX, 0), &[&alice.key], Overflow);
    stage.refuses(withdraw(&stage, &alice, 21 * SOL + 1, 0), &[&alice.key], Overflow);
    stage.donate(&stage.pool.reserve.clone(), 1);
    stage.refuses(withdraw(&stage, &alice, 21 * SOL + 1, 0), &[&alice.key], Overflow);
    stage.refuses(withdraw(&stage, &alice, 10 * SOL + 1, 0), &[&alice.key], by_token(1));
    stage.must(withdraw(&stage, &alice, 10 * SOL, 0), &[&alice.key]);
    stage.refuses(withdraw(&stage, &alice, 1, 0), &[&alice.key], by_token(1));
    stage.must(withdraw(&stage, &bob, 10 * SOL, 0), &[&bob.key]);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), SOL + 1, "the seed, which is nobody's, and the gift");
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
fn while_rewards_are_paid_the_last_epochs_price_is_good_and_no_older_one() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    // What nobody has counted yet, no exit takes along.
    let wallet = stage.lamports(&alice.address());
    stage.must(withdraw(&stage, &alice, SOL, 1_093_432_835), &[&alice.key]);
    assert_eq!(stage.lamports(&alice.address()), wallet + 1_093_432_835);
    stage.svm.advance_epoch();
    stage.refuses(withdraw(&stage, &alice, SOL, 0), &[&alice.key], PoolStale);
    stage.svm.set_rewards_active(false);
    stage.refuses(withdraw(&stage, &alice, SOL, 0), &[&alice.key], PoolStale);
    stage.pool.update(&mut stage.svm);
    stage.must(withdraw(&stage, &alice, SOL, 0), &[&alice.key]);
    stage.assert_balanced();
}

#[test]
fn a_paused_pool_pays_nothing_at_once() {
    let mut stage = Stage::new();
    let (alice, admin) = (stage.holder("alice", 10 * SOL), stage.pool.admin.insecure_clone());
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.refuses(withdraw(&stage, &alice, SOL, 0), &[&alice.key], PoolPaused);
    stage.next_epoch();
    stage.refuses(withdraw(&stage, &alice, SOL, 0), &[&alice.key], PoolPaused);
    stage.next_epoch();
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

// With liquidity in play.

/// Alice has two hundred LST, and that much of the reserve is free. Forty SOL are liquidity, of which bob has 39. Exits
/// cost 0.05 % where a hundred SOL stay and 0.2 % for the last lamport; a tenth of the providers' fee is cut, half of that
/// for the insurance fund.
fn scarce(free: u64) -> (Stage, Holder, Provider) {
    let mut stage = Stage::liquid(SOL, |options| {
        let params = &mut options.params;
        (params.fees.instant_least_bps, params.fees.instant_most_bps) = (5, 20);
        params.limits.liquidity_target = 100 * SOL;
        params.fees.insurance_bps = 5_000;
    });
    let alice = stage.holder("alice", 200 * SOL);
    let bob = stage.provider("bob", 39 * SOL);
    stage.leave_free(free);
    (stage, alice, bob)
}

#[test]
fn the_reserve_pays_first_and_then_the_providers() {
    let (mut stage, alice, _) = scarce(10 * SOL);
    let (before, wallet) = (stage.pool.ledger(&stage.svm), stage.lamports(&alice.address()));
    let rate = stage.pool.rate(&stage.svm);

    let sent = stage.must(withdraw(&stage, &alice, 20 * SOL, 19_972_000_000), &[&alice.key]);

    assert!(sent.compute_units <= 4_000, "{} CU", sent.compute_units);
    println!("withdraw_sol, reserve and liquidity: {} CU", sent.compute_units);
    // Fifty SOL are there and thirty stay. The price of a lamport that leaves x SOL is 5 + 15 (1 - x / 100) bps: 12.5 for
    // the first and 15.5 for the last, 14 on average: 0.028 of 20 SOL.
    let paid = 19_972_000_000;
    assert_eq!(stage.lamports(&alice.address()), wallet + paid);
    // The reserve gives its ten SOL, the providers the other 9.972, for that part of the shares:
    // 20 x 9.972 / 19.972 = 9.985980372. Of those, 0.013980372 are earned, and a tenth is cut: 0.001398037.
    let (from_liquidity, taken, cut) = (9_972_000_000, 9_985_980_372, 1_398_037);
    let liquidity = Liquidity {
        lamports: Lamports(40 * SOL - from_liquidity),
        shares: LstAmount(taken - cut),
        supply: LpAmount(40 * SOL),
    };
    assert_eq!(stage.liquidity(), liquidity);
    // The other 10.014019628 LST are gone with ten SOL. What they were worth beyond that is locked.
    let after = stage.pool.ledger(&stage.svm);
    assert_eq!(after.total, Lamports(before.total.0 - 10 * SOL));
    assert_eq!(after.supply, LstAmount(before.supply.0 - 10_014_019_628));
    assert_eq!(after.locked_profit, Lamports(14_019_628));
    assert_eq!(stage.pool.rate(&stage.svm), rate);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.insurance_shares, state.fee_shares), (699_018, 699_019));
    // All of the fee is somebody's.
    assert_eq!(14_019_628 + (taken - from_liquidity), 28_000_000);
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), 201 * SOL - 20 * SOL, "all twenty are burnt");
    stage.assert_balanced();
    let event = SolWithdrawn {
        pool: stage.pool.pool,
        user: alice.address(),
        shares: 20 * SOL,
        paid,
        fee: 28_000_000,
        from_liquidity,
        to_liquidity: taken - cut,
        cut: FeeEntry { referrer: 0, insurance: 699_018, treasury: 699_019 },
        reserve_after: stage.lamports(&stage.pool.reserve),
        liquidity_after: liquidity_entry(&liquidity),
        before: entry(&before),
        after: entry(&after),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::SolWithdrawn(event)]);
}

#[test]
fn what_the_reserve_can_pay_alone_leaves_the_providers_alone() {
    let (mut stage, alice, _) = scarce(10 * SOL);
    let before = stage.liquidity();
    // From fifty to forty: 5 + 15 (1 - 45 / 100) = 13.25 bps of ten SOL.
    stage.must(withdraw(&stage, &alice, 10 * SOL, 9_986_750_000), &[&alice.key]);
    assert_eq!(stage.liquidity(), before);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 13_250_000, "the fee is still there");
    // A lamport beyond that is the providers'.
    stage.must(withdraw(&stage, &alice, 14 * SOL / 1_000, 0), &[&alice.key]);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 0);
    assert!(stage.liquidity().lamports < before.lamports);
    stage.assert_balanced();
}

#[test]
fn what_tickets_are_owed_is_left_and_the_providers_pay_instead() {
    let (mut stage, alice, _) = scarce(10 * SOL);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 7 * SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.must(withdraw(&stage, &alice, 10 * SOL, 0), &[&alice.key]);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 7 * SOL);
    assert!(stage.liquidity().lamports < Lamports(34 * SOL));
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&ticket.pubkey(), &alice.address()), &[]);
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 0);
    stage.assert_balanced();
}

#[test]
fn a_ticket_is_not_paid_with_the_providers_sol() {
    let (mut stage, alice, _) = scarce(0);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), SOL);
    stage.must(order, &[&alice.key, &ticket]);
    stage.next_epoch();
    let claim = stage.pool.claim_ticket(&ticket.pubkey(), &alice.address());
    stage.refuses(claim, &[], ReserveInsufficient);
    // Nor is it delegated.
    let (vote, crank) = (stage.validator("ben"), stage.pool.delegation.insecure_clone());
    let increase = stage.pool.increase_stake(&stage.svm, &vote, SOL);
    stage.refuses(increase, &[&crank], ReserveInsufficient);
    assert_eq!(stage.pool.state(&stage.svm).liquidity_lamports, 40 * SOL);
}

#[test]
fn the_fee_grows_linearly_from_the_least_to_the_most() {
    // What the reserve has free beside forty SOL of liquidity, LST that leave, fee in lamports.
    for (free, shares, fee) in [
        // From 160 SOL to 100: 5 bps.
        (120 * SOL, 60 * SOL, 30_000_000),
        // From 140 to 80: 40 SOL at 5 bps, 20 at 5 + 15 (1 - 90 / 100) = 6.5.
        (100 * SOL, 60 * SOL, 20_000_000 + 13_000_000),
        // From 100 to 50: 5 + 15 (1 - 75 / 100) = 8.75.
        (60 * SOL, 50 * SOL, 43_750_000),
        // From 50 to 25: 5 + 15 (1 - 37.5 / 100) = 14.375.
        (10 * SOL, 25 * SOL, 35_937_500),
        // From 40 to nothing: 5 + 15 (1 - 20 / 100) = 17.
        (0, 40 * SOL, 68_000_000),
        // Beyond nothing: 20 for the last 0.04 SOL of value, which the fee itself leaves there.
        (0, 40_040_000_000, 68_000_000 + 80_000),
        // Three lamports at 12.5 bps: both parts of the price are summed, and then rounded up.
        (10 * SOL, 3, 1),
    ] {
        let (mut stage, alice, _) = scarce(free);
        let wallet = stage.lamports(&alice.address());
        let quote = stage.pool.expect_exit(&stage.svm, shares);
        stage.must(withdraw(&stage, &alice, shares, shares - fee), &[&alice.key]);
        assert_eq!(stage.lamports(&alice.address()), wallet + shares - fee, "{shares} with {free} free");
        assert_eq!((quote.paid, quote.fee), (Lamports(shares - fee), Lamports(fee)));
        stage.assert_balanced();
    }
    let (mut stage, alice, _) = scarce(0);
    stage.refuses(withdraw(&stage, &alice, 1, 0), &[&alice.key], AmountTooSmall);
    stage.refuses(withdraw(&stage, &alice, 40_090_000_000, 0), &[&alice.key], ReserveInsufficient);
}

#[test]
fn an_exit_in_parts_saves_nothing_worth_having() {
    let paid = |parts: u64| {
        let (mut stage, alice, _) = scarce(10 * SOL);
        let wallet = stage.lamports(&alice.address());
        for _ in 0..parts {
            stage.must(withdraw(&stage, &alice, 40 * SOL / parts, 0), &[&alice.key]);
        }
        stage.assert_balanced();
        stage.lamports(&alice.address()) - wallet
    };
    let once = paid(1);
    // From 50 SOL to 10: 5 + 15 (1 - 30 / 100) = 15.5 bps.
    assert_eq!(once, 40 * SOL - 62_000_000);
    for parts in [2, 10, 64] {
        // The fees of the earlier parts stay and make the later ones cheaper, by at most 0.2 % of 0.2 %.
        let saved = i128::from(paid(parts)) - i128::from(once);
        assert!((0..=40_000_000_000 / 250_000).contains(&saved), "{parts} parts save {saved} lamports");
    }
}

#[test]
fn providers_never_lose_by_an_exit() {
    let (mut stage, alice, _) = scarce(0);
    // At an odd rate, in odd parts.
    stage.donate(&stage.pool.reserve.clone(), 7 * SOL);
    stage.next_epoch();
    stage.svm.advance_slots(EPOCH / 7);
    for shares in [7 * SOL, 2, 3, 17, 1_000_003, 3 * SOL + 1, 11 * SOL] {
        let (value, rate) = (stage.liquidity_value(), stage.pool.rate(&stage.svm));
        let sent = stage.must(withdraw(&stage, &alice, shares + 1, 0), &[&alice.key]);
        assert!(sent.compute_units <= 4_000, "{} CU", sent.compute_units);
        assert!(stage.liquidity_value() >= value);
        assert!(stage.pool.rate(&stage.svm) >= rate);
        stage.assert_balanced();
    }
}

/// Who brings SOL for the moment of a big exit takes over his part of it, and earns that part of the fee: not a lamport
/// of what the others had.
#[test]
fn liquidity_just_in_time_gains_no_more_than_its_part_of_the_fee() {
    let (mut stage, alice, bob) = scarce(10 * SOL);
    let mallory = stage.visitor("mallory");
    let (his, value) = (stage.wealth(&bob), stage.liquidity_value());
    stage.add(&mallory, 400 * SOL);
    stage.must(withdraw(&stage, &alice, 150 * SOL, 0), &[&alice.key]);
    let earned = stage.liquidity_value() - value - 400 * SOL;
    stage.remove_all(&mallory);
    let gain = stage.wealth(&mallory) - 1_000 * SOL;
    // 400 of the 440 SOL were hers. The exit cost 5 bps, of which the providers keep nine tenths.
    assert!(gain <= earned * 400 / 440, "{gain} of {earned}");
    assert!(earned <= 150 * SOL / 10_000 * 5 * 9 / 10);
    assert!(stage.wealth(&bob) > his, "bob has earned his part too");
    // What she holds for it is LST, which she must sell, or hold.
    assert!(stage.tokens(&mallory.lst) > 126 * SOL);
    stage.assert_balanced();
}

/// The price falls with the liquidity one adds oneself. But what one's own SOL pays is no exit: it comes back as LST.
#[test]
fn ones_own_liquidity_makes_no_exit_free() {
    let (mut stage, alice, bob) = scarce(0);
    let mallory = stage.visitor("mallory");
    stage.must(token::transfer(&alice.lst, &mallory.lst, &alice.address(), 40 * SOL), &[&alice.key]);
    let (hers, his, wallet) =
        (stage.wealth(&mallory), stage.wealth(&bob), stage.lamports(&mallory.address()));
    stage.add(&mallory, 960 * SOL);
    stage.exit(&mallory.key, &mallory.lst, 40 * SOL);
    stage.remove_all(&mallory);
    // Forty LST at 5 bps instead of 17; but 96 % of what was paid was her own.
    let out = stage.lamports(&mallory.address()) - wallet;
    assert!(out < 17 * SOL / 10, "{out} lamports came out");
    assert!(hers - stage.wealth(&mallory) >= out / 10_000 * 5, "and cost the least fee at least");
    assert!(stage.wealth(&bob) > his);
    stage.assert_balanced();
}

/// The token programs let anybody burn what lies in an account of the incinerator. Whoever sent it there gave it to the holders.
#[test]
fn what_was_sent_to_the_incinerator_is_nobodys_to_sell() {
    let mut stage = Stage::new();
    let (alice, mallory) = (stage.holder("alice", 10 * SOL), stage.newcomer("mallory"));
    let mint = stage.pool.mint;
    for ashes in stage.ashes(&alice.key, &alice.lst, &mint, SOL) {
        let withdraw = stage.pool.withdraw_sol(&mallory.address(), &ashes, SOL, 0);
        stage.refuses(withdraw, &[&mallory.key], UnusableTokenAccount);
        let fund = stage.pool.fund_insurance(&mallory.address(), &ashes, SOL);
        stage.refuses(fund, &[&mallory.key], UnusableTokenAccount);
        // The token program would have let her.
        let burn = token::burn(&ashes, &mint, &mallory.address(), SOL);
        stage.svm.must(&[burn], &[&mallory.key]);
    }
    let rate = stage.pool.rate(&stage.svm);
    stage.next_epoch();
    stage.next_epoch();
    assert!(stage.pool.rate(&stage.svm) > rate, "it is the holders'");
    stage.assert_balanced();
}
