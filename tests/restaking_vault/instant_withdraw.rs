//! `instant_withdraw`: out at once, and what is left behind.

use crate::prelude::*;

#[test]
fn where_nothing_is_allocated_it_pays_the_share_price() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(9 * ONE);
    world.leave_for(&alice, 4 * ONE, 4 * ONE).unwrap();
    assert_eq!(world.balance(&alice.collateral), 4 * ONE);
    let vault = world.vault();
    assert_eq!((vault.assets, vault.vrt_supply), (6 * ONE, 6 * ONE));
    assert_eq!(world.supply(&world.at.vrt_mint), 6 * ONE);
    world.settle();
}

#[test]
fn it_pays_out_of_idle_collateral_alone() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(50 * ONE), world.depositor(49 * ONE));
    world.opted_in(None);
    let team = world.allocated(40 * ONE);
    // Three fifths of the vault are idle, and so of each share.
    world.leave(&alice, 50 * ONE).unwrap();
    assert_eq!(world.balance(&alice.collateral), 30 * ONE);
    assert_eq!(world.vault().assets, 70 * ONE);
    // All that is allocated is still there to be slashed.
    world.leave(&bob, 49 * ONE).unwrap();
    assert!(world.vault().assets >= 40 * ONE);
    world.request(&team, 40 * ONE).unwrap();
    world.settle();
}

#[test]
fn whoever_leaves_before_a_slash_gets_no_more_than_who_waits() {
    let mut world = VaultFixture::opened(|plan| plan.params.slash_cap_bps = 5_000);
    let (runner, patient) = (world.depositor(50 * ONE), world.depositor(49 * ONE));
    let team = world.allocated(30 * ONE);
    world.leave(&runner, 50 * ONE).unwrap();
    // The whole allocation is slashed.
    let request = world.request(&team, 30 * ONE).unwrap();
    let ticket = world.enqueue(&patient, 49 * ONE).unwrap();
    world.pass_epochs(2);
    world.execute(&team, request).unwrap();
    world.claim(&patient, ticket).unwrap();
    assert_eq!(world.balance(&runner.collateral), 35 * ONE);
    let kept = u128::from(world.balance(&patient.collateral)) * 50 / 49;
    assert!(kept >= 35 * u128::from(ONE), "{kept}");
    world.settle();
}

#[test]
fn nobody_leaves_at_once_around_an_open_request() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    let team = world.allocated(ONE);
    let request = world.request(&team, ONE).unwrap();
    assert_refused(world.leave(&alice, ONE), E::PendingSlash);
    world.pass_epochs(3);
    assert_refused(world.leave(&alice, ONE), E::PendingSlash);
    world.pass_epochs(1);
    // Expired, though nobody has closed it.
    assert!(world.exists(&request));
    world.leave(&alice, ONE).unwrap();
    world.settle();
}

#[test]
fn nothing_and_less_than_the_caller_accepts_are_refused() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    assert_refused(world.leave(&alice, 0), E::ZeroAmount);
    assert_refused(world.leave_for(&alice, ONE, ONE + 1), E::SlippageExceeded);
    assert_refused(world.leave(&alice, 99 * ONE + 1), foreign::insufficient_funds());
    assert_refused(world.leave(&alice, u64::MAX), E::Overflow);
    world.allocated(100 * ONE);
    // Nothing is idle: it would pay nothing.
    assert_refused(world.leave(&alice, ONE), E::SlippageExceeded);
    world.settle();
}

#[test]
fn only_their_owner_gives_shares_up() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(10 * ONE), world.depositor(10 * ONE));
    let at = world.at;
    let steal = ix::instant_withdraw(&at, bob.address(), alice.vrt, bob.collateral, ONE, 0);
    assert_refused(world.send(&[steal], &[&bob.key]), E::NotVrtOwner);
    // What lies with the incinerator anybody may burn.
    let incinerator = Address::from_str_const("1nc1nerator11111111111111111111111111111111");
    let ashes = world.vrt_account_of(incinerator);
    let burn = token::transfer(&alice.vrt, &ashes, &alice.address(), ONE);
    world.send(&[burn], &[&alice.key]).unwrap();
    let scavenge = ix::instant_withdraw(&at, bob.address(), ashes, bob.collateral, ONE, 0);
    assert_refused(world.send(&[scavenge], &[&bob.key]), E::NotVrtOwner);
    let escrow = ix::instant_withdraw(&at, bob.address(), at.vrt_escrow, bob.collateral, ONE, 0);
    assert_refused(world.send(&[escrow], &[&bob.key]), E::NotVrtOwner);
    for recipient in [bob.vrt, bob.address()] {
        let leave = ix::instant_withdraw(&at, alice.address(), alice.vrt, recipient, ONE, 0);
        assert_refused(world.send(&[leave], &[&alice.key]), E::WrongRecipient);
    }
    let mut unsigned = ix::instant_withdraw(&at, alice.address(), alice.vrt, alice.collateral, ONE, 0);
    unsigned.accounts[1].is_signer = false;
    assert_fails(world.send(&[unsigned], &[]), InstructionError::MissingRequiredSignature);
    world.settle();
}

#[test]
fn a_junior_share_counts_everything_allocated_against_itself_first() {
    let mut world = VaultFixture::tranched(2_000);
    let (senior, junior) = (world.depositor(79 * ONE), world.junior_depositor(19 * ONE));
    world.allocated(15 * ONE);
    world.leave(&senior, 40 * ONE).unwrap();
    assert_eq!(world.balance(&senior.collateral), 40 * ONE, "the junior shares cover it all");
    world.with_junior(|world| world.leave(&junior, 4 * ONE)).unwrap();
    assert_eq!(world.balance(&junior.collateral), ONE, "a quarter of the junior collateral is idle");
    world.settle();
}
