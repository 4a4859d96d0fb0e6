//! Collateral and debt: what counts as collateral, what a loss does, and who may end a loan.

use sluice_money::{Lamports, LstAmount};
use sluice_pool_math::Ledger;
use sluice_sdk::staking_pool::errors::StakingPoolError;
use sluice_tests::composer::ComposerError::*;
use sluice_tests::composer::{MarketFixture, MarketState, PositionState, Terms};
use sluice_tests::*;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

/// Alice owes eight SOL against ten, bob has LST accounts and SOL, and the pool has lost two of its eleven SOL.
fn after_a_loss() -> (Stage, Keypair, (Keypair, Address)) {
    let (mut stage, alice) = Stage::locked();
    stage.must(stage.market.borrow(&alice.pubkey(), 8 * SOL), &[&alice]);
    let bob = stage.pool.user(&mut stage.svm, "bob", 100 * SOL);
    stage.lose(2 * SOL);
    (stage, alice, bob)
}

#[test]
fn what_is_sent_to_the_market_is_nobodys_collateral_and_no_cash() {
    let (mut stage, alice) = Stage::locked();
    let (bob, lst) = stage.pool.user(&mut stage.svm, "bob", 100 * SOL);
    stage.must(stage.pool.deposit_sol(&bob.pubkey(), &lst, 5 * SOL, 0), &[&bob]);
    let gift = token::transfer(&lst, &stage.market.collateral, &bob.pubkey(), 5 * SOL);
    stage.must(gift, &[&bob]);
    stage.donate(&stage.market.market.clone(), 3 * SOL);
    assert_eq!(stage.books(), MarketState { cash: CASH, lent: 0, shares: 10 * SOL });

    stage.must(stage.market.deposit_and_lock(&alice.pubkey(), SOL, 0), &[&alice]);
    assert_eq!(stage.position(&alice).shares, 11 * SOL, "what was minted, and not what lay there");
    stage.refuses(stage.market.borrow(&alice.pubkey(), 8_800_000_001), &[&alice], AboveLimit);
    stage.refuses(
        stage.market.unlock_and_exit(&alice.pubkey(), 11 * SOL + 1, 0),
        &[&alice],
        InsufficientShares,
    );
    let lender = stage.market.lender.insecure_clone();
    stage.refuses(stage.market.defund(CASH + 1), &[&lender], InsufficientCash);
}

#[test]
fn what_is_sent_to_the_pool_is_no_value_until_it_is_released() {
    let (mut stage, alice) = Stage::locked();
    stage.donate(&stage.pool.reserve.clone(), 1_000 * SOL);
    assert_eq!(stage.value(&alice), 10 * SOL);
    stage.next_epoch();
    assert_eq!(stage.value(&alice), 10 * SOL, "found, and not yet released");
    stage.svm.advance_slots(1);
    let gain = stage.value(&alice) - 10 * SOL;
    assert!(gain <= 1_000 * SOL / EPOCH, "{gain} in one slot");
}

#[test]
fn collateral_that_a_loan_needs_stays() {
    let (mut stage, alice) = Stage::locked();
    let owner = alice.pubkey();
    stage.must(stage.market.borrow(&owner, 4 * SOL), &[&alice]);
    let ticket = keypair("ticket");
    let (exit, order) = (
        stage.market.unlock_and_exit(&owner, 5 * SOL + 1, 0),
        stage.market.unlock_and_order(&owner, &ticket.pubkey(), 5 * SOL + 1, 0),
    );
    stage.refuses(exit, &[&alice], AboveLimit);
    stage.refuses(order, &[&alice, &ticket], AboveLimit);
    stage.must(stage.market.unlock_and_order(&owner, &ticket.pubkey(), 2 * SOL, 0), &[&alice, &ticket]);
    stage.must(stage.market.unlock_and_exit(&owner, 3 * SOL, 0), &[&alice]);
    assert_eq!(stage.position(&alice), PositionState { shares: 5 * SOL, debt: 4 * SOL });
    stage.refuses(stage.market.unlock_and_exit(&owner, 1, 0), &[&alice], AboveLimit);
}

#[test]
fn the_delegate_of_an_order_is_none_afterwards() {
    let (mut stage, alice) = Stage::locked();
    let ticket = keypair("ticket");
    let order = stage.market.unlock_and_order(&alice.pubkey(), &ticket.pubkey(), SOL, 0);
    stage.must(order, &[&alice, &ticket]);
    let data = stage.svm.account(&stage.market.collateral).expect("exists").data;
    assert_eq!(data[72..76], [0; 4], "no delegate");
    assert_eq!(data[121..129], [0; 8], "of nothing");
}

#[test]
fn more_than_the_market_has_is_not_lent() {
    let mut stage = Stage::new();
    let lender = stage.market.lender.insecure_clone();
    let alice = stage.borrower("alice");
    stage.must(stage.market.defund(CASH - SOL), &[&lender]);
    stage.must(stage.market.deposit_and_lock(&alice.pubkey(), 10 * SOL, 0), &[&alice]);
    stage.refuses(stage.market.borrow(&alice.pubkey(), SOL + 1), &[&alice], InsufficientCash);
    stage.must(stage.market.borrow(&alice.pubkey(), SOL), &[&alice]);
    stage.refuses(stage.market.defund(1), &[&lender], InsufficientCash);
}

#[test]
fn a_loss_counts_at_once_and_lets_others_liquidate() {
    let (mut stage, alice, (bob, lst)) = after_a_loss();
    // 9 SOL behind 11 LST: alice's ten are worth 8.18, and 90 % of that is below the eight she owes.
    assert_eq!(stage.value(&alice), 8_181_818_181);
    let bid = (&bob.pubkey(), &lst);
    // Four SOL and five per cent buy 4.2 * 11 / 9 LST.
    let shares = 5_133_333_333;
    let greedy = stage.market.liquidate(bid, &alice.pubkey(), 4 * SOL, shares + 1);
    stage.refuses(greedy, &[&bob], SlippageExceeded);
    let before = stage.lamports(&bob);
    stage.must(stage.market.liquidate(bid, &alice.pubkey(), 4 * SOL, shares), &[&bob]);
    assert_eq!(stage.lamports(&bob), before - 4 * SOL);
    assert_eq!(token::balance(&stage.svm, &lst), shares);
    assert_eq!(stage.position(&alice), PositionState { shares: 10 * SOL - shares, debt: 4 * SOL });
    assert_eq!(stage.books(), MarketState { cash: CASH - 4 * SOL, lent: 4 * SOL, shares: 10 * SOL - shares });
}

#[test]
fn a_liquidation_takes_no_more_than_there_is() {
    let (mut stage, alice, (bob, lst)) = after_a_loss();
    let bid = (&bob.pubkey(), &lst);
    // Eight SOL and the bonus would be 8.4: more than the collateral's 8.18.
    stage.must(stage.market.liquidate(bid, &alice.pubkey(), u64::MAX, 0), &[&bob]);
    assert_eq!(token::balance(&stage.svm, &lst), 10 * SOL);
    assert_eq!(stage.position(&alice), PositionState::default());
    assert_eq!(stage.books(), MarketState { cash: CASH, lent: 0, shares: 0 });
}

#[test]
fn a_debt_at_the_threshold_is_let_be() {
    let (mut stage, alice) = Stage::locked();
    let (bob, lst) = stage.pool.user(&mut stage.svm, "bob", 100 * SOL);
    stage.must(stage.market.borrow(&alice.pubkey(), 8 * SOL), &[&alice]);
    let attempt = stage.market.liquidate((&bob.pubkey(), &lst), &alice.pubkey(), SOL, 0);
    stage.refuses(attempt.clone(), &[&bob], NotLiquidatable);

    // A loss that leaves ten shares worth just what makes eight SOL nine tenths.
    let ledger = stage.pool.ledger(&stage.svm);
    let good_for = |total: u64| {
        let after = Ledger { total: Lamports(total), ..ledger };
        after.lamports_for(LstAmount(10 * SOL)).expect("priced").0 * 9_000 / 10_000
    };
    let (mut least, mut enough) = (0, ledger.total.0);
    while least < enough {
        let middle = least.midpoint(enough);
        if good_for(middle) >= 8 * SOL { enough = middle } else { least = middle + 1 }
    }
    stage.lose(ledger.total.0 - least);
    stage.refuses(attempt.clone(), &[&bob], NotLiquidatable);
    stage.lose(1);
    stage.must(attempt, &[&bob]);
}

#[test]
fn a_stale_pool_lends_nothing_and_holds_nobody() {
    let (mut stage, alice) = Stage::locked();
    let owner = alice.pubkey();
    let (bob, lst) = stage.pool.user(&mut stage.svm, "bob", 100 * SOL);
    stage.must(stage.market.borrow(&owner, SOL), &[&alice]);
    stage.svm.advance_epoch();
    let ticket = keypair("ticket");
    let market = &stage.market;
    let (borrow, deposit) = (market.borrow(&owner, 1), market.deposit_and_lock(&owner, SOL, 0));
    let exit = market.unlock_and_exit(&owner, SOL, 0);
    let order = market.unlock_and_order(&owner, &ticket.pubkey(), SOL, 0);
    let (ask, liquidate) =
        (market.value_position(&owner), market.liquidate((&bob.pubkey(), &lst), &owner, SOL, 0));
    stage.refuses(borrow, &[&alice], PoolStale);
    stage.refuses(deposit, &[&alice], StakingPoolError::PoolStale);
    stage.refuses(exit.clone(), &[&alice], PoolStale);
    stage.refuses(order.clone(), &[&alice, &ticket], PoolStale);
    stage.refuses(liquidate, &[&bob], PoolStale);
    stage.refuses(ask, &[], StakingPoolError::PoolStale);

    // Whoever owes nothing is not valued: the pool refuses an instant exit, but takes the order.
    stage.must(stage.market.repay(&owner, &owner, SOL), &[&alice]);
    stage.refuses(exit, &[&alice], StakingPoolError::PoolStale);
    stage.must(order, &[&alice, &ticket]);
}

#[test]
fn a_paused_pool_holds_nobody_either() {
    let (mut stage, alice) = Stage::locked();
    let owner = alice.pubkey();
    let admin = stage.pool.admin.insecure_clone();
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    let ticket = keypair("ticket");
    let (deposit, exit) =
        (stage.market.deposit_and_lock(&owner, SOL, 0), stage.market.unlock_and_exit(&owner, SOL, 0));
    stage.refuses(deposit, &[&alice], StakingPoolError::PoolPaused);
    stage.refuses(exit, &[&alice], StakingPoolError::PoolPaused);
    stage.must(stage.market.borrow(&owner, SOL), &[&alice]);
    assert_eq!(stage.value(&alice), 10 * SOL, "a pause stops no valuation");
    stage.must(stage.market.unlock_and_order(&owner, &ticket.pubkey(), SOL, 0), &[&alice, &ticket]);
}

#[test]
fn terms_are_such_that_a_liquidation_covers_the_debt() {
    let mut stage = Stage::new();
    let other = MarketFixture::prepare(&mut stage.svm, &stage.pool, "other lender");
    let terms = |ltv_bps, liquidation_bps, bonus_bps| Terms { ltv_bps, liquidation_bps, bonus_bps };
    for bad in [
        terms(0, 9_000, 500),
        terms(9_000, 9_000, 500),
        terms(9_001, 9_000, 500),
        terms(8_000, 9_501, 500),
        terms(8_000, 9_000, u16::MAX),
        terms(8_000, 10_001, 0),
    ] {
        stage.refuses(other.open(&bad), &[&other.lender], InvalidTerms);
    }
    stage.must(other.open(&terms(8_999, 9_000, 1_000)), &[&other.lender]);
}
