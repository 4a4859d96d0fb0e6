//! `initialize_junior`: shares that bear losses first, and who is asked.

use crate::prelude::*;

#[test]
fn junior_shares_open_with_a_seed_of_their_own() {
    let world = VaultFixture::tranched(2_000);
    let vault = world.vault();
    let junior = world.junior.unwrap();
    assert_eq!((vault.junior_mint, vault.junior_escrow), (junior.vrt_mint, junior.vrt_escrow));
    assert_eq!((vault.junior_assets, vault.junior_supply, vault.locked_junior), (ONE, ONE, ONE));
    assert_eq!((vault.assets, vault.vrt_supply, vault.premium_bps), (ONE, ONE, 2_000));
    assert_eq!(world.balance(&world.at.collateral_account), 2 * ONE);
    assert_eq!(world.balance(&junior.vrt_escrow), ONE);
    world.settle();
}

#[test]
fn only_the_admin_opens_them_once_and_before_anybody_has_deposited() {
    let mut world = VaultFixture::new();
    let open = world.plan_junior(ONE, 2_000);
    let admin = world.admin.key.insecure_clone();
    let stranger = world.funded_key();
    let mut instead = open.clone();
    instead.accounts[1].pubkey = stranger.pubkey();
    assert_refused(world.send(&[instead], &[&stranger]), E::NotAdmin);
    world.send(&[open], &[&admin]).unwrap();
    let first = world.junior;
    let again = world.plan_junior(ONE, 2_000);
    assert_refused(world.send(&[again], &[&admin]), E::JuniorRefused);
    world.junior = first;
    assert_eq!(world.vault().junior_mint, first.unwrap().vrt_mint);

    let mut world = VaultFixture::new();
    world.depositor(1);
    let late = world.plan_junior(ONE, 2_000);
    assert_refused(world.send(&[late], &[&world.admin.key.insecure_clone()]), E::JuniorRefused);
}

#[test]
fn a_shielded_vault_has_none() {
    let mut world = VaultFixture::of_pool(Collateral::Lst, |plan| plan.params.shielded = true);
    let open = world.plan_junior(ONE, 2_000);
    assert_refused(world.send(&[open], &[&world.admin.key.insecure_clone()]), E::JuniorRefused);
}

#[test]
fn seed_premium_and_capacity_are_bounded() {
    for (seed, premium, code) in [
        (99_999, 2_000, E::SeedTooSmall),
        (ONE, 5_001, E::ShareAboveCap),
        (ONE, u16::MAX, E::ShareAboveCap),
        (10 * ONE, 2_000, E::CapacityExceeded),
    ] {
        let mut world = VaultFixture::opened(|plan| plan.params.capacity = 10 * ONE);
        let open = world.plan_junior(seed, premium);
        assert_refused(world.send(&[open], &[&world.admin.key.insecure_clone()]), code);
    }
    VaultFixture::tranched(5_000).settle();
    VaultFixture::tranched(0).settle();
}

#[test]
fn a_mint_or_an_escrow_that_somebody_else_could_touch_is_refused() {
    let mut world = VaultFixture::new();
    let open = world.plan_junior(ONE, 2_000);
    let (admin, junior) = (world.admin.key.insecure_clone(), world.junior.unwrap());
    let genuine = world.svm.account(&junior.vrt_mint).unwrap();
    // A supply, another authority, a freeze authority.
    for (place, byte) in [(36, 1), (4, genuine.data[4] ^ 1), (46, 1)] {
        world.forge(junior.vrt_mint, |mint| mint.data[place] = byte);
        assert_refused(world.send(std::slice::from_ref(&open), &[&admin]), E::UnusableVrtMint);
        world.forge(junior.vrt_mint, |mint| *mint = genuine.clone());
    }
    let foreign = world.token_account(TOKEN_PROGRAM, junior.vrt_mint, admin.pubkey());
    for escrow in [foreign, world.at.vrt_escrow] {
        let mut instead = open.clone();
        instead.accounts[3].pubkey = escrow;
        assert_refused(world.send(&[instead], &[&admin]), E::UnusableVaultAccount);
    }
    world.send(&[open], &[&admin]).unwrap();
    world.settle();
}
