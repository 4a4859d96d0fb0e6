//! `transfer_ticket`: a ticket is somebody else's, and is slashed as before.

use crate::prelude::*;

#[test]
fn the_new_owner_is_paid_and_gets_the_rent() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(10 * ONE), world.user(0));
    let ticket = world.enqueue(&alice, 4 * ONE).unwrap();
    let before = world.ticket(&ticket);
    world.give_ticket(&alice, ticket, bob.address()).unwrap();
    assert_eq!(world.ticket(&ticket), WithdrawalTicket { owner: bob.address(), ..before });
    world.pass_epochs(2);
    assert_refused(world.claim(&alice, ticket), E::NotTicketOwner);
    let (wallet, rent) = (world.lamports(&bob.address()), world.lamports(&ticket));
    world.claim(&bob, ticket).unwrap();
    assert_eq!(world.balance(&bob.collateral), 4 * ONE);
    assert_eq!(world.lamports(&bob.address()), wallet + rent);
    world.settle();
}

#[test]
fn giving_a_ticket_away_escapes_no_slash() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(99 * ONE), world.user(0));
    let team = world.allocated(10 * ONE);
    let ticket = world.enqueue(&alice, 99 * ONE).unwrap();
    world.pass_epochs(2);
    let request = world.request(&team, 10 * ONE).unwrap();
    world.give_ticket(&alice, ticket, bob.address()).unwrap();
    assert_refused(world.claim(&bob, ticket), E::PendingSlash);
    world.pass_epochs(2);
    world.execute(&team, request).unwrap();
    world.claim(&bob, ticket).unwrap();
    assert_eq!(world.balance(&bob.collateral), 99 * ONE * 9 / 10);
    world.settle();
}

#[test]
fn only_the_owner_gives_it_away() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(10 * ONE), world.depositor(ONE));
    let ticket = world.enqueue(&alice, ONE).unwrap();
    assert_refused(world.give_ticket(&bob, ticket, bob.address()), E::NotTicketOwner);
    let mut unsigned = ix::transfer_ticket(ticket, alice.address(), bob.address());
    unsigned.accounts[1].is_signer = false;
    assert_fails(world.send(&[unsigned], &[]), InstructionError::MissingRequiredSignature);
    world.give_ticket(&alice, ticket, bob.address()).unwrap();
    assert_refused(world.give_ticket(&alice, ticket, alice.address()), E::NotTicketOwner);
    world.settle();
}
