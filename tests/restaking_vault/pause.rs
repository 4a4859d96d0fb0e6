//! `pause` and `resume`: what stops, for how long, and what never does.

use crate::prelude::*;

#[test]
fn deposits_and_instant_exits_stop_and_nothing_else_does() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    world.mint_collateral(alice.collateral, 10 * ONE);
    let team = world.allocated(10 * ONE);
    let cooling = world.allocated(ONE);
    world.deallocate(&cooling, ONE).unwrap();
    let matured = world.enqueue(&alice, ONE).unwrap();
    world.pass_epochs(9);
    let pauser = world.pauser.insecure_clone();
    world.pause(&pauser).unwrap();
    assert_refused(world.deposit(&alice, ONE), E::Paused);
    assert_refused(world.leave(&alice, ONE), E::Paused);

    world.claim(&alice, matured).unwrap();
    let ticket = world.enqueue(&alice, ONE).unwrap();
    world.give_ticket(&alice, ticket, Address::new_unique()).unwrap();
    world.release(&cooling).unwrap();
    world.allocate(&team, ONE).unwrap();
    world.deallocate(&team, ONE).unwrap();
    world.reward(&alice, ONE).unwrap();
    let request = world.request(&team, ONE).unwrap();
    world.veto(&team, request).unwrap();
    world.opt_out(&team, &team.service_authority).unwrap();
    world.settle();
}

#[test]
fn a_pause_ends_by_itself_and_the_pauser_must_rest() {
    let mut world = VaultFixture::new();
    let alice = world.user(10 * ONE);
    let pauser = world.pauser.insecure_clone();
    world.pause(&pauser).unwrap();
    world.pass_epochs(1);
    assert_refused(world.deposit(&alice, ONE), E::Paused);
    assert_refused(world.pause(&pauser), E::PauseTooSoon);
    world.pass_epochs(1);
    world.deposit(&alice, ONE).unwrap();
    assert_refused(world.pause(&pauser), E::PauseTooSoon);
    world.pass_epochs(1);
    assert_refused(world.pause(&pauser), E::PauseTooSoon);
    world.pass_epochs(1);
    world.pause(&pauser).unwrap();
    // The admin need not rest.
    let admin = world.admin.key.insecure_clone();
    world.pass_epochs(2);
    world.pause(&admin).unwrap();
    world.settle();
}

#[test]
fn pauser_and_admin_end_it_early_and_the_rest_is_no_shorter() {
    let mut world = VaultFixture::new();
    let alice = world.user(10 * ONE);
    let (pauser, admin) = (world.pauser.insecure_clone(), world.admin.key.insecure_clone());
    world.pause(&pauser).unwrap();
    let resume = ix::resume(&world.at, pauser.pubkey());
    world.send(&[resume], &[&pauser]).unwrap();
    world.deposit(&alice, ONE).unwrap();
    assert_refused(world.pause(&pauser), E::PauseTooSoon);
    world.pause(&admin).unwrap();
    let resume = ix::resume(&world.at, admin.pubkey());
    world.send(&[resume], &[&admin]).unwrap();
    world.deposit(&alice, ONE).unwrap();
}

#[test]
fn only_pauser_and_admin_may() {
    let mut world = VaultFixture::new();
    for key in [world.delegation_admin.insecure_clone(), world.resolver.insecure_clone(), world.funded_key()]
    {
        assert_refused(world.pause(&key), E::NotPauser);
        let resume = ix::resume(&world.at, key.pubkey());
        assert_refused(world.send(&[resume], &[&key]), E::NotPauser);
    }
}
