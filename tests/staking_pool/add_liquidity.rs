//! `add_liquidity`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LpAmount, LstAmount};
use sluice_pool_math::{self as math, Liquidity};
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{LiquidityAdded, Roles};
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::provider::liquidity_entry;
use crate::stage::*;

/// The most that a transaction which adds liquidity may cost.
const MOST_CU: u64 = 6_500;

/// Four SOL of liquidity that have become three SOL and 1 LST, worth 1.1 SOL: eleven SOL are behind ten LST.
fn mixed() -> (Stage, Holder) {
    let mut stage = Stage::liquid(4 * SOL, |options| {
        options.params.fees.reward_bps = 0;
        options.instant_fee(0);
        options.params.limits.min_deposit = 0;
    });
    let alice = stage.holder("alice", 9 * SOL);
    stage.leave_free(0);
    stage.exit(&alice.key, &alice.lst, SOL);
    let liquidity =
        Liquidity { lamports: Lamports(3 * SOL), shares: LstAmount(SOL), supply: LpAmount(4 * SOL) };
    assert_eq!(stage.liquidity(), liquidity);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    stage.next_epoch();
    assert_eq!(stage.worth(SOL), 1_100_000_000);
    assert_eq!(stage.liquidity_value(), 4_100_000_000);
    (stage, alice)
}

#[test]
fn the_first_provider_pays_a_lamport_a_token() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let before = stage.pool.state(&stage.svm);
    let bob = stage.visitor("bob");
    let (wallet, reserve) = (stage.lamports(&bob.address()), stage.lamports(&stage.pool.reserve));

    let sent = stage.add(&bob, 39 * SOL);

    assert!(sent.compute_units <= MOST_CU, "{} CU", sent.compute_units);
    assert_eq!(stage.tokens(&bob.lp), 39 * SOL);
    assert_eq!(token::supply(&stage.svm, &stage.pool.lp_mint().pubkey()), 39 * SOL);
    assert_eq!(stage.lamports(&bob.address()), wallet - 39 * SOL);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve + 39 * SOL);
    // What backs the LST is what it was.
    let mut after = stage.pool.state(&stage.svm);
    assert_eq!((after.liquidity_lamports, after.liquidity_supply), (40 * SOL, 40 * SOL));
    (after.liquidity_lamports, after.liquidity_supply) = (SOL, SOL);
    assert_eq!(after, before);
    stage.assert_balanced();
}

#[test]
fn the_price_is_the_rate_and_the_event_says_it_all() {
    let (mut stage, _) = mixed();
    let bob = stage.visitor("bob");
    let (ledger, before) = (stage.pool.ledger(&stage.svm), stage.liquidity());
    let slot = stage.svm.clock().slot;
    let quote = math::add_liquidity(&ledger, &before, slot, Lamports(SOL)).expect("priced");
    // A SOL of 4.1 SOL's worth, in claims of 4: 0.975609756.
    assert_eq!(quote.minted, LpAmount(975_609_756));
    let one_more = stage.add_liquidity(&bob, SOL, 975_609_757);
    stage.refuses(one_more, &[&bob.key], SlippageExceeded);

    let right = stage.add_liquidity(&bob, SOL, 975_609_756);
    let sent = stage.must(right, &[&bob.key]);

    assert!(sent.compute_units <= MOST_CU, "{} CU", sent.compute_units);
    println!("add_liquidity: {} CU", sent.compute_units);
    assert_eq!(stage.tokens(&bob.lp), 975_609_756);
    assert_eq!(stage.liquidity(), quote.liquidity);
    assert_eq!(stage.pool.ledger(&stage.svm), ledger, "the pool's own price inputs do not change");
    stage.assert_balanced();
    let event = LiquidityAdded {
        pool: stage.pool.pool,
        user: bob.address(),
        lamports: SOL,
        minted: 975_609_756,
        reserve_after: stage.lamports(&stage.pool.reserve),
        liquidity_before: liquidity_entry(&before),
        liquidity_after: liquidity_entry(&quote.liquidity),
        ledger: entry(&ledger),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::LiquidityAdded(event)]);
}

#[test]
fn what_comes_in_is_worth_no_less_than_what_is_minted() {
    let (mut stage, _) = mixed();
    let bob = stage.visitor("bob");
    for lamports in [2, 3, 7, 999_999_999, 77 * SOL + 1] {
        let (before, supply) = (stage.liquidity_value(), stage.liquidity().supply.0);
        stage.add(&bob, lamports);
        let (after, claims) = (stage.liquidity_value(), stage.liquidity().supply.0);
        assert_eq!(after, before + lamports);
        // The value of a claim never falls.
        assert!(u128::from(after) * u128::from(supply) >= u128::from(before) * u128::from(claims));
        stage.assert_balanced();
    }
}

#[test]
fn the_tokens_may_go_to_any_account_of_their_mint() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let (bob, carol) = (stage.visitor("bob"), stage.visitor("carol"));
    let add = stage.pool.add_liquidity(&bob.address(), &carol.lp, SOL, SOL);
    stage.must(add, &[&bob.key]);
    assert_eq!((stage.tokens(&bob.lp), stage.tokens(&carol.lp)), (0, SOL));
}

#[test]
fn nothing_dust_and_too_much_are_refused() {
    let (mut stage, _) = mixed();
    let bob = stage.visitor("bob");
    let add = |stage: &Stage, lamports| stage.add_liquidity(&bob, lamports, 0);
    stage.refuses(add(&stage, 0), &[&bob.key], ZeroAmount);
    // A lamport buys 0.976 of a base unit.
    stage.refuses(add(&stage, 1), &[&bob.key], AmountTooSmall);
    let all = stage.lamports(&bob.address());
    stage.refuses(add(&stage, all + 1), &[&bob.key], by_system(1));
    stage.refuses(add(&stage, u64::MAX), &[&bob.key], Overflow);
    stage.must(add(&stage, 2), &[&bob.key]);
    assert_eq!(stage.tokens(&bob.lp), 1);
    stage.assert_balanced();
}

#[test]
fn the_least_is_the_pools_minimum_deposit() {
    let mut stage = Stage::liquid(SOL, |options| options.params.limits.min_deposit = 5_000_000);
    let bob = stage.visitor("bob");
    let less = stage.add_liquidity(&bob, 4_999_999, 0);
    stage.refuses(less, &[&bob.key], BelowMinimumDeposit);
    stage.add(&bob, 5_000_000);
}

#[test]
fn a_stale_or_paused_pool_takes_no_liquidity() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let bob = stage.visitor("bob");
    let (add, admin) = (stage.add_liquidity(&bob, SOL, 0), stage.pool.admin.insecure_clone());
    stage.svm.advance_epoch();
    stage.refuses(add.clone(), &[&bob.key], PoolStale);
    // An update is impossible now, and yet there is no price to buy at.
    stage.svm.set_rewards_active(true);
    stage.refuses(add.clone(), &[&bob.key], PoolStale);
    stage.svm.set_rewards_active(false);
    stage.pool.update(&mut stage.svm);
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.refuses(add.clone(), &[&bob.key], PoolPaused);
    stage.must(stage.pool.resume(&admin.pubkey()), &[&admin]);
    stage.must(add, &[&bob.key]);
    stage.assert_balanced();
}

/// Who takes liquidity out gets LST for what exits have turned into shares.
#[test]
fn a_pool_that_chooses_its_depositors_chooses_its_providers() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let (bob, gate, mallory) = (stage.visitor("bob"), stage.newcomer("gate"), stage.newcomer("mallory"));
    let admin = stage.pool.admin.insecure_clone();
    let roles =
        Roles { fee_authority: admin.pubkey(), pauser: admin.pubkey(), deposit_authority: gate.address() };
    stage.must(stage.pool.set_roles(roles), &[&admin]);
    let alone = stage.add_liquidity(&bob, SOL, 0);
    stage.refuses(alone, &[&bob.key], DepositAuthorityRequired);
    let signed_by = |stage: &Stage, by: &Address| {
        let mut accounts = stage.pool.add_liquidity_accounts(&bob.address(), &bob.lp);
        accounts.deposit_authority = Some(*by);
        accounts.instruction(sluice_sdk::staking_pool::instructions::AddLiquidityInstructionArgs {
            lamports: SOL,
            min_out: 0,
        })
    };
    let by_mallory = signed_by(&stage, &mallory.address());
    stage.refuses(by_mallory, &[&bob.key, &mallory.key], DepositAuthorityRequired);
    let right = signed_by(&stage, &gate.address());
    let missing = shared(InstructionError::MissingRequiredSignature);
    stage.refuses(unsigned(&right, &gate.address()), &[&bob.key], missing);
    stage.must(right, &[&bob.key, &gate.key]);
    // The way out needs nobody's leave.
    stage.remove_all(&bob);
    stage.assert_balanced();
}

#[test]
fn a_pool_without_liquidity_sells_none() {
    let mut stage = Stage::new();
    let (payer, mint, pool) = (stage.pool.payer.insecure_clone(), stage.pool.lp_mint(), stage.pool.pool);
    token::create_mint(&mut stage.svm, &payer, &mint, &pool);
    let bob = stage.visitor("bob");
    let add = stage.add_liquidity(&bob, SOL, 0);
    // A mint that the pool may issue, and has not adopted.
    stage.refuses(add.clone(), &[&bob.key], WrongLpMint);
    // The address that stands for none is the system program's, which is named already.
    let wrong = substitute(&add, &mint.pubkey(), &SYSTEM);
    stage.refuses(wrong, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
}

#[test]
fn claims_on_nothing_are_not_sold() {
    let mut stage = Stage::liquid(4 * SOL, |options| options.instant_fee(0));
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.visitor("bob"));
    // The pool loses everything, and before anybody counts it, all of the liquidity turns into its shares.
    stage.lose(&stage.pool.reserve.clone(), 10 * SOL);
    stage.exit(&alice.key, &alice.lst, 4 * SOL);
    let worthless =
        Liquidity { lamports: Lamports::ZERO, shares: LstAmount(4 * SOL), supply: LpAmount(4 * SOL) };
    assert_eq!(stage.liquidity(), worthless);
    stage.next_epoch();
    assert_eq!(stage.liquidity_value(), 0);
    let add = stage.add_liquidity(&bob, SOL, 0);
    stage.refuses(add, &[&bob.key], Insolvent);
}

/// The classic: the first to come makes a claim so dear that the next one's is rounded away.
#[test]
fn the_first_provider_cannot_make_claims_too_dear_for_the_second() {
    let mut stage = Stage::liquid(SOL / 10, |options| {
        options.params.limits.min_deposit = 0;
        options.params.fees.liquidity_cut_bps = 0;
        options.instant_fee(20);
    });
    let (mallory, bob) = (stage.provider("mallory", 1), stage.visitor("bob"));
    let value = stage.liquidity_value();
    // A gift to the reserve is the pool's, not the providers'.
    stage.donate(&stage.pool.reserve.clone(), 50 * SOL);
    stage.next_epoch();
    stage.next_epoch();
    assert_eq!(stage.liquidity_value(), value);
    // Fees are all that could make a claim dearer: mallory exits through the liquidity again and again.
    stage.must(stage.pool.deposit_sol(&mallory.address(), &mallory.lst, SOL / 20, 0), &[&mallory.key]);
    stage.leave_free(0);
    for _ in 0..20 {
        let (wallet, shares) = (stage.lamports(&mallory.address()), stage.tokens(&mallory.lst));
        stage.exit(&mallory.key, &mallory.lst, shares);
        let paid = stage.lamports(&mallory.address()) - wallet;
        stage.must(stage.pool.deposit_sol(&mallory.address(), &mallory.lst, paid, 0), &[&mallory.key]);
    }
    // Twenty times 0.2 % of half the liquidity.
    let (value, supply) = (stage.liquidity_value(), stage.liquidity().supply.0);
    assert!((101 * supply..103 * supply).contains(&(100 * value)), "{value} for {supply}");
    // The victim loses by rounding less than two units of what he could take out, and the dearer unit, that of the LST,
    // is worth 51 lamports.
    let before = stage.wealth(&bob);
    stage.add(&bob, SOL);
    assert!(before - stage.wealth(&bob) <= 2 * 51);
    assert!(stage.wealth(&mallory) < 1_000 * SOL, "and the attacker has paid for it");
    stage.assert_balanced();
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let other = stage.other_pool();
    other.open_liquidity(&mut stage.svm, SOL);
    let bob = stage.visitor("bob");
    let foreign_lp = other.lp_account(&mut stage.svm, "bob", &bob.address());
    let right = stage.add_liquidity(&bob, SOL, 0);
    let (pool, reserve, mint) = (stage.pool.pool, stage.pool.reserve, stage.pool.lp_mint().pubkey());
    let forged_pool = stage.svm.forgery(&pool);
    let forged_reserve = stage.svm.forgery(&reserve);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (pool, other.pool, WrongReserve.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (mint, other.lp_mint().pubkey(), WrongLpMint.into()),
        (mint, stage.pool.mint, WrongLpMint.into()),
        (bob.lp, foreign_lp, by_token(3)),
        (bob.lp, bob.lst, by_token(3)),
        (bob.lp, stage.pool.escrow, by_token(3)),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
        (SYSTEM, token::TOKEN_PROGRAM, shared(InstructionError::IncorrectProgramId)),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&bob.key], refusal);
    }
    stage.must(right, &[&bob.key]);
    ledger::assert_balanced(&stage.svm, &other);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let bob = stage.visitor("bob");
    let right = stage.add_liquidity(&bob, SOL, 0);
    let places = [stage.pool.pool, stage.pool.reserve, stage.pool.lp_mint().pubkey(), bob.lp];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn the_provider_must_sign_and_be_able_to_receive() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let (bob, carol) = (stage.visitor("bob"), stage.visitor("carol"));
    let right = stage.add_liquidity(&bob, SOL, 0);
    let wrong = unsigned(&right, &bob.address());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    stage.freeze(&bob.lp);
    stage.refuses(right, &[&bob.key], by_token(17));
    stage.must(token::close(&carol.lp, &carol.address()), &[&carol.key]);
    let to_closed = stage.add_liquidity(&carol, SOL, 0);
    stage.refuses(to_closed, &[&carol.key], by_token_with(InstructionError::InvalidAccountData));
}
