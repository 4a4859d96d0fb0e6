//! From nothing to everything, and once more.

use sluice_localnet::LocalnetConfig;
use sluice_sdk::restaking_vault::accounts::{Operator, Service, Vault};
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::validator_selection::accounts::Config;
use sluice_tests::metadata::metadata;
use sluice_tests::{Bank, SOL, token_2022};
use solana_keypair::{Keypair, read_keypair_file};
use solana_signer::Signer;

use crate::common::complaint;
use crate::world::{World, address, costs, example, folder, line, was_done};

#[test]
fn one_file_makes_pool_selection_and_vaults() {
    let world = World::new("fresh");
    let outcome = world.deploys(&example("localnet.toml"), &[]);
    assert_eq!(outcome["done"], true);
    let admin = world.wallet.pubkey();

    let at = address(&outcome, "/addresses/pool/pool");
    let pool: Pool = world.read(&at);
    assert_eq!(pool.lst_mint, address(&outcome, "/addresses/pool/mint"));
    assert_eq!((pool.admin, pool.fee_authority, pool.pauser), (admin, admin, admin));
    assert_eq!((pool.fees.reward_bps, pool.fees.insurance_bps), (500, 2_000));
    assert_eq!((pool.min_deposit, pool.tvl_cap), (SOL / 1_000, u64::MAX));
    assert_eq!(pool.lp_mint, address(&outcome, "/addresses/pool/lp_mint"));
    assert_eq!(pool.liquidity_lamports, SOL);
    let config = address(&outcome, "/addresses/selection/config");
    assert_eq!(pool.delegation_authority, config);

    let selection: Config = world.read(&config);
    assert_eq!((selection.pool, selection.admin), (at, admin));
    assert_eq!((selection.params.join_bond, selection.params.cap_bps), (SOL, 2_500));

    let vault: Vault = world.read(&address(&outcome, "/addresses/vaults/0/vault"));
    assert_eq!((vault.collateral_mint, vault.staking_pool), (pool.lst_mint, at));
    assert_eq!((vault.assets, vault.junior_assets), (SOL / 10, SOL / 10));
    assert_eq!(vault.premium_bps, 2_000);
    let shielded: Vault = world.read(&address(&outcome, "/addresses/vaults/1/vault"));
    assert_eq!((shielded.shielded, shielded.principal_lamports), (1, SOL / 10));

    // What the plan said is what it cost.
    assert_eq!(line(&outcome, "pool")["state"], "missing");
    assert_eq!(world.spent(), costs(&outcome), "{:#}", outcome["plan"]);

    let again = world.deploys(&example("localnet.toml"), &[]);
    assert_eq!(again["addresses"], outcome["addresses"]);
    assert!(was_done(&again), "{:#}", again["plan"]);
    assert_eq!(world.spent(), costs(&outcome), "the second run costs nothing");
}

#[test]
fn what_time_must_do_is_left_to_time_and_continued_by_the_next_run() {
    let world = World::new("later");
    let (heir, oracle, pauser) = (Keypair::new().pubkey(), Keypair::new().pubkey(), Keypair::new().pubkey());
    let config = world.config(|text| {
        let text = text.replace("[pool]\n", "[pool]\ndelegation_authority = \"admin\"\n");
        let roles = format!("[pool.roles]\npauser = \"{pauser}\"\n\n[pool.liquidity]");
        let text = text.replace("[pool.liquidity]", &roles);
        let selection = format!("[selection]\ntakes_over = true\noracle = \"{oracle}\"\n");
        let text = text.replace("[selection]\n", &selection);
        let text = text.replace("[vaults.junior]", "[vaults.fee]\nbps = 150\n\n[vaults.junior]");
        let text = format!("handover = \"{heir}\"\n{text}");
        text + "\n[[operators]]\nname = \"node\"\nfee_bps = 300\n\n[[services]]\nname = \"bridge\"\n"
    });
    let outcome = world.deploys(&config, &[]);
    assert_eq!(world.spent(), costs(&outcome), "{:#}", outcome["plan"]);
    let (pool, selection) =
        (address(&outcome, "/addresses/pool/pool"), address(&outcome, "/addresses/selection/config"));
    let state: Pool = world.read(&pool);
    assert_eq!(
        (state.delegation_authority, state.next_delegation_authority),
        (world.wallet.pubkey(), selection)
    );
    assert_eq!((state.pauser, state.pending_admin), (pauser, heir));
    assert_eq!(world.read::<Config>(&selection).oracle, oracle);
    let vault = address(&outcome, "/addresses/vaults/0/vault");
    assert_eq!(world.read::<Vault>(&vault).next_fee_bps, 100, "a fee rises by one point at a time");
    let operator = address(&outcome, "/addresses/operators/0/address");
    assert_eq!(world.read::<Operator>(&operator).next_fee_bps, 200);
    let authority = read_keypair_file(world.keys.join("service-bridge.json")).unwrap().pubkey();
    let service: Service = world.read(&address(&outcome, "/addresses/services/0/address"));
    assert_eq!(service.authority, authority);

    let waits = world.deploys(&config, &[]);
    assert!(was_done(&waits), "{:#}", waits["plan"]);
    assert_eq!(line(&waits, "fee of slsol")["state"], "later");
    assert_eq!(world.spent(), costs(&outcome));

    world.chain(|net| net.advance_epochs(2));
    let last = world.deploys(&config, &[]);
    assert_eq!(line(&last, "fee of slsol")["state"], "missing");
    let vault: Vault = world.read(&vault);
    assert_eq!((vault.fee_bps, vault.next_fee_bps), (100, 150));
    assert_eq!(world.read::<Operator>(&operator).next_fee_bps, 300);
}

#[test]
fn what_is_added_in_a_later_epoch_is_priced_by_that_epochs_update() {
    let world = World::new("added");
    let without = world.config(|text| text.split("[[vaults]]").next().unwrap().to_owned());
    let outcome = world.deploys(&without, &[]);
    world.chain(|net| net.advance_epoch());
    let pool = address(&outcome, "/addresses/pool/pool");
    let with = world.config(|text| text);
    let added = world.deploys(&with, &[]);
    assert_eq!(line(&added, "pool's update")["state"], "missing");
    assert_eq!(world.read::<Pool>(&pool).updated_epoch, world.chain(|net| net.epoch()));
    let vault: Vault = world.read(&address(&added, "/addresses/vaults/0/vault"));
    assert_eq!(vault.assets, SOL / 10);
}

/// What the examples for public clusters say, but for the cluster and the programs, works.
#[test]
fn the_examples_for_public_clusters_work_on_a_local_one() {
    for name in ["devnet", "mainnet"] {
        let world = World::with(Bank::with_peers(LocalnetConfig::default()).0, folder(name));
        let text = std::fs::read_to_string(example(&format!("{name}.toml"))).unwrap();
        let (programs, pool) = (text.find("[[programs]]").unwrap(), text.find("[pool]").unwrap());
        let text = text[..programs].to_owned() + &text[pool..];
        let config =
            world.config(|_| text.replace(&format!("cluster = \"{name}\""), "cluster = \"localnet\""));
        let outcome = world.deploys(&config, &[]);
        assert!(was_done(&world.deploys(&config, &[])), "{name}");
        assert!(world.spent() <= costs(&outcome), "{name}: {:#}", outcome["plan"]);
    }
}

#[test]
fn tokens_carry_their_names_under_both_token_programs() {
    let peers = Bank::with_peers(LocalnetConfig::default()).0;
    let world = World::with(peers, folder("metaplex"));
    let outcome = world.deploys(&example("localnet.toml"), &[]);
    let mint = address(&outcome, "/addresses/pool/mint");
    let text = world.chain(|net| metadata(net, &mint)).expect("metadata");
    assert_eq!((text.name.as_str(), text.symbol.as_str()), ("Sluice staked SOL", "slSOL"));
    assert_eq!(text.update_authority, world.wallet.pubkey());
    assert!(world.spent() <= costs(&outcome), "the metadata's rent is planned by its largest version");

    let world = World::new("token-2022");
    let config = world.config(|text| {
        text.replace("token_program = \"spl-token\"", "token_program = \"token-2022\"\nscaled_ui = true")
            .replace("name = \"slsol\"", "name = \"slsol\"\ntoken_program = \"token-2022\"")
            .replace(
                "name = \"shielded\"\ncollateral = \"lst\"\nseed = \"0.1\"",
                "name = \"shielded\"\ncollateral = \"lp\"\nseed = \"0.2\"",
            )
            .replace("shielded = true", "")
    });
    let outcome = world.deploys(&config, &[]);
    assert_eq!(world.spent(), costs(&outcome), "{:#}", outcome["plan"]);
    let mint = address(&outcome, "/addresses/pool/mint");
    let text = world.chain(|net| token_2022::metadata(net, &mint)).expect("metadata");
    assert_eq!((text.symbol.as_str(), text.update_authority), ("slSOL", world.wallet.pubkey()));
    assert_eq!(world.chain(|net| token_2022::multiplier(net, &mint)), 1.0);
    let vault: Vault = world.read(&address(&outcome, "/addresses/vaults/1/vault"));
    assert_eq!((vault.of_liquidity, vault.assets), (1, SOL / 5));
    assert!(was_done(&world.deploys(&config, &[])));
}

#[test]
fn addresses_are_written_and_never_written_over() {
    let world = World::new("write");
    let path = world.keys.join("addresses.json");
    let write = ["--write", path.to_str().unwrap()];
    let outcome = world.deploys(&example("localnet.toml"), &write);
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(written, outcome["addresses"]);
    world.deploys(&example("localnet.toml"), &write);
    std::fs::write(&path, "{}").unwrap();
    let more = [&write[..], &["--yes"]].concat();
    let refused = complaint(&world.run(&example("localnet.toml"), &more));
    assert!(refused.contains("holds other addresses"), "{refused}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}");
}
