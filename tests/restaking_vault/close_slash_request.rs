//! `close_slash_request`.

use crate::prelude::*;

#[test]
fn anybody_closes_what_has_expired_and_the_service_gets_its_rent() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let wallet = world.lamports(&team.service_authority.pubkey());
    let request = world.request(&team, ONE).unwrap();
    assert_refused(world.close_request(&team, request), E::RequestNotExpired);
    world.pass_epochs(3);
    assert_refused(world.close_request(&team, request), E::RequestNotExpired);
    world.pass_epochs(1);
    world.close_request(&team, request).unwrap();
    assert!(!world.exists(&request));
    assert_eq!(world.lamports(&team.service_authority.pubkey()), wallet);
    assert_eq!((world.vault().open_requests, world.vault().assets), (0, 100 * ONE));
    assert!(world.close_request(&team, request).is_err(), "once only");
    world.settle();
}

#[test]
fn closing_one_request_does_not_hide_another() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    let (first, second) = (world.allocated(10 * ONE), world.allocated(10 * ONE));
    let ticket = world.enqueue(&alice, ONE).unwrap();
    let old = world.request(&first, ONE).unwrap();
    world.pass_epochs(2);
    let young = world.request(&second, ONE).unwrap();
    world.pass_epochs(2);
    world.close_request(&first, old).unwrap();
    assert_eq!(world.vault().open_requests, 1);
    assert_refused(world.claim(&alice, ticket), E::PendingSlash);
    world.execute(&second, young).unwrap();
    world.claim(&alice, ticket).unwrap();
    world.settle();
}

#[test]
fn accounts_of_another_request_are_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (team, other) = (world.allocated(10 * ONE), world.allocated(10 * ONE));
    let request = world.request(&team, ONE).unwrap();
    world.request(&other, ONE).unwrap();
    world.pass_epochs(4);
    let elsewhere = world.another_vault(|_| {}).vault;
    let substitutes = [
        (0, elsewhere, E::WrongVault),
        (1, other.allocation, E::WrongAllocation),
        (3, world.bank.pubkey(), E::WrongRentReceiver),
    ];
    for (position, account, code) in substitutes {
        let rent_payer = team.service_authority.pubkey();
        let mut instruction = ix::close_slash_request(&world.at, team.allocation, request, rent_payer);
        instruction.accounts[position].pubkey = account;
        assert_refused(world.send(&[instruction], &[]), code);
    }
    world.settle();
}
