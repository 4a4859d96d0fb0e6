//! `veto_slash`.

use crate::prelude::*;

#[test]
fn a_veto_ends_the_request_and_returns_its_rent() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let wallet = world.lamports(&team.service_authority.pubkey());
    let request = world.request(&team, ONE).unwrap();
    world.pass_epochs(1);
    world.veto(&team, request).unwrap();
    assert!(!world.exists(&request));
    assert_eq!(world.lamports(&team.service_authority.pubkey()), wallet);
    assert_eq!((world.vault().assets, world.vault().open_requests), (100 * ONE, 0));
    world.pass_epochs(1);
    assert!(world.execute(&team, request).is_err(), "what was vetoed is never executed");
    assert_eq!(world.vault().assets, 100 * ONE);
    world.settle();
}

#[test]
fn a_veto_comes_in_time_or_not_at_all() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let request = world.request(&team, ONE).unwrap();
    world.pass_epochs(2);
    assert_refused(world.veto(&team, request), E::VetoWindowOver);
    world.pass_epochs(2);
    assert_refused(world.veto(&team, request), E::VetoWindowOver);
    world.settle();
}

#[test]
fn only_the_resolver_vetoes() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let request = world.request(&team, ONE).unwrap();
    let rent_payer = team.service_authority.pubkey();
    for key in [
        &team.operator_authority,
        &team.service_authority,
        &world.delegation_admin.insecure_clone(),
        &world.admin.key.insecure_clone(),
    ] {
        let instruction = ix::veto_slash(&world.at, team.allocation, request, key.pubkey(), rent_payer);
        assert_refused(world.send(&[instruction], &[key]), E::NotResolver);
    }
    let resolver = world.resolver.insecure_clone();
    let mut unsigned = ix::veto_slash(&world.at, team.allocation, request, resolver.pubkey(), rent_payer);
    unsigned.accounts[3].is_signer = false;
    assert_fails(world.send(&[unsigned], &[]), InstructionError::MissingRequiredSignature);
    world.settle();
}

#[test]
fn the_resolver_may_be_the_one_who_paid_the_rent() {
    let both = Keypair::new();
    let mut world = VaultFixture::opened(|plan| plan.params.resolver = both.pubkey());
    world.svm.airdrop(&both.pubkey(), ONE);
    world.depositor(99 * ONE);
    let operator = world.funded_key();
    world.send(&[ix::register_operator(operator.pubkey())], &[&operator]).unwrap();
    world.send(&[ix::register_service(both.pubkey())], &[&both]).unwrap();
    let team = world.team_of(operator, both.insecure_clone(), None);
    world.allocate(&team, ONE).unwrap();
    world.warm_up();
    let wallet = world.lamports(&both.pubkey());
    let request = world.request(&team, ONE).unwrap();
    let veto = ix::veto_slash(&world.at, team.allocation, request, both.pubkey(), both.pubkey());
    world.send(&[veto], &[&both]).unwrap();
    assert_eq!(world.lamports(&both.pubkey()), wallet);
    world.settle();
}

#[test]
fn accounts_of_another_request_are_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (team, other) = (world.allocated(10 * ONE), world.allocated(10 * ONE));
    let request = world.request(&team, ONE).unwrap();
    world.request(&other, ONE).unwrap();
    let resolver = world.resolver.insecure_clone();
    let rent_payer = team.service_authority.pubkey();
    let wrong_allocation =
        ix::veto_slash(&world.at, other.allocation, request, resolver.pubkey(), rent_payer);
    assert_refused(world.send(&[wrong_allocation], &[&resolver]), E::WrongAllocation);
    let thief = world.funded_key();
    let wrong_receiver =
        ix::veto_slash(&world.at, team.allocation, request, resolver.pubkey(), thief.pubkey());
    assert_refused(world.send(&[wrong_receiver], &[&resolver]), E::WrongRentReceiver);
    // To be the resolver of another vault is not to be this one's.
    let elsewhere = world.another_vault(|params| params.resolver = thief.pubkey()).vault;
    let mut wrong_vault = ix::veto_slash(&world.at, team.allocation, request, thief.pubkey(), rent_payer);
    wrong_vault.accounts[0].pubkey = elsewhere;
    assert_refused(world.send(&[wrong_vault], &[&thief]), E::WrongVault);
    world.settle();
}
