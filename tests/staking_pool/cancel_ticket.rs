//! `cancel_ticket`: each line of its specification, and each way it refuses.

use sluice_money::{Lamports, LstAmount};
use sluice_pool_math as math;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::TicketCancelled;
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

fn cancel(stage: &Stage, user: &Holder, ticket: &Address) -> Instruction {
    stage.pool.cancel_ticket(ticket, &user.address(), &user.lst, 0)
}

fn ticket_rent(stage: &Stage) -> u64 {
    stage.svm.rent_exempt(Ticket::LEN)
}

#[test]
fn what_the_shares_earned_while_waiting_stays_with_the_holders() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 5 * SOL);
    stage.donate(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    stage.next_epoch();
    // 11 SOL are behind 10.05 LST: the 5 SOL it was ordered for are worth 5 x 10.05 / 11 LST, rounded down.
    let (before, slot) = (stage.pool.ledger(&stage.svm), stage.svm.clock().slot);
    let quote = math::cancel(&before, slot, LstAmount(5 * SOL), Lamports(5 * SOL)).expect("priced");
    assert_eq!(quote.returned, LstAmount(4_568_181_818));
    let (wallet, rate) = (stage.lamports(&alice.address()), stage.pool.rate(&stage.svm));
    let reserve = stage.lamports(&stage.pool.reserve);

    let at_least = |min_out| stage.pool.cancel_ticket(&ticket, &alice.address(), &alice.lst, min_out);
    let (right, wrong) = (at_least(4_568_181_818), at_least(4_568_181_819));
    stage.refuses(wrong, &[&alice.key], SlippageExceeded);
    let sent = stage.must(right, &[&alice.key]);

    assert_eq!(stage.tokens(&alice.lst), 4 * SOL + 4_568_181_818);
    assert_eq!(stage.lamports(&alice.address()), wallet + ticket_rent(&stage), "no lamport but the rent");
    assert_eq!(stage.lamports(&stage.pool.reserve), reserve);
    assert_eq!(stage.svm.account(&ticket), None);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.ticket_shares, state.ticket_lamports), (0, 0));
    // The other 431,818,182 base units are gone, and their value is released over time.
    assert_eq!((state.supply, state.pending_burn), (9_618_181_818, 431_818_182));
    assert_eq!((state.total_lamports, state.locked_profit), (11 * SOL, 472_636_816));
    assert_eq!(stage.pool.rate(&stage.svm), rate, "the rate does not move");
    assert_eq!(stage.tokens(&stage.pool.escrow), SOL + 431_818_182, "the seed, and what waits to be burnt");
    stage.assert_balanced();
    let event = TicketCancelled {
        pool: stage.pool.pool,
        owner: alice.address(),
        ticket,
        shares: 5 * SOL,
        ordered_lamports: 5 * SOL,
        returned: 4_568_181_818,
        before: entry(&before),
        after: entry(&quote.ledger),
    };
    assert_eq!(events(&sent), [StakingPoolEvent::TicketCancelled(event)]);
    stage.next_epoch();
    assert_eq!(stage.tokens(&stage.pool.escrow), SOL);
    assert_eq!(token::supply(&stage.svm, &stage.pool.mint), 9_618_181_818);
    assert!(stage.pool.rate(&stage.svm) > rate);
    stage.assert_balanced();
}

#[test]
fn after_a_loss_all_the_shares_come_back_and_bear_it() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.lose(&stage.pool.reserve.clone(), SOL);
    stage.next_epoch();
    // What it was ordered for would be worth 4.44 LST now: it gets back the four it gave.
    stage.must(cancel(&stage, &alice, &ticket), &[&alice.key]);
    assert_eq!(stage.tokens(&alice.lst), 9 * SOL);
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.supply, state.pending_burn, state.locked_profit), (10 * SOL, 0, 0));
    assert_eq!(stage.pool.rate(&stage.svm), 900_000_000);
    stage.assert_balanced();
}

/// To wait and see, and to take the better of claim and cancellation, is worth no more than to have claimed, nor than
/// never to have ordered.
#[test]
fn the_choice_to_cancel_is_worth_nothing() {
    for (gain, loss) in [(0, 0), (SOL, 0), (1, 0), (0, 1), (0, SOL), (3 * SOL, SOL), (SOL / 7, SOL)] {
        let mut stage = Stage::new();
        let alice = stage.holder("alice", 9 * SOL);
        let shares = 4 * SOL + 3;
        let ticket = order(&mut stage, &alice, "ticket", shares);
        stage.donate(&stage.pool.reserve.clone(), gain + 1_000_000);
        stage.lose(&stage.pool.reserve.clone(), loss);
        stage.next_epoch();
        stage.svm.advance_slots(EPOCH / 3);
        let (ledger, slot) = (stage.pool.ledger(&stage.svm), stage.svm.clock().slot);
        let ordered = Lamports(stage.pool.state(&stage.svm).ticket_lamports);
        let claimed = math::claim(&ledger, slot, LstAmount(shares), ordered).expect("priced").paid.0;
        let held =
            ledger.at(slot).and_then(|ledger| ledger.lamports_for(LstAmount(shares))).expect("priced").0;
        let before = stage.tokens(&alice.lst);
        stage.must(cancel(&stage, &alice, &ticket), &[&alice.key]);
        let returned = stage.tokens(&alice.lst) - before;
        let worth =
            ledger.at(slot).and_then(|ledger| ledger.lamports_for(LstAmount(returned))).expect("priced").0;
        assert!(returned <= shares && worth <= held && worth <= claimed, "gain {gain}, loss {loss}");
        assert!(claimed - worth <= 2, "nor does it cost more than rounding");
        stage.assert_balanced();
    }
}

/// Whoever could order and take it back in one breath would need no LST of his own to send everybody's stake home: what
/// tickets lack is moved by anyone's crank, beyond every cap.
#[test]
fn an_order_cannot_be_taken_back_before_it_is_due() {
    let mut stage = Stage::with(|options| options.params.limits.movement_cap_bps = 0);
    let alice = stage.holder("alice", 9 * SOL);
    let vote = stage.staked("ann", 9 * SOL);
    let ticket = keypair("ticket");
    let order = stage.pool.order_unstake(&alice.address(), &alice.lst, &ticket.pubkey(), 9 * SOL);
    let decrease = stage.pool.decrease_stake(&stage.svm, &vote, 8 * SOL);
    let cancel = cancel(&stage, &alice, &ticket.pubkey());
    let (payer, crank) = (stage.pool.payer.insecure_clone(), stage.pool.delegation.insecure_clone());
    let own = [stage.pool.pool, stage.pool.stake(&vote), alice.lst];
    let signers = [&payer, &alice.key, &ticket, &crank];
    refused(&mut stage.svm, &[order.clone(), decrease, cancel.clone()], &signers, &own, TicketNotReady);
    stage.must(order, &[&alice.key, &ticket]);
    stage.refuses(cancel.clone(), &[&alice.key], TicketNotReady);
    stage.svm.advance_slots(EPOCH - 1);
    stage.refuses(cancel.clone(), &[&alice.key], TicketNotReady);
    stage.svm.advance_epoch();
    stage.svm.set_rewards_active(true);
    stage.refuses(cancel.clone(), &[&alice.key], TicketNotReady);
    stage.svm.set_rewards_active(false);
    stage.pool.update(&mut stage.svm);
    stage.must(cancel, &[&alice.key]);
    stage.assert_balanced();
}

#[test]
fn it_is_the_way_out_of_a_ticket_that_nobody_pays() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let vote = stage.staked("ann", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 6 * SOL);
    stage.next_epoch();
    stage.refuses(stage.pool.claim_ticket(&ticket, &alice.address()), &[], ReserveInsufficient);
    assert_ne!(stage.pool.state(&stage.svm).lack_since_epoch, 0);
    // Nor does a pause stop it.
    let admin = stage.pool.admin.insecure_clone();
    stage.must(stage.pool.pause(&admin.pubkey()), &[&admin]);
    stage.must(cancel(&stage, &alice, &ticket), &[&alice.key]);
    assert_eq!(stage.tokens(&alice.lst), 9 * SOL);
    let destination = stage.pool.new_stake_account(&mut stage.svm, "destination");
    let place = (0, &vote);
    let out = stage.pool.withdraw_stake(&alice.address(), &alice.lst, place, &destination, 6 * SOL, 0);
    stage.must(out, &[&alice.key]);
    stage.next_epoch();
    assert_eq!(stage.pool.state(&stage.svm).lack_since_epoch, 0, "nobody lacks anything");
    stage.assert_balanced();
}

#[test]
fn it_is_priced_by_this_epoch_or_the_last_while_rewards_are_paid() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let [first, second] = ["first", "second"].map(|name| order(&mut stage, &alice, name, SOL));
    stage.next_epoch();
    stage.svm.advance_epoch();
    stage.refuses(cancel(&stage, &alice, &first), &[&alice.key], PoolStale);
    stage.svm.set_rewards_active(true);
    stage.must(cancel(&stage, &alice, &first), &[&alice.key]);
    stage.svm.advance_epoch();
    stage.refuses(cancel(&stage, &alice, &second), &[&alice.key], PoolStale);
    stage.svm.set_rewards_active(false);
    stage.pool.update(&mut stage.svm);
    stage.must(cancel(&stage, &alice, &second), &[&alice.key]);
    stage.assert_balanced();
}

#[test]
fn a_ticket_is_claimed_or_cancelled_once() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let [claimed, cancelled] = ["claimed", "cancelled"].map(|name| order(&mut stage, &alice, name, SOL));
    stage.next_epoch();
    let claim = |stage: &Stage, ticket: &Address| stage.pool.claim_ticket(ticket, &alice.address());
    let gone = || shared(InstructionError::AccountDataTooSmall);
    let payer = stage.pool.payer.insecure_clone();
    for ticket in [claimed, cancelled] {
        let (claim, cancel) = (claim(&stage, &ticket), cancel(&stage, &alice, &ticket));
        let own = [ticket, stage.pool.pool, stage.pool.reserve, stage.pool.escrow];
        for pair in [
            [claim.clone(), cancel.clone()],
            [cancel.clone(), claim.clone()],
            [cancel.clone(), cancel.clone()],
            [claim.clone(), claim.clone()],
        ] {
            let signers: &[_] = if pair.contains(&cancel) { &[&payer, &alice.key] } else { &[&payer] };
            refused(&mut stage.svm, &pair, signers, &own, gone());
        }
    }
    stage.must(claim(&stage, &claimed), &[]);
    stage.must(cancel(&stage, &alice, &cancelled), &[&alice.key]);
    for ticket in [claimed, cancelled] {
        stage.refuses(claim(&stage, &ticket), &[], gone());
        stage.refuses(cancel(&stage, &alice, &ticket), &[&alice.key], gone());
    }
    assert_eq!(stage.tokens(&alice.lst), 8 * SOL);
    stage.assert_balanced();
}

#[test]
fn the_lst_may_go_to_any_account_of_the_mint() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.newcomer("bob"));
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.next_epoch();
    // Her own is frozen; bob's is not.
    stage.freeze(&alice.lst);
    stage.refuses(cancel(&stage, &alice, &ticket), &[&alice.key], by_token(17));
    stage.must(stage.pool.cancel_ticket(&ticket, &alice.address(), &bob.lst, 4 * SOL), &[&alice.key]);
    assert_eq!(stage.tokens(&bob.lst), 4 * SOL);
    stage.assert_balanced();
}

#[test]
fn a_worthless_pool_gives_nothing_back() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.lose(&stage.pool.reserve.clone(), 10 * SOL);
    stage.next_epoch();
    stage.refuses(cancel(&stage, &alice, &ticket), &[&alice.key], Insolvent);
}

#[test]
fn nobody_but_the_owner_cancels() {
    let mut stage = Stage::new();
    let (alice, mallory) = (stage.holder("alice", 9 * SOL), stage.newcomer("mallory"));
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    stage.next_epoch();
    let right = cancel(&stage, &alice, &ticket);
    let wrong = unsigned(&right, &alice.address());
    stage.refuses(wrong, &[], shared(InstructionError::MissingRequiredSignature));
    stage.refuses(cancel(&stage, &mallory, &ticket), &[&mallory.key], NotTicketOwner);
}

#[test]
fn no_account_may_stand_in_for_another() {
    let mut stage = Stage::new();
    let other = stage.other_pool();
    let alice = stage.holder("alice", 9 * SOL);
    let foreign = holder_of(&mut stage.svm, &other, "alice", 9 * SOL);
    let (ticket, foreign_ticket) = (order(&mut stage, &alice, "ticket", SOL), keypair("foreign ticket"));
    let order = other.order_unstake(&foreign.address(), &foreign.lst, &foreign_ticket.pubkey(), 3 * SOL);
    stage.svm.must(&[order], &[&other.payer, &foreign.key, &foreign_ticket]);
    stage.next_epoch();
    other.update(&mut stage.svm);
    let right = cancel(&stage, &alice, &ticket);
    let (pool, escrow) = (stage.pool.pool, stage.pool.escrow);
    let forged_ticket = stage.svm.forgery(&ticket);
    let forged_pool = stage.svm.forgery(&pool);
    let forged_escrow = stage.svm.forgery(&escrow);
    for (place, stand_in, refusal) in [
        (pool, other.pool, WrongPool.into()),
        (pool, forged_pool, shared(InstructionError::IllegalOwner)),
        (pool, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (ticket, foreign_ticket.pubkey(), WrongPool.into()),
        (ticket, forged_ticket, shared(InstructionError::IllegalOwner)),
        (ticket, stage.pool.reserve, shared(InstructionError::AccountDataTooSmall)),
        (escrow, other.escrow, WrongEscrow.into()),
        (escrow, forged_escrow, WrongEscrow.into()),
        (escrow, stage.pool.treasury, WrongEscrow.into()),
        (alice.lst, foreign.lst, by_token(3)),
        (alice.lst, escrow, framework(DUPLICATE_MUTABLE_ACCOUNT)),
        (token::TOKEN_PROGRAM, TOKEN_2022, WrongTokenProgram.into()),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&alice.key], refusal);
    }
    // The other pool does not give back what lies in ours.
    let wrong = other.cancel_ticket(&ticket, &alice.address(), &foreign.lst, 0);
    other.refuses(&mut stage.svm, wrong, &[&alice.key], WrongPool);
    stage.must(right, &[&alice.key]);
    ledger::assert_balanced(&stage.svm, &other);
}

#[test]
fn no_account_may_stand_in_two_places() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    stage.next_epoch();
    let right = cancel(&stage, &alice, &ticket);
    let places = [stage.pool.pool, ticket, stage.pool.escrow, alice.lst];
    for (place, stand_in) in pairs(&places) {
        let wrong = substitute(&right, &place, &stand_in);
        stage.refuses(wrong, &[&alice.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    }
}
