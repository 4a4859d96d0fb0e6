//! A shielded vault: only what is worth more than what depositors brought, in SOL, can be slashed.

use crate::prelude::*;

fn shielded(collateral: Collateral) -> VaultFixture {
    VaultFixture::of_pool(collateral, |plan| {
        plan.params.shielded = true;
        plan.params.slash_cap_bps = 5_000;
    })
}

/// Lamports that the vault's collateral is worth now, rounded down.
fn worth(world: &VaultFixture) -> u64 {
    let (ledger, assets) = (world.pool().ledger(&world.svm), world.vault().assets);
    let ledger = ledger.at(world.svm.clock().slot).unwrap();
    ledger.lamports_for(sluice_money::LstAmount(assets)).unwrap().0
}

#[test]
fn without_yield_nothing_can_be_allocated_or_slashed() {
    let mut world = shielded(Collateral::Lst);
    world.depositor(99 * ONE);
    assert_eq!(world.vault().principal_lamports, 100 * ONE);
    let team = world.opted_in(None);
    assert_refused(world.allocate(&team, 1), E::OverAllocated);
    world.settle();
}

#[test]
fn a_slash_takes_yield_and_never_principal() {
    let mut world = shielded(Collateral::Lst);
    world.depositor(99 * ONE);
    // The pool earns a tenth.
    world.pool_earns(10_000 * ONE);
    let before = worth(&world);
    assert!(before > 109 * ONE);
    let team = world.opted_in(None);
    assert_refused(world.allocate(&team, 10 * ONE), E::OverAllocated);
    world.allocate(&team, 5 * ONE).unwrap();
    world.warm_up();
    world.update_pool();
    let request = world.request(&team, 5 * ONE).unwrap();
    world.pass_epochs(2);
    // The pool's word has to be of this epoch.
    assert_refused(world.execute(&team, request), E::PoolStale);
    world.update_pool();
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, 95 * ONE);
    assert!(worth(&world) >= world.vault().principal_lamports);
    assert_eq!(world.vault().principal_lamports, 100 * ONE);
    world.settle();
}

#[test]
fn yield_that_was_lost_again_is_not_there_to_be_slashed() {
    let mut world = shielded(Collateral::Lst);
    let alice = world.depositor(99 * ONE);
    world.pool_earns(10_000 * ONE);
    let team = world.opted_in(None);
    world.allocate(&team, 8 * ONE).unwrap();
    world.warm_up();
    let request = world.request(&team, 8 * ONE).unwrap();
    // A part of the principal leaves with its owner, and so does the yield on it.
    let ticket = world.enqueue(&alice, 90 * ONE).unwrap();
    world.pass_epochs(2);
    assert_refused(world.claim(&alice, ticket), E::PendingSlash);
    world.update_pool();
    world.execute(&team, request).unwrap();
    world.claim(&alice, ticket).unwrap();
    let vault = world.vault();
    assert_eq!(vault.principal_lamports, 10 * ONE, "a tenth of the shares stayed, and of the principal");
    assert!(worth(&world) >= vault.principal_lamports);
    world.settle();
}

#[test]
fn every_deposit_and_reward_counts_as_what_it_is() {
    let mut world = shielded(Collateral::Lst);
    world.depositor(99 * ONE);
    world.pool_earns(10_000 * ONE);
    // A deposit brings principal at the rate of its day: nothing of it can be slashed.
    let before = world.vault().principal_lamports;
    let late = world.depositor(50 * ONE);
    let brought = world.vault().principal_lamports - before;
    assert!(brought > 54 * ONE && brought <= 55 * ONE, "{brought}");
    // A reward is yield.
    let payer = world.user(10 * ONE);
    let team = world.opted_in(None);
    assert_refused(world.allocate(&team, 10 * ONE), E::OverAllocated);
    world.reward(&payer, 10 * ONE).unwrap();
    world.pass_epochs(1);
    world.update_pool();
    world.allocate(&team, 18 * ONE).unwrap();
    assert!(world.balance(&late.vrt) == 50 * ONE);
    world.settle();
}

#[test]
fn the_pools_rate_cannot_be_bent_to_reach_the_principal() {
    let mut world = shielded(Collateral::Lst);
    world.depositor(99 * ONE);
    world.pool_earns(10_000 * ONE);
    let team = world.opted_in(None);
    world.allocate(&team, 8 * ONE).unwrap();
    world.warm_up();
    world.update_pool();
    let request = world.request(&team, 8 * ONE).unwrap();
    // The accuser makes the pool look richer than it is: gifts in its reserve and of its tokens.
    world.pass_epochs(2);
    let (bank, reserve) = (world.bank.pubkey(), world.pool().reserve);
    let give = solana_system_interface::instruction::transfer(&bank, &reserve, 50_000 * ONE);
    world.send(&[give], &[]).unwrap();
    world.update_pool();
    world.donate(1_000 * ONE);
    world.execute(&team, request).unwrap();
    // Not a lamport of the gift is in the rate in the slot of the update: what can be slashed is what was earned before.
    let vault = world.vault();
    assert_eq!(vault.assets, 92 * ONE);
    let left = worth(&world) - vault.principal_lamports;
    assert!(left < ONE, "of a yield of less than nine: {left}");
    world.settle();
}

#[test]
fn the_shield_values_the_liquidity_token_too() {
    let mut world = shielded(Collateral::Liquidity);
    let alice = world.depositor(99 * ONE);
    assert_eq!(world.vault().principal_lamports, 100 * ONE);
    let team = world.opted_in(None);
    assert_refused(world.allocate(&team, 1), E::OverAllocated);
    let payer = world.user(10 * ONE);
    world.reward(&payer, 10 * ONE).unwrap();
    world.pass_epochs(1);
    world.update_pool();
    world.allocate(&team, 10 * ONE).unwrap();
    world.warm_up();
    let request = world.request(&team, 10 * ONE).unwrap();
    world.pass_epochs(2);
    world.update_pool();
    world.execute(&team, request).unwrap();
    assert_eq!(world.vault().assets, 100 * ONE);
    let ticket = world.enqueue(&alice, 99 * ONE).unwrap();
    world.pass_epochs(2);
    world.claim(&alice, ticket).unwrap();
    assert_eq!(world.balance(&alice.collateral), 99 * ONE);
    assert_eq!(world.vault().principal_lamports, ONE);
    world.settle();
}

#[test]
fn what_needs_the_pool_wants_the_vaults_own() {
    let mut world = shielded(Collateral::Lst);
    let alice = world.user(10 * ONE);
    let other = sluice_tests::PoolFixture::named(&mut world.svm, "other ", Default::default());
    let (genuine, team) = (world.at, world.opted_in(None));
    for (pool, code) in [(None, E::StakingPoolMissing), (Some(other.pool), E::WrongStakingPool)] {
        world.at.staking_pool = pool;
        assert_refused(world.deposit(&alice, ONE), code.clone());
        assert_refused(world.allocate(&team, ONE), code);
    }
    world.at = genuine;
    world.pass_epochs(1);
    assert_refused(world.deposit(&alice, ONE), E::PoolStale);
    assert_refused(world.allocate(&team, ONE), E::PoolStale);
    // A pool that does not issue the collateral opens no vault.
    let (mut world, open) = VaultFixture::planned(|plan| plan.collateral = Collateral::Lst);
    let other = sluice_tests::PoolFixture::named(&mut world.svm, "other ", Default::default());
    let mut instead = open;
    instead.accounts.last_mut().unwrap().pubkey = other.pool;
    assert_refused(world.send(&[instead], &[&world.admin.key.insecure_clone()]), E::WrongStakingPool);
}
