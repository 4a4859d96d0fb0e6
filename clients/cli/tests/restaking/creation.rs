//! `vault create` and `vault add-junior`.

use sluice_sdk::restaking_vault::accounts::Vault;
use sluice_tests::SOL;

use crate::common::{event, key, number, row};
use crate::world::{World, associated, nowhere};

#[test]
fn a_vault_opens_with_what_was_named_and_takes_its_seed() {
    let world = World::with(&["--capacity", "500", "--leverage-bps", "5000", "--min-deposit", "0.25"]);
    let vault = world.state();
    assert_eq!((vault.admin, vault.delegation_admin), (world.admin.address(), world.admin.address()));
    assert_eq!((vault.resolver, vault.pauser), (world.resolver.address(), world.pauser.address()));
    assert_eq!((vault.capacity, vault.leverage_bps, vault.min_deposit), (500 * SOL, 5_000, SOL / 4));
    assert_eq!((vault.cooldown_epochs, vault.slash_cap_bps, vault.stream_slots), (2, 2_000, 64));
    assert_eq!((vault.assets, vault.vrt_supply, vault.locked_vrt), (SOL, SOL, SOL));
    assert_eq!(vault.staking_pool, world.pool.pool);
    assert_eq!(vault.collateral_account, associated(&world.vault, &world.pool.mint));
    assert_eq!(world.tokens(&vault.collateral_account), SOL);
    assert_eq!(world.tokens(&vault.vrt_escrow), world.supply(&world.vrt));
}

#[test]
fn what_cannot_be_a_vault_is_refused_in_words() {
    let world = World::new();
    let [mint, pool, resolver] =
        [world.pool.mint, world.pool.pool, world.resolver.address()].map(|address| address.to_string());
    let usual = ["vault", "create", "--collateral", &mint, "--resolver", &resolver];
    let create = |more: &[&str]| world.refuses(&world.admin, &[&usual, more].concat());

    let error = create(&["--seed", "0.00001"]);
    assert!(error.contains("seed deposit is below the minimum"), "{error}");
    let error = create(&["--seed", "1000"]);
    assert!(error.contains("1000 tokens were asked for, and there are 149"), "{error}");
    let error = create(&["--seed", "1", "--shielded"]);
    assert!(error.contains("StakingPoolMissing"), "{error}");
    let error = create(&["--seed", "1", "--pool", &pool, "--warmup-epochs", "1"]);
    assert!(error.contains("WindowOutOfRange"), "{error}");
    let error = create(&["--seed", "1", "--pool", &nowhere()]);
    assert!(error.contains("no pool at"), "{error}");
    let stranger = world.served.person("stranger", SOL);
    let error = world.refuses(&stranger, &[&usual, &["--seed", "1"][..]].concat());
    assert!(error.starts_with("1 tokens were asked for, and there are 0 tokens"), "{error}");
}

#[test]
fn a_vault_without_depositors_gets_junior_shares_once() {
    let world = World::new();
    let add = ["vault", "add-junior", "--seed", "2", "--premium-bps", "1500"];
    let stranger = world.served.person("stranger", SOL);
    let error = world.refuses_there(&stranger, &add);
    assert!(error.starts_with(&format!("only the admin ({})", world.admin.address())), "{error}");
    assert!(error.contains(&stranger.address().to_string()), "{error}");

    let preview = world.previews_there(&world.admin, &add);
    assert_eq!(row(&preview, "Premium"), "15 % of the seniors' rewards");
    assert_eq!(row(&preview, "Locked for ever"), "2 LST, for 2 junior VRT");
    assert_eq!(world.state().junior_supply, 0, "a preview changes nothing");

    let done = world.does_there(&world.admin, &add);
    let told = event(&done, "JuniorInitialized");
    let vault: Vault = world.state();
    assert_eq!(key(&told["junior_mint"]), vault.junior_mint);
    assert_eq!((vault.junior_assets, vault.junior_supply, vault.locked_junior), (2 * SOL, 2 * SOL, 2 * SOL));
    assert_eq!(number(&told["premium_bps"]), 1_500);
    assert_eq!(world.tokens(&vault.collateral_account), 3 * SOL);
    let error = world.refuses_there(&world.admin, &add);
    assert!(error.contains("JuniorRefused"), "{error}");
}
