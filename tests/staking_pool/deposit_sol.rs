//! `deposit_sol`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LpAmount, LstAmount};
use sluice_pool_math::Liquidity;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::DepositSolInstructionArgs;
use sluice_sdk::staking_pool::types::{FeeEntry, SolDeposited};
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::provider::liquidity_entry;
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
    let quote = stage.pool.expect_deposit(&stage.svm, 7_654_321_987);
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
        referrer: stage.pool.pool,
        lamports: 7_654_321_987,
        minted: quote.minted.0,
        fee: NO_FEE,
        to_liquidity: 0,
        from_liquidity: 0,
        reserve_after: reserve + 7_654_321_987,
        liquidity_after: NO_LIQUIDITY,
        before: entry(&before),
        after: entry(&quote.ledger),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::SolDeposited(event)]);
}

#[test]
fn the_rate_never_falls_and_no_round_trip_gains() {
    let (mut stage, _) = Stage::appreciated(|options| {
        options.params.limits.min_deposit = 0;
        options.instant_fee(0);
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
    let mut stage = Stage::with(|options| options.params.limits.min_deposit = 5_000_000);
    let alice = stage.newcomer("alice");
    stage.refuses(deposit(&stage, &alice, 4_999_999, 0), &[&alice.key], BelowMinimumDeposit);
    stage.refuses(deposit(&stage, &alice, 0, 0), &[&alice.key], ZeroAmount);
    stage.must(deposit(&stage, &alice, 5_000_000, 0), &[&alice.key]);
    assert_eq!(stage.tokens(&alice.lst), 5_000_000);
    stage.assert_balanced();
}

#[test]
fn nothing_and_dust_are_refused_without_a_minimum_too() {
    let (mut stage, _) = Stage::appreciated(|options| options.params.limits.min_deposit = 0);
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

// Fees and those who bring deposits.

/// Of a deposit 0.2 %: half for the referrer, a quarter of the rest for the insurance fund.
fn charging(options: &mut PoolOptions) {
    let fees = &mut options.params.fees;
    (fees.deposit_bps, fees.referral_bps, fees.insurance_bps) = (20, 5_000, 2_500);
}

fn referred(stage: &Stage, user: &Holder, lamports: u64, referrer: &Address) -> Instruction {
    let mut accounts = stage.pool.deposit_sol_accounts(&user.address(), &user.lst);
    accounts.referrer = Some(*referrer);
    accounts.instruction(DepositSolInstructionArgs { lamports, min_out: 0 })
}

/// What waits for insurance fund and treasury.
fn waiting(stage: &Stage) -> (u64, u64) {
    let state = stage.pool.state(&stage.svm);
    (state.insurance_shares, state.fee_shares)
}

#[test]
fn the_fee_is_divided_between_referrer_fund_and_treasury() {
    let (mut stage, _) = Stage::appreciated(charging);
    let (bob, ruth) = (stage.newcomer("bob"), stage.newcomer("ruth"));
    let (before, (insurance, treasury)) = (stage.pool.ledger(&stage.svm), waiting(&stage));

    let sent = stage.must(referred(&stage, &bob, 10 * SOL, &ruth.lst), &[&bob.key]);

    assert!(sent.compute_units <= 6_000, "{} CU", sent.compute_units);
    // 10 x 10.05 / 11 = 9.136363636 LST; 0.2 % of them is 18,272,727.3, charged as 728. Half of it is the referrer's, a
    // quarter of the other half the fund's, each rounded down: 9,136,364 and 2,284,091. The rest is the treasury's.
    let fee = FeeEntry { referrer: 9_136_364, insurance: 2_284_091, treasury: 6_852_273 };
    assert_eq!(fee.referrer + fee.insurance + fee.treasury, 18_272_728);
    let minted = 9_136_363_636 - 18_272_728;
    assert_eq!((stage.tokens(&bob.lst), stage.tokens(&ruth.lst)), (minted, fee.referrer));
    assert_eq!(waiting(&stage), (insurance + fee.insurance, treasury + fee.treasury));
    let after = stage.pool.ledger(&stage.svm);
    assert_eq!(after.supply, LstAmount(before.supply.0 + 9_136_363_636));
    stage.assert_balanced();
    let event = SolDeposited {
        pool: stage.pool.pool,
        user: bob.address(),
        referrer: ruth.lst,
        lamports: 10 * SOL,
        minted,
        fee,
        to_liquidity: 0,
        from_liquidity: 0,
        reserve_after: stage.lamports(&stage.pool.reserve),
        liquidity_after: NO_LIQUIDITY,
        before: entry(&before),
        after: entry(&after),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::SolDeposited(event)]);
}

#[test]
fn without_a_referrer_the_treasury_gets_his_part() {
    let (mut stage, _) = Stage::appreciated(charging);
    let bob = stage.newcomer("bob");
    let (insurance, treasury) = waiting(&stage);
    let minted = 9_136_363_636 - 18_272_728;
    stage.refuses(deposit(&stage, &bob, 10 * SOL, minted + 1), &[&bob.key], SlippageExceeded);
    let sent = stage.must(deposit(&stage, &bob, 10 * SOL, minted), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst), minted, "it costs bob the same");
    assert_eq!(waiting(&stage), (insurance + 4_568_182, treasury + 13_704_546));
    let [StakingPoolEvent::SolDeposited(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!((event.referrer, event.fee.referrer), (stage.pool.pool, 0));
    stage.assert_balanced();
}

#[test]
fn a_referrer_that_cannot_receive_forgoes_its_part_and_the_deposit_goes_on() {
    let (mut stage, _) = Stage::appreciated(charging);
    let other = stage.other_pool();
    let (bob, ruth, frozen, closed) =
        (stage.newcomer("bob"), stage.newcomer("ruth"), stage.newcomer("frozen"), stage.newcomer("closed"));
    stage.freeze(&frozen.lst);
    stage.must(token::close(&closed.lst, &closed.address()), &[&closed.key]);
    let (_, foreign) = other.user(&mut stage.svm, "ruth", 0);
    let forged = stage.svm.forgery(&ruth.lst);
    let list = stage.pool.list;
    for cannot in [frozen.lst, closed.lst, foreign, forged, list, ruth.address(), keypair("nobody").pubkey()]
    {
        let ((insurance, treasury), had) = (waiting(&stage), stage.tokens(&bob.lst));
        let sent = stage.must(referred(&stage, &bob, 10 * SOL, &cannot), &[&bob.key]);
        let [StakingPoolEvent::SolDeposited(event)] = &events(&sent)[..] else { panic!("one event") };
        assert_eq!((event.referrer, event.fee.referrer), (stage.pool.pool, 0));
        let fee = event.fee.insurance + event.fee.treasury;
        assert_eq!(fee, 18_272_728, "what he forgoes is the fund's and the treasury's");
        assert_eq!(waiting(&stage), (insurance + event.fee.insurance, treasury + event.fee.treasury));
        assert_eq!(stage.tokens(&bob.lst), had + 9_136_363_636 - fee);
        stage.assert_balanced();
    }
}

#[test]
fn who_refers_himself_needs_another_account_and_pays_half() {
    let (mut stage, _) = Stage::appreciated(charging);
    let (bob, mint) = (stage.newcomer("bob"), stage.pool.mint);
    let into_one = referred(&stage, &bob, 10 * SOL, &bob.lst);
    stage.refuses(into_one, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    for place in [stage.pool.pool, stage.pool.reserve, mint] {
        let wrong = referred(&stage, &bob, 10 * SOL, &place);
        stage.refuses(wrong, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
    let (payer, second) = (stage.pool.payer.insecure_clone(), keypair("bob's second"));
    let own = token::create_token_account(&mut stage.svm, &payer, &second, &mint, &bob.address());
    stage.must(referred(&stage, &bob, 10 * SOL, &own), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lst) + stage.tokens(&own), 9_136_363_636 - 9_136_364);
    // The treasury may refer as well; the escrow, whose tokens nobody gets out again, forgoes it.
    for (place, part) in [(stage.pool.treasury, 9_136_364), (stage.pool.escrow, 0)] {
        let had = stage.tokens(&place);
        stage.must(referred(&stage, &bob, 10 * SOL, &place), &[&bob.key]);
        assert_eq!(stage.tokens(&place), had + part);
        stage.assert_balanced();
    }
}

#[test]
fn dust_that_is_all_fee_is_refused() {
    let mut stage = Stage::with(|options| {
        charging(options);
        options.params.limits.min_deposit = 0;
    });
    let bob = stage.newcomer("bob");
    stage.refuses(deposit(&stage, &bob, 1, 0), &[&bob.key], AmountTooSmall);
    stage.must(deposit(&stage, &bob, 2, 1), &[&bob.key]);
    assert_eq!((stage.tokens(&bob.lst), waiting(&stage)), (1, (0, 1)));
    stage.assert_balanced();
}

#[test]
fn shares_of_the_providers_are_sold_first() {
    let mut stage = Stage::liquid(20 * SOL, |options| {
        charging(options);
        options.instant_fee(0);
        options.params.fees.reward_bps = 0;
    });
    let (alice, bob, ruth) = (stage.holder("alice", 50 * SOL), stage.newcomer("bob"), stage.newcomer("ruth"));
    stage.leave_free(0);
    stage.exit(&alice.key, &alice.lst, 10 * SOL);
    // A tenth more: 56.1 SOL are behind the 51 LST, ten of which are the providers'.
    stage.donate(&stage.pool.reserve.clone(), 5_100_000_000);
    stage.next_epoch();
    stage.next_epoch();
    assert_eq!(stage.worth(SOL), 1_100_000_000);
    let (before, had) = (stage.pool.ledger(&stage.svm), stage.liquidity());
    assert_eq!((had.lamports, had.shares), (Lamports(10 * SOL), LstAmount(10 * SOL)));

    let sent = stage.must(referred(&stage, &bob, 3_300_000_001, &ruth.lst), &[&bob.key]);

    assert!(sent.compute_units <= 6_000, "{} CU", sent.compute_units);
    println!("deposit_sol, fee, referrer and liquidity: {} CU", sent.compute_units);
    // 3.3 SOL buy three LST, all of them the providers'; a lamport is left over, and is the pool's.
    let sold = Liquidity {
        lamports: Lamports(13_300_000_000),
        shares: LstAmount(7 * SOL),
        supply: LpAmount(20 * SOL),
    };
    assert_eq!(stage.liquidity(), sold);
    let after = stage.pool.ledger(&stage.svm);
    assert_eq!((after.total, after.supply), (Lamports(before.total.0 + 1), before.supply));
    assert_eq!(stage.tokens(&bob.lst) + stage.tokens(&ruth.lst), 3 * SOL - 3_000_000);
    let [StakingPoolEvent::SolDeposited(event)] = &events(&sent)[..] else { panic!("one event") };
    assert_eq!((event.from_liquidity, event.to_liquidity), (3 * SOL, 3_300_000_000));
    assert_eq!(event.liquidity_after, liquidity_entry(&sold));
    stage.assert_balanced();

    // Eleven SOL buy ten LST: the seven that are left, and three new ones.
    let (value, reserve) = (stage.liquidity_value(), stage.lamports(&stage.pool.reserve));
    stage.must(deposit(&stage, &bob, 11 * SOL, 0), &[&bob.key]);
    let empty =
        Liquidity { lamports: Lamports(21 * SOL), shares: LstAmount::ZERO, supply: LpAmount(20 * SOL) };
    assert_eq!(stage.liquidity(), empty);
    assert!(value - stage.liquidity_value() <= 1, "what they were worth, rounded down instead of up");
    let last = stage.pool.ledger(&stage.svm);
    let (new, lamports) = (last.supply.0 - after.supply.0, last.total.0 - after.total.0);
    assert!((3 * SOL - 1..=3 * SOL).contains(&new) && lamports == 3_300_000_000, "{new} for {lamports}");
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + 11 * SOL);
    stage.assert_balanced();
}
