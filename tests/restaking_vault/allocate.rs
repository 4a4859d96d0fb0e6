//! `allocate`: what vault, operator and service agree on.

use crate::prelude::*;

#[test]
fn an_allocation_is_what_all_three_signed() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.team(None);
    world.allocate(&team, 30 * ONE).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!(allocation.vault, world.at.vault);
    assert_eq!((allocation.operator, allocation.service), (team.parties.operator, team.parties.service));
    assert_eq!(
        (allocation.amount, allocation.cooling_amount, allocation.beneficiary),
        (30 * ONE, 0, Address::default())
    );
    assert_eq!(world.vault().total_allocated, 30 * ONE);
    world.allocate(&team, 5 * ONE).unwrap();
    assert_eq!(world.allocation(&team).amount, 35 * ONE);
    world.settle();
}

#[test]
fn without_one_of_the_three_signatures_there_is_no_allocation() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.team(None);
    let keys = [&world.delegation_admin, &team.operator_authority, &team.service_authority]
        .map(Keypair::insecure_clone);
    for position in [1, 3, 5] {
        let mut instruction = ix::allocate(&world.at, &team.parties, world.bank.pubkey(), ONE);
        instruction.accounts[position].is_signer = false;
        let attempt = world.send(&[instruction], &[&keys[0], &keys[1], &keys[2]]);
        assert_fails(attempt, InstructionError::MissingRequiredSignature);
    }
    // Somebody else's signature is no replacement.
    let stranger = world.funded_key();
    type Replace = fn(&mut ix::Parties, Address);
    let replaced: [(Replace, E); 3] = [
        (|p, key| p.delegation_admin = key, E::NotDelegationAdmin),
        (|p, key| p.operator_authority = key, E::NotOperatorAuthority),
        (|p, key| p.service_authority = key, E::NotServiceAuthority),
    ];
    for (replace, code) in replaced {
        let mut parties = team.parties;
        replace(&mut parties, stranger.pubkey());
        let instruction = ix::allocate(&world.at, &parties, world.bank.pubkey(), ONE);
        let attempt = world.send(&[instruction], &[&keys[0], &keys[1], &keys[2], &stranger]);
        assert_refused(attempt, code);
    }
    // Not even the vault's admin.
    let admin = world.admin.key.insecure_clone();
    let parties = ix::Parties { delegation_admin: admin.pubkey(), ..team.parties };
    let instruction = ix::allocate(&world.at, &parties, world.bank.pubkey(), ONE);
    assert_refused(world.send(&[instruction], &[&admin, &keys[1], &keys[2]]), E::NotDelegationAdmin);
    assert!(!world.exists(&team.allocation));
}

#[test]
fn one_key_may_hold_several_roles_and_pay() {
    let key = Keypair::new();
    let mut world = VaultFixture::opened(|plan| plan.params.delegation_admin = key.pubkey());
    world.svm.airdrop(&key.pubkey(), 10 * ONE);
    world.depositor(9 * ONE);
    for register in [ix::register_operator(key.pubkey()), ix::register_service(key.pubkey())] {
        world.send(&[register], &[&key]).unwrap();
    }
    let mut team = world.team_of(key.insecure_clone(), key.insecure_clone(), None);
    team.parties.delegation_admin = key.pubkey();
    let instruction = ix::allocate(&world.at, &team.parties, key.pubkey(), ONE);
    world.send(&[instruction], &[&key]).unwrap();
    assert_eq!(world.allocation(&team).amount, ONE);
    world.settle();
}

#[test]
fn allocations_never_exceed_what_stays_in_the_vault() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    let (first, second) = (world.team(None), world.team(None));
    assert_refused(world.allocate(&first, 0), E::ZeroAmount);
    assert_refused(world.allocate(&first, 100 * ONE + 1), E::OverAllocated);
    assert_refused(world.allocate(&first, u64::MAX), E::OverAllocated);
    world.allocate(&first, 60 * ONE).unwrap();
    assert_refused(world.allocate(&second, 40 * ONE + 1), E::OverAllocated);
    // What is on its way out backs nothing new.
    world.enqueue(&alice, 30 * ONE).unwrap();
    assert_refused(world.allocate(&second, 10 * ONE + 1), E::OverAllocated);
    world.allocate(&second, 10 * ONE).unwrap();
    assert_refused(world.allocate(&second, 1), E::OverAllocated);
    // Nor does a donation.
    world.donate(100 * ONE);
    assert_refused(world.allocate(&second, 1), E::OverAllocated);
    world.settle();
}

#[test]
fn after_withdrawals_below_the_allocations_nothing_more_can_be_allocated() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    let team = world.allocated(100 * ONE);
    let ticket = world.enqueue(&alice, 99 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&alice, ticket).unwrap();
    assert_eq!((world.vault().assets, world.vault().total_allocated), (ONE, 100 * ONE));
    assert_refused(world.allocate(&team, 1), E::OverAllocated);
    world.settle();
}

#[test]
fn the_beneficiary_is_fixed_by_the_first_agreement() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (insurance, other) = (world.user(0), world.user(0));
    let mut team = world.team(Some(insurance.collateral));
    world.allocate(&team, ONE).unwrap();
    assert_eq!(world.allocation(&team).beneficiary, insurance.collateral);
    team.parties.beneficiary = Some(other.collateral);
    assert_refused(world.allocate(&team, ONE), E::WrongBeneficiary);
    team.parties.beneficiary = None;
    assert_refused(world.allocate(&team, ONE), E::WrongBeneficiary);
    team.parties.beneficiary = Some(insurance.collateral);
    world.allocate(&team, ONE).unwrap();

    let mut burning = world.team(None);
    world.allocate(&burning, ONE).unwrap();
    burning.parties.beneficiary = Some(other.collateral);
    assert_refused(world.allocate(&burning, ONE), E::WrongBeneficiary);
    world.settle();
}

#[test]
fn a_beneficiary_that_cannot_receive_collateral_is_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
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
        assert_refused(world.allocate(&team, ONE), E::UnusableBeneficiary);
    }
}

#[test]
fn operators_and_services_are_not_mistaken_for_each_other() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.team(None);
    let swapped = ix::Parties {
        operator: team.parties.service,
        operator_authority: team.parties.service_authority,
        service: team.parties.operator,
        service_authority: team.parties.operator_authority,
        ..team.parties
    };
    let instruction = ix::allocate(&world.at, &swapped, world.bank.pubkey(), ONE);
    let admin = world.delegation_admin.insecure_clone();
    let attempt = world.send(&[instruction], &[&admin, &team.operator_authority, &team.service_authority]);
    assert_fails(attempt, InstructionError::InvalidAccountData);
}

#[test]
fn the_allocation_of_another_team_is_not_reused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (first, second) = (world.allocated(ONE), world.team(None));
    let mut instruction = ix::allocate(&world.at, &second.parties, world.bank.pubkey(), ONE);
    instruction.accounts[7].pubkey = first.allocation;
    let admin = world.delegation_admin.insecure_clone();
    let attempt =
        world.send(&[instruction], &[&admin, &second.operator_authority, &second.service_authority]);
    assert_fails(attempt, InstructionError::InvalidSeeds);
}
