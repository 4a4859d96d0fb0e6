//! `enqueue_withdrawal`: VRT into tickets.

use crate::prelude::*;

#[test]
fn enqueue_moves_vrt_into_the_escrow_and_no_price() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let before = world.vault();
    let ticket = world.enqueue(&alice, 4 * ONE).unwrap();
    let after = world.vault();
    assert_eq!((after.assets, after.vrt_supply), (before.assets, before.vrt_supply));
    assert_eq!(after.queued_vrt, 4 * ONE);
    assert_eq!(world.balance(&alice.vrt), 6 * ONE);
    let ticket = world.ticket(&ticket);
    assert_eq!((ticket.vault, ticket.owner, ticket.vrt_amount), (world.at.vault, alice.address(), 4 * ONE));
    // Cool-down 2, then at most two request lifetimes of 4.
    assert_eq!((ticket.enqueued_epoch, ticket.unlock_epoch, ticket.release_epoch), (100, 102, 110));
    world.settle();
}

#[test]
fn the_tickets_of_an_owner_are_found_by_one_filter() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(10 * ONE), world.depositor(10 * ONE));
    let mut expected: Vec<Address> = (1..4).map(|n| world.enqueue(&alice, n * ONE).unwrap()).collect();
    world.enqueue(&bob, ONE).unwrap();
    // Behind the discriminator and the vault.
    let (from, to) = (8 + 32, 8 + 64);
    let mut found: Vec<Address> = world
        .svm
        .0
        .get_program_accounts(&RESTAKING_VAULT_ID)
        .into_iter()
        .filter(|(_, account)| account.data.get(from..to) == Some(alice.address().as_ref()))
        .map(|(address, _)| address)
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn an_order_of_nothing_or_of_more_than_there_is_is_refused() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    assert_refused(world.enqueue(&alice, 0), E::ZeroAmount);
    assert_refused(world.enqueue(&alice, 10 * ONE + 1), foreign::insufficient_funds());
    assert_refused(world.enqueue(&alice, u64::MAX), foreign::insufficient_funds());
    world.enqueue(&alice, 10 * ONE).unwrap();
    // More in tickets than 64 bits can count.
    assert_refused(world.enqueue(&alice, u64::MAX), E::Overflow);
    world.settle();
}

#[test]
fn a_ticket_account_is_used_once() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let ticket = Keypair::new();
    let order = ix::enqueue_withdrawal(&world.at, alice.address(), alice.vrt, ticket.pubkey(), ONE);
    world.send(std::slice::from_ref(&order), &[&alice.key, &ticket]).unwrap();
    let again = world.send(&[order], &[&alice.key, &ticket]);
    assert!(again.is_err());
    assert_eq!(world.ticket(&ticket.pubkey()).vrt_amount, ONE);
    world.settle();
}

#[test]
fn lamports_sent_ahead_to_the_ticket_do_not_block_it() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let ticket = Keypair::new();
    world.svm.airdrop(&ticket.pubkey(), 1_000_000);
    let order = ix::enqueue_withdrawal(&world.at, alice.address(), alice.vrt, ticket.pubkey(), ONE);
    world.send(&[order], &[&alice.key, &ticket]).unwrap();
    world.settle();
}

#[test]
fn vrt_of_somebody_else_or_of_another_mint_are_refused() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(10 * ONE), world.depositor(10 * ONE));
    world.mint_collateral(alice.collateral, ONE);
    let at = world.at;
    let other_escrow = world.vrt_account_of(at.vault);
    let mut order = |at: &ix::VaultAddresses, vrt| {
        let ticket = Keypair::new();
        let instruction = ix::enqueue_withdrawal(at, alice.address(), vrt, ticket.pubkey(), ONE);
        world.send(&[instruction], &[&alice.key, &ticket])
    };
    assert_refused(order(&at, bob.vrt), foreign::owner_mismatch());
    assert_refused(order(&at, alice.collateral), foreign::mint_mismatch());
    assert_refused(order(&at, at.vrt_escrow), foreign::duplicate_account());
    assert_refused(
        order(&ix::VaultAddresses { vrt_escrow: other_escrow, ..at }, alice.vrt),
        E::WrongVrtEscrow,
    );
    let wrong_program = ix::VaultAddresses { vrt_token_program: TOKEN_2022_PROGRAM, ..at };
    assert_refused(order(&wrong_program, alice.vrt), E::WrongTokenProgram);
    world.settle();
}
