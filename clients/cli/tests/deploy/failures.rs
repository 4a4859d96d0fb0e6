//! What a deployment is refused for, in one line.

use serde_json::Value;
use sluice_client::Rpc;
use sluice_deploy::{Config, Deployment, Error, MissingKeys, Options};
use sluice_localnet::{Localnet, LocalnetConfig};
use solana_commitment_config::CommitmentConfig;
use solana_keypair::read_keypair_file;
use solana_signer::Signer;

use crate::common::{complaint, sluice};
use crate::proxy::Proxy;
use crate::world::{World, costs, example};

#[test]
fn another_cluster_than_the_files_is_refused() {
    let world = World::new("mainnet");
    let config = world.config(|text| text.replace("cluster = \"localnet\"", "cluster = \"mainnet\""));
    let refused = complaint(&world.run(&config, &["--yes", "--i-know-this-is-mainnet"]));
    assert!(
        refused.contains("the file is for mainnet") && refused.contains("a cluster of its own"),
        "{refused}"
    );
    assert_eq!(world.spent(), 0);
}

#[test]
fn mainnet_wants_to_be_meant() {
    let world = World::new("mainnet flag");
    let config = world.config(|text| text.replace("cluster = \"localnet\"", "cluster = \"mainnet\""));
    // A server that says it is mainnet; nothing else is asked of it.
    let mainnet = Proxy::claiming(&world.server.url(), "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d");
    let output = world.command(&mainnet.url(), &config, &["--yes"]).output().unwrap();
    assert!(complaint(&output).contains("--i-know-this-is-mainnet"));
    let meant = ["--i-know-this-is-mainnet", "--dry-run"];
    let output = world.command(&mainnet.url(), &config, &meant).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "Nothing was done: this was a dry run.\n");
    assert_eq!(world.spent(), 0);
}

#[test]
fn a_program_that_is_nowhere_is_named() {
    let net = Localnet::start(LocalnetConfig::default()).unwrap();
    let world = World::with(net, crate::world::folder("no program"));
    let config = world.config(|text| {
        text[..text.find("[[programs]]").unwrap()].to_owned() + &text[text.find("[pool]").unwrap()..]
    });
    let refused = complaint(&world.run(&config, &["--yes"]));
    assert!(refused.contains("add it to the file's [[programs]]"), "{refused}");
}

#[test]
fn keys_are_made_only_when_that_is_asked_for() {
    let world = World::new("no keys");
    let (url, config) = (world.server.url(), world.config(|text| text));
    let (config, keys) = (config.to_str().unwrap(), world.keys.to_str().unwrap());
    let wallet = world.keypair.to_str().unwrap();
    let always = ["deploy", "--config", config, "--url", &url, "--keypair", wallet, "--yes", "--keys", keys];
    let refused = complaint(&sluice(always));
    assert!(refused.contains("lst-mint.json") && refused.contains("--make-keys"), "{refused}");
    assert!(!world.keys.join("lst-mint.json").exists());
    world.deploys(config.as_ref(), &[]);
    let made = std::fs::read(world.keys.join("lst-mint.json")).unwrap();
    world.deploys(config.as_ref(), &[]);
    assert_eq!(std::fs::read(world.keys.join("lst-mint.json")).unwrap(), made, "a key is never written over");
}

#[test]
fn a_wallet_that_cannot_pay_is_told_what_it_lacks() {
    let world = World::new("poor");
    let config = world.config(|text| {
        text.replace("seed_sol = \"1\"\n\n[pool.metadata]", "seed_sol = \"1000\"\n\n[pool.metadata]")
    });
    let refused = complaint(&world.run(&config, &["--yes"]));
    assert!(refused.contains("has 100 SOL, and this takes 1003"), "{refused}");
    assert_eq!(world.spent(), 0);
}

#[test]
fn a_file_with_a_name_that_means_nothing_is_refused() {
    let world = World::new("typo");
    for (old, new, word) in [
        ("reward_bps", "reward_fee_bps", "reward_fee_bps"),
        ("seed_sol = \"1\"", "seed_sol = 1", "seed_sol"),
        ("collateral = \"lst\"", "collateral = \"slSOL\"", "no collateral"),
        ("name = \"shielded\"", "name = \"slsol\"", "two are named \"slsol\""),
        (
            "shielded = true",
            "shielded = true\n[vaults.junior]\nseed = \"1\"\npremium_bps = 1",
            "no junior shares",
        ),
    ] {
        let config = world.config(|text| text.replacen(old, new, 1));
        let refused = complaint(&world.run(&config, &["--yes"]));
        assert!(refused.contains(word), "{word}: {refused}");
    }
    let refused = complaint(&world.run(&example("nothing.toml"), &["--yes"]));
    assert!(refused.contains("cannot read") && refused.contains("nothing.toml"), "{refused}");
}

#[test]
fn nothing_is_done_without_an_answer_and_a_dry_run_makes_nothing() {
    let world = World::new("dry");
    let output = world.run(&example("localnet.toml"), &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("error: not done: standard input is no terminal"), "{said}");
    assert!(said.contains("+ LST mint") && said.contains("to be made for"), "{said}");
    let output = world.run(&example("localnet.toml"), &["--dry-run"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "Nothing was done: this was a dry run.\n");
    assert_eq!(world.spent(), 0);
}

#[test]
fn a_dry_run_shows_a_plan_by_keys_that_are_only_an_example_and_makes_none() {
    let world = World::new("dry keys");
    let config = world.config(|text| text);
    let files = || {
        let files = std::fs::read_dir(&world.keys).unwrap();
        files.map(|file| file.unwrap().file_name()).collect::<std::collections::BTreeSet<_>>()
    };
    let (before, dry) = (files(), ["--dry-run", "--output", "json"]);
    let output = world.run(&config, &dry);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("lst-mint.json") && said.contains("are only an example"), "{said}");
    let example: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mint = world.keys.join("lst-mint.json");
    assert!(example["plan"]["examples"].as_array().unwrap().contains(&mint.to_str().unwrap().into()));
    assert_eq!((files(), world.spent()), (before, 0));

    // What it costs is no example.
    let made = world.deploys(&config, &[]);
    assert_eq!((costs(&made), world.spent()), (costs(&example), costs(&example)));
    assert_ne!(made["addresses"]["pool"]["mint"], example["addresses"]["pool"]["mint"]);
    let output = world.run(&config, &dry);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("example"), "{said}");
    let there: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(there["addresses"], made["addresses"]);
}

#[test]
fn nothing_is_made_with_keys_that_are_only_an_example() {
    let world = World::new("only an example");
    let config = Config::read(&world.config(|text| text)).unwrap();
    let rpc = Rpc::new(&world.server.url(), CommitmentConfig::confirmed()).unwrap();
    let wallet = world.wallet.insecure_clone();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let run = runtime.block_on(async {
        let missing = MissingKeys::Invent;
        let deployment = Deployment::open(rpc, config, wallet, Some(&world.keys), missing, Options::new());
        deployment.await.unwrap().run(&|_| {}).await
    });
    assert!(matches!(run, Err(Error::NoKey { .. })), "{run:?}");
    assert_eq!(world.spent(), 0);
}

#[test]
fn programs_that_were_built_for_other_keys_are_named_all_at_once() {
    let net = Localnet::start(LocalnetConfig::default()).unwrap();
    let world = World::with(net, crate::world::folder("other keys"));
    let config = world.config(|text| text.replace("key = \"development\"\n", ""));
    let refused = complaint(&world.run(&config, &["--dry-run"]));
    assert_eq!(refused.matches("its key is yet to be made").count(), sluice_sdk::PROGRAMS.len(), "{refused}");
    let refused = complaint(&world.run(&config, &["--yes"]));
    for program in sluice_sdk::PROGRAMS {
        let key = read_keypair_file(world.keys.join(format!("{}.json", program.name))).unwrap().pubkey();
        let difference = format!("its key is that of {key}, and it was built for {}", program.id);
        assert!(refused.contains(&difference), "{difference}: {refused}");
    }
    assert_eq!(world.spent(), 0);
}

#[test]
fn a_server_that_is_down_and_a_key_that_is_none_are_named() {
    let world = World::new("down");
    let config = world.config(|text| text);
    let output = world.command("http://127.0.0.1:1", &config, &["--yes"]).output().unwrap();
    let refused = complaint(&output);
    assert!(refused.contains("no RPC server answers at 127.0.0.1:1"), "{refused}");
    std::fs::write(&world.keypair, "[1, 2]").unwrap();
    let refused = complaint(&world.run(&config, &["--yes"]));
    assert!(refused.contains("is no keypair file"), "{refused}");
}
