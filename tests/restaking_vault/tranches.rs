//! Senior and junior shares over one vault: who loses first, and who is paid for it.

use crate::prelude::*;

#[test]
fn the_junior_shares_bear_the_loss_first() {
    let mut world = VaultFixture::tranched(2_000);
    let (senior, junior) = (world.depositor(79 * ONE), world.junior_depositor(19 * ONE));
    let team = world.allocated(50 * ONE);
    world.slash(&team, 10 * ONE);
    let vault = world.vault();
    assert_eq!((vault.assets, vault.junior_assets), (80 * ONE, 10 * ONE));
    // Each leaves by the price of its class.
    let ticket = world.enqueue(&senior, 79 * ONE).unwrap();
    let other = world.with_junior(|world| world.enqueue(&junior, 19 * ONE)).unwrap();
    world.pass_epochs(2);
    world.claim(&senior, ticket).unwrap();
    world.with_junior(|world| world.claim(&junior, other)).unwrap();
    assert_eq!(world.balance(&senior.collateral), 79 * ONE);
    assert_eq!(world.balance(&junior.collateral), 19 * ONE / 2);
    world.settle();
}

#[test]
fn the_senior_shares_bear_only_what_is_beyond_the_junior_ones() {
    let mut world = VaultFixture::tranched(2_000);
    world.depositor(89 * ONE);
    let junior = world.junior_depositor(4 * ONE);
    let team = world.allocated(50 * ONE);
    world.slash(&team, 9 * ONE);
    let vault = world.vault();
    assert_eq!((vault.assets, vault.junior_assets, vault.senior_deficit), (86 * ONE, 0, 4 * ONE));
    // Nothing can be bought of what has lost everything, and its tickets are paid nothing.
    let late = world.junior_user(ONE);
    assert_refused(world.with_junior(|world| world.deposit(&late, ONE)), E::JuniorWipedOut);
    let ticket = world.with_junior(|world| world.enqueue(&junior, 4 * ONE)).unwrap();
    world.pass_epochs(2);
    world.with_junior(|world| world.claim(&junior, ticket)).unwrap();
    assert_eq!(world.balance(&junior.collateral), 0);
    // Nor does it earn any longer.
    let payer = world.user(86 * ONE);
    world.reward(&payer, 86 * ONE).unwrap();
    world.pass_epochs(1);
    world.deposit(&late, ONE).unwrap_err();
    let whole = world.user(2 * ONE);
    world.deposit(&whole, 2 * ONE).unwrap();
    assert_eq!((world.vault().junior_assets, world.vault().assets), (0, 174 * ONE));
    world.settle();
}

#[test]
fn the_junior_shares_earn_the_premium() {
    let mut world = VaultFixture::tranched(2_000);
    world.depositor(79 * ONE);
    let junior = world.junior_depositor(19 * ONE);
    let payer = world.user(10 * ONE);
    // The epoch's division is by what each class had when it began.
    world.pass_epochs(1);
    world.with_junior(|world| {
        world.mint_collateral(junior.collateral, 1);
        world.deposit(&junior, 1).unwrap();
    });
    world.reward(&payer, 10 * ONE).unwrap();
    world.pass_slots(EPOCH_SLOTS);
    let touch = world.user(1_000);
    world.deposit(&touch, 1_000).unwrap();
    let vault = world.vault();
    // A fifth is its own; of the seniors' eight, a fifth is the premium.
    assert_eq!(vault.junior_assets, 20 * ONE + 1 + 2 * ONE + 8 * ONE / 5);
    assert_eq!(vault.assets, 80 * ONE + 1_000 - 1 + 8 * ONE * 4 / 5 + 1 - 1_000 + 1_000);
    world.settle();
}

#[test]
fn a_thin_junior_class_is_not_paid_as_if_it_covered_anything() {
    let mut world = VaultFixture::tranched(5_000);
    world.depositor(998 * ONE);
    let payer = world.user(100 * ONE);
    world.pass_epochs(1);
    world.reward(&payer, 100 * ONE).unwrap();
    world.pass_epochs(1);
    let touch = world.user(2 * ONE);
    world.deposit(&touch, 2 * ONE).unwrap();
    // One token of a thousand earns a thousandth, and at most as much again.
    assert_eq!(world.vault().junior_assets, ONE + 2 * (100 * ONE / 1_000));
    world.settle();
}

#[test]
fn slashes_and_rewards_of_an_epoch_come_to_the_same_in_any_order() {
    let outcome = |slash_first: bool| {
        let mut world = VaultFixture::tranched(3_000);
        world.depositor(93 * ONE);
        world.junior_depositor(5 * ONE);
        let team = world.allocated(60 * ONE);
        let payer = world.user(50 * ONE);
        world.reward(&payer, 40 * ONE).unwrap();
        let request = world.request(&team, 10 * ONE).unwrap();
        world.pass_epochs(1);
        let touch = world.user(4);
        world.deposit(&touch, 2).unwrap();
        world.reward(&payer, 10 * ONE).unwrap();
        world.pass_epochs(1);
        // An epoch's records begin with whatever comes first in it, and the slot is the same.
        if slash_first {
            world.execute(&team, request).unwrap();
            world.pass_slots(EPOCH_SLOTS - 1);
            world.deposit(&touch, 2).unwrap();
        } else {
            world.pass_slots(EPOCH_SLOTS - 1);
            world.deposit(&touch, 2).unwrap();
            world.execute(&team, request).unwrap();
        }
        let vault = world.vault();
        assert_eq!(vault.locked_rewards, 0);
        world.settle();
        (vault.junior_assets, vault.assets, vault.cap_slashed)
    };
    let (slashed_first, earned_first) = (outcome(true), outcome(false));
    assert_eq!(slashed_first.0, earned_first.0);
    assert_eq!(slashed_first.2, 10 * ONE);
    // What the last deposit of two units bought differs by the price it found; what each class has does not.
    assert_eq!(slashed_first.1, earned_first.1);
}

#[test]
fn tickets_and_shares_of_one_class_are_nothing_in_the_other() {
    let mut world = VaultFixture::tranched(2_000);
    let (senior, junior) = (world.depositor(50 * ONE), world.junior_depositor(20 * ONE));
    let (at, low) = (world.at, world.junior.unwrap());
    // Junior shares for a senior ticket, and the other way around.
    assert_refused(world.enqueue(&junior, ONE), foreign::mint_mismatch());
    let attempt = world.with_junior(|world| world.enqueue(&senior, ONE));
    assert_refused(attempt, foreign::mint_mismatch());
    let ticket = world.with_junior(|world| world.enqueue(&junior, 20 * ONE)).unwrap();
    let other = world.enqueue(&senior, 50 * ONE).unwrap();
    world.pass_epochs(2);
    for (ticket, owner, wrong, mixed) in [(ticket, &junior, at, low), (other, &senior, low, at)] {
        let claim =
            |at: &ix::VaultAddresses| ix::claim_withdrawal(at, ticket, owner.address(), owner.collateral, 0);
        assert_refused(world.send(&[claim(&wrong)], &[]), E::WrongVrtMint);
        let mint_only = ix::VaultAddresses { vrt_escrow: mixed.vrt_escrow, ..wrong };
        assert_refused(world.send(&[claim(&mint_only)], &[]), E::WrongVrtMint);
        let escrow_only = ix::VaultAddresses { vrt_mint: mixed.vrt_mint, ..wrong };
        assert_refused(world.send(&[claim(&escrow_only)], &[]), E::WrongVrtEscrow);
        world.send(&[claim(&mixed)], &[]).unwrap();
    }
    assert_eq!(world.balance(&junior.collateral), 20 * ONE);
    assert_eq!(world.balance(&senior.collateral), 50 * ONE);
    world.settle();
}

#[test]
fn a_vault_without_junior_shares_knows_none() {
    let mut world = VaultFixture::new();
    let alice = world.user(ONE);
    // The zero address is no mint and no escrow of anybody.
    let nobody = world.at.with_shares(Address::default(), Address::default());
    let deposit = ix::deposit(&nobody, alice.address(), alice.collateral, alice.vrt, ONE, 0);
    assert!(world.send(&[deposit], &[&alice.key]).is_err());
    let leave = ix::instant_withdraw(&world.at, alice.address(), alice.vrt, alice.collateral, 1, 0);
    assert!(world.send(&[leave], &[&alice.key]).is_err());
    world.settle();
}
