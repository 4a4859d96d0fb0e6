//! From nothing to everything, and once more.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sluice_deploy::development;
use sluice_localnet::{Localnet, LocalnetConfig};
use sluice_sdk::restaking_vault::accounts::{Operator, Service, Vault};
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::validator_selection::accounts::Config;
use sluice_tests::metadata::metadata;
use sluice_tests::{Bank, SOL, peers, token_2022};
use solana_address::Address;
use solana_keypair::{Keypair, read_keypair_file, write_keypair_file};
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

/// A cluster that has nothing of ours, with the example for a public cluster deployed on it: the file and the outcome. Only the
/// cluster's name is another, and the keys that the programs were built for lie where those of the reader would.
fn deployed_example(name: &str, change: impl FnOnce(String) -> String) -> (World, PathBuf, Value) {
    // No epoch begins meanwhile, whose update would cost a signature.
    let config = LocalnetConfig::default().with_slots_per_epoch(8_192);
    let config = peers().into_iter().fold(config, |config, (id, path)| config.with_program(id, path));
    let world = World::ticking(Localnet::start(config).unwrap(), folder(name));
    for program in sluice_sdk::PROGRAMS {
        let file = world.keys.join(format!("{}.json", program.name));
        write_keypair_file(&development(program.name), file).unwrap();
    }
    let config = world.config_of(&format!("{name}.toml"), |text| {
        change(text.replace(&format!("cluster = \"{name}\""), "cluster = \"localnet\""))
    });
    let outcome = world.deploys(&config, &[]);
    assert!(world.spent() <= costs(&outcome), "{:#}", outcome["plan"]);
    let spent = world.spent();
    assert!(was_done(&world.deploys(&config, &[])));
    assert_eq!(world.spent(), spent);
    (world, config, outcome)
}

/// That all programs are the files', with the room that the file gives them, and whose they are.
#[track_caller]
fn check_programs(world: &World, config: &Path, authority: Address) {
    let config = sluice_deploy::Config::read(config).unwrap();
    assert_eq!(config.programs.len(), sluice_sdk::PROGRAMS.len());
    for program in sluice_sdk::PROGRAMS {
        let wanted = config.programs.iter().find(|wanted| wanted.name == program.name).unwrap();
        let (upgrader, bytes) = world.program(&program.id);
        assert_eq!(upgrader, Some(authority), "{}", program.name);
        assert!(bytes.starts_with(&std::fs::read(&wanted.file).unwrap()), "{}", program.name);
        assert_eq!(Some(bytes.len()), wanted.max_length, "{}", program.name);
    }
}

#[test]
fn the_example_for_devnet_works_on_a_local_cluster() {
    let (world, config, outcome) = deployed_example("devnet", |text| text);
    check_programs(&world, &config, world.wallet.pubkey());
    let mint = address(&outcome, "/addresses/pool/mint");
    let text = world.chain(|net| token_2022::metadata(net, &mint)).expect("metadata");
    assert_eq!(text.name, "Sluice staked SOL (devnet)");
}

#[test]
fn the_example_for_mainnet_works_on_a_local_cluster_once_somebody_has_gone_through_it() {
    let multisig = Keypair::new().pubkey();
    // Every line that is left to the reader, such as `# authority = "<multisig>"`.
    let mut filled = 0;
    let (world, config, outcome) = deployed_example("mainnet", |text| {
        let fill = |line: &str| match line.strip_prefix("# ").and_then(|line| line.split_once(" = \"<")) {
            Some((name, _)) => {
                filled += 1;
                format!("{name} = \"{multisig}\"\n")
            }
            None => format!("{line}\n"),
        };
        text.lines().map(fill).collect()
    });
    assert_eq!(filled, 9);
    check_programs(&world, &config, multisig);
    let pool: Pool = world.read(&address(&outcome, "/addresses/pool/pool"));
    assert_eq!((pool.admin, pool.pending_admin), (world.wallet.pubkey(), multisig));
    assert_eq!((pool.fee_authority, pool.pauser), (multisig, multisig));
    let vault: Vault = world.read(&address(&outcome, "/addresses/vaults/0/vault"));
    assert_eq!((vault.resolver, vault.pending_admin), (multisig, multisig));
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
    let written: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(written, outcome["addresses"]);
    world.deploys(&example("localnet.toml"), &write);
    std::fs::write(&path, "{}").unwrap();
    let more = [&write[..], &["--yes"]].concat();
    let refused = complaint(&world.run(&example("localnet.toml"), &more));
    assert!(refused.contains("holds other addresses"), "{refused}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}");
}
