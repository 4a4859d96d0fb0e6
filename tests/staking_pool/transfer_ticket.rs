//! `transfer_ticket`: each line of its specification, and each way it refuses.

use sluice_sdk::AccountData;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::errors::StakingPoolError::*;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_sdk::staking_pool::types::TicketTransferred;
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

fn transfer(stage: &Stage, ticket: &Address, owner: &Holder, new_owner: &Address) -> Instruction {
    stage.pool.transfer_ticket(ticket, &owner.address(), new_owner)
}

fn read(stage: &Stage, ticket: &Address) -> Ticket {
    let account = stage.svm.account(ticket).expect("the ticket exists");
    Ticket::decode_owned(&account.owner, &account.data).expect("a ticket")
}

/// What a wallet asks a node for: the program's accounts of a ticket's size with that owner at byte 40.
fn listed(stage: &Stage, owner: &Address) -> Vec<Address> {
    const OWNER: usize = 40;
    let all = stage.svm.0.get_program_accounts(&STAKING_POOL_ID);
    let of_size = all.into_iter().filter(|(_, account)| account.data.len() == Ticket::LEN);
    let own = of_size.filter(|(_, account)| account.data[OWNER..OWNER + 32] == owner.to_bytes());
    let mut found: Vec<_> = own.map(|(address, _)| address).collect();
    found.sort();
    found
}

#[test]
fn a_ticket_changes_its_owner_and_nothing_else() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.newcomer("bob"));
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    let (before, pool) = (read(&stage, &ticket), stage.pool.state(&stage.svm));
    let lamports = stage.lamports(&ticket);

    let sent = stage.must(transfer(&stage, &ticket, &alice, &bob.address()), &[&alice.key]);

    assert_eq!(read(&stage, &ticket), Ticket { owner: bob.address(), ..before });
    assert_eq!(stage.lamports(&ticket), lamports);
    assert_eq!(stage.pool.state(&stage.svm), pool);
    let event =
        TicketTransferred { pool: stage.pool.pool, ticket, before: alice.address(), after: bob.address() };
    assert_eq!(events(&sent), [StakingPoolEvent::TicketTransferred(event)]);
}

#[test]
fn the_new_owner_is_paid_and_gets_the_rent() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.newcomer("bob"));
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    stage.must(transfer(&stage, &ticket, &alice, &bob.address()), &[&alice.key]);
    stage.next_epoch();
    let to_alice = stage.pool.claim_ticket(&ticket, &alice.address());
    stage.refuses(to_alice, &[], NotTicketOwner);
    let (hers, his) = (stage.lamports(&alice.address()), stage.lamports(&bob.address()));
    stage.must(stage.pool.claim_ticket(&ticket, &bob.address()), &[]);
    assert_eq!(stage.lamports(&alice.address()), hers);
    let rent = stage.svm.rent_exempt(Ticket::LEN);
    assert_eq!(stage.lamports(&bob.address()), his + 4 * SOL + rent);
    stage.assert_balanced();
}

#[test]
fn what_is_sold_is_no_longer_the_sellers() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.holder("bob", SOL));
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    let (once, part) = (transfer(&stage, &ticket, &alice, &bob.address()), keypair("part"));
    let twice = [once.clone(), transfer(&stage, &ticket, &alice, &keypair("nobody").pubkey())];
    let payer = stage.pool.payer.insecure_clone();
    refused(&mut stage.svm, &twice, &[&payer, &alice.key], &[ticket], NotTicketOwner);
    stage.must(once, &[&alice.key]);
    stage.next_epoch();
    let (address, lst) = (alice.address(), alice.lst);
    stage.refuses(transfer(&stage, &ticket, &alice, &address), &[&alice.key], NotTicketOwner);
    let split = stage.pool.split_ticket(&ticket, &address, &part.pubkey(), SOL);
    stage.refuses(split, &[&alice.key, &part], NotTicketOwner);
    let cancel = stage.pool.cancel_ticket(&ticket, &address, &lst, 0);
    stage.refuses(cancel, &[&alice.key], NotTicketOwner);
    // It is bob's in every way.
    stage.must(transfer(&stage, &ticket, &bob, &bob.address()), &[&bob.key]);
    stage.must(stage.pool.cancel_ticket(&ticket, &bob.address(), &bob.lst, 0), &[&bob.key]);
    stage.assert_balanced();
}

#[test]
fn a_wallet_lists_its_tickets_by_one_filter() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.holder("bob", 9 * SOL));
    let tickets = ["first", "second", "third"].map(|name| order(&mut stage, &alice, name, SOL));
    let his = order(&mut stage, &bob, "his", SOL);
    let sorted = |mut list: Vec<Address>| {
        list.sort();
        list
    };
    assert_eq!(listed(&stage, &alice.address()), sorted(tickets.to_vec()));
    stage.must(transfer(&stage, &tickets[1], &alice, &bob.address()), &[&alice.key]);
    let part = keypair("part");
    let split = stage.pool.split_ticket(&tickets[0], &alice.address(), &part.pubkey(), SOL / 4);
    stage.must(split, &[&alice.key, &part]);
    assert_eq!(listed(&stage, &alice.address()), sorted(vec![tickets[0], tickets[2], part.pubkey()]));
    assert_eq!(listed(&stage, &bob.address()), sorted(vec![tickets[1], his]));
    for ticket in listed(&stage, &bob.address()) {
        assert_eq!(read(&stage, &ticket).owner, bob.address(), "the decoder reads the same bytes");
    }
    stage.next_epoch();
    for ticket in listed(&stage, &alice.address()) {
        stage.must(stage.pool.claim_ticket(&ticket, &alice.address()), &[]);
    }
    assert_eq!(listed(&stage, &alice.address()), []);
    stage.assert_balanced();
}

/// A claim cannot name one account in two places, so such an owner would never be paid.
#[test]
fn a_ticket_cannot_own_itself_and_one_owned_by_the_reserve_blocks_nobody() {
    let mut stage = Stage::with(|options| options.instant_fee(0));
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.holder("bob", 9 * SOL));
    let ticket = order(&mut stage, &alice, "ticket", 4 * SOL);
    let to_itself = transfer(&stage, &ticket, &alice, &ticket);
    stage.refuses(to_itself, &[&alice.key], framework(DUPLICATE_MUTABLE_ACCOUNT));
    // An address that cannot be paid is its owner's loss, and no one else's.
    let reserve = stage.pool.reserve;
    stage.must(transfer(&stage, &ticket, &alice, &reserve), &[&alice.key]);
    stage.next_epoch();
    let claim = stage.pool.claim_ticket(&ticket, &reserve);
    stage.refuses(claim, &[], framework(DUPLICATE_MUTABLE_ACCOUNT));
    stage.must(stage.pool.withdraw_sol(&bob.address(), &bob.lst, 9 * SOL, 0), &[&bob.key]);
    stage.next_epoch();
    stage.assert_balanced();
}

#[test]
fn nobody_but_the_owner_gives_it_away() {
    let mut stage = Stage::new();
    let (alice, mallory) = (stage.holder("alice", 9 * SOL), stage.newcomer("mallory"));
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    let right = transfer(&stage, &ticket, &alice, &mallory.address());
    stage.refuses(
        unsigned(&right, &alice.address()),
        &[],
        shared(InstructionError::MissingRequiredSignature),
    );
    let by_mallory = transfer(&stage, &ticket, &mallory, &mallory.address());
    stage.refuses(by_mallory, &[&mallory.key], NotTicketOwner);
    let admin = stage.pool.admin.insecure_clone();
    let by_admin = stage.pool.transfer_ticket(&ticket, &admin.pubkey(), &admin.pubkey());
    stage.refuses(by_admin, &[&admin], NotTicketOwner);
}

#[test]
fn what_is_no_open_ticket_is_refused() {
    let mut stage = Stage::new();
    let (alice, bob) = (stage.holder("alice", 9 * SOL), stage.newcomer("bob"));
    let ticket = order(&mut stage, &alice, "ticket", SOL);
    let right = transfer(&stage, &ticket, &alice, &bob.address());
    let forged = stage.svm.forgery(&ticket);
    for (stand_in, refusal) in [
        (forged, shared(InstructionError::IllegalOwner)),
        (stage.pool.pool, shared(InstructionError::InvalidAccountData)),
        (stage.pool.list, shared(InstructionError::InvalidAccountData)),
        (stage.pool.reserve, shared(InstructionError::AccountDataTooSmall)),
        (alice.lst, shared(InstructionError::IllegalOwner)),
        (keypair("nobody").pubkey(), shared(InstructionError::AccountDataTooSmall)),
    ] {
        stage.refuses(substitute(&right, &ticket, &stand_in), &[&alice.key], refusal);
    }
    stage.next_epoch();
    stage.must(stage.pool.claim_ticket(&ticket, &alice.address()), &[]);
    stage.refuses(right, &[&alice.key], shared(InstructionError::AccountDataTooSmall));
}
