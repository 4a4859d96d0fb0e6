//! `set_vault_fee`: on notice, in steps, under a cap, to an account that can receive it.

use crate::prelude::*;

#[test]
fn a_rise_is_in_force_two_epoch_boundaries_later_and_a_fall_at_once() {
    let mut world = VaultFixture::new();
    let treasury = world.user(0);
    let to = Some(treasury.collateral);
    world.set_fee(to, 100).unwrap();
    let vault = world.vault();
    assert_eq!((vault.fee_bps, vault.next_fee_bps, vault.fee_account), (0, 100, treasury.collateral));
    assert_eq!(vault.next_fee_epoch, world.epoch() + 2);
    world.pass_epochs(2);
    world.set_fee(to, 200).unwrap();
    assert_eq!((world.vault().fee_bps, world.vault().next_fee_bps), (100, 200));
    world.set_fee(None, 50).unwrap();
    let vault = world.vault();
    assert_eq!((vault.fee_bps, vault.next_fee_epoch, vault.fee_account), (50, 0, Address::default()));
    // Without an account there is no fee.
    let payer = world.user(ONE);
    world.reward(&payer, ONE).unwrap();
    assert_eq!(world.vault().locked_rewards, ONE);
    world.settle();
}

#[test]
fn no_fee_rises_by_more_than_a_step_nor_above_the_cap() {
    let mut world = VaultFixture::new();
    assert_refused(world.set_fee(None, 101), E::FeeStepTooLarge);
    for fee in (100..=1_000).step_by(100) {
        world.set_fee(None, fee).unwrap();
        world.pass_epochs(2);
    }
    assert_refused(world.set_fee(None, 1_001), E::FeeAboveCap);
    assert_refused(world.set_fee(None, u16::MAX), E::FeeAboveCap);
    world.settle();
}

#[test]
fn an_account_that_cannot_receive_it_is_refused() {
    let mut world = VaultFixture::new();
    let (user, frozen) = (world.user(0), world.user(0));
    world.freeze(frozen.collateral);
    let of_the_vault = world.collateral_account_of(world.at.vault);
    for account in [
        user.vrt,
        user.address(),
        frozen.collateral,
        of_the_vault,
        world.at.collateral_account,
        world.at.collateral_mint,
    ] {
        assert_refused(world.set_fee(Some(account), 0), E::WrongFeeAccount);
    }
    let set = ix::set_vault_fee(&world.at, user.address(), None, 0);
    assert_refused(world.send(&[set], &[&user.key]), E::NotAdmin);
}
