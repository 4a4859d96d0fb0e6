//! `release_allocation`.

use crate::prelude::*;

#[test]
fn what_has_cooled_down_is_freed_by_anybody() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(100 * ONE);
    world.deallocate(&team, 40 * ONE).unwrap();
    assert_refused(world.release(&team), E::StillCooling);
    world.pass_epochs(8);
    assert_refused(world.release(&team), E::StillCooling);
    world.pass_epochs(1);
    world.release(&team).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!((allocation.amount, allocation.cooling_amount), (60 * ONE, 0));
    assert_eq!(world.vault().total_allocated, 60 * ONE);
    assert_refused(world.release(&team), E::NothingCooling);
    // What was freed can secure somebody else.
    world.allocated(40 * ONE);
    world.settle();
}

#[test]
fn an_ended_allocation_can_be_agreed_on_again() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let request = world.request(&team, ONE).unwrap();
    world.veto(&team, request).unwrap();
    world.opt_out(&team, &team.operator_authority).unwrap();
    world.pass_epochs(9);
    world.release(&team).unwrap();
    assert_eq!(world.allocation(&team).amount, 0);
    world.allocate(&team, 5 * ONE).unwrap();
    world.warm_up();
    // Its history goes on: the nonce is a new one.
    assert_eq!(world.allocation(&team).next_nonce, 1);
    world.request(&team, ONE).unwrap();
    world.settle();
}

#[test]
fn a_release_waits_for_the_open_request() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.deallocate(&team, 10 * ONE).unwrap();
    world.pass_epochs(9);
    // Too late for the vault: the cool-down is over, but nobody released it before the accusation.
    let request = world.request(&team, 6 * ONE).unwrap();
    assert_refused(world.release(&team), E::RequestOpen);
    world.pass_epochs(2);
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, 94 * ONE);
    world.release(&team).unwrap();
    assert_eq!(world.vault().total_allocated, 0);
    world.settle();
}

#[test]
fn an_allocation_of_another_vault_is_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let elsewhere = world.another_vault(|_| {}).vault;
    let mut instruction = ix::release_allocation(&world.at, team.allocation);
    instruction.accounts[0].pubkey = elsewhere;
    assert_refused(world.send(&[instruction], &[]), E::WrongVault);
}
