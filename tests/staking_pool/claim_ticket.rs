//! `claim_ticket`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LstAmount};
use sluice_pool_math as math;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::TicketClaimed;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::*;

/// Orders under a ticket of that name.
fn order(stage: &mut Stage, user: &Holder, name: &str, shares: u64) -> Address {
    let ticket = keypair(name);
    let order = stage.pool.order_unstake(&user.address(), &user.lst, &ticket.pubkey(), shares);
    stage.must(order, &[&user.key, &ticket]);
    ticket.pubkey()
}

fn claim(stage: &Stage, user: &Holder, ticket: &Address) -> Instruction {
    stage.pool.claim_ticket(ticket, &user.address())
}

fn ticket_rent(stage: &Stage) -> u64 {
    stage.svm.rent_exempt(Ticket::LEN)
}

#[test]
fn a_claim_pays_what_was_ordered_and_returns_the_rent() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.next_epoch();
    let before = stage.pool.ledger(&stage.svm);
    let (wallet, reserve) = (stage.lamports(&alice.address()), stage.lamports(&stage.pool.reserve));

    let sent = stage.must(claim(&stage, &alice, &ticket), &[]);

    assert_eq!(stage.lamports(&alice.address()), wallet + 4 * SOL + ticket_rent(&stage));
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve - 4 * SOL);
    assert_eq!(stage.svm.account(&ticket), None);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.supply), (6 * SOL, 6 * SOL));
    assert_eq!((state.ticket_shares, state.ticket_lamports), (0, 0));
    stage.assert_balanced();
    let event = TicketClaimed {
        pool: stage.pool.pool,
        owner: alice.address(),
        ticket,
        shares: 4 * SOL,
        ordered_lamports: 4 * SOL,
        paid: 4 * SOL,
        reserve_after: reserve - 4 * SOL,
        before: entry(&before),
        after: entry(&stage.pool.ledger(&stage.svm)),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::TicketClaimed(event)]);
}

#[test]
fn claimed_lst_is_burnt_by_the_next_update() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.next_epoch();
    stage.must(claim(&stage, &alice, &ticket), &[]);
    assert_eq!(stage.pool.state(&stage.svm).pending_burn, 4 * SOL);
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), 10 * SOL);
    assert_eq!(stage.tokens(&stage.pool.escrow), 5 * SOL, "the seed and the claimed");
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).pending_burn, 0);
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), 6 * SOL);
    assert_eq!(stage.tokens(&stage.pool.escrow), SOL, "the seed");
    stage.assert_balanced();
}

#[test]
fn a_stranger_may_claim_and_the_owner_is_paid() {
    let mut stage = Stage::new();
    let (alice, mallory) = (stage.holder("alice", 9 * SOL), stage.newcomer("mallory"));
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.next_epoch();
    let (hers, his) = (stage.lamports(&alice.address()), stage.lamports(&mallory.address()));
    let by_mallory = stage.svm.must(&[claim(&stage, &alice, &ticket)], &[&mallory.key]);
    assert_eq!(stage.lamports(&alice.address()), hers + 4 * SOL + ticket_rent(&stage));
    assert_eq!(stage.lamports(&mallory.address()), his - by_mallory.fee);
    stage.assert_balanced();
}

#[test]
fn what_a_ticket_earned_while_waiting_stays_with_the_holders() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 5 * SOL);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    stage.next_epoch();
    // 11 SOL are behind 10.05 LST; the ticket's 5 LST would be worth 5.472636815 SOL and pay 5.
    let before = stage.pool.ledger(&stage.svm);
    let slot = stage.svm.clock().slot;
    let quote = math::claim(&before, slot, LstAmount(5 * SOL), Lamports(5 * SOL)).expect("priced");
    let wallet = stage.lamports(&alice.address());
    stage.must(claim(&stage, &alice, &ticket), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + 5 * SOL + ticket_rent(&stage));
    assert_eq!(stage.pool.ledger(&stage.svm), quote.ledger);
    assert_eq!(quote.ledger.locked_profit, Lamports(472_636_815));
    assert_eq!((quote.ledger.total, quote.ledger.supply), (Lamports(6 * SOL), LstAmount(5_050_000_000)));
    stage.assert_balanced();
    // Locked at first: the rate does not move at the claim. An epoch later the 5.05 LST left share 6 SOL.
    assert_eq!(stage.pool.rate(&stage.svm), 1_094_527_363);
    stage.next_epoch();
    assert_eq!(stage.pool.rate(&stage.svm), 1_188_118_811);
    stage.assert_balanced();
}

#[test]
fn what_a_ticket_leaves_behind_is_released_over_time_after_a_loss_too() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 5 * SOL);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    stage.lose(&stage.pool.reserve.clone(), 1);
    stage.next_epoch();
    let rate = stage.pool.rate(&stage.svm);
    stage.must(claim(&stage, &alice, &ticket), &[]);
    assert_eq!(stage.pool.rate(&stage.svm), rate, "at first all that was left is locked");
}

#[test]
fn a_ticket_shares_a_loss_that_came_while_it_waited() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.lose(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    // 9 SOL behind 10 LST.
    let wallet = stage.lamports(&alice.address());
    stage.must(claim(&stage, &alice, &ticket), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + 3_600_000_000 + ticket_rent(&stage));
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.total_lamports, state.supply, state.locked_profit), (5_400_000_000, 6 * SOL, 0));
    assert_eq!(state.ticket_lamports, 0, "nothing stays promised of the 4 SOL that were ordered");
    stage.assert_balanced();
}

#[test]
fn a_ticket_worth_nothing_pays_nothing_and_can_be_closed() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.lose(&stage.pool.reserve.clone(), 10 * SOL);
    stage.next_epoch();
    let wallet = stage.lamports(&alice.address());
    stage.must(claim(&stage, &alice, &ticket), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + ticket_rent(&stage));
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 0);
    stage.assert_balanced();
}

#[test]
fn a_ticket_waits_for_an_update_of_a_later_epoch() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    let right = claim(&stage, &alice, &ticket);
    stage.refuses(right.clone(), &[], TicketNotReady);
    stage.svm.advance_slots(EPOCH - 1);
    stage.refuses(right.clone(), &[], TicketNotReady);
    stage.svm.advance_epoch();
    stage.refuses(right.clone(), &[], TicketNotReady);
    stage.pool.update(&mut stage.svm);
    stage.must(right, &[]);
}

#[test]
fn an_order_on_a_stale_pool_waits_for_the_next_epoch_all_the_same() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    stage.svm.advance_epoch();
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    stage.pool.update(&mut stage.svm);
    stage.refuses(claim(&stage, &alice, &ticket), &[], TicketNotReady);
    stage.next_epoch();
    stage.must(claim(&stage, &alice, &ticket), &[]);
    stage.assert_balanced();
}

#[test]
fn a_ticket_that_is_due_stays_due() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    stage.next_epoch();
    // No update, three epochs long: it is due, and waits for a price.
    for _ in 0..3 {
        stage.svm.advance_epoch();
        stage.refuses(claim(&stage, &alice, &ticket), &[], PoolStale);
    }
    stage.pool.update(&mut stage.svm);
    let wallet = stage.lamports(&alice.address());
    stage.must(claim(&stage, &alice, &ticket), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + SOL + ticket_rent(&stage));
    stage.assert_balanced();
}

#[test]
fn a_ticket_pays_once() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    stage.next_epoch();
    let right = claim(&stage, &alice, &ticket);
    let twice = [right.clone(), right.clone()];
    let own = [stage.pool.pool, stage.pool.reserve, ticket];
    // Nor twice in one transaction.
    let second = shared(InstructionError::AccountDataTooSmall);
    refused(&mut stage.svm, &twice, &[&stage.pool.payer], &own, second.clone());
    stage.must(right.clone(), &[]);
    stage.refuses(right, &[], second);
    stage.assert_balanced();
}

#[test]
fn tickets_rank_before_all_else_and_share_one_reserve() {
    let mut stage = Stage::new();
    let vote = stage.validator("ann");
    let alice = stage.holder("alice", 9 * SOL);
    let rent = stage.stake_rent();
    stage.increase(&vote, 7 * SOL - rent);
    // 3 SOL are left: the first ticket fits, the second comes 1 SOL short.
    let first = order(&mut stage, &alice, "first", 2 * SOL);
    let second = order(&mut stage, &alice, "second", 2 * SOL);
    stage.next_epoch();
    stage.must(claim(&stage, &alice, &first), &[]);
    stage.refuses(claim(&stage, &alice, &second), &[], ReserveInsufficient);
    // Somebody's deposit pays it.
    stage.holder("bob", SOL - 1);
    stage.refuses(claim(&stage, &alice, &second), &[], ReserveInsufficient);
    stage.holder("carol", 1_000_000);
    let wallet = stage.lamports(&alice.address());
    stage.must(claim(&stage, &alice, &second), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + 2 * SOL + ticket_rent(&stage));
    assert_eq!(stage.pool.reserve_lamports(&stage.svm), 999_999);
    stage.assert_balanced();
}

#[test]
fn unstaked_lamports_pay_a_ticket() {
    let mut stage = Stage::new();
    let vote = stage.validator("ann");
    let alice = stage.holder("alice", 9 * SOL);
    stage.increase(&vote, 9 * SOL);
    stage.next_epoch();
    let ticket = order(&mut stage, &alice, "ticket", 5 * SOL);
    stage.refuses(claim(&stage, &alice, &ticket), &[], TicketNotReady);
    stage.decrease(&vote, 9 * SOL);
    stage.next_epoch();
    let wallet = stage.lamports(&alice.address());
    stage.must(claim(&stage, &alice, &ticket), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + 5 * SOL + ticket_rent(&stage));
    stage.assert_balanced();
}

#[test]
fn an_owner_who_emptied_his_wallet_is_paid_too() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    stage.svm.edit(&alice.address(), |account| account.lamports = 0);
    stage.next_epoch();
    stage.must(claim(&stage, &alice, &ticket), &[]);
    assert_eq!(stage.lamports(&alice.address()), SOL + ticket_rent(&stage));
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (alice, mallory) = (stage.holder("alice", 9 * SOL), stage.newcomer("mallory"));
    let foreign = holder_of(&mut stage.svm, &other, "bob", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    let foreign_ticket = keypair("foreign ticket");
    let foreign_order =
        other.order_unstake(&foreign.address(), &foreign.lst, &foreign_ticket.pubkey(), 3 * SOL);
    stage.svm.must(&[foreign_order], &[&other.payer, &foreign.key, &foreign_ticket]);
    stage.next_epoch();
    other.update(&mut stage.svm);

    let right = claim(&stage, &alice, &ticket);
    let (pool, reserve) = (stage.pool.pool, stage.pool.reserve);
    let forged_ticket = stage.svm.forgery(&ticket);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_reserve = stage.svm.forgery(&reserve);
    for (place, stand_in, refusal) in [
        (pool, other.pool, WrongPool.into()),
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (ticket, foreign_ticket.pubkey(), WrongPool.into()),
        (ticket, forged_ticket, shared(InstructionError::IllegalOwner)),
        (ticket, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (alice.address(), mallory.address(), NotTicketOwner.into()),
        (reserve, other.reserve, WrongReserve.into()),
        (reserve, forged_reserve, shared(InstructionError::IllegalOwner)),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[], refusal);
    }
    // The other pool does not pay for ours.
    let wrong = other.claim_ticket(&ticket, &alice.address());
    other.refuses(&mut stage.svm, wrong, &[], WrongPool);
    stage.must(right, &[]);
    ledger::assert_balanced(&stage.svm, &other);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    stage.next_epoch();
    let right = claim(&stage, &alice, &ticket);
    for (place, stand_in) in pairs(&[stage.pool.pool, ticket, alice.address(), stage.pool.reserve]) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}

#[test]
fn a_loss_nobody_has_counted_yet_is_not_escaped() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let [first, second] = ["first", "second"].map(|name| order(&mut stage, &alice, name, 4 * SOL));
    stage.next_epoch();
    stage.must(claim(&stage, &alice, &first), &[]);
    stage.svm.advance_epoch();
    // Of the six SOL that are left, three are lost, and anybody can see it.
    stage.lose(&stage.pool.reserve.clone(), 3 * SOL);
    stage.refuses(claim(&stage, &alice, &second), &[], PoolStale);
    stage.pool.update(&mut stage.svm);
    let wallet = stage.lamports(&alice.address());
    stage.must(claim(&stage, &alice, &second), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + 2 * SOL + ticket_rent(&stage));
    stage.assert_balanced();
}

#[test]
fn while_rewards_are_paid_the_last_epochs_price_is_good_and_no_older_one() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let [first, second, third] =
        ["first", "second", "third"].map(|name| order(&mut stage, &alice, name, SOL));
    stage.next_epoch();
    stage.svm.set_rewards_active(true);
    stage.must(claim(&stage, &alice, &first), &[]);
    stage.svm.advance_epoch();
    let wallet = stage.lamports(&alice.address());
    stage.must(claim(&stage, &alice, &second), &[]);
    assert_eq!(stage.lamports(&alice.address()), wallet + SOL + ticket_rent(&stage));
    stage.svm.set_rewards_active(false);
    stage.refuses(claim(&stage, &alice, &third), &[], PoolStale);
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    stage.refuses(claim(&stage, &alice, &third), &[], PoolStale);
    stage.svm.set_rewards_active(false);
    stage.pool.update(&mut stage.svm);
    stage.must(claim(&stage, &alice, &third), &[]);
    stage.assert_balanced();
}

/// While rewards are paid a ticket ordered in the last epoch is not due: its own epoch's update is still to come.
#[test]
fn the_last_epochs_price_makes_no_ticket_due_that_is_not() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    stage.refuses(claim(&stage, &alice, &ticket), &[], TicketNotReady);
}
