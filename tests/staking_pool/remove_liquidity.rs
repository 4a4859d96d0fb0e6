//! `remove_liquidity`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LpAmount, LstAmount};
use sluice_pool_math::{self as math, Liquidity};
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::RemoveLiquidityInstructionArgs;
use sluice_sdk::staking_pool::types::LiquidityRemoved;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::provider::{Provider, liquidity_entry};
use crate::stage::*;

/// The most that a transaction which removes liquidity may cost.
const MOST_CU: u64 = 6_500;

/// Ten SOL of liquidity, nine of them bob's, of which alice's exit has turned four into LST.
fn mixed() -> (Stage, Holder, Provider) {
    let mut stage = Stage::liquid(SOL, |options| options.instant_fee(0));
    let alice = stage.holder("alice", 9 * SOL);
    let bob = stage.provider("bob", 9 * SOL);
    stage.leave_free(0);
    stage.exit(&alice.key, &alice.lst, 4 * SOL);
    let liquidity =
        Liquidity { lamports: Lamports(6 * SOL), shares: LstAmount(4 * SOL), supply: LpAmount(10 * SOL) };
    assert_eq!(stage.liquidity(), liquidity);
    (stage, alice, bob)
}

#[test]
fn a_claim_pays_its_part_of_both_sides() {
    let (mut stage, _, bob) = mixed();
    let (before, ledger) = (stage.liquidity(), stage.pool.ledger(&stage.svm));
    let (wallet, reserve) = (stage.lamports(&bob.address()), stage.lamports(&stage.pool.reserve));
    let minted = token::supply(&stage.svm, &stage.pool.mint);
    let quote = math::remove_liquidity(&before, LpAmount(3_333_333_333)).expect("a part");

    let sent = stage.remove(&bob, 3_333_333_333);

    assert!(sent.compute_units <= MOST_CU, "{} CU", sent.compute_units);
    println!("remove_liquidity: {} CU", sent.compute_units);
    // A third of 6 SOL and of 4 LST, but for a third of a claim: 1,999,999,999.8 and 1,333,333,333.2.
    assert_eq!((quote.lamports, quote.shares), (Lamports(1_999_999_999), LstAmount(1_333_333_333)));
    assert_eq!(stage.lamports(&bob.address()), wallet + 1_999_999_999);
    assert_eq!(stage.tokens(&bob.lst), 1_333_333_333);
    assert_eq!(stage.tokens(&bob.lp), 9 * SOL - 3_333_333_333);
    assert_eq!(token::supply(&stage.svm, &stage.pool.lp_mint().pubkey()), 9 * SOL - 3_333_333_333);
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve - 1_999_999_999);
    assert_eq!(stage.liquidity(), quote.liquidity);
    // The shares were part of the supply: now they are minted, and that is all.
    assert_eq!(stage.pool.ledger(&stage.svm), ledger);
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), minted + 1_333_333_333);
    stage.assert_balanced();
    let event = LiquidityRemoved {
        pool: stage.pool.pool,
        user: bob.address(),
        burnt: 3_333_333_333,
        lamports: 1_999_999_999,
        shares: 1_333_333_333,
        reserve_after: reserve - 1_999_999_999,
        liquidity_before: liquidity_entry(&before),
        liquidity_after: liquidity_entry(&quote.liquidity),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::LiquidityRemoved(event)]);
}

#[test]
fn who_adds_and_removes_at_once_gains_nothing() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let bob = stage.visitor("bob");
    for lamports in [1_000_000, 1_000_003, 77 * SOL + 1] {
        let wallet = stage.lamports(&bob.address());
        stage.add(&bob, lamports);
        stage.remove_all(&bob);
        assert_eq!(stage.lamports(&bob.address()), wallet, "nobody has used it meanwhile");
        assert_eq!(stage.tokens(&bob.lst), 0);
    }
    // Where part of the liquidity is shares, adding and removing swaps SOL into LST at the rate, never for more.
    let (mut stage, ..) = mixed();
    stage.donate(&stage.pool.reserve.clone(), SOL / 3);
    stage.next_epoch();
    stage.svm.advance_slots(EPOCH / 3);
    let (carol, others) = (stage.visitor("carol"), stage.liquidity_value());
    let (mut wealth, mut left) = (stage.wealth(&carol), others);
    for lamports in [1_000_000, 13 * SOL + 7, 500 * SOL] {
        stage.add(&carol, lamports);
        stage.remove_all(&carol);
        assert!(stage.wealth(&carol) <= wealth);
        wealth = stage.wealth(&carol);
        assert!(stage.liquidity_value() >= left, "the others have lost");
        left = stage.liquidity_value();
    }
    assert!(1_000 * SOL - wealth < 10, "nor does it cost more than rounding: {wealth}");
    assert!(stage.tokens(&carol.lst) > 3 * SOL, "most of the providers' shares are hers now");
    stage.assert_balanced();
}

#[test]
fn it_needs_no_price_and_no_open_pool() {
    let (mut stage, _, bob) = mixed();
    let (admin, removed) = (stage.pool.admin.insecure_clone(), SOL);
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.remove(&bob, removed);
    stage.svm.advance_epoch();
    stage.remove(&bob, removed);
    stage.svm.set_rewards_active(true);
    stage.remove(&bob, removed);
    stage.svm.advance_epoch();
    stage.remove(&bob, removed);
    // Four times a tenth of both sides.
    assert_eq!(stage.tokens(&bob.lst), 4 * SOL * 4 / 10);
    stage.svm.set_rewards_active(false);
    stage.pool.update(&mut stage.svm);
    stage.assert_balanced();
}

#[test]
fn both_bounds_may_be_met_exactly_and_not_missed_by_one() {
    let (mut stage, _, bob) = mixed();
    let at_least = |min_lamports, min_shares| {
        let accounts = stage.pool.remove_liquidity_accounts(&bob.address(), &bob.lp, &bob.lst);
        accounts.instruction(RemoveLiquidityInstructionArgs { amount: SOL, min_lamports, min_shares })
    };
    let (lamports, shares) = (600_000_000, 400_000_000);
    let right = at_least(lamports, shares);
    for wrong in [
        at_least(lamports + 1, shares),
        at_least(lamports, shares + 1),
        at_least(u64::MAX, 0),
        at_least(0, u64::MAX),
    ] {
        stage.refuses(wrong, &[&bob.key], SlippageExceeded);
    }
    stage.must(right, &[&bob.key]);
}

#[test]
fn nothing_dust_and_more_than_one_has_are_refused() {
    let (mut stage, _, bob) = mixed();
    let carol = stage.visitor("carol");
    let remove = |stage: &Stage, amount| stage.remove_liquidity(&bob, amount);
    stage.refuses(remove(&stage, 0), &[&bob.key], ZeroAmount);
    // A claim is 0.6 of a lamport and 0.4 of a base unit.
    stage.refuses(remove(&stage, 1), &[&bob.key], AmountTooSmall);
    stage.refuses(remove(&stage, u64::MAX), &[&bob.key], Overflow);
    stage.refuses(remove(&stage, 10 * SOL + 1), &[&bob.key], Overflow);
    // The seed's claims exist, and are nobody's.
    stage.refuses(remove(&stage, 10 * SOL), &[&bob.key], by_token(1));
    stage.refuses(remove(&stage, 9 * SOL + 1), &[&bob.key], by_token(1));
    let without = stage.remove_liquidity(&carol, SOL);
    stage.refuses(without, &[&carol.key], by_token(1));
    stage.remove(&bob, 2);
    stage.remove_all(&bob);
    assert_eq!(stage.liquidity().supply, LpAmount(SOL), "the seed stays");
    assert!(stage.liquidity_value() >= SOL);
    stage.assert_balanced();
}

#[test]
fn who_burns_claims_himself_leaves_his_part_to_nobody() {
    let (mut stage, _, bob) = mixed();
    let lp_mint = stage.pool.lp_mint().pubkey();
    stage.must(token::burn(&bob.lp, &lp_mint, &bob.address(), 8 * SOL), &[&bob.key]);
    let wallet = stage.lamports(&bob.address());
    stage.remove_all(&bob);
    assert_eq!(stage.lamports(&bob.address()), wallet + 600_000_000, "a tenth, as before");
    stage.assert_balanced();
}

#[test]
fn a_delegate_may_remove_and_is_paid() {
    let (mut stage, _, bob) = mixed();
    let carol = stage.visitor("carol");
    stage.must(token::approve(&bob.lp, &carol.address(), &bob.address(), SOL), &[&bob.key]);
    let wallet = stage.lamports(&carol.address());
    let by_carol = |amount| stage.pool.remove_liquidity(&carol.address(), &bob.lp, &carol.lst, amount);
    let (all, more) = (by_carol(SOL), by_carol(SOL));
    stage.must(all, &[&carol.key]);
    assert_eq!(stage.lamports(&carol.address()), wallet + 600_000_000);
    assert_eq!(stage.tokens(&carol.lst), 400_000_000);
    stage.refuses(more, &[&carol.key], by_token(4));
}

#[test]
fn a_loss_of_the_pool_reaches_the_shares_and_not_the_sol() {
    let (mut stage, _, bob) = mixed();
    let vote = keypair("ann").pubkey();
    // Half of what backs the LST is lost; nothing of it was the providers' SOL.
    let (stake, half) = (stage.pool.stake(&vote), stage.pool.state(&stage.svm).total_lamports / 2);
    let delegated = stage.delegated(&stake);
    stage.write_word(&stake, offset::DELEGATED, delegated - half);
    stage.lose(&stake, half);
    stage.next_epoch();
    assert_eq!(stage.worth(4 * SOL), 2 * SOL);
    assert_eq!(stage.liquidity_value(), 8 * SOL);
    let wallet = stage.lamports(&bob.address());
    stage.remove_all(&bob);
    assert_eq!(stage.lamports(&bob.address()), wallet + 5_400_000_000);
    assert_eq!(stage.tokens(&bob.lst), 3_600_000_000);
    stage.assert_balanced();
}

#[test]
fn a_donation_to_the_reserve_is_the_pools() {
    let (mut stage, _, bob) = mixed();
    let (before, rate) = (stage.liquidity(), stage.pool.rate(&stage.svm));
    stage.donate(&stage.pool.reserve.clone(), 10 * SOL);
    assert_eq!(stage.liquidity_value(), 10 * SOL);
    stage.next_epoch();
    assert_eq!((stage.liquidity(), stage.pool.rate(&stage.svm)), (before, rate), "locked at first");
    stage.next_epoch();
    // Providers get of it what their shares do, like any holder: 4 of 10 LST are theirs, and 5 % was the fee.
    assert_eq!(stage.liquidity(), before);
    assert!(stage.pool.rate(&stage.svm) > rate);
    assert_eq!(stage.liquidity_value(), 6 * SOL + stage.worth(4 * SOL) + 1);
    let wallet = stage.lamports(&bob.address());
    stage.remove_all(&bob);
    assert_eq!(stage.lamports(&bob.address()), wallet + 5_400_000_000, "not a lamport more");
    stage.assert_balanced();
}

#[test]
fn no_account_may_stand_in_for_another() {
    let (mut stage, alice, bob) = mixed();
    let other = stage.other_pool();
    other.open_liquidity(&mut stage.svm, SOL);
    let carol = stage.provider("carol", SOL);
    let foreign_lp = other.lp_account(&mut stage.svm, "bob", &bob.address());
    let foreign = other.add_liquidity(&bob.address(), &foreign_lp, SOL, 0);
    stage.svm.must(&[foreign], &[&other.payer, &bob.key]);
    // LST of bob's own.
    let (payer, second) = (stage.pool.payer.insecure_clone(), keypair("bob's second"));
    let (mint, owner) = (stage.pool.mint, bob.address());
    let lst = token::create_token_account(&mut stage.svm, &payer, &second, &mint, &owner);
    stage.must(token::transfer(&alice.lst, &lst, &alice.address(), 2 * SOL), &[&alice.key]);
    let right = stage.remove_liquidity(&bob, SOL);
    let (pool, reserve) = (stage.pool.pool, stage.pool.reserve);
    let (lp_mint, mint) = (stage.pool.lp_mint().pubkey(), stage.pool.mint);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_reserve = stage.svm.forgery(&reserve);
    let forged_lp = stage.svm.forgery(&bob.lp);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (pool, other.pool, WrongReserve.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
        (lp_mint, other.lp_mint().pubkey(), WrongLpMint.into()),
        (lp_mint, stage.pool.treasury, WrongLpMint.into()),
        (mint, other.mint, WrongMint.into()),
        (mint, stage.pool.treasury, WrongMint.into()),
        (bob.lp, carol.lp, by_token(4)),
        (bob.lp, foreign_lp, by_token(3)),
        (bob.lp, forged_lp, by_token_with(InstructionError::ExternalAccountDataModified)),
        // LST burnt in the place of claims would be SOL for LST, past the rate.
        (bob.lp, lst, by_token(3)),
        (bob.lst, carol.lp, by_token(3)),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&bob.key], refusal);
    }
    stage.must(right, &[&bob.key]);
    ledger::assert_balanced(&stage.svm, &other);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let (mut stage, _, bob) = mixed();
    let right = stage.remove_liquidity(&bob, SOL);
    let pool = &stage.pool;
    let places = [pool.pool, pool.reserve, pool.lp_mint().pubkey(), bob.lp, pool.mint, bob.lst];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&bob.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn the_provider_must_sign_and_frozen_accounts_move_nothing() {
    let (mut stage, _, bob) = mixed();
    let mallory = stage.visitor("mallory");
    let right = stage.remove_liquidity(&bob, SOL);
    let wrong = unsigned(&right, &bob.address());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    let by_mallory = substitute(&right, &bob.address(), &mallory.address());
    stage.refuses(by_mallory, &[&mallory.key], by_token(4));
    stage.freeze(&bob.lp);
    stage.refuses(right.clone(), &[&bob.key], by_token(17));
    let (mut stage, _, bob) = mixed();
    stage.freeze(&bob.lst);
    stage.refuses(right, &[&bob.key], by_token(17));
}

/// As long as no exit has turned anything into shares, there is no LST to pay, and none to receive.
#[test]
fn without_shares_no_lst_account_is_needed() {
    let mut stage = Stage::liquid(SOL, |_| {});
    let bob = stage.provider("bob", 9 * SOL);
    stage.must(token::close(&bob.lst, &bob.address()), &[&bob.key]);
    let wallet = stage.lamports(&bob.address());
    stage.remove_all(&bob);
    assert_eq!(stage.lamports(&bob.address()), wallet + 9 * SOL);
    stage.assert_balanced();
}

/// The token programs let anybody burn what lies in an account of the incinerator.
#[test]
fn claims_sent_to_the_incinerator_pay_nobody() {
    let (mut stage, alice, bob) = mixed();
    let lp_mint = stage.pool.lp_mint().pubkey();
    for ashes in stage.ashes(&bob.key, &bob.lp, &lp_mint, SOL) {
        let remove = stage.pool.remove_liquidity(&alice.address(), &ashes, &alice.lst, SOL);
        stage.refuses(remove, &[&alice.key], UnusableTokenAccount);
    }
    stage.assert_balanced();
}
