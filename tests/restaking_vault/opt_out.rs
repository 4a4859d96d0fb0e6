//! `opt_out`: the end of an agreement, and what it does not escape.

use crate::prelude::*;

#[test]
fn each_of_the_three_can_end_it_and_nobody_else() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let (stranger, admin) = (world.funded_key(), world.admin.key.insecure_clone());
    for key in [&stranger, &admin, &world.resolver.insecure_clone()] {
        assert_refused(world.opt_out(&team, key), E::NotAllocationParty);
    }
    world.opt_out(&team, &team.operator_authority).unwrap();
    assert_eq!(world.allocation(&team).consents, 5);
    for leaver in 0..2 {
        let team = world.allocated(10 * ONE);
        let delegation_admin = world.delegation_admin.insecure_clone();
        let key = if leaver == 0 { &team.service_authority } else { &delegation_admin };
        world.opt_out(&team, key).unwrap();
        let allocation = world.allocation(&team);
        assert_eq!((allocation.amount, allocation.cooling_amount), (10 * ONE, 10 * ONE));
        assert_eq!(allocation.cooled_at, world.epoch() + 9);
        let allocate = ix::allocate(&world.at, &team.parties, 1);
        assert_refused(world.send(&[allocate], &[&delegation_admin]), E::NotOptedIn);
    }
    world.settle();
}

#[test]
fn nobody_delays_the_others_exit() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.opt_out(&team, &team.operator_authority).unwrap();
    let cooled_at = world.epoch() + 9;
    world.pass_epochs(5);
    // The others leave later; nothing is left whose cool-down that could start again.
    world.opt_out(&team, &team.service_authority).unwrap();
    assert_refused(world.deallocate(&team, 1), E::DeallocationTooLarge);
    assert_refused(world.opt_out(&team, &team.operator_authority), E::NotOptedIn);
    assert_eq!(world.allocation(&team).cooled_at, cooled_at);
    world.pass_epochs(4);
    world.release(&team).unwrap();
    world.settle();
}

#[test]
fn what_still_warms_up_is_free_at_once_and_the_rest_stays_at_risk() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.deallocate(&team, 2 * ONE).unwrap();
    world.allocate(&team, 30 * ONE).unwrap();
    world.opt_out(&team, &team.operator_authority).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!((allocation.amount, allocation.warming_amount), (10 * ONE, 0));
    assert_eq!(allocation.cooling_amount, 10 * ONE);
    assert_eq!(world.vault().total_allocated, 10 * ONE);
    world.slash(&team, 10 * ONE);
    assert_eq!(world.vault().assets, 90 * ONE);
    world.settle();
}

#[test]
fn accounts_of_another_team_are_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (team, other) = (world.allocated(10 * ONE), world.allocated(10 * ONE));
    let thief = other.operator_authority.insecure_clone();
    let elsewhere = world.another_vault(|_| {}).vault;
    let substitutes = [
        (0, elsewhere, E::WrongVault),
        (1, other.parties.operator, E::WrongOperator),
        (2, other.parties.service, E::WrongService),
    ];
    for (position, account, code) in substitutes {
        let mut instruction = ix::opt_out(&world.at, &team.parties, thief.pubkey());
        instruction.accounts[position].pubkey = account;
        assert_refused(world.send(&[instruction], &[&thief]), code);
    }
    world.settle();
}
