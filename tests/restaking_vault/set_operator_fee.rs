//! `set_operator_fee`: on notice, in steps, under a cap.

use crate::prelude::*;

#[test]
fn a_rise_is_in_force_two_epoch_boundaries_later_and_a_fall_at_once() {
    let mut world = VaultFixture::new();
    let team = world.team(None);
    world.set_operator_fee(&team, 200).unwrap();
    let operator = world.operator(&team);
    assert_eq!((operator.fee_bps, operator.next_fee_bps), (0, 200));
    assert_eq!(operator.next_fee_epoch, world.epoch() + 2);
    // A second call before its time starts again, from what is in force.
    world.pass_epochs(1);
    world.set_operator_fee(&team, 150).unwrap();
    assert_eq!(world.operator(&team).next_fee_epoch, world.epoch() + 2);
    world.pass_epochs(2);
    world.set_operator_fee(&team, 300).unwrap();
    let operator = world.operator(&team);
    assert_eq!((operator.fee_bps, operator.next_fee_bps), (150, 300));
    world.set_operator_fee(&team, 100).unwrap();
    let operator = world.operator(&team);
    assert_eq!((operator.fee_bps, operator.next_fee_bps, operator.next_fee_epoch), (100, 0, 0));
}

#[test]
fn no_fee_rises_by_more_than_a_step_nor_above_the_cap() {
    let mut world = VaultFixture::new();
    let team = world.team(None);
    assert_refused(world.set_operator_fee(&team, 201), E::FeeStepTooLarge);
    for fee in (200..=2_000).step_by(200) {
        world.set_operator_fee(&team, fee).unwrap();
        world.pass_epochs(2);
    }
    assert_refused(world.set_operator_fee(&team, 2_001), E::FeeAboveCap);
    assert_refused(world.set_operator_fee(&team, u16::MAX), E::FeeAboveCap);
    world.set_operator_fee(&team, 2_000).unwrap();
    assert_eq!(world.operator(&team).fee_bps, 2_000);
}

#[test]
fn only_the_operator_sets_it() {
    let mut world = VaultFixture::new();
    let (team, other) = (world.team(None), world.team(None));
    let by = ix::set_operator_fee(team.parties.operator, other.operator_authority.pubkey(), 1);
    assert_refused(world.send(&[by], &[&other.operator_authority]), E::NotOperatorAuthority);
    let mut unsigned = ix::set_operator_fee(team.parties.operator, team.operator_authority.pubkey(), 1);
    unsigned.accounts[1].is_signer = false;
    assert_fails(world.send(&[unsigned], &[]), InstructionError::MissingRequiredSignature);
}
