//! `set_roles`: who may do what, from when on.

use crate::prelude::*;

#[test]
fn another_resolver_decides_a_cool_down_later() {
    let mut world = VaultFixture::opened(|plan| {
        (plan.params.cooldown_epochs, plan.params.warmup_epochs) = (3, 3);
    });
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let next = world.funded_key();
    world.set_roles(Roles { resolver: next.pubkey(), ..world.roles() }).unwrap();
    assert_eq!(world.vault().next_resolver_epoch, world.epoch() + 3);
    let veto = |world: &mut VaultFixture, team: &Team, request, by: &Keypair| {
        let rent_payer = team.parties.service_authority;
        let veto = ix::veto_slash(&world.at, team.allocation, request, by.pubkey(), rent_payer);
        world.send(&[veto], &[by])
    };
    world.pass_epochs(2);
    let request = world.request(&team, ONE).unwrap();
    assert_refused(veto(&mut world, &team, request, &next), E::NotResolver);
    world.pass_epochs(1);
    assert_refused(world.veto(&team, request), E::NotResolver);
    veto(&mut world, &team, request, &next).unwrap();
    world.settle();
}

#[test]
fn a_change_of_resolver_can_be_taken_back() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let next = Address::new_unique();
    world.set_roles(Roles { resolver: next, ..world.roles() }).unwrap();
    world.pass_epochs(1);
    world.set_roles(world.roles()).unwrap();
    assert_eq!(world.vault().next_resolver_epoch, 0);
    world.pass_epochs(5);
    let request = world.request(&team, ONE).unwrap();
    world.veto(&team, request).unwrap();
    world.settle();
}

#[test]
fn a_new_delegation_admin_and_pauser_act_at_once() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.opted_in(None);
    let old = (world.delegation_admin.insecure_clone(), world.pauser.insecure_clone());
    (world.delegation_admin, world.pauser) = (Keypair::new(), Keypair::new());
    world.set_roles(world.roles()).unwrap();
    let allocate = ix::allocate(&world.at, &team.parties, ONE);
    assert_refused(world.send(&[allocate], &[&old.0]), E::NotDelegationAdmin);
    assert_refused(world.pause(&old.1), E::NotPauser);
    let team = Team {
        parties: ix::Parties { delegation_admin: world.delegation_admin.pubkey(), ..team.parties },
        ..team
    };
    world.allocate(&team, ONE).unwrap();
    let pauser = world.pauser.insecure_clone();
    world.pause(&pauser).unwrap();
    world.settle();
}

#[test]
fn only_the_admin_gives_roles() {
    let mut world = VaultFixture::new();
    for key in [world.delegation_admin.insecure_clone(), world.resolver.insecure_clone(), world.funded_key()]
    {
        let set = ix::set_roles(&world.at, key.pubkey(), world.roles());
        assert_refused(world.send(&[set], &[&key]), E::NotAdmin);
    }
}
