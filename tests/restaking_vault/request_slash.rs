//! `request_slash`: who accuses, for how much and how often.

use crate::prelude::*;

#[test]
fn a_request_opens_its_windows() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let address = world.request(&team, 3 * ONE).unwrap();
    let request = world.slash_request(&address);
    assert_eq!((request.vault, request.allocation), (world.at.vault, team.allocation));
    assert_eq!(request.rent_payer, team.service_authority.pubkey());
    assert_eq!((request.evidence, request.nonce), ([7; 32], 0));
    assert_eq!((request.amount, request.executed), (3 * ONE, 0));
    assert_eq!((request.opened_epoch, request.executable_epoch, request.expiry_epoch), (102, 104, 106));
    let (vault, allocation) = (world.vault(), world.allocation(&team));
    assert_eq!((vault.open_requests, vault.requests_expire_at), (1, 106));
    assert_eq!((allocation.next_nonce, allocation.next_request_epoch), (1, 110));
    assert_eq!(allocation.request_open, 1);
    assert_eq!(vault.assets, 100 * ONE, "nothing is taken yet");
    world.settle();
}

#[test]
fn only_the_service_accuses() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (team, other) = (world.allocated(10 * ONE), world.allocated(10 * ONE));
    for key in [&team.operator_authority, &other.service_authority, &world.delegation_admin.insecure_clone()]
    {
        let parties = ix::Parties { service_authority: key.pubkey(), ..team.parties };
        world.svm.airdrop(&key.pubkey(), ONE);
        let instruction = ix::request_slash(&world.at, &parties, 0, ONE, [0; 32]);
        assert_refused(world.send(&[instruction], &[key]), E::NotServiceAuthority);
    }
    // Another service's account with its own authority.
    let mut instruction = ix::request_slash(&world.at, &team.parties, 0, ONE, [0; 32]);
    instruction.accounts[2].pubkey = other.parties.service;
    instruction.accounts[3].pubkey = other.service_authority.pubkey();
    assert_refused(world.send(&[instruction], &[&other.service_authority]), E::WrongService);
    // Another vault than the allocation's.
    let elsewhere = world.another_vault(|_| {}).vault;
    let mut instruction = ix::request_slash(&world.at, &team.parties, 0, ONE, [0; 32]);
    instruction.accounts[0].pubkey = elsewhere;
    assert_refused(world.send(&[instruction], &[&team.service_authority]), E::WrongVault);
    world.settle();
}

#[test]
fn an_accusation_of_nothing_or_above_the_allocation_is_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    assert_refused(world.request(&team, 0), E::ZeroAmount);
    assert_refused(world.request(&team, 10 * ONE + 1), E::SlashTooLarge);
    assert_refused(world.request(&team, u64::MAX), E::SlashTooLarge);
    world.request(&team, 10 * ONE).unwrap();
    world.settle();
}

#[test]
fn an_allocation_has_one_request_at_a_time() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let request = world.request(&team, ONE).unwrap();
    assert_refused(world.request(&team, ONE), E::RequestOpen);
    world.pass_epochs(20);
    // However long ago it expired, it has to be closed first; anyone can.
    assert_refused(world.request(&team, ONE), E::RequestOpen);
    world.close_request(&team, request).unwrap();
    world.request(&team, ONE).unwrap();
    world.settle();
}

#[test]
fn the_next_request_waits_a_lifetime_however_the_last_one_ended() {
    for end in ["vetoed", "executed", "expired"] {
        let mut world = VaultFixture::new();
        world.depositor(99 * ONE);
        let team = world.allocated(10 * ONE);
        let opened = world.epoch();
        let request = world.request(&team, ONE).unwrap();
        match end {
            "vetoed" => drop(world.veto(&team, request).unwrap()),
            "executed" => {
                world.pass_epochs(2);
                world.execute(&team, request).unwrap();
            }
            _ => {
                world.pass_epochs(4);
                world.close_request(&team, request).unwrap();
            }
        }
        while world.epoch() < opened + 8 {
            assert_refused(world.request(&team, ONE), E::RequestTooSoon);
            world.pass_epochs(1);
        }
        world.request(&team, ONE).unwrap();
        world.settle();
    }
}

#[test]
fn a_request_lives_at_the_address_of_its_number() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    for nonce in [1, u64::MAX] {
        let instruction = ix::request_slash(&world.at, &team.parties, nonce, ONE, [0; 32]);
        let attempt = world.send(&[instruction], &[&team.service_authority]);
        assert_fails(attempt, InstructionError::InvalidSeeds);
    }
}

#[test]
fn lamports_sent_ahead_to_the_request_do_not_block_it() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.svm.airdrop(&ix::slash_request_address(&team.allocation, 0), 900_000);
    world.request(&team, ONE).unwrap();
    world.settle();
}

#[test]
fn what_still_warms_up_cannot_be_asked_for() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.allocate(&team, 5 * ONE).unwrap();
    assert_refused(world.request(&team, 10 * ONE + 1), E::SlashTooLarge);
    world.pass_epochs(1);
    assert_refused(world.request(&team, 10 * ONE + 1), E::SlashTooLarge);
    world.pass_epochs(1);
    world.request(&team, 15 * ONE).unwrap();
    assert_eq!((world.allocation(&team).amount, world.allocation(&team).warming_amount), (15 * ONE, 0));
    world.settle();
}
