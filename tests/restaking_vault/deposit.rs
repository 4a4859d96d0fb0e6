//! `deposit`: the share price, and the ways to spoil it.

use crate::prelude::*;

#[test]
fn deposit_mints_one_to_one_until_something_happened() {
    let mut world = VaultFixture::new();
    let alice = world.user(100 * ONE);
    world.deposit(&alice, 40 * ONE).unwrap();
    assert_eq!(world.balance(&alice.vrt), 40 * ONE);
    assert_eq!(world.balance(&alice.collateral), 60 * ONE);
    assert_eq!(world.vault().assets, 41 * ONE);
    world.settle();
}

#[test]
fn deposit_mints_at_the_share_price_rounded_down() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(10 * ONE);
    world.slash(&team, 7 * ONE);
    // 100 VRT stand for 93 tokens.
    let bob = world.user(ONE);
    world.deposit(&bob, ONE).unwrap();
    assert_eq!(world.balance(&bob.vrt), 1_075_268_817, "floor of 100 / 93");
    world.settle();
}

#[test]
fn a_large_deposit_is_exact_beyond_64_bits() {
    let mut world = VaultFixture::new();
    let whale = world.depositor(4_000_000_000 * ONE);
    assert_eq!(world.balance(&whale.vrt), 4_000_000_000 * ONE);
    let team = world.allocated(ONE);
    world.slash(&team, 1);
    let bob = world.user(4_000_000_000 * ONE);
    world.deposit(&bob, 4_000_000_000 * ONE).unwrap();
    let (assets, supply) = (4_000_000_001u128 * u128::from(ONE) - 1, 4_000_000_001u128 * u128::from(ONE));
    let exact = 4_000_000_000u128 * u128::from(ONE) * supply / assets;
    assert_eq!(u128::from(world.balance(&bob.vrt)), exact);
    world.settle();
}

#[test]
fn the_first_depositor_cannot_inflate_the_price_to_rob_the_second() {
    let mut world = VaultFixture::opened(|plan| plan.params.seed = 100_000);
    let attacker = world.user(2_000 * ONE);
    world.deposit(&attacker, 1).unwrap();
    // The classic move: one unit in, then a donation that should make a VRT worth a thousand tokens.
    world.donate(1_000 * ONE);
    let victim = world.user(1_500 * ONE);
    world.deposit(&victim, 1_500 * ONE).unwrap();
    assert_eq!(world.balance(&victim.vrt), 1_500 * ONE, "the victim's deposit is worth what it was");
    for (user, vrt) in [(&attacker, 1), (&victim, 1_500 * ONE)] {
        let ticket = world.enqueue(user, vrt).unwrap();
        world.pass_epochs(2);
        world.claim(user, ticket).unwrap();
    }
    assert_eq!(world.balance(&victim.collateral), 1_500 * ONE, "nothing was lost to the attacker");
    assert_eq!(world.balance(&attacker.collateral), 2_000 * ONE, "and nothing gained by him");
    world.settle();
}

#[test]
fn a_donation_moves_no_price() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(9 * ONE);
    world.donate(1_000 * ONE);
    let before = world.vault();
    let bob = world.user(ONE);
    world.deposit(&bob, ONE).unwrap();
    assert_eq!(world.balance(&bob.vrt), ONE);
    assert_eq!(world.vault().assets, before.assets + ONE);
    let ticket = world.enqueue(&alice, 9 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 9 * ONE);
    world.settle();
}

#[test]
fn vrt_burnt_or_sent_to_the_escrow_by_their_holder_move_no_price() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(10 * ONE);
    let bob = world.depositor(10 * ONE);
    let at = world.at;
    let burn = token::burn(&alice.vrt, &at.vrt_mint, &alice.address(), 4 * ONE);
    let gift = token::transfer(&alice.vrt, &at.vrt_escrow, &alice.address(), 3 * ONE);
    world.send(&[burn, gift], &[&alice.key]).unwrap();
    (world.burnt_vrt, world.donated_vrt) = (4 * ONE, 3 * ONE);
    let ticket = world.enqueue(&bob, 10 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&bob, ticket).unwrap();
    assert_eq!(world.balance(&bob.collateral), 10 * ONE);
    world.settle();
}

#[test]
fn a_deposit_below_what_the_vault_or_the_caller_accepts_is_refused() {
    let mut world = VaultFixture::opened(|plan| plan.params.min_deposit = ONE);
    let alice = world.user(10 * ONE);
    assert_refused(world.deposit(&alice, 0), E::ZeroAmount);
    assert_refused(world.deposit(&alice, ONE - 1), E::DepositTooSmall);
    assert_refused(world.deposit_for(&alice, ONE, ONE + 1), E::SlippageExceeded);
    world.deposit_for(&alice, ONE, ONE).unwrap();
    world.settle();
}

#[test]
fn a_deposit_that_buys_nothing_is_refused() {
    let mut world = VaultFixture::new();
    let payer = world.user(2 * ONE);
    world.reward(&payer, 2 * ONE).unwrap();
    world.pass_epochs(1);
    // A share is worth three units by now.
    let alice = world.user(10);
    assert_refused(world.deposit(&alice, 2), E::DepositTooSmall);
    world.deposit(&alice, 3).unwrap();
    assert_eq!(world.balance(&alice.vrt), 1);
    world.settle();
}

#[test]
fn a_deposit_of_more_than_there_is_is_refused() {
    let mut world = VaultFixture::new();
    let alice = world.user(10);
    assert_refused(world.deposit(&alice, 11), foreign::insufficient_funds());
    assert_refused(world.deposit(&alice, u64::MAX), foreign::insufficient_funds());
    assert_refused(world.deposit(&alice, u64::MAX - ONE), foreign::insufficient_funds());
    world.settle();
}

#[test]
fn accounts_that_are_not_the_depositors_are_refused() {
    let mut world = VaultFixture::new();
    let (alice, bob) = (world.depositor(10 * ONE), world.depositor(10 * ONE));
    for user in [&alice, &bob] {
        world.mint_collateral(user.collateral, 10 * ONE);
    }
    let at = world.at;
    let mut deposit = |collateral, vrt| {
        let instruction = ix::deposit(&at, alice.address(), collateral, vrt, ONE, 0);
        world.send(&[instruction], &[&alice.key])
    };
    assert_refused(deposit(bob.collateral, alice.vrt), foreign::owner_mismatch());
    assert_refused(deposit(at.collateral_account, alice.vrt), foreign::duplicate_account());
    assert_refused(deposit(at.vrt_escrow, alice.vrt), foreign::mint_mismatch());
    assert_refused(deposit(alice.vrt, alice.vrt), foreign::duplicate_account());
    assert_refused(deposit(alice.vrt, bob.vrt), foreign::mint_mismatch());
    assert_refused(deposit(alice.collateral, bob.collateral), foreign::mint_mismatch());
    assert_refused(deposit(alice.collateral, at.vrt_escrow), E::WrongVrtEscrow);
    // A gift: the VRT of one's own collateral go to somebody else.
    deposit(alice.collateral, bob.vrt).unwrap();
    assert_eq!(world.balance(&bob.vrt), 11 * ONE);
    world.settle();
}

#[test]
fn accounts_that_are_not_the_vaults_are_refused() {
    let mut world = VaultFixture::new();
    let alice = world.user(10 * ONE);
    let elsewhere = world.collateral_account_of(world.at.vault);
    let cases: [Swap; 5] = [
        (|at, other| at.collateral_account = other, elsewhere, E::WrongCollateralAccount),
        (|at, other| at.collateral_mint = other, Address::new_unique(), E::WrongCollateralMint),
        (|at, other| at.vrt_mint = other, Address::new_unique(), E::WrongVrtMint),
        (|at, other| at.collateral_token_program = other, TOKEN_2022_PROGRAM, E::WrongTokenProgram),
        (|at, other| at.vrt_token_program = other, TOKEN_2022_PROGRAM, E::WrongTokenProgram),
    ];
    for (change, other, code) in cases {
        let mut at = world.at;
        change(&mut at, other);
        let instruction = ix::deposit(&at, alice.address(), alice.collateral, alice.vrt, ONE, 0);
        assert_refused(world.send(&[instruction], &[&alice.key]), code);
    }
    world.settle();
}

#[test]
fn a_program_that_only_looks_like_a_vault_is_refused() {
    let mut world = VaultFixture::new();
    let alice = world.user(10 * ONE);
    let genuine = world.svm.account(&world.at.vault).unwrap();
    let forged = Address::new_unique();
    let mut at = world.at;
    at.vault = forged;
    let deposit = ix::deposit(&at, alice.address(), alice.collateral, alice.vrt, ONE, 0);

    let stranger = Address::new_unique();
    world.forge(forged, |account| *account = Account { owner: stranger, ..genuine.clone() });
    let attempt = world.send(std::slice::from_ref(&deposit), &[&alice.key]);
    assert_fails(attempt, InstructionError::IllegalOwner);

    world.forge(forged, |account| {
        *account = genuine;
        account.data[0] ^= 1;
    });
    let attempt = world.send(&[deposit], &[&alice.key]);
    assert_fails(attempt, InstructionError::InvalidAccountData);
}

#[test]
fn a_frozen_account_neither_pays_nor_is_paid() {
    let mut world = VaultFixture::new();
    let alice = world.user(10 * ONE);
    world.freeze(alice.collateral);
    assert_refused(world.deposit(&alice, ONE), foreign::frozen());
    let bob = world.user(10 * ONE);
    world.freeze(world.at.collateral_account);
    assert_refused(world.deposit(&bob, ONE), foreign::frozen());
    world.settle();
}
