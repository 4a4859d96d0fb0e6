//! `pay_rewards`: what reaches the share price, when, and who is paid on the way.

use crate::prelude::*;

#[test]
fn a_reward_reaches_the_share_price_slot_by_slot() {
    let mut world = VaultFixture::new();
    let alice = world.depositor(99 * ONE);
    let payer = world.user(10 * ONE);
    world.reward(&payer, 10 * ONE).unwrap();
    let vault = world.vault();
    assert_eq!((vault.assets, vault.locked_rewards), (100 * ONE, 10 * ONE));
    assert_eq!(vault.reward_end_slot, world.svm.clock().slot + EPOCH_SLOTS);
    let touch = world.user(1_000);
    for (passed, released) in [(1, ONE / 43_200), (EPOCH_SLOTS / 2 - 1, 5 * ONE)] {
        world.pass_slots(passed);
        let before = world.vault();
        world.deposit(&touch, 100).unwrap();
        let now = world.vault();
        // Each release is rounded down.
        assert!(now.locked_rewards - (10 * ONE - released) <= 1);
        assert_eq!(now.assets + now.locked_rewards, before.assets + before.locked_rewards + 100);
    }
    world.pass_slots(EPOCH_SLOTS);
    let ticket = world.enqueue(&alice, 99 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&alice, ticket).unwrap();
    let earned = world.balance(&alice.collateral) - 99 * ONE;
    assert!(
        earned > 9_899_990_000 && earned < 9_900_000_000,
        "99 of 100 shares, and a dust deposit: {earned}"
    );
    assert_eq!(world.vault().locked_rewards, 0);
    world.settle();
}

#[test]
fn a_reward_cannot_be_sandwiched() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let (payer, thief) = (world.user(10 * ONE), world.user(10_000 * ONE));
    // In just before, out right after: nothing is allocated, so he may leave at once and at the full price.
    world.deposit(&thief, 10_000 * ONE).unwrap();
    world.reward(&payer, 10 * ONE).unwrap();
    let all = world.balance(&thief.vrt);
    world.leave(&thief, all).unwrap();
    assert!(world.balance(&thief.collateral) <= 10_000 * ONE);
    // A slot later he has earned a slot's part.
    world.deposit(&thief, 10_000 * ONE).unwrap();
    world.pass_slots(1);
    let all = world.balance(&thief.vrt);
    world.leave(&thief, all).unwrap();
    assert!(world.balance(&thief.collateral) <= 10_000 * ONE + 10 * ONE / EPOCH_SLOTS);
    world.settle();
}

#[test]
fn dust_puts_off_nobodys_rewards() {
    let mut world = VaultFixture::new();
    let payer = world.user(11 * ONE);
    world.reward(&payer, 10 * ONE).unwrap();
    let end = world.vault().reward_end_slot;
    for _ in 0..20 {
        world.pass_slots(10_000);
        world.reward(&payer, 1).unwrap();
    }
    assert_eq!(world.vault().reward_end_slot, end);
    // As much again comes in at the middle: they end together, at the mean of their ends.
    let (left, now) = (world.vault().locked_rewards, world.svm.clock().slot);
    let end = world.vault().reward_end_slot;
    world.mint_collateral(payer.collateral, left);
    world.reward(&payer, left).unwrap();
    let mean = now + (end - now + EPOCH_SLOTS) / 2;
    assert!(world.vault().reward_end_slot.abs_diff(mean) <= 1);
    world.settle();
}

#[test]
fn operator_and_vault_keep_their_fees() {
    let mut world = VaultFixture::new();
    let (payer, treasury, team) = (world.user(100 * ONE), world.user(0), world.team(None));
    world.set_fee(Some(treasury.collateral), 100).unwrap();
    world.set_operator_fee(&team, 200).unwrap();
    let paid = world.collateral_account_of(team.operator_authority.pubkey());
    let fees = ix::FeeAccounts {
        fee_account: Some(treasury.collateral),
        operator: Some(team.parties.operator),
        operator_collateral: Some(paid),
    };
    // Neither is in force yet.
    world.reward_with(&payer, 10 * ONE, fees).unwrap();
    assert_eq!((world.balance(&paid), world.balance(&treasury.collateral)), (0, 0));
    world.pass_epochs(2);
    world.reward_with(&payer, 50 * ONE + 49, fees).unwrap();
    // Two hundredths of the whole, then a hundredth of the rest, each rounded down.
    assert_eq!(world.balance(&paid), ONE);
    assert_eq!(world.balance(&treasury.collateral), 49 * ONE / 100);
    let total = world.vault().assets + world.vault().locked_rewards;
    assert_eq!(total, ONE + 10 * ONE + 50 * ONE + 49 - ONE - 49 * ONE / 100);
    // Without an operator there is only the vault's.
    world.reward(&payer, ONE).unwrap();
    assert_eq!(world.balance(&treasury.collateral), 50 * ONE / 100);
    world.settle();
}

#[test]
fn a_fee_account_that_cannot_receive_forgoes_the_fee() {
    let mut world = VaultFixture::new();
    let (payer, treasury) = (world.user(100 * ONE), world.user(0));
    world.set_fee(Some(treasury.collateral), 100).unwrap();
    world.pass_epochs(2);
    world.freeze(treasury.collateral);
    world.reward(&payer, 10 * ONE).unwrap();
    assert_eq!(world.vault().locked_rewards, 10 * ONE);
    let close = token::close(&treasury.collateral, &treasury.address());
    world.send(&[close], &[&treasury.key]).unwrap();
    world.reward(&payer, 5 * ONE).unwrap();
    assert_eq!(world.vault().locked_rewards, 15 * ONE);
    world.settle();
}

#[test]
fn a_reward_of_nothing_or_to_somebody_else_is_refused() {
    let mut world = VaultFixture::new();
    let (payer, treasury, other) = (world.user(100 * ONE), world.user(0), world.user(0));
    let team = world.team(None);
    assert_refused(world.reward(&payer, 0), E::ZeroAmount);
    assert_refused(world.reward(&payer, 100 * ONE + 1), foreign::insufficient_funds());
    world.set_fee(Some(treasury.collateral), 100).unwrap();
    let none = ix::FeeAccounts::default();
    assert_refused(world.reward_with(&payer, ONE, none), E::WrongFeeAccount);
    let wrong = ix::FeeAccounts { fee_account: Some(other.collateral), ..none };
    assert_refused(world.reward_with(&payer, ONE, wrong), E::WrongFeeAccount);
    let right = ix::FeeAccounts { fee_account: Some(treasury.collateral), ..none };
    for operator_collateral in [None, Some(other.collateral), Some(payer.vrt), Some(other.address())] {
        let fees = ix::FeeAccounts { operator: Some(team.parties.operator), operator_collateral, ..right };
        assert_refused(world.reward_with(&payer, ONE, fees), E::WrongRecipient);
    }
    // Somebody else's collateral.
    let steal = ix::pay_rewards(&world.at, other.address(), payer.collateral, right, ONE);
    assert_refused(world.send(&[steal], &[&other.key]), foreign::owner_mismatch());
    world.settle();
}

#[test]
fn locked_rewards_are_out_of_a_slashs_reach_until_they_are_due() {
    let mut world = VaultFixture::new();
    world.depositor(99 * ONE);
    let team = world.allocated(50 * ONE);
    let payer = world.user(1_000 * ONE);
    let request = world.request(&team, 50 * ONE).unwrap();
    world.pass_epochs(2);
    world.reward(&payer, 1_000 * ONE).unwrap();
    world.execute(&team, request).unwrap();
    let vault = world.vault();
    assert_eq!((vault.assets, vault.locked_rewards), (90 * ONE, 1_000 * ONE), "a tenth of what was due");
    world.settle();
}
