//! `allocate`: how much is put at risk, and from when on.

use crate::prelude::*;

#[test]
fn an_allocation_warms_up_before_it_is_at_risk() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.opted_in(None);
    world.allocate(&team, 30 * ONE).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!((allocation.amount, allocation.warming_amount), (0, 30 * ONE));
    assert_eq!(allocation.warm_from, world.epoch() + 2);
    assert_eq!(world.vault().total_allocated, 30 * ONE);
    assert_refused(world.request(&team, 1), E::SlashTooLarge);
    world.pass_epochs(1);
    // More of it starts the warm-up again for both.
    world.allocate(&team, 5 * ONE).unwrap();
    assert_eq!(world.allocation(&team).warming_amount, 35 * ONE);
    world.pass_epochs(1);
    assert_refused(world.request(&team, 1), E::SlashTooLarge);
    world.pass_epochs(1);
    world.request(&team, 35 * ONE).unwrap();
    world.settle();
}

#[test]
fn what_has_warmed_up_stays_at_risk_while_more_warms_up() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.allocate(&team, 5 * ONE).unwrap();
    let allocation = world.allocation(&team);
    assert_eq!((allocation.amount, allocation.warming_amount), (10 * ONE, 5 * ONE));
    world.slash(&team, 10 * ONE);
    let allocation = world.allocation(&team);
    assert_eq!((allocation.amount, allocation.warming_amount), (5 * ONE, 0), "warm by now, and spared");
    assert_eq!(world.vault().total_allocated, 5 * ONE);
    world.settle();
}

#[test]
fn whoever_does_not_want_more_risk_has_left_before_it_begins() {
    let mut world = VaultFixture::opened(|plan| {
        (plan.params.cooldown_epochs, plan.params.warmup_epochs) = (5, 5);
    });
    let alice = world.depositor(50 * ONE);
    world.depositor(49 * ONE);
    let team = world.opted_in(None);
    world.allocate(&team, 50 * ONE).unwrap();
    let ticket = world.enqueue(&alice, 50 * ONE).unwrap();
    world.pass_epochs(5);
    // The first epoch in which it can be accused is the first in which she can claim: nothing held her so far.
    let request = world.request(&team, 50 * ONE);
    assert!(request.is_ok());
    assert_refused(world.claim(&alice, ticket), E::PendingSlash);

    let mut world = VaultFixture::opened(|plan| {
        (plan.params.cooldown_epochs, plan.params.warmup_epochs) = (5, 6);
    });
    let alice = world.depositor(50 * ONE);
    let team = world.opted_in(None);
    world.allocate(&team, 50 * ONE).unwrap();
    let ticket = world.enqueue(&alice, 50 * ONE).unwrap();
    world.pass_epochs(5);
    assert_refused(world.request(&team, 1), E::SlashTooLarge);
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 50 * ONE);
    world.settle();
}

#[test]
fn only_the_delegation_admin_allocates_and_only_what_all_three_agreed_to() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.team(None);
    let delegation_admin = world.delegation_admin.insecure_clone();
    let consents = [&delegation_admin, &team.operator_authority, &team.service_authority];
    let allocate = ix::allocate(&world.at, &team.parties, ONE);
    for key in consents {
        world.opt_in(&team, key).unwrap();
        let attempt = world.send(std::slice::from_ref(&allocate), &[&delegation_admin]);
        if key.pubkey() == team.service_authority.pubkey() {
            attempt.unwrap();
        } else {
            assert_refused(attempt, E::NotOptedIn);
        }
    }
    let admin = world.admin.key.insecure_clone();
    for key in [&team.operator_authority, &team.service_authority, &admin] {
        let parties = ix::Parties { delegation_admin: key.pubkey(), ..team.parties };
        let instruction = ix::allocate(&world.at, &parties, ONE);
        assert_refused(world.send(&[instruction], &[key]), E::NotDelegationAdmin);
    }
    let mut unsigned = allocate;
    unsigned.accounts[1].is_signer = false;
    assert_fails(world.send(&[unsigned], &[]), InstructionError::MissingRequiredSignature);
    world.settle();
}

#[test]
fn allocations_never_exceed_what_stays_in_the_vault() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    let (first, second) = (world.opted_in(None), world.opted_in(None));
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
    // Nor does a donation, nor a reward that is still locked.
    world.donate(100 * ONE);
    let payer = world.user(50 * ONE);
    world.reward(&payer, 50 * ONE).unwrap();
    assert_refused(world.allocate(&second, 1), E::OverAllocated);
    world.pass_epochs(1);
    world.allocate(&second, ONE).unwrap();
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
fn an_allocation_of_another_vault_is_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.opted_in(None);
    let elsewhere = world.another_vault(|_| {}).vault;
    let mut instruction = ix::allocate(&world.at, &team.parties, ONE);
    instruction.accounts[0].pubkey = elsewhere;
    let admin = world.delegation_admin.insecure_clone();
    assert_refused(world.send(&[instruction], &[&admin]), E::WrongVault);
}
