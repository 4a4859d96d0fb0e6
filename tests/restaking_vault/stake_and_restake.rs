//! `stake_and_restake`: from SOL to VRT in one instruction, with one bound.

use crate::prelude::*;
use sluice_sdk::staking_pool::errors::StakingPoolError as P;

#[test]
fn sol_becomes_vrt_as_two_deposits_would_have_it() {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |_| {});
    world.depositor(99 * ONE);
    world.pool_earns(1_000 * ONE);
    let (alice, bob) = (world.user(0), world.user(0));
    let before = world.vault();
    let lamports = world.lamports(&alice.address());
    world.stake_and_restake(&alice, 10 * ONE, 1).unwrap();
    assert_eq!(world.lamports(&alice.address()), lamports - 10 * ONE);
    let minted = world.balance(&alice.vrt);
    assert!(minted < 10 * ONE, "the pool's rate is above one");
    assert_eq!(world.vault().assets, before.assets + minted);
    // The same by two instructions.
    let stake = world.pool().deposit_sol(&bob.address(), &bob.collateral, 10 * ONE, 0);
    let lst = {
        world.send(&[stake], &[&bob.key]).unwrap();
        world.balance(&bob.collateral)
    };
    world.deposit(&bob, lst).unwrap();
    assert!(world.balance(&bob.vrt).abs_diff(minted) <= 1);
    world.settle();
}

#[test]
fn one_bound_holds_for_the_whole_way() {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |_| {});
    let alice = world.user(0);
    assert_refused(world.stake_and_restake(&alice, ONE, ONE + 1), E::SlippageExceeded);
    world.stake_and_restake(&alice, ONE, ONE).unwrap();
    world.settle();
}

#[test]
fn the_terms_of_both_hold() {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |plan| {
        plan.params.min_deposit = ONE;
        plan.params.capacity = 50 * ONE;
    });
    let alice = world.user(0);
    assert_refused(world.stake_and_restake(&alice, 0, 0), E::ZeroAmount);
    assert_refused(world.stake_and_restake(&alice, ONE - 1, 0), E::DepositTooSmall);
    assert_refused(world.stake_and_restake(&alice, 1, 0), P::BelowMinimumDeposit);
    assert_refused(world.stake_and_restake(&alice, 49 * ONE + 1, 0), E::CapacityExceeded);
    let pauser = world.pauser.insecure_clone();
    world.pause(&pauser).unwrap();
    assert_refused(world.stake_and_restake(&alice, ONE, 0), E::Paused);
    world.pass_epochs(2);
    assert_refused(world.stake_and_restake(&alice, ONE, 0), P::PoolStale);
    world.update_pool();
    world.stake_and_restake(&alice, ONE, 0).unwrap();
    world.settle();
}

#[test]
fn only_through_the_vaults_own_pool() {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |_| {});
    let alice = world.user(0);
    let genuine = ix::stake_and_restake(&world.at, alice.address(), alice.vrt, world.pool().reserve, ONE, 0);
    let other = sluice_tests::PoolFixture::named(&mut world.svm, "other ", Default::default());
    for (position, account, refusal) in [
        (2, world.at.vrt_escrow, E::WrongVrtEscrow.into()),
        (3, alice.collateral, E::WrongCollateralAccount.into()),
        (4, other.mint, E::WrongCollateralMint.into()),
        (6, other.pool, E::WrongStakingPool.into()),
        (7, other.reserve, Refusal::from(P::WrongReserve)),
        (11, RESTAKING_VAULT_ID, E::WrongStakingPool.into()),
    ] {
        let mut instead = genuine.clone();
        instead.accounts[position].pubkey = account;
        assert_refused(world.send(&[instead], &[&alice.key]), refusal);
    }
    world.send(&[genuine], &[&alice.key]).unwrap();

    // A vault of the liquidity token is not reached by a deposit of SOL, one of another token not at all.
    let mut world = VaultFixture::of_pool(Collateral::Liquidity, |_| {});
    let alice = world.user(0);
    assert_refused(world.stake_and_restake(&alice, ONE, 0), E::WrongStakingPool);
}
