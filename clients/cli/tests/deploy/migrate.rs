//! `anchor migrate`: migrations/deploy.js, run by node as Anchor 2.0.0-rc.2's command line runs it.

use std::path::Path;
use std::process::{Command, Output};

use solana_keypair::{Keypair, write_keypair_file};

use crate::world::{World, example};

/// The host script that Anchor's command line writes into `.anchor/deploy.js`, with the cluster and the module in place.
fn host(url: &str, module: &Path) -> String {
    format!(
        r#"
const anchor = require('@anchor-lang/core');

// Deploy script defined by the user.
const userScript = require("{}");

async function main() {{
    const connection = new anchor.web3.Connection(
      "{url}",
      anchor.AnchorProvider.defaultOptions().commitment
    );
    const wallet = anchor.Wallet.local();
    const provider = new anchor.AnchorProvider(connection, wallet);

    // Run the user's deploy script.
    userScript(provider);
}}
main();
"#,
        module.display()
    )
}

fn migrate(world: &World, arguments: &str) -> Output {
    let (anchor, modules) = (world.keys.join(".anchor"), world.keys.join("node_modules"));
    std::fs::create_dir_all(&anchor).unwrap();
    // `@anchor-lang/core`, which `make setup` has installed.
    let installed = example("../clients/deploy/node_modules").canonicalize().unwrap();
    if !modules.exists() {
        std::os::unix::fs::symlink(installed, modules).unwrap();
    }
    let module = example("deploy.js").canonicalize().unwrap();
    std::fs::write(anchor.join("deploy.js"), host(&world.server.url(), &module)).unwrap();
    Command::new("node")
        .arg("deploy.js")
        .current_dir(&anchor)
        .env("ANCHOR_WALLET", &world.keypair)
        .env("SLUICE_BIN", env!("CARGO_BIN_EXE_sluice"))
        .env("SLUICE_DEPLOY_ARGS", arguments)
        .env("HOME", &world.keys)
        .output()
        .unwrap()
}

#[test]
fn anchor_migrate_deploys_by_the_providers_cluster_and_wallet() {
    let world = World::new("migrate");
    // As docs/deploy.md has it: the script names the folder of keys itself, and none are made there.
    let folder = example("../keys");
    let was_there = folder.exists();
    let dry = migrate(&world, "--dry-run");
    assert!(dry.status.success(), "{}", String::from_utf8_lossy(&dry.stderr));
    assert_eq!(String::from_utf8(dry.stdout).unwrap(), "Nothing was done: this was a dry run.\n");
    assert_eq!((folder.exists(), world.spent()), (was_there, 0));
    let keys = format!("--make-keys {}", world.keys.display());
    let done = migrate(&world, &keys);
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("pool ") && said.contains("vault shielded"), "{said}");
    let spent = world.spent();
    assert!(spent > 0);
    assert!(migrate(&world, &keys).status.success(), "it can be run again");
    assert_eq!(world.spent(), spent);
}

#[test]
fn anchor_migrate_fails_where_the_deployment_does() {
    let world = World::new("migrate-poor");
    write_keypair_file(&Keypair::new(), &world.keypair).unwrap();
    let failed = migrate(&world, &format!("--make-keys {}", world.keys.display()));
    assert_eq!(failed.status.code(), Some(1));
    let complaint = String::from_utf8(failed.stderr).unwrap();
    assert!(
        complaint.contains("has 0 SOL") && complaint.contains("sluice deploy ended with 1"),
        "{complaint}"
    );
}
