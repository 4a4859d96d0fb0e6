//! `deallocate`: the way out, and what it does not escape.

use crate::prelude::*;

#[test]
fn what_cools_down_stays_at_risk_until_it_is_released() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.deallocate(&team, 4 * ONE).unwrap();
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
    world.deallocate(&team, 10 * ONE).unwrap();
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
fn only_the_vault_takes_a_part_back() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let stranger = world.funded_key();
    let admin = world.admin.key.insecure_clone();
    for key in [&stranger, &admin, &team.operator_authority, &team.service_authority] {
        let parties = ix::Parties { delegation_admin: key.pubkey(), ..team.parties };
        let instruction = ix::deallocate(&world.at, &parties, ONE);
        assert_refused(world.send(&[instruction], &[key]), E::NotDelegationAdmin);
    }
    let mut instruction = ix::deallocate(&world.at, &team.parties, ONE);
    instruction.accounts[1].is_signer = false;
    assert_fails(world.send(&[instruction], &[]), InstructionError::MissingRequiredSignature);
    world.settle();
}

#[test]
fn what_still_warms_up_cannot_be_taken_back_and_what_has_warmed_up_can() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.opted_in(None);
    world.allocate(&team, 10 * ONE).unwrap();
    assert_refused(world.deallocate(&team, 1), E::DeallocationTooLarge);
    world.pass_epochs(1);
    assert_refused(world.deallocate(&team, 1), E::DeallocationTooLarge);
    world.pass_epochs(1);
    world.deallocate(&team, 10 * ONE).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!((allocation.amount, allocation.warming_amount), (10 * ONE, 0));
    world.settle();
}

#[test]
fn nothing_and_more_than_there_is_are_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    assert_refused(world.deallocate(&team, 0), E::ZeroAmount);
    assert_refused(world.deallocate(&team, 10 * ONE + 1), E::DeallocationTooLarge);
    assert_refused(world.deallocate(&team, u64::MAX), E::DeallocationTooLarge);
    world.deallocate(&team, 3 * ONE).unwrap();
    assert_refused(world.deallocate(&team, 7 * ONE + 1), E::DeallocationTooLarge);
    world.settle();
}

#[test]
fn an_allocation_of_another_vault_is_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let elsewhere = world.another_vault(|_| {}).vault;
    let mut instruction = ix::deallocate(&world.at, &team.parties, ONE);
    instruction.accounts[0].pubkey = elsewhere;
    let admin = world.delegation_admin.insecure_clone();
    assert_refused(world.send(&[instruction], &[&admin]), E::WrongVault);
    world.settle();
}
