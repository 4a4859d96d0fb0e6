//! `split_ticket`: each line of its specification, and each way it refuses.

use sluice_sdk::AccountData;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::TicketSplit;
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::*;

/// Orders under a ticket of that name.
fn order(stage: &mut Stage, user: &Holder, name: &str, shares: u64) -> Address {
    let ticket = keypair(name);
    let order = stage.pool.order_unstake(&user.address(), &user.lst, &ticket.pubkey(), shares);
    stage.must(order, &[&user.key, &ticket]);
    ticket.pubkey()
}

fn split(stage: &Stage, ticket: &Address, owner: &Holder, part: &Keypair, shares: u64) -> Instruction {
    stage.pool.split_ticket(ticket, &owner.address(), &part.pubkey(), shares)
}

fn read(stage: &Stage, ticket: &Address) -> Ticket {
    let account = stage.svm.account(ticket).expect("the ticket exists");
    Ticket::decode_owned(&account.owner, &account.data).expect("a ticket")
}

#[test]
fn shares_move_with_their_part_of_what_was_ordered() {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let (ticket, part) = (order(&mut stage, &alice, "ticket", 4 * SOL), keypair("part"));
    let (before, pool) = (read(&stage, &ticket), stage.pool.state(&stage.svm));
    assert_eq!(before.ordered_lamports, 4_378_109_452);
    let wallet = stage.lamports(&alice.address());

    let sent = stage.must(split(&stage, &ticket, &alice, &part, SOL + 1), &[&alice.key, &part]);

    // 4,378,109,452 x 1.000000001 / 4 = 1,094,527,364.09.
    let (shares, lamports) = (SOL + 1, 1_094_527_364);
    let rest = (before.shares - shares, before.ordered_lamports - lamports);
    let written = read(&stage, &part.pubkey());
    assert_eq!(written, Ticket { shares, ordered_lamports: lamports, ..before.clone() });
    assert_eq!(read(&stage, &ticket), Ticket { shares: rest.0, ordered_lamports: rest.1, ..before });
    assert_eq!(stage.lamports(&alice.address()), wallet - stage.svm.rent_exempt(Ticket::LEN));
    assert_eq!(stage.pool.state(&stage.svm), pool, "to the pool nothing has happened");
    let event = TicketSplit {
        pool: stage.pool.pool,
        ticket,
        part: part.pubkey(),
        part_shares: shares,
        part_lamports: lamports,
        rest_shares: rest.0,
        rest_lamports: rest.1,
    };
    assert_eq!(events(&sent), [StakingPoolEvent::TicketSplit(event)]);
}

/// What alice is paid for a ticket that she has split as often as that, after a gain or a loss.
fn paid_for_parts(splits: usize, gain: u64, loss: u64) -> u64 {
    let (mut stage, alice) = Stage::appreciated(|_| {});
    let mut tickets = vec![order(&mut stage, &alice, "ticket", 4 * SOL + 11)];
    for (index, shares) in
        [3, 1_000_000_007, 999_999_999, 17, 500_000_003].into_iter().enumerate().take(splits)
    {
        let part = keypair(&format!("part {index}"));
        stage.must(split(&stage, &tickets[0], &alice, &part, shares), &[&alice.key, &part]);
        tickets.push(part.pubkey());
    }
    stage.donate(&stage.pool.reserve.clone(), gain + 1);
    stage.lose(&stage.pool.reserve.clone(), loss);
    stage.next_epoch();
    stage.next_epoch();
    let rent = stage.svm.rent_exempt(Ticket::LEN) * tickets.len() as u64;
    let wallet = stage.lamports(&alice.address());
    for ticket in &tickets {
        stage.must(stage.pool.claim_ticket(ticket, &alice.address()), &[]);
    }
    let state = stage.pool.state(&stage.svm);
    assert_eq!((state.ticket_shares, state.ticket_lamports), (0, 0), "nothing is left of any promise");
    stage.assert_balanced();
    stage.lamports(&alice.address()) - wallet - rent
}

#[test]
fn the_parts_together_pay_no_more_than_the_whole() {
    // Worth more than they were ordered for: each pays that, and the sums are one.
    let ordered = paid_for_parts(0, SOL, 0);
    assert_eq!(ordered, 4_378_109_464);
    assert_eq!(paid_for_parts(5, SOL, 0), ordered);
    // Worth less: each is rounded down for itself.
    let (whole, parts) = (paid_for_parts(0, 0, SOL + 7), paid_for_parts(5, 0, SOL + 7));
    assert!(whole < ordered);
    assert!((whole - 5..=whole).contains(&parts), "{parts} of {whole}");
}

#[test]
fn parts_are_due_when_the_whole_was_and_go_their_own_ways() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.holder("bob", SOL));
    let (ticket, part) = (order(&mut stage, &alice, "ticket", 4 * SOL), keypair("part"));
    stage.must(split(&stage, &ticket, &alice, &part, SOL), &[&alice.key, &part]);
    let early = stage.pool.claim_ticket(&part.pubkey(), &alice.address());
    stage.refuses(early, &[], TicketNotReady);
    stage.must(stage.pool.transfer_ticket(&part.pubkey(), &alice.address(), &bob.address()), &[&alice.key]);
    stage.next_epoch();
    // A part of a ticket that is due is due.
    let second = keypair("second");
    stage.must(split(&stage, &ticket, &alice, &second, SOL), &[&alice.key, &second]);
    let (hers, his) = (stage.lamports(&alice.address()), stage.lamports(&bob.address()));
    let rent = stage.svm.rent_exempt(Ticket::LEN);
    stage.must(stage.pool.claim_ticket(&second.pubkey(), &alice.address()), &[]);
    stage.must(stage.pool.claim_ticket(&part.pubkey(), &bob.address()), &[]);
    stage.must(stage.pool.cancel_ticket(&ticket, &alice.address(), &alice.lst, 2 * SOL), &[&alice.key]);
    assert_eq!(stage.lamports(&alice.address()), hers + SOL + 2 * rent);
    assert_eq!(stage.lamports(&bob.address()), his + SOL + rent);
    assert_eq!(stage.tokens(&alice.lst), 7 * SOL);
    stage.assert_balanced();
}

#[test]
fn both_keep_some_shares_and_some_lamports() {
    let mut stage = Stage::with(|options| options.instant_fee(0));
    let alice = stage.holder("alice", 9 * SOL);
    let (ticket, part) = (order(&mut stage, &alice, "ticket", 4 * SOL), keypair("part"));
    for shares in [0, 4 * SOL, 4 * SOL + 1, u64::MAX] {
        stage.refuses(
            split(&stage, &ticket, &alice, &part, shares),
            &[&alice.key, &part],
            TicketNotDivisible,
        );
    }
    // After a loss of three quarters a base unit is worth a quarter of a lamport: three are for none.
    stage.lose(&stage.pool.reserve.clone(), 7_500_000_000);
    stage.next_epoch();
    let small = order(&mut stage, &alice, "small", 1_003);
    assert_eq!(read(&stage, &small).ordered_lamports, 250);
    stage.refuses(split(&stage, &small, &alice, &part, 3), &[&alice.key, &part], TicketNotDivisible);
    stage.must(split(&stage, &small, &alice, &part, 5), &[&alice.key, &part]);
    assert_eq!(read(&stage, &part.pubkey()).ordered_lamports, 1);
    // A ticket for one lamport has nothing to divide.
    let another = keypair("another");
    let dust = split(&stage, &part.pubkey(), &alice, &another, 4);
    stage.refuses(dust, &[&alice.key, &another], TicketNotDivisible);
    stage.assert_balanced();
}

#[test]
fn the_part_is_a_new_account_that_signs_and_may_have_been_sent_lamports() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let (ticket, part) = (order(&mut stage, &alice, "ticket", 4 * SOL), keypair("part"));
    let right = split(&stage, &ticket, &alice, &part, SOL);
    let wrong = unsigned(&right, &part.pubkey());
    stage.refuses(wrong, &[&alice.key], shared(InstructionError::PrivilegeEscalation));
    stage.donate(&part.pubkey(), SOL / 1_000);
    let (before, rent) = (stage.lamports(&alice.address()), stage.svm.rent_exempt(Ticket::LEN));
    stage.must(right.clone(), &[&alice.key, &part]);
    assert_eq!(stage.lamports(&alice.address()), before - (rent - SOL / 1_000));
    // Not into a ticket that exists, be it the owner's own.
    stage.refuses(right, &[&alice.key, &part], by_system(0));
    // Nor into itself.
    let itself = split(&stage, &ticket, &alice, &keypair("ticket"), SOL);
    let own = [ticket, stage.pool.pool];
    let payer = stage.pool.payer.insecure_clone();
    let failed = untouched(&mut stage.svm, &own, &[&payer, &alice.key, &keypair("ticket")], |svm| {
        svm.send(&[itself], &[&payer, &alice.key, &keypair("ticket")])
    });
    assert!(failed.is_err());
    // Nor into its owner.
    let into_owner = split(&stage, &ticket, &alice, &alice.key, SOL);
    stage.refuses(into_owner, &[&alice.key], framework(chain::DUPLICATE_MUTABLE_ACCOUNT));
}

#[test]
fn nobody_but_the_owner_splits() {
    let mut stage = Stage::new();
    let (alice, mallory) = (stage.holder("alice", 9 * SOL), stage.newcomer("mallory"));
    let (ticket, part) = (order(&mut stage, &alice, "ticket", 4 * SOL), keypair("part"));
    let right = split(&stage, &ticket, &alice, &part, SOL);
    stage.refuses(
        unsigned(&right, &alice.address()),
        &[&part],
        shared(InstructionError::MissingRequiredSignature),
    );
    let by_mallory = split(&stage, &ticket, &mallory, &part, SOL);
    stage.refuses(by_mallory, &[&mallory.key, &part], NotTicketOwner);
}

#[test]
fn what_is_no_open_ticket_is_refused() {
    let mut stage = Stage::new();
    let alice = stage.holder("alice", 9 * SOL);
    let (ticket, part) = (order(&mut stage, &alice, "ticket", 4 * SOL), keypair("part"));
    let right = split(&stage, &ticket, &alice, &part, SOL);
    let forged = stage.svm.forgery(&ticket);
    for (place, stand_in, refusal) in [
        (ticket, forged, shared(InstructionError::IllegalOwner)),
        (ticket, stage.pool.pool, shared(InstructionError::InvalidAccountData)),
        (ticket, stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (ticket, keypair("nobody").pubkey(), shared(InstructionError::AccountDataTooSmall)),
        (SYSTEM, token::TOKEN_PROGRAM, shared(InstructionError::IncorrectProgramId)),
    ] {
        stage.refuses(substitute(&right, &place, &stand_in), &[&alice.key, &part], refusal);
    }
    // Claimed and closed, or closed in the same transaction.
    stage.next_epoch();
    let claim = stage.pool.claim_ticket(&ticket, &alice.address());
    let gone = shared(InstructionError::AccountDataTooSmall);
    let payer = stage.pool.payer.insecure_clone();
    let own = [ticket, stage.pool.pool, stage.pool.reserve];
    let both = [claim.clone(), right.clone()];
    refused(&mut stage.svm, &both, &[&payer, &alice.key, &part], &own, gone.clone());
    stage.must(claim, &[]);
    stage.refuses(right, &[&alice.key, &part], gone);
}
