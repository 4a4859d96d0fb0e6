//! `claim_withdrawal`: what a ticket pays, to whom and when.

use crate::prelude::*;

#[test]
fn claim_pays_the_value_burns_the_vrt_and_returns_the_rent() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let wallet = world.lamports(&alice.address());
    let ticket = world.enqueue(&alice, 4 * ONE).unwrap();
    assert!(world.lamports(&alice.address()) < wallet);
    world.pass_epochs(2);
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 4 * ONE);
    assert_eq!(world.lamports(&alice.address()), wallet, "the rent is back");
    assert!(!world.exists(&ticket));
    let vault = world.vault();
    assert_eq!((vault.assets, vault.vrt_supply, vault.queued_vrt), (7 * ONE, 7 * ONE, 0));
    world.settle();
}

#[test]
fn a_ticket_waits_for_its_cool_down() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let ticket = world.enqueue(&alice, ONE).unwrap();
    assert_refused(world.claim(&alice, ticket), E::CooldownNotOver);
    world.pass_epochs(1);
    assert_refused(world.claim(&alice, ticket), E::CooldownNotOver);
    world.pass_epochs(1);
    world.claim(&alice, ticket).unwrap();
    world.settle();
}

#[test]
fn a_ticket_pays_once() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let ticket = world.enqueue(&alice, ONE).unwrap();
    world.pass_epochs(2);
    let claim = ix::claim_withdrawal(&world.at, ticket, alice.address(), alice.collateral, 0);
    // Twice in one transaction, then again.
    let twice = world.send(&[claim.clone(), claim], &[]);
    assert_fails(twice, InstructionError::AccountDataTooSmall);
    world.claim(&alice, ticket).unwrap();
    assert!(world.claim(&alice, ticket).is_err());
    assert_eq!(world.balance(&alice.collateral), ONE);
    world.settle();
}

#[test]
fn a_claim_below_the_callers_minimum_is_refused() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(9 * ONE);
    let ticket = world.enqueue(&alice, ONE).unwrap();
    let team = world.allocated(ONE);
    world.slash(&team, ONE / 2);
    assert_refused(world.claim_for(&alice, ticket, ONE), E::SlippageExceeded);
    world.claim_for(&alice, ticket, ONE * 95 / 100).unwrap();
    assert_eq!(world.balance(&alice.collateral), ONE * 95 / 100);
    world.settle();
}

#[test]
fn in_flight_tickets_share_the_loss() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(50 * ONE), world.depositor(49 * ONE));
    let team = world.allocated(10 * ONE);
    let ticket = world.enqueue(&alice, 50 * ONE).unwrap();
    world.slash(&team, 10 * ONE);
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 45 * ONE, "the ticket lost its tenth");
    let ticket = world.enqueue(&bob, 49 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&bob, ticket).unwrap();
    assert_eq!(world.balance(&bob.collateral), 49 * ONE * 9 / 10, "as did whoever stayed");
    world.settle();
}

#[test]
fn a_slash_cannot_be_front_run_by_an_exit() {
    let mut world = VaultFixture::new();
    let (early, late) = (world.depositor(40 * ONE), world.depositor(59 * ONE));
    let team = world.allocated(10 * ONE);
    // One holder has cooled down when the accusation comes, one orders when he sees it.
    let first = world.enqueue(&early, 40 * ONE).unwrap();
    world.pass_epochs(2);
    let request = world.request(&team, 10 * ONE).unwrap();
    assert_refused(world.claim(&early, first), E::PendingSlash);
    let second = world.enqueue(&late, 59 * ONE).unwrap();
    world.pass_epochs(2);
    for (user, ticket) in [(&early, first), (&late, second)] {
        assert_refused(world.claim(user, ticket), E::PendingSlash);
    }
    world.execute(&team, request).unwrap();
    world.claim(&early, first).unwrap();
    world.claim(&late, second).unwrap();
    assert_eq!(world.balance(&early.collateral), 36 * ONE);
    assert_eq!(world.balance(&late.collateral), 59 * ONE * 9 / 10);
    world.settle();
}

#[test]
fn a_vetoed_request_frees_the_tickets_at_once() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(9 * ONE);
    let team = world.allocated(ONE);
    let ticket = world.enqueue(&alice, 9 * ONE).unwrap();
    world.pass_epochs(2);
    let request = world.request(&team, ONE).unwrap();
    assert_refused(world.claim(&alice, ticket), E::PendingSlash);
    world.veto(&team, request).unwrap();
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 9 * ONE);
    world.settle();
}

#[test]
fn an_expired_request_holds_nothing_even_if_nobody_closes_it() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(9 * ONE);
    let team = world.allocated(ONE);
    let ticket = world.enqueue(&alice, 9 * ONE).unwrap();
    world.pass_epochs(2);
    let request = world.request(&team, ONE).unwrap();
    world.pass_epochs(3);
    assert_refused(world.claim(&alice, ticket), E::PendingSlash);
    world.pass_epochs(1);
    assert!(world.exists(&request));
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 9 * ONE);
    world.settle();
}

#[test]
fn endless_requests_cannot_freeze_claims() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    // A crowd of services, enough to have one request open in every epoch there is.
    let crowd: Vec<Team> = (0..12).map(|_| world.allocated(ONE)).collect();
    let mut open: Vec<(usize, Address)> = Vec::new();
    let ticket = world.enqueue(&alice, 99 * ONE).unwrap();
    let release = world.ticket(&ticket).release_epoch;
    assert_eq!(release, world.epoch() + 2 + 8, "cool-down, then two request lifetimes");
    let mut claimed_at = None;
    for epoch in 0..20 {
        open.retain(|(team, request)| world.close_request(&crowd[*team], *request).is_err());
        if let Ok(request) = world.request(&crowd[epoch % crowd.len()], 1) {
            open.push((epoch % crowd.len(), request));
        }
        assert!(world.vault().open_requests > 0, "a request is open in every single epoch");
        if claimed_at.is_none() && world.claim(&alice, ticket).is_ok() {
            claimed_at = Some(world.epoch());
        }
        world.pass_epochs(1);
    }
    assert_eq!(claimed_at, Some(release), "held as long as the rule says, and not an epoch longer");
    assert_eq!(world.balance(&alice.collateral), 99 * ONE);
    world.settle();
}

#[test]
fn one_service_alone_holds_a_ticket_no_longer_than_one_request() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(9 * ONE);
    let team = world.allocated(ONE);
    let ticket = world.enqueue(&alice, 9 * ONE).unwrap();
    world.pass_epochs(2);
    let request = world.request(&team, 1).unwrap();
    world.pass_epochs(4);
    world.close_request(&team, request).unwrap();
    assert_refused(world.request(&team, 1), E::RequestTooSoon);
    world.claim(&alice, ticket).unwrap();
    world.settle();
}

#[test]
fn a_claim_pays_nobody_but_the_tickets_owner() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(10 * ONE), world.depositor(10 * ONE));
    let ticket = world.enqueue(&alice, ONE).unwrap();
    world.pass_epochs(2);
    let at = world.at;
    let another = world.collateral_account_of(alice.address());
    let mut claim = |owner, recipient| {
        let instruction = ix::claim_withdrawal(&at, ticket, owner, recipient, 0);
        world.send(&[instruction], &[&bob.key])
    };
    assert_refused(claim(bob.address(), alice.collateral), E::NotTicketOwner);
    assert_refused(claim(alice.address(), bob.collateral), E::WrongRecipient);
    assert_refused(claim(alice.address(), alice.vrt), E::WrongRecipient);
    assert_refused(claim(alice.address(), bob.address()), E::WrongRecipient);
    assert_refused(claim(alice.address(), at.vault), foreign::duplicate_account());
    assert_refused(claim(alice.address(), at.collateral_account), foreign::duplicate_account());
    // Any account of the owner will do.
    claim(alice.address(), another).unwrap();
    assert_eq!(world.balance(&another), ONE);
    world.settle();
}

#[test]
fn a_token_account_of_another_program_is_no_recipient() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let ticket = world.enqueue(&alice, ONE).unwrap();
    world.pass_epochs(2);
    let fake = Address::new_unique();
    let genuine = world.svm.account(&alice.collateral).unwrap();
    world.forge(fake, |account| *account = Account { owner: Address::new_unique(), ..genuine });
    let claim = ix::claim_withdrawal(&world.at, ticket, alice.address(), fake, 0);
    assert_refused(world.send(&[claim], &[]), E::WrongRecipient);
}

#[test]
fn a_frozen_recipient_can_be_replaced_by_another_account_of_the_owner() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let ticket = world.enqueue(&alice, ONE).unwrap();
    world.pass_epochs(2);
    world.freeze(alice.collateral);
    assert_refused(world.claim(&alice, ticket), foreign::frozen());
    let another = world.collateral_account_of(alice.address());
    let claim = ix::claim_withdrawal(&world.at, ticket, alice.address(), another, 0);
    world.send(&[claim], &[]).unwrap();
    assert_eq!(world.balance(&another), ONE);
    world.settle();
}

#[test]
fn a_ticket_of_one_vault_is_worth_nothing_in_another() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let ticket = world.enqueue(&alice, ONE).unwrap();
    world.pass_epochs(2);
    let at = world.another_vault(|_| {});
    let claim = ix::claim_withdrawal(&at, ticket, alice.address(), alice.collateral, 0);
    assert_refused(world.send(&[claim], &[]), E::WrongVault);
}

#[test]
fn accounts_that_are_not_the_vaults_are_refused() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let ticket = world.enqueue(&alice, ONE).unwrap();
    world.pass_epochs(2);
    let (collateral, escrow) =
        (world.collateral_account_of(world.at.vault), world.vrt_account_of(world.at.vault));
    let cases: [Swap; 6] = [
        (|at, other| at.collateral_mint = other, Address::new_unique(), E::WrongCollateralMint),
        (|at, other| at.collateral_account = other, collateral, E::WrongCollateralAccount),
        (|at, other| at.vrt_escrow = other, escrow, E::WrongVrtEscrow),
        (|at, other| at.vrt_mint = other, Address::new_unique(), E::WrongVrtMint),
        (|at, other| at.collateral_token_program = other, TOKEN_2022_PROGRAM, E::WrongTokenProgram),
        (|at, other| at.vrt_token_program = other, TOKEN_2022_PROGRAM, E::WrongTokenProgram),
    ];
    for (change, other, code) in cases {
        let mut at = world.at;
        change(&mut at, other);
        let claim = ix::claim_withdrawal(&at, ticket, alice.address(), alice.collateral, 0);
        assert_refused(world.send(&[claim], &[]), code);
    }
    world.settle();
}

#[test]
fn the_last_one_out_leaves_the_seed_behind() {
    let mut world = VaultFixture::new();
    let users: Vec<User> = [3 * ONE + 1, 7, 11 * ONE + 5].map(|amount| world.depositor(amount)).into();
    let team = world.allocated(ONE);
    world.slash(&team, ONE / 3);
    let tickets: Vec<Address> = users
        .iter()
        .map(|user| {
            let vrt = world.balance(&user.vrt);
            world.enqueue(user, vrt).unwrap()
        })
        .collect();
    world.pass_epochs(2);
    for (user, ticket) in users.iter().zip(tickets) {
        world.claim(user, ticket).unwrap();
    }
    let vault = world.vault();
    assert_eq!((vault.vrt_supply, vault.queued_vrt), (ONE, 0));
    assert!(vault.assets > 0, "the seed's share stays");
    world.settle();
}
