//! `order_unstake`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LstAmount};
use sluice_sdk::AccountData;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::OrderUnstakeInstructionArgs;
use sluice_sdk::staking_pool::types::UnstakeOrdered;
use sluice_tests::chain::DUPLICATE_MUTABLE_ACCOUNT;
use sluice_tests::*;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

/// Bytes of a ticket.
const TICKET_SPACE: usize = Ticket::LEN;

fn order(stage: &Stage, user: &Holder, ticket: &Keypair, shares: u64) -> Instruction {
    stage.pool.order_unstake(&user.address(), &user.lst, &ticket.pubkey(), shares)
}

fn read(stage: &Stage, ticket: &Keypair) -> Ticket {
    let account = stage.svm.account(&ticket.pubkey()).expect("the ticket exists");
    Ticket::decode_owned(&account.owner, &account.data).expect("a ticket")
}

#[test]
fn an_order_escrows_the_lst_and_remembers_its_value() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let ticket = keypair("ticket");
    let (wallet, escrow) = (stage.lamports(&alice.address()), stage.tokens(&stage.pool.escrow));
    let before = stage.pool.state(&stage.svm);
    let epoch = stage.svm.clock().epoch;

    let sent = stage.must(order(&stage, &alice, &ticket, 4 * SOL), &[&alice.key, &ticket]);

    // 4 x 11 / 10.05 SOL, rounded down.
    let written = read(&stage, &ticket);
    assert_eq!((written.pool, written.owner), (stage.pool.pool, alice.address()));
    assert_eq!((written.shares, written.ordered_lamports), (4 * SOL, 4_378_109_452));
    assert_eq!(written.claim_epoch, epoch + 1);
    assert_eq!(stage.tokens(&alice.lst), 5 * SOL);
    assert_eq!(stage.tokens(&stage.pool.escrow), escrow + 4 * SOL);
    assert_eq!(stage.lamports(&alice.address()), wallet - stage.svm.rent_exempt(TICKET_SPACE));

    // Nothing was paid, nothing left the supply: only the promise is new.
    let mut after = stage.pool.state(&stage.svm);
    assert_eq!((after.ticket_shares, after.ticket_lamports), (4 * SOL, 4_378_109_452));
    after.ticket_shares = before.ticket_shares;
    after.ticket_lamports = before.ticket_lamports;
    assert_eq!(after, before);
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), 10_050_000_000);
    stage.assert_balanced();
    let event = UnstakeOrdered {
        pool: stage.pool.pool,
        owner: alice.address(),
        ticket: ticket.pubkey(),
        shares: 4 * SOL,
        ordered_lamports: 4_378_109_452,
        claim_epoch: epoch + 1,
        ticket_shares_after: 4 * SOL,
        ticket_lamports_after: 4_378_109_452,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::UnstakeOrdered(event)]);
}

#[test]
fn tickets_add_up() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let bob = stage.holder("bob", 11 * SOL);
    let tickets = [keypair("first"), keypair("second"), keypair("third")];
    for (holder, ticket, shares) in
        [(&alice, &tickets[0], SOL), (&bob, &tickets[1], 3), (&alice, &tickets[2], 8 * SOL)]
    {
        stage.must(order(&stage, holder, ticket, shares), &[&holder.key, ticket]);
    }
    // Each is rounded down for itself: 1, 0.000000003 and 8 LST at 11 / 10.05.
    let values = tickets.each_ref().map(|ticket| read(&stage, ticket).ordered_lamports);
    assert_eq!(values, [1_094_527_363, 3, 8_756_218_905]);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.ticket_shares, state.ticket_lamports), (9 * SOL + 3, values.iter().sum()));
    assert_eq!(stage.tokens(&stage.pool.escrow), 10 * SOL + 3, "with the seed");
    stage.assert_balanced();
}

#[test]
fn an_order_needs_no_update_of_this_epoch() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    let ticket = keypair("ticket");
    stage.must(order(&stage, &alice, &ticket, SOL), &[&alice.key, &ticket]);
    // Its epoch is the chain's next, not the pool's.
    assert_eq!(read(&stage, &ticket).claim_epoch, stage.svm.clock().epoch + 1);
    assert_eq!(read(&stage, &ticket).ordered_lamports, 1_094_527_363);
    stage.assert_balanced();
}

#[test]
fn an_order_may_be_given_while_rewards_are_paid() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    let ticket = keypair("ticket");
    stage.must(order(&stage, &alice, &ticket, SOL), &[&alice.key, &ticket]);
    assert_eq!(read(&stage, &ticket).ordered_lamports, SOL);
}

#[test]
fn a_ticket_is_worth_what_is_released_when_ordered() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    let (now, later) = (keypair("now"), keypair("later"));
    stage.must(order(&stage, &alice, &now, SOL), &[&alice.key, &now]);
    stage.svm.advance_slots(EPOCH / 2);
    stage.must(order(&stage, &alice, &later, SOL), &[&alice.key, &later]);
    // Half an epoch on, 10.525 SOL are behind 10.05 LST.
    let values = [&now, &later].map(|ticket| read(&stage, ticket).ordered_lamports);
    assert_eq!(values, [SOL, 1_047_263_681]);
    let ledger = stage.pool.ledger(&stage.svm).at(stage.svm.clock().slot).expect("a ledger");
    assert_eq!(ledger.lamports_for(LstAmount(SOL)), Ok(Lamports(1_047_263_681)));
    stage.assert_balanced();
}

#[test]
fn a_delegate_may_order_and_owns_the_ticket() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.newcomer("bob"));
    stage.must(token::approve(&alice.lst, &bob.address(), &alice.address(), SOL), &[&alice.key]);
    let ticket = keypair("ticket");
    let by_bob = stage.pool.order_unstake(&bob.address(), &alice.lst, &ticket.pubkey(), SOL);
    stage.must(by_bob, &[&bob.key, &ticket]);
    assert_eq!(read(&stage, &ticket).owner, bob.address());
    assert_eq!(stage.tokens(&alice.lst), 8 * SOL);
}

#[test]
fn nothing_and_the_worthless_are_refused() {
    let mut stage = Stage::with(|options| options.instant_fee(0));
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = keypair("ticket");
    stage.refuses(order(&stage, &alice, &ticket, 0), &[&alice.key, &ticket], ZeroAmount);
    stage.must(order(&stage, &alice, &keypair("dust"), 1), &[&alice.key, &keypair("dust")]);
    // After a loss of half the pool a base unit is worth half a lamport.
    stage.lose(&stage.pool.reserve.clone(), 5 * SOL);
    stage.next_epoch();
    stage.refuses(order(&stage, &alice, &ticket, 1), &[&alice.key, &ticket], AmountTooSmall);
    stage.must(order(&stage, &alice, &ticket, 2), &[&alice.key, &ticket]);
    assert_eq!(read(&stage, &ticket).ordered_lamports, 1);
    stage.assert_balanced();
}

#[test]
fn more_than_there_is_is_refused() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let ticket = keypair("ticket");
    stage.refuses(order(&stage, &alice, &ticket, u64::MAX), &[&alice.key, &ticket], Overflow);
    stage.refuses(order(&stage, &alice, &ticket, 9 * SOL + 1), &[&alice.key, &ticket], by_token(1));
    stage.must(order(&stage, &alice, &ticket, 9 * SOL), &[&alice.key, &ticket]);
    stage.refuses(order(&stage, &alice, &keypair("more"), 1), &[&alice.key, &keypair("more")], by_token(1));
}

#[test]
fn a_ticket_is_a_new_account_that_signs_and_may_have_been_sent_lamports() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.holder("bob", 9 * SOL));
    let ticket = keypair("ticket");
    let right = order(&stage, &alice, &ticket, SOL);
    let wrong = unsigned(&right, &ticket.pubkey());
    stage.refuses(wrong, &[&alice.key], shared(InstructionError::PrivilegeEscalation));

    // Whoever guesses its address cannot block it: what he sent counts toward the rent.
    stage.donate(&ticket.pubkey(), SOL / 1_000);
    let before = stage.lamports(&alice.address());
    stage.must(right.clone(), &[&alice.key, &ticket]);
    let rent = stage.svm.rent_exempt(TICKET_SPACE);
    assert_eq!(stage.lamports(&alice.address()), before - (rent - SOL / 1_000));
    assert_eq!(stage.lamports(&ticket.pubkey()), rent);

    // A second order, the owner's or another's, needs another ticket.
    stage.refuses(right, &[&alice.key, &ticket], by_system(0));
    stage.refuses(order(&stage, &bob, &ticket, SOL), &[&bob.key, &ticket], by_system(0));
    stage.assert_balanced();
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.holder("bob", 9 * SOL));
    let foreign = holder_of(&mut stage.svm, &other, "alice", 9 * SOL);
    let ticket = keypair("ticket");
    let right = order(&stage, &alice, &ticket, SOL);
    let (pool, escrow, treasury) = (stage.pool.pool, stage.pool.escrow, stage.pool.treasury);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_escrow = stage.svm.forgery(&escrow);
    let forged_lst = stage.svm.forgery(&alice.lst);
    for (place, stand_in, refusal) in [
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (pool, other.pool, WrongEscrow.into()),
        (alice.lst, foreign.lst, by_token(3)),
        (alice.lst, bob.lst, by_token(4)),
        (alice.lst, forged_lst, by_token_with(InstructionError::ExternalAccountDataModified)),
        (escrow, other.escrow, WrongEscrow.into()),
        (escrow, forged_escrow, WrongEscrow.into()),
        (escrow, treasury, WrongEscrow.into()),
        (escrow, bob.lst, WrongEscrow.into()),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
        (SYSTEM, token::TOKEN_PROGRAM, shared(InstructionError::IncorrectProgramId)),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&alice.key, &ticket], refusal);
    }
    stage.must(right, &[&alice.key, &ticket]);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let right = order(&stage, &alice, &keypair("ticket"), SOL);
    for (place, stand_in) in pairs(&[stage.pool.pool, alice.lst, stage.pool.escrow]) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&alice.key, &keypair("ticket")], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
    // The ticket cannot be its owner.
    let wrong = order(&stage, &alice, &alice.key, SOL);
    stage.refuses(wrong, &[&alice.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
}

#[test]
fn the_holder_must_sign() {
    let mut stage = Stage::new();
    let (alice, mallory) = (stage.holder("alice", 9 * SOL), stage.newcomer("mallory"));
    let ticket = keypair("ticket");
    let right = order(&stage, &alice, &ticket, SOL);
    let wrong = unsigned(&right, &alice.address());
    stage.refuses(wrong, &[&ticket], shared(InstructionError::MissingRequiredSignature));
    let wrong = substitute(&right, &alice.address(), &mallory.address());
    stage.refuses(wrong, &[&mallory.key, &ticket], by_token(4));
}

#[test]
fn a_frozen_account_orders_nothing() {
    let mut stage = Stage::new();
    let (alice, ticket) = (stage.holder("alice", 9 * SOL), keypair("ticket"));
    stage.freeze(&alice.lst);
    stage.refuses(order(&stage, &alice, &ticket, SOL), &[&alice.key, &ticket], by_token(17));
}

#[test]
fn the_owner_pays_for_the_ticket_or_there_is_none() {
    let mut stage = Stage::new();
    let (alice, ticket) = (stage.holder("alice", 9 * SOL), keypair("ticket"));
    let rent = stage.svm.rent_exempt(TICKET_SPACE);
    stage.svm.edit(&alice.address(), |account| account.lamports = rent - 1);
    stage.refuses(order(&stage, &alice, &ticket, SOL), &[&alice.key, &ticket], by_system(1));
    stage.svm.edit(&alice.address(), |account| account.lamports = rent);
    stage.must(order(&stage, &alice, &ticket, SOL), &[&alice.key, &ticket]);
    assert_eq!(stage.lamports(&alice.address()), 0);
}

#[test]
fn an_insolvent_pool_promises_nothing() {
    let mut stage = Stage::new();
    let (alice, ticket) = (stage.holder("alice", 9 * SOL), keypair("ticket"));
    stage.lose(&stage.pool.reserve.clone(), 10 * SOL);
    stage.next_epoch();
    stage.refuses(order(&stage, &alice, &ticket, SOL), &[&alice.key, &ticket], AmountTooSmall);
}

#[test]
fn the_slippage_bound_may_be_met_exactly_and_not_missed_by_one() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let ticket = keypair("ticket");
    let at_least = |min_out| {
        let accounts = stage.pool.order_unstake_accounts(&alice.address(), &alice.lst, &ticket.pubkey());
        accounts.instruction(OrderUnstakeInstructionArgs { shares: SOL, min_out })
    };
    // 11 / 10.05 SOL, rounded down.
    let (right, wrong, most) = (at_least(1_094_527_363), at_least(1_094_527_364), at_least(u64::MAX));
    stage.refuses(wrong, &[&alice.key, &ticket], SlippageExceeded);
    stage.refuses(most, &[&alice.key, &ticket], SlippageExceeded);
    stage.must(right, &[&alice.key, &ticket]);
    assert_eq!(read(&stage, &ticket).ordered_lamports, 1_094_527_363);
}
