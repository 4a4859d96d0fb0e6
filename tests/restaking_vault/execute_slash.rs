//! `execute_slash`: what is taken, from whom, and the bounds.

use crate::prelude::*;

#[test]
fn a_slash_burns_collateral_and_lowers_the_price_for_everybody() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(20 * ONE);
    let supply = world.supply(&world.at.collateral_mint);
    let wallet = world.lamports(&team.service_authority.pubkey());
    let request = world.request(&team, 10 * ONE).unwrap();
    world.pass_epochs(2);
    world.execute(&team, request).unwrap();
    let (vault, allocation) = (world.vault(), world.allocation(&team));
    assert_eq!((vault.assets, vault.vrt_supply), (90 * ONE, 100 * ONE));
    assert_eq!(world.supply(&world.at.collateral_mint), supply - 10 * ONE);
    assert_eq!((vault.total_allocated, allocation.amount), (10 * ONE, 10 * ONE));
    assert_eq!((allocation.total_slashed, allocation.request_open), (10 * ONE, 0));
    assert!(!world.exists(&request));
    assert_eq!(world.lamports(&team.service_authority.pubkey()), wallet, "the rent is back");
    world.settle();
}

#[test]
fn a_slash_goes_to_the_beneficiary_that_was_agreed() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (insurance, thief) = (world.user(0), world.user(0));
    let mut team = world.team(Some(insurance.collateral));
    world.allocate(&team, 20 * ONE).unwrap();
    world.warm_up();
    let request = world.request(&team, 10 * ONE).unwrap();
    world.pass_epochs(2);
    for other in [None, Some(thief.collateral), Some(world.at.vrt_escrow)] {
        team.parties.beneficiary = other;
        assert_refused(world.execute(&team, request), E::WrongBeneficiary);
    }
    team.parties.beneficiary = Some(insurance.collateral);
    world.execute(&team, request).unwrap();
    assert_eq!(world.balance(&insurance.collateral), 10 * ONE);
    assert_eq!(world.vault().assets, 90 * ONE);
    world.settle();
}

#[test]
fn a_burn_that_was_agreed_cannot_be_redirected() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let thief = world.user(0);
    let mut team = world.allocated(20 * ONE);
    let request = world.request(&team, ONE).unwrap();
    world.pass_epochs(2);
    team.parties.beneficiary = Some(thief.collateral);
    assert_refused(world.execute(&team, request), E::WrongBeneficiary);
    world.settle();
}

#[test]
fn a_beneficiary_that_was_closed_or_frozen_stops_no_slash() {
    for how in ["closed", "frozen", "of another mint"] {
        let mut world = VaultFixture::new();
        world.depositor(99 * ONE);
        let insurance = world.user(0);
        let team = world.team(Some(insurance.collateral));
        world.allocate(&team, 20 * ONE).unwrap();
        world.warm_up();
        let request = world.request(&team, 10 * ONE).unwrap();
        world.pass_epochs(2);
        match how {
            "closed" => {
                let close = token::close(&insurance.collateral, &insurance.address());
                world.send(&[close], &[&insurance.key]).unwrap();
            }
            "frozen" => world.freeze(insurance.collateral),
            _ => {
                let other = world.svm.account(&insurance.vrt).unwrap();
                world.forge(insurance.collateral, |account| *account = other);
            }
        }
        let supply = world.supply(&world.at.collateral_mint);
        world.execute(&team, request).unwrap();
        assert_eq!(world.supply(&world.at.collateral_mint), supply - 10 * ONE, "{how}: burnt instead");
        assert_eq!(world.vault().assets, 90 * ONE);
        world.settle();
    }
}

#[test]
fn a_slash_waits_for_the_veto_window_and_not_beyond_its_expiry() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let request = world.request(&team, ONE).unwrap();
    assert_refused(world.execute(&team, request), E::VetoWindowOpen);
    world.pass_epochs(1);
    assert_refused(world.execute(&team, request), E::VetoWindowOpen);
    world.pass_epochs(3);
    assert_refused(world.execute(&team, request), E::RequestExpired);
    assert_eq!(world.vault().assets, 100 * ONE);
    world.settle();
}

#[test]
fn a_request_is_executed_once() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    let request = world.request(&team, ONE).unwrap();
    world.pass_epochs(2);
    let execute =
        ix::execute_slash(&world.at, team.allocation, request, team.service_authority.pubkey(), None);
    let twice = world.send(&[execute.clone(), execute.clone()], &[]);
    assert_fails(twice, InstructionError::AccountDataTooSmall);
    world.send(std::slice::from_ref(&execute), &[]).unwrap();
    assert!(world.send(&[execute], &[]).is_err());
    assert_eq!(world.vault().assets, 99 * ONE);
    world.settle();
}

#[test]
fn a_slash_never_takes_more_than_the_allocation() {
    let mut world = VaultFixture::opened(|plan| plan.params.slash_cap_bps = 5_000);
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.slash(&team, 7 * ONE);
    world.pass_epochs(6);
    assert_refused(world.request(&team, 3 * ONE + 1), E::SlashTooLarge);
    world.slash(&team, 3 * ONE);
    world.pass_epochs(6);
    assert_refused(world.request(&team, 1), E::SlashTooLarge);
    assert_eq!(world.vault().assets, 90 * ONE);
    world.settle();
}

#[test]
fn what_the_cap_holds_back_is_taken_in_the_next_epoch_and_never_after_expiry() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(50 * ONE);
    let request = world.request(&team, 25 * ONE).unwrap();
    world.pass_epochs(2);
    // The cap is a tenth of what the vault held when the epoch began.
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, 90 * ONE);
    assert_eq!(world.slash_request(&request).executed, 10 * ONE);
    assert_refused(world.execute(&team, request), E::NothingToSlash);
    world.pass_epochs(1);
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, 81 * ONE);
    assert_refused(world.execute(&team, request), E::NothingToSlash);
    world.pass_epochs(1);
    assert_refused(world.execute(&team, request), E::RequestExpired);
    world.close_request(&team, request).unwrap();
    assert_eq!(world.vault().assets, 81 * ONE);
    world.settle();
}

#[test]
fn a_request_cannot_be_spent_by_executing_it_when_the_cap_is_nearly_used_up() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (accomplice, honest) = (world.allocated(50 * ONE), world.allocated(50 * ONE));
    let almost = world.request(&accomplice, 10 * ONE - 1).unwrap();
    let request = world.request(&honest, 5 * ONE).unwrap();
    world.pass_epochs(2);
    world.execute(&accomplice, almost).unwrap();
    // Anybody may execute: with one unit of the cap left, one unit is taken and the rest is not forgotten.
    world.execute(&honest, request).unwrap();
    assert_eq!(world.allocation(&honest).total_slashed, 1);
    world.pass_epochs(1);
    world.execute(&honest, request).unwrap();
    assert_eq!(world.allocation(&honest).total_slashed, 5 * ONE);
    assert!(!world.exists(&request));
    world.settle();
}

#[test]
fn services_and_operators_in_collusion_take_no_more_than_the_cap_in_an_epoch() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    let pocket = world.user(0);
    // Five pairs of accomplices, all paying into one pocket, with the whole vault allocated to them.
    let ring: Vec<Team> = (0..5)
        .map(|_| {
            let team = world.team(Some(pocket.collateral));
            world.allocate(&team, 20 * ONE).unwrap();
            team
        })
        .collect();
    world.warm_up();
    let requests: Vec<Address> = ring.iter().map(|team| world.request(team, 20 * ONE).unwrap()).collect();
    world.pass_epochs(2);
    let mut held = world.vault().assets;
    for _ in 0..2 {
        for (team, request) in ring.iter().zip(&requests) {
            let _ = world.execute(team, *request);
        }
        let now = world.vault().assets;
        assert_eq!(now, held - held / 10, "a tenth an epoch, however many sign");
        held = now;
        world.pass_epochs(1);
    }
    assert_eq!(world.balance(&pocket.collateral), 19 * ONE);
    // Even a flood of deposits first does not raise the cap of the epoch it comes in.
    for (team, request) in ring.iter().zip(&requests) {
        world.close_request(team, *request).unwrap();
    }
    world.pass_epochs(4);
    let requests: Vec<Address> = ring
        .iter()
        .filter_map(|team| {
            let amount = world.allocation(team).amount;
            (amount > 0).then(|| world.request(team, amount).unwrap())
        })
        .collect();
    world.pass_epochs(2);
    let before = world.vault().assets;
    let flood = world.depositor(10_000 * ONE);
    for (team, request) in ring.iter().rev().zip(requests.iter().rev()) {
        let _ = world.execute(team, *request);
    }
    assert_eq!(world.vault().assets, before + 10_000 * ONE - before / 10);
    assert!(world.balance(&flood.vrt) > 0 && world.balance(&alice.vrt) == 99 * ONE);
    world.settle();
}

#[test]
fn those_who_stay_lose_no_larger_part_when_others_leave_first() {
    let mut world = VaultFixture::new();
    let (leaver, stayer) = (world.depositor(50 * ONE), world.depositor(49 * ONE));
    let team = world.allocated(10 * ONE);
    let ticket = world.enqueue(&leaver, 50 * ONE).unwrap();
    world.pass_epochs(10);
    // The ticket is past its release: nothing holds it back, and it leaves just before the execution.
    let request = world.request(&team, 10 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&leaver, ticket).unwrap();
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, 45 * ONE, "a tenth of the 50 that stayed");
    assert_refused(world.execute(&team, request), E::NothingToSlash);
    assert_eq!(world.balance(&stayer.vrt), 49 * ONE);
    world.settle();
}

#[test]
fn the_cap_counts_from_what_the_vault_held_before_the_first_change_of_the_epoch() {
    let mut world = VaultFixture::new();
    let (leaver, newcomer) = (world.depositor(50 * ONE), world.user(50 * ONE));
    world.depositor(49 * ONE);
    let team = world.allocated(30 * ONE);
    let ticket = world.enqueue(&leaver, 50 * ONE).unwrap();
    world.pass_epochs(10);
    let request = world.request(&team, 30 * ONE).unwrap();
    world.pass_epochs(2);
    // One leaves and another comes: the vault holds what it held when the epoch began, and that is what counts.
    world.claim(&leaver, ticket).unwrap();
    world.deposit(&newcomer, 50 * ONE).unwrap();
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, 90 * ONE);
    world.settle();
}

#[test]
fn a_vault_everybody_leaves_is_slashed_but_never_emptied() {
    let mut world = VaultFixture::opened(|plan| plan.params.slash_cap_bps = 5_000);
    let alice = world.depositor(99 * ONE);
    let team = world.allocated(100 * ONE);
    let ticket = world.enqueue(&alice, 99 * ONE).unwrap();
    world.pass_epochs(10);
    let request = world.request(&team, 100 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.vault().assets, ONE);
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, ONE / 2);
    // Whoever comes next finds a price.
    let bob = world.user(ONE);
    world.deposit(&bob, ONE).unwrap();
    assert_eq!(world.balance(&bob.vrt), 2 * ONE);
    world.settle();
}

#[test]
fn accounts_that_are_not_the_requests_are_refused() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (team, other) = (world.allocated(10 * ONE), world.allocated(10 * ONE));
    let request = world.request(&team, ONE).unwrap();
    let another = world.request(&other, 9 * ONE).unwrap();
    world.pass_epochs(2);
    let another_vault = world.another_vault(|_| {}).vault;
    let elsewhere = world.collateral_account_of(world.at.vault);
    let thief = world.funded_key().pubkey();
    let substitutes = [
        (0, another_vault, E::WrongVault),
        (1, other.allocation, E::WrongAllocation),
        (2, another, E::WrongAllocation),
        (3, thief, E::WrongRentReceiver),
        (4, world.at.vrt_mint, E::WrongCollateralMint),
        (5, elsewhere, E::WrongCollateralAccount),
        (7, TOKEN_2022_PROGRAM, E::WrongTokenProgram),
    ];
    for (position, account, code) in substitutes {
        let rent_payer = team.service_authority.pubkey();
        let mut instruction = ix::execute_slash(&world.at, team.allocation, request, rent_payer, None);
        instruction.accounts[position].pubkey = account;
        assert_refused(world.send(&[instruction], &[]), code);
    }
    world.settle();
}
