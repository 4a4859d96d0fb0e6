//! `set_limits`: how much may come in.

use crate::prelude::*;

fn limits() -> Limits {
    Limits { min_deposit: 1, capacity: u64::MAX, leverage_bps: 0 }
}

#[test]
fn the_capacity_is_met_exactly() {
    let mut world = VaultFixture::new();
    world.set_limits(Limits { capacity: 10 * ONE, ..limits() }).unwrap();
    let alice = world.user(20 * ONE);
    assert_refused(world.deposit(&alice, 9 * ONE + 1), E::CapacityExceeded);
    world.deposit(&alice, 9 * ONE).unwrap();
    assert_refused(world.deposit(&alice, 1), E::CapacityExceeded);
    // Below what is there already: nobody comes in, everybody leaves.
    world.set_limits(Limits { capacity: ONE, ..limits() }).unwrap();
    let ticket = world.enqueue(&alice, 5 * ONE).unwrap();
    world.leave(&alice, 2 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&alice, ticket).unwrap();
    world.settle();
}

#[test]
fn leverage_is_bounded_by_what_the_staking_pool_has_issued() {
    for collateral in [Collateral::Lst, Collateral::Liquidity] {
        let mut world = VaultFixture::of_pool(collateral, |plan| plan.params.leverage_bps = 1_000);
        let alice = world.user(50_000 * ONE);
        let state = world.pool().state(&world.svm);
        let issued = if world.vault().of_liquidity == 1 { state.liquidity_supply } else { state.supply };
        let most = issued / 10;
        assert_refused(world.deposit(&alice, most - ONE + 1), E::LeverageExceeded);
        world.deposit(&alice, most - ONE).unwrap();
        assert_refused(world.deposit(&alice, 11), E::LeverageExceeded);
        world.set_limits(Limits { leverage_bps: 1_001, ..limits() }).unwrap();
        world.deposit(&alice, issued / 10_000).unwrap();
        // The pool has to be named, and to be the vault's.
        let mut nameless = world.at;
        nameless.staking_pool = None;
        let deposit = ix::deposit(&nameless, alice.address(), alice.collateral, alice.vrt, 11, 0);
        assert_refused(world.send(&[deposit], &[&alice.key]), E::StakingPoolMissing);
        world.pass_epochs(1);
        assert_refused(world.deposit(&alice, 11), E::PoolStale);
        world.update_pool();
        world.set_limits(limits()).unwrap();
        world.deposit(&alice, 11).unwrap();
        world.settle();
    }
}

#[test]
fn limits_outside_their_ranges_and_from_others_are_refused() {
    let mut world = VaultFixture::new();
    assert_refused(world.set_limits(Limits { min_deposit: 0, ..limits() }), E::ZeroAmount);
    assert_refused(world.set_limits(Limits { leverage_bps: 10_001, ..limits() }), E::ShareAboveCap);
    assert_refused(world.set_limits(Limits { leverage_bps: 1, ..limits() }), E::StakingPoolMissing);
    let stranger = world.funded_key();
    let set = ix::set_limits(&world.at, stranger.pubkey(), limits());
    assert_refused(world.send(&[set], &[&stranger]), E::NotAdmin);
    world.set_limits(Limits { min_deposit: ONE, ..limits() }).unwrap();
    let alice = world.user(ONE);
    assert_refused(world.deposit(&alice, ONE - 1), E::DepositTooSmall);
    world.settle();
}
