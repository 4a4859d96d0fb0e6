//! `deallocate`: the way out, and what it does not escape.

use crate::prelude::*;

#[test]
fn what_cools_down_stays_at_risk_until_it_is_released() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let admin = world.delegation_admin.insecure_clone();
    world.deallocate(&team, &admin, 4 * ONE).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!((allocation.amount, allocation.cooling_amount), (10 * ONE, 4 * ONE));
    assert_eq!(allocation.cooled_at, world.epoch() + 9);
    assert_eq!(world.vault().total_allocated, 10 * ONE);
    world.slash(&team, 10 * ONE);
    let allocation = world.allocation(&team);
    assert_eq!((allocation.amount, allocation.cooling_amount, allocation.total_slashed), (0, 0, 10 * ONE));
    world.settle();
}

#[test]
fn an_allocation_cannot_be_squeezed_away_before_a_slash() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    // The vault sees the offence first and takes everything back; the service still has all of its time.
    let admin = world.delegation_admin.insecure_clone();
    world.deallocate(&team, &admin, 10 * ONE).unwrap();
    let idle = world.request(&team, 1).unwrap();
    world.pass_epochs(4);
    world.close_request(&team, idle).unwrap();
    // Even after a first request that came to nothing, a second one fits before the release.
    world.pass_epochs(3);
    assert_refused(world.release(&team), E::StillCooling);
    assert_refused(world.request(&team, 10 * ONE), E::RequestTooSoon);
    world.pass_epochs(1);
    // The pause ends an epoch before the cool-down does: they do not race.
    assert_refused(world.release(&team), E::StillCooling);
    let request = world.request(&team, 10 * ONE).unwrap();
    world.pass_epochs(1);
    assert_refused(world.release(&team), E::RequestOpen);
    world.pass_epochs(1);
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, 90 * ONE);
    assert_refused(world.release(&team), E::NothingCooling);
    world.settle();
}

#[test]
fn each_of_the_three_can_end_it_and_nobody_else() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let stranger = world.funded_key();
    for key in [&stranger, &world.admin.key.insecure_clone(), &world.resolver.insecure_clone()] {
        assert_refused(world.deallocate(&team, key, 10 * ONE), E::NotAllocationParty);
    }
    world.deallocate(&team, &team.operator_authority, 10 * ONE).unwrap();
    for leaver in 0..2 {
        let team = world.allocated(10 * ONE);
        let admin = world.delegation_admin.insecure_clone();
        let key = if leaver == 0 { &team.service_authority } else { &admin };
        world.deallocate(&team, key, 10 * ONE).unwrap();
        assert_eq!(world.allocation(&team).cooling_amount, 10 * ONE);
    }
    world.settle();
}

#[test]
fn nobody_delays_the_others_exit_one_unit_at_a_time() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let admin = world.delegation_admin.insecure_clone();
    for leaver in [&team.operator_authority, &team.service_authority] {
        assert_refused(world.deallocate(&team, leaver, 1), E::PartialExit);
    }
    // The vault's part restarts with the operator's exit, after which nothing is left to restart it with.
    world.deallocate(&team, &admin, 1).unwrap();
    world.pass_epochs(5);
    world.deallocate(&team, &team.operator_authority, 10 * ONE - 1).unwrap();
    let cooled_at = world.epoch() + 9;
    assert_eq!(world.allocation(&team).cooled_at, cooled_at);
    world.pass_epochs(1);
    for leaver in [&admin, &team.operator_authority, &team.service_authority] {
        assert_refused(world.deallocate(&team, leaver, 1), E::DeallocationTooLarge);
    }
    assert_eq!(world.allocation(&team).cooled_at, cooled_at);
    world.settle();
}

#[test]
fn nothing_and_more_than_there_is_are_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let admin = world.delegation_admin.insecure_clone();
    assert_refused(world.deallocate(&team, &admin, 0), E::ZeroAmount);
    assert_refused(world.deallocate(&team, &admin, 10 * ONE + 1), E::DeallocationTooLarge);
    assert_refused(world.deallocate(&team, &admin, u64::MAX), E::DeallocationTooLarge);
    world.deallocate(&team, &admin, 3 * ONE).unwrap();
    assert_refused(world.deallocate(&team, &admin, 7 * ONE + 1), E::DeallocationTooLarge);
    world.settle();
}

#[test]
fn accounts_of_another_team_are_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (team, other) = (world.allocated(10 * ONE), world.allocated(10 * ONE));
    let thief = other.operator_authority.insecure_clone();
    let substitutes =
        [(1, other.parties.operator, E::WrongOperator), (2, other.parties.service, E::WrongService)];
    for (position, account, code) in substitutes {
        let mut instruction = ix::deallocate(&world.at, &team.parties, thief.pubkey(), 10 * ONE);
        instruction.accounts[position].pubkey = account;
        assert_refused(world.send(&[instruction], &[&thief]), code);
    }
    let elsewhere = world.another_vault(|_| {}).vault;
    let mut instruction = ix::deallocate(&world.at, &team.parties, world.delegation_admin.pubkey(), ONE);
    instruction.accounts[0].pubkey = elsewhere;
    let admin = world.delegation_admin.insecure_clone();
    assert_refused(world.send(&[instruction], &[&admin]), E::WrongVault);
    world.settle();
}
