//! `opt_in`: who agrees, and to what.

use crate::prelude::*;

#[test]
fn each_of_the_three_opts_in_by_itself() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.team(None);
    world.opt_in(&team, &team.service_authority).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!(allocation.vault, world.at.vault);
    assert_eq!((allocation.operator, allocation.service), (team.parties.operator, team.parties.service));
    assert_eq!((allocation.amount, allocation.beneficiary), (0, Address::default()));
    assert_eq!(allocation.consents, 4);
    world.opt_in(&team, &team.operator_authority).unwrap();
    assert_eq!(world.allocation(&team).consents, 6);
    let delegation_admin = world.delegation_admin.insecure_clone();
    world.opt_in(&team, &delegation_admin).unwrap();
    assert_eq!(world.allocation(&team).consents, 7);
    // Nobody is asked twice, and asking twice changes nothing.
    world.opt_in(&team, &delegation_admin).unwrap();
    assert_eq!(world.allocation(&team).consents, 7);
    assert_eq!(world.vault().total_allocated, 0, "nothing is at risk yet");
    world.settle();
}

#[test]
fn somebody_who_is_none_of_the_three_cannot() {
    let mut world = VaultFixture::new();
    let team = world.team(None);
    let (stranger, admin) = (world.funded_key(), world.admin.key.insecure_clone());
    for key in [&stranger, &admin, &world.resolver.insecure_clone()] {
        assert_refused(world.opt_in(&team, key), E::NotAllocationParty);
    }
    let mut instruction =
        ix::opt_in(&world.at, &team.parties, team.operator_authority.pubkey(), world.bank.pubkey());
    instruction.accounts[3].is_signer = false;
    assert_fails(world.send(&[instruction], &[]), InstructionError::MissingRequiredSignature);
    assert!(!world.exists(&team.allocation));
}

#[test]
fn one_key_may_hold_several_roles_and_pay() {
    let key = Keypair::new();
    let mut world = VaultFixture::opened(|plan| plan.params.delegation_admin = key.pubkey());
    world.svm.airdrop(&key.pubkey(), 10 * ONE);
    for register in [ix::register_operator(key.pubkey()), ix::register_service(key.pubkey())] {
        world.send(&[register], &[&key]).unwrap();
    }
    let team = world.team_of(key.insecure_clone(), key.insecure_clone(), None);
    let instruction = ix::opt_in(&world.at, &team.parties, key.pubkey(), key.pubkey());
    world.send(&[instruction], &[&key]).unwrap();
    assert_eq!(world.allocation(&team).consents, 7);
    world.settle();
}

#[test]
fn the_beneficiary_is_part_of_what_is_agreed() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (insurance, other) = (world.user(0), world.user(0));
    let mut team = world.team(Some(insurance.collateral));
    world.opt_in(&team, &team.operator_authority).unwrap();
    world.opt_in(&team, &team.service_authority).unwrap();
    // The vault would rather have it elsewhere: the others have to agree to that again.
    team.parties.beneficiary = Some(other.collateral);
    let delegation_admin = world.delegation_admin.insecure_clone();
    world.opt_in(&team, &delegation_admin).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!((allocation.beneficiary, allocation.consents), (other.collateral, 1));
    world.opt_in(&team, &team.operator_authority).unwrap();
    world.opt_in(&team, &team.service_authority).unwrap();
    // Once all three have agreed it stays.
    for beneficiary in [Some(insurance.collateral), None] {
        team.parties.beneficiary = beneficiary;
        assert_refused(world.opt_in(&team, &delegation_admin), E::WrongBeneficiary);
    }
    assert_eq!(world.allocation(&team).beneficiary, other.collateral);
    world.settle();
}

#[test]
fn the_beneficiary_cannot_be_changed_while_anything_is_at_risk_or_accused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (insurance, thief) = (world.user(0), world.user(0));
    let mut team = world.team(Some(insurance.collateral));
    world.allocate(&team, 10 * ONE).unwrap();
    world.warm_up();
    world.opt_out(&team, &team.service_authority).unwrap();
    let agreed = team.parties.beneficiary;
    team.parties.beneficiary = Some(thief.collateral);
    assert_refused(world.opt_in(&team, &team.service_authority), E::WrongBeneficiary);
    let request = world.request(&team, 10 * ONE).unwrap();
    world.pass_epochs(2);
    assert_refused(world.execute(&team, request), E::WrongBeneficiary);
    team.parties.beneficiary = agreed;
    world.execute(&team, request).unwrap();
    assert_eq!(world.balance(&insurance.collateral), 10 * ONE);
    // All of it is gone: now they may agree on something else.
    team.parties.beneficiary = Some(thief.collateral);
    world.opt_in(&team, &team.service_authority).unwrap();
    assert_eq!(world.allocation(&team).consents, 4);
    world.settle();
}

#[test]
fn a_beneficiary_that_cannot_receive_collateral_is_refused() {
    let mut world = VaultFixture::new();
    let user = world.user(0);
    let frozen = world.user(0);
    world.freeze(frozen.collateral);
    let of_the_vault = world.collateral_account_of(world.at.vault);
    for beneficiary in [
        user.vrt,
        user.address(),
        world.at.collateral_mint,
        frozen.collateral,
        world.at.collateral_account,
        of_the_vault,
        Address::new_unique(),
    ] {
        let team = world.team(Some(beneficiary));
        assert_refused(world.opt_in(&team, &team.service_authority), E::UnusableBeneficiary);
    }
}

#[test]
fn operators_and_services_are_not_mistaken_for_each_other() {
    let mut world = VaultFixture::new();
    let team = world.team(None);
    let (operator, service) = (team.parties.operator, team.parties.service);
    let by = team.operator_authority.pubkey();
    for (mistaken, error) in [
        (ix::Parties { operator: service, ..team.parties }, InstructionError::AccountDataTooSmall),
        (ix::Parties { service: operator, ..team.parties }, InstructionError::InvalidAccountData),
    ] {
        let instruction = ix::opt_in(&world.at, &mistaken, by, world.bank.pubkey());
        assert_fails(world.send(&[instruction], &[&team.operator_authority]), error);
    }
}

#[test]
fn the_allocation_of_another_team_is_not_reused() {
    let mut world = VaultFixture::new();
    let (first, second) = (world.opted_in(None), world.team(None));
    let mut instruction =
        ix::opt_in(&world.at, &second.parties, second.operator_authority.pubkey(), world.bank.pubkey());
    instruction.accounts[5].pubkey = first.allocation;
    let attempt = world.send(&[instruction], &[&second.operator_authority]);
    assert_fails(attempt, InstructionError::InvalidSeeds);
}
