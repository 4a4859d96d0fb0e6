//! What comes back from the pool: events, return data, and refusals with the pool's own numbers.

use sluice_money::Lamports;
use sluice_pool_math as math;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::{Limits, Roles};
use sluice_tests::composer::MarketFixture;
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

#[test]
fn a_deposit_mints_what_the_quote_says_and_its_bound_is_kept() {
    let mut stage = Stage::new();
    stage.earn(SOL / 3);
    let alice = stage.borrower("alice");
    let (ledger, liquidity) = (stage.pool.ledger(&stage.svm), stage.pool.liquidity(&stage.svm));
    let (slot, lamports) = (stage.svm.clock().slot, Lamports(7_654_321_987));
    let outcome = math::deposit(&ledger, &liquidity, slot, lamports, &math::DepositFee::default());
    let quote = outcome.expect("priced").minted.0;
    let deposit = |min_out| stage.market.deposit_and_lock(&alice.pubkey(), 7_654_321_987, min_out);
    let (greedy, fair) = (deposit(quote + 1), deposit(quote));
    stage.refuses(greedy, &[&alice], SlippageExceeded);
    stage.must(fair, &[&alice]);
    assert_eq!(stage.position(&alice).shares, quote);
    ledger::assert_balanced(&stage.svm, &stage.pool);
}

#[test]
fn an_order_keeps_its_bound() {
    let (mut stage, alice) = Stage::locked();
    let ticket = keypair("ticket");
    let order = |min_out| stage.market.unlock_and_order(&alice.pubkey(), &ticket.pubkey(), 2 * SOL, min_out);
    let (greedy, fair) = (order(2 * SOL + 1), order(2 * SOL));
    stage.refuses(greedy, &[&alice, &ticket], SlippageExceeded);
    stage.must(fair, &[&alice, &ticket]);
}

#[test]
fn events_name_who_the_pool_dealt_with() {
    let mut stage = Stage::new();
    let alice = stage.borrower("alice");
    let deposit = stage.market.deposit_and_lock(&alice.pubkey(), 10 * SOL, 0);
    let sent = stage.must(deposit, &[&alice]);
    let [Event::StakingPool(StakingPoolEvent::SolDeposited(event))] = &sent.events()[..] else {
        panic!("{:?}", sent.events())
    };
    assert_eq!((event.user, event.lamports, event.minted), (alice.pubkey(), 10 * SOL, 10 * SOL));
    let exit = stage.market.unlock_and_exit(&alice.pubkey(), 10 * SOL, 0);
    let sent = stage.must(exit, &[&alice]);
    let [Event::StakingPool(StakingPoolEvent::SolWithdrawn(event))] = &sent.events()[..] else {
        panic!("{:?}", sent.events())
    };
    assert_eq!((event.user, event.shares), (stage.market.market, 10 * SOL));
}

#[test]
fn what_the_pool_refuses_comes_through() {
    let (mut stage, alice) = Stage::locked();
    let owner = alice.pubkey();
    let deposit = |stage: &Stage, lamports| stage.market.deposit_and_lock(&owner, lamports, 0);
    stage.refuses(deposit(&stage, 0), &[&alice], ZeroAmount);
    stage.refuses(deposit(&stage, 999_999), &[&alice], BelowMinimumDeposit);
    let (exit, ticket) = (stage.market.unlock_and_exit(&owner, 0, 0), keypair("ticket"));
    stage.refuses(exit, &[&alice], ZeroAmount);
    let order = stage.market.unlock_and_order(&owner, &ticket.pubkey(), 0, 0);
    stage.refuses(order, &[&alice, &ticket], ZeroAmount);

    let admin = stage.pool.admin.insecure_clone();
    let limits = Limits { tvl_cap: 12 * SOL, ..PoolOptions::default().params.limits };
    stage.must(stage.pool.set_limits(limits), &[&admin]);
    stage.refuses(deposit(&stage, SOL + 1), &[&alice], TvlCapExceeded);
    stage.must(deposit(&stage, SOL), &[&alice]);
}

#[test]
fn a_pool_that_wants_a_signature_is_closed_to_the_market_and_open_to_leave() {
    let (mut stage, alice) = Stage::locked();
    let admin = stage.pool.admin.insecure_clone();
    let key = admin.pubkey();
    let roles = Roles { fee_authority: key, pauser: key, deposit_authority: key };
    stage.must(stage.pool.set_roles(roles), &[&admin]);
    let deposit = stage.market.deposit_and_lock(&alice.pubkey(), SOL, 0);
    stage.refuses(deposit, &[&alice], DepositAuthorityRequired);
    stage.must(stage.market.unlock_and_exit(&alice.pubkey(), SOL, 0), &[&alice]);
}

#[test]
fn without_liquidity_there_is_the_ticket() {
    let (mut stage, alice) = Stage::locked();
    let vote = stage.svm.add_vote_account("vote");
    let (pool, delegation) = (&stage.pool, stage.pool.delegation.insecure_clone());
    let add = pool.add_validator(&vote);
    stage.must(add, &[&delegation]);
    let increase = stage.pool.increase_stake(&stage.svm, &vote, 10 * SOL);
    stage.must(increase, &[&delegation]);
    let exit = stage.market.unlock_and_exit(&alice.pubkey(), 9 * SOL, 0);
    stage.refuses(exit, &[&alice], ReserveInsufficient);
    let ticket = keypair("ticket");
    let order = stage.market.unlock_and_order(&alice.pubkey(), &ticket.pubkey(), 9 * SOL, 9 * SOL);
    stage.must(order, &[&alice, &ticket]);
}

#[test]
fn two_markets_over_one_pool_do_not_mix() {
    let (mut stage, alice) = Stage::locked();
    let other = MarketFixture::prepare(&mut stage.svm, &stage.pool, "other lender");
    stage.must(other.open(&Default::default()), &[&other.lender]);
    stage.must(other.open_position(&alice.pubkey()), &[&alice]);
    stage.must(other.deposit_and_lock(&alice.pubkey(), 3 * SOL, 0), &[&alice]);
    assert_eq!(stage.position(&alice).shares, 10 * SOL);
    assert_eq!(other.position_state(&stage.svm, &alice.pubkey()).shares, 3 * SOL);
    assert_eq!(token::balance(&stage.svm, &stage.market.collateral), 10 * SOL);
    // One position a market and owner: the system program refuses to create what there is.
    let again = Refusal::code(&solana_sdk_ids::system_program::ID, 0);
    stage.refuses(other.open_position(&alice.pubkey()), &[&alice], again);
}

/// Why the example orders in the owner's name, and not in the market's.
#[test]
fn an_account_with_data_cannot_order() {
    let mut stage = Stage::new();
    let (bob, lst) = stage.pool.user(&mut stage.svm, "bob", 10 * SOL);
    stage.must(stage.pool.deposit_sol(&bob.pubkey(), &lst, SOL, 0), &[&bob]);
    stage.must(solana_system_interface::instruction::allocate(&bob.pubkey(), 8), &[&bob]);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&bob.pubkey(), &lst, &ticket.pubkey(), SOL);
    let refusal = Refusal::of(&solana_sdk_ids::system_program::ID, InstructionError::InvalidArgument);
    stage.refuses(order, &[&bob, &ticket], refusal);
    stage.must(stage.pool.withdraw_sol(&bob.pubkey(), &lst, SOL, 0), &[&bob]);
}
