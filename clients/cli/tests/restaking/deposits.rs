//! `restake` and `vault deposit`: what goes in, what comes out, and what is refused.

use sluice_tests::chain::Chain;
use sluice_tests::{PoolOptions, SOL};

use crate::common::{FEE, complaint, event, number, row};
use crate::world::{World, associated, nowhere};

#[test]
fn sol_becomes_shares_in_one_step_as_the_preview_says() {
    let world = World::new();
    let alice = world.served.person("alice", 100 * SOL);
    let shares = world.shares_of(&alice.address());
    let rent = world.chain(|net| net.rent_exempt(165));
    let restake = ["restake", "12.5"];

    let preview = world.previews_there(&alice, &restake);
    assert_eq!(row(&preview, "You give"), "12.5 SOL");
    assert_eq!(row(&preview, "You receive"), "12.5 VRT, at least 12.4875 VRT");
    assert!(row(&preview, "New account").contains(&shares.to_string()), "{preview}");
    assert_eq!(row(&preview, "Vault's collateral"), "1 LST → 13.5 LST");
    assert_eq!(row(&preview, "Can be slashed"), "at most 20 % of the vault an epoch");
    assert!(!world.exists(&shares), "a preview changes nothing");

    let done = world.does_there(&alice, &restake);
    let told = event(&done, "StakedAndRestaked");
    assert_eq!((number(&told["lamports"]), number(&told["minted"])), (12_500_000_000, 12_500_000_000));
    assert_eq!(world.tokens(&shares), 12_500_000_000);
    let left = world.served.lamports(&alice.address());
    assert_eq!(left, 100 * SOL - 12_500_000_000 - rent - FEE, "in = out to the lamport");
    let vault = world.state();
    assert_eq!((vault.assets, vault.vrt_supply), (13_500_000_000, 13_500_000_000));
    assert_eq!(world.tokens(&vault.collateral_account), vault.assets);
    assert_eq!(world.supply(&world.vrt), vault.vrt_supply);

    // All: what is left but a little for fees.
    world.does_there(&alice, &["restake", "all"]);
    assert_eq!(world.served.lamports(&alice.address()), 10_000_000 - FEE);
}

#[test]
fn what_the_pool_charges_on_the_way_is_shown_and_counted() {
    let mut options = PoolOptions::default();
    options.params.fees.deposit_bps = 20;
    let world = World::of(options, &[]);
    let alice = world.served.person("alice", 20 * SOL);
    let preview = world.previews_there(&alice, &["restake", "10"]);
    assert_eq!((row(&preview, "Which is"), row(&preview, "Fee")), ("9.98 LST", "0.02 LST"));
    assert_eq!(row(&preview, "You receive"), "9.98 VRT, at least 9.97002 VRT");
    let done = world.does_there(&alice, &["restake", "10"]);
    assert_eq!(number(&event(&done, "StakedAndRestaked")["credited"]), 9_980_000_000);
    assert_eq!(world.tokens(&world.shares_of(&alice.address())), 9_980_000_000);
}

#[test]
fn lst_is_deposited_by_either_command_and_never_more_than_there_is() {
    let world = World::new();
    let (bob, lst) = world.holder("bob", 20 * SOL);
    let done = world.does_there(&bob, &["restake", "--lst", "5"]);
    assert_eq!(number(&event(&done, "CollateralDeposited")["minted"]), 5 * SOL);
    let done = world.does_there(&bob, &["vault", "deposit", "all"]);
    assert_eq!(number(&event(&done, "CollateralDeposited")["amount"]), 15 * SOL);
    assert_eq!((world.tokens(&lst), world.tokens(&world.shares_of(&bob.address()))), (0, 20 * SOL));
    let error = world.refuses_there(&bob, &["vault", "deposit", "1"]);
    assert_eq!(error, "1 LST were asked for, and there are 0 LST to take them from");
    let error = world.refuses_there(&bob, &["vault", "deposit", "1.0000000001"]);
    assert!(error.contains("more than 9 decimals"), "{error}");
}

#[test]
fn a_price_above_one_mints_less_and_the_bound_holds() {
    let world = World::new();
    let (payer, _) = world.holder("payer", SOL);
    world.does_there(&payer, &["vault", "pay-rewards", "1"]);
    world.epochs(2);
    let vault = world.state();
    assert_eq!((vault.assets, vault.locked_rewards), (SOL, SOL), "nobody has touched it since");
    let (carol, _) = world.holder("carol", 10 * SOL);
    // One LST of rewards for one share of seed: two for a share.
    let preview = world.previews_there(&carol, &["vault", "deposit", "4"]);
    assert_eq!(row(&preview, "You receive"), "2 VRT, at least 1.998 VRT");
    let error = world.refuses_there(&carol, &["vault", "deposit", "4", "--at-least", "2.000000001"]);
    assert!(error.contains("SlippageExceeded") && error.contains("--at-least"), "{error}");
    world.does_there(&carol, &["vault", "deposit", "4", "--at-least", "2"]);
    assert_eq!(world.tokens(&world.shares_of(&carol.address())), 2 * SOL);
}

#[test]
fn limits_pauses_and_staleness_are_told_in_words() {
    let world = World::with(&["--capacity", "10", "--min-deposit", "0.5", "--leverage-bps", "2000"]);
    let (dave, _) = world.holder("dave", 50 * SOL);
    let error = world.refuses_there(&dave, &["vault", "deposit", "0.4"]);
    assert!(error.contains("DepositTooSmall"), "{error}");
    let error = world.refuses_there(&dave, &["vault", "deposit", "9.1"]);
    assert!(error.contains("CapacityExceeded"), "{error}");
    // An epoch begins and nobody updates the pool: the limit of leverage cannot be told.
    world.chain(|net| net.advance_epoch());
    let error = world.refuses_there(&dave, &["vault", "deposit", "1"]);
    assert!(error.contains("sluice crank --once"), "{error}");
    world.chain(|net| world.pool.update(net));
    world.does_there(&world.pauser, &["vault", "pause"]);
    let error = world.refuses_there(&dave, &["vault", "deposit", "1"]);
    assert!(error.contains("Deposits and instant exits are paused"), "{error}");
}

#[test]
fn who_has_nothing_and_what_is_not_there_is_named() {
    let world = World::new();
    let poor = world.served.person("poor", SOL / 100);
    let error = world.refuses_there(&poor, &["restake", "1"]);
    assert!(error.starts_with("1 SOL were asked for, and there are"), "{error}");
    let error = world.refuses_there(&poor, &["vault", "deposit", "1"]);
    assert!(error.contains("LST"), "{error}");
    let error = world.refuses(&poor, &["restake", "0.001", "--vault", &nowhere()]);
    assert_eq!(error, format!("there is no vault at {}", nowhere()));
    let mint = world.pool.pool.to_string();
    let error = world.refuses(&poor, &["restake", "0.001", "--vault", &mint]);
    assert!(error.contains("is not what it should be") && error.contains("Vault"), "{error}");
    let error = world.refuses_there(&poor, &["restake", "1", "--junior"]);
    assert!(error.contains("has no junior shares"), "{error}");
    assert_eq!(world.run(&poor, &["restake", "1"]).status.code(), Some(2), "no vault is named");
    assert_eq!(world.run(&poor, &["restake", "-1", "--vault", &nowhere()]).status.code(), Some(2));

    let file = poor.file.to_str().unwrap();
    let vault = world.vault.to_string();
    let down =
        ["restake", "0.001", "--vault", &vault, "--keypair", file, "--url", "http://127.0.0.1:1", "--yes"];
    let error = complaint(&crate::common::sluice(down));
    assert!(error.starts_with("no RPC server answers at 127.0.0.1:1"), "{error}");
    // Nobody to ask, and not told to go on.
    let output = world.run(&world.admin, &["vault", "deposit", "1", "--vault", &vault]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1) && text.ends_with("add --yes to do it without asking\n"),
        "{text}"
    );
}

#[test]
fn junior_shares_are_bought_by_name() {
    let world = World::new();
    world.does_there(&world.admin, &["vault", "add-junior", "--seed", "1", "--premium-bps", "1000"]);
    let (erin, _) = world.holder("erin", 10 * SOL);
    let preview = world.previews_there(&erin, &["vault", "deposit", "4", "--junior"]);
    assert_eq!(row(&preview, "You receive"), "4 junior VRT, at least 3.996 junior VRT");
    assert_eq!(row(&preview, "Junior collateral"), "1 LST → 5 LST");
    assert_eq!(row(&preview, "Bears losses"), "before the senior shares");
    world.does_there(&erin, &["restake", "3", "--junior"]);
    let vault = world.state();
    assert_eq!(world.tokens(&associated(&erin.address(), &vault.junior_mint)), 3 * SOL);
    assert_eq!((vault.assets, vault.junior_assets), (SOL, 4 * SOL));
}
