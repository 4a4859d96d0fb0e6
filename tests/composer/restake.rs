//! `restake`: a program that calls the vault, which calls the pool.

use sluice_sdk::Event;
use sluice_sdk::restaking_vault::errors::RestakingVaultError;
use sluice_sdk::restaking_vault::events::RestakingVaultEvent;
use sluice_tests::composer::{self, ComposerError, MarketFixture};
use sluice_tests::vault::{Collateral, ONE, VaultFixture, assert_refused};
use sluice_tests::*;

fn world() -> VaultFixture {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |_| {});
    MarketFixture::load(&mut world.svm);
    world
}

#[test]
fn sol_becomes_shares_through_three_programs() {
    let mut world = world();
    let alice = world.user(0);
    let reserve = world.pool().reserve;
    let restake = composer::restake(&world.at, &alice.address(), &alice.vrt, &reserve, 5 * ONE, 5 * ONE);
    let answer = world.svm.view(&restake, &alice.key).expect("answers");
    assert_eq!(u64::from_le_bytes(answer.try_into().expect("8 bytes")), 5 * ONE);
    let sent = world.send(&[restake], &[&alice.key]).expect("restakes");
    assert_eq!(world.balance(&alice.vrt), 5 * ONE);
    let [.., Event::RestakingVault(RestakingVaultEvent::StakedAndRestaked(event))] = &sent.events()[..]
    else {
        panic!("{:?}", sent.events())
    };
    assert_eq!((event.user, event.lamports, event.minted), (alice.address(), 5 * ONE, 5 * ONE));
    println!("restake by call: {} CU", sent.compute_units);
    assert!(sent.compute_units < 13_000);
    world.settle();
}

#[test]
fn the_vaults_refusals_come_through_and_no_other_program_is_called() {
    let mut world = world();
    let alice = world.user(0);
    let reserve = world.pool().reserve;
    let restake = |min| composer::restake(&world.at, &alice.address(), &alice.vrt, &reserve, 5 * ONE, min);
    let (greedy, fair) = (restake(5 * ONE + 1), restake(5 * ONE));
    assert_refused(world.send(&[greedy], &[&alice.key]), RestakingVaultError::SlippageExceeded);
    let mut elsewhere = fair;
    elsewhere.accounts.last_mut().expect("accounts").pubkey = token::TOKEN_PROGRAM;
    assert_refused(world.send(&[elsewhere], &[&alice.key]), ComposerError::WrongVaultProgram);
    assert_eq!(world.balance(&alice.vrt), 0);
}
