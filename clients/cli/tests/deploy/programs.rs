//! Programs deployed for real through the upgradeable loader, stopped on the way, found again, and upgraded.

use std::path::PathBuf;
use std::process::Stdio;

use sluice_localnet::{Localnet, LocalnetConfig};
use sluice_sdk::restaking_vault::programs::RESTAKING_VAULT_ID;
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_tests::program_path;
use solana_address::Address;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;

use crate::common::{complaint, said};
use crate::proxy::Proxy;
use crate::world::{World, costs, folder, line, was_done};

/// Bytes one transaction writes.
const CHUNK: usize = 950;
/// Of a small program, with which it may be upgraded to another one.
const ROOM: usize = 200_000;

/// A cluster that has all programs but one.
fn without(program: Address, name: &str) -> World {
    // No epoch begins meanwhile, whose update would cost a signature.
    let mut config = LocalnetConfig::default().with_slots_per_epoch(8_192);
    for (id, path) in sluice_tests::programs().into_iter().filter(|(id, _)| *id != program) {
        config = config.with_program(id, path);
    }
    World::ticking(Localnet::start(config).unwrap(), folder(name))
}

fn without_the_pools_program(name: &str) -> World {
    without(STAKING_POOL_ID, name)
}

/// A deployment without vaults, in which a small program lies at the vault program's address.
fn small(world: &World, program: &str, authority: &str) -> PathBuf {
    world.config(|text| {
        let at = |part: &str| text.find(part).unwrap();
        let (programs, pool, vaults) = (at("[[programs]]"), at("[pool]"), at("[[vaults]]"));
        let program = format!(
            "[[programs]]\nname = \"restaking_vault\"\nfile = {:?}\nkey = \"development\"\nauthority = {authority:?}\nmax_length = {ROOM}\n\n",
            program_path(program)
        );
        text[..programs].to_owned() + &program + &text[pool..vaults]
    })
}

/// Bytes of a program and the room behind them.
fn with_room(program: &str) -> Vec<u8> {
    let mut bytes = std::fs::read(program_path(program)).unwrap();
    bytes.resize(ROOM, 0);
    bytes
}

#[test]
fn programs_are_deployed_through_the_loader_and_a_killed_run_continues_its_buffer() {
    let world = without_the_pools_program("programs");
    let config = world.config(|text| text);
    let file = std::fs::read(program_path("staking_pool")).unwrap();
    let chunks = file.len().div_ceil(CHUNK);

    // Killed amid the first program's bytes.
    let proxy = Proxy::new(&world.server.url(), 100);
    let mut command = world.command(&proxy.url(), &config, &["--yes"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    assert_eq!(proxy.run(command).code(), None, "it was killed and did not fail");
    let first = proxy.sent();
    assert!((100..chunks).contains(&first), "{first} of {chunks}");
    drop(proxy);

    let proxy = Proxy::new(&world.server.url(), usize::MAX);
    let mut command = world.command(&proxy.url(), &config, &["--yes"]);
    command.stdout(Stdio::null());
    assert!(proxy.run(command).success());
    assert_eq!(world.program(&STAKING_POOL_ID), (Some(world.wallet.pubkey()), file));
    drop(proxy);

    let outcome = world.deploys(&config, &[]);
    assert!(was_done(&outcome), "{:#}", outcome["plan"]);
    for program in ["staking_pool", "validator_selection", "restaking_vault"] {
        assert_eq!(line(&outcome, &format!("program {program}"))["state"], "there");
    }
    // Buffers gave back what they borrowed: what is gone is what an undisturbed deployment costs.
    let calm = without_the_pools_program("calm programs");
    let undisturbed = calm.deploys(&config, &[]);
    assert_eq!(calm.spent(), costs(&undisturbed), "{:#}", undisturbed["plan"]);
    assert_eq!(world.spent(), calm.spent());
}

#[test]
fn other_bytes_are_refused_and_replaced_only_when_that_is_asked_for() {
    let world = without_the_pools_program("upgrade");
    let only_programs = |text: String, file: &str, authority: &str| {
        let start = text.find("[[programs]]").unwrap();
        let end = text.find("[pool]").unwrap();
        let program = format!(
            "[[programs]]\nname = \"staking_pool\"\nfile = \"{file}\"\nkey = \"development\"\nauthority = \"{authority}\"\n\n"
        );
        let pool = text[end..].split("[selection]").next().unwrap();
        text[..start].to_owned() + &program + pool
    };
    let (small, large) = (program_path("sbf_check"), program_path("staking_pool"));
    // What is there first is another program at the pool's address.
    let config = world.config(|text| only_programs(text, small.to_str().unwrap(), "wallet"));
    let refused = complaint(&world.run(&config, &["--yes", "--output", "json"]));
    assert!(refused.starts_with("pool was made by "), "{refused}");
    assert_eq!(world.program(&STAKING_POOL_ID).1, std::fs::read(&small).unwrap());

    let config = world.config(|text| only_programs(text, large.to_str().unwrap(), "wallet"));
    let before = world.spent();
    let refused = complaint(&world.run(&config, &["--yes", "--output", "json"]));
    assert!(refused.contains("have the hash") && refused.contains("--upgrade"), "{refused}");
    assert_eq!(world.spent(), before);

    let outcome = world.deploys(&config, &["--upgrade"]);
    assert_eq!(line(&outcome, "program staking_pool")["state"], "missing");
    let (authority, bytes) = world.program(&STAKING_POOL_ID);
    assert_eq!(authority, Some(world.wallet.pubkey()));
    assert!(bytes.starts_with(&std::fs::read(&large).unwrap()));
    // What the wrong program did not take out of the purse has paid for a part of it.
    assert!(world.spent() > before && world.spent() < before + costs(&outcome), "{:#}", outcome["plan"]);
    assert!(was_done(&world.deploys(&config, &["--upgrade"])));

    // Nobody's key but the authority's upgrades it.
    let stranger = world.chain(|net| net.funded_keypair("stranger", 50_000_000_000));
    let config = world.config(|text| only_programs(text, small.to_str().unwrap(), "wallet"));
    write_keypair_file(&stranger, &world.keypair).unwrap();
    let refused = complaint(&world.run(&config, &["--yes", "--upgrade", "--output", "json"]));
    assert!(refused.contains(&format!("{} alone may upgrade it", world.wallet.pubkey())), "{refused}");
}

#[test]
fn a_program_that_was_handed_over_is_upgraded_by_its_new_authority_alone() {
    let world = without(RESTAKING_VAULT_ID, "handed over");
    let heir = Keypair::new();
    let config = small(&world, "sbf_check", &heir.pubkey().to_string());
    let outcome = world.deploys(&config, &[]);
    assert_eq!(world.spent(), costs(&outcome), "{:#}", outcome["plan"]);
    let handed = (Some(heir.pubkey()), with_room("sbf_check"));
    assert_eq!(world.program(&RESTAKING_VAULT_ID), handed);
    assert!(was_done(&world.deploys(&config, &[])));

    // Who deployed it has no more say in it.
    let ours = small(&world, "sbf_check", "wallet");
    let refused = complaint(&world.run(&ours, &["--yes", "--upgrade"]));
    let both =
        format!("upgrade authority is {} there and {} in the file", heir.pubkey(), world.wallet.pubkey());
    assert!(refused.contains(&both), "{refused}");
    let other = small(&world, "composer", &heir.pubkey().to_string());
    let refused = complaint(&world.run(&other, &["--yes", "--upgrade"]));
    let next = format!("{} alone may upgrade it: name its keypair file as the authority", heir.pubkey());
    assert!(refused.contains(&next), "{refused}");
    assert_eq!((world.spent(), world.program(&RESTAKING_VAULT_ID)), (costs(&outcome), handed));

    write_keypair_file(&heir, world.keys.join("heir.json")).unwrap();
    let upgraded = world.deploys(&small(&world, "composer", "heir.json"), &["--upgrade"]);
    assert_eq!(world.program(&RESTAKING_VAULT_ID), (Some(heir.pubkey()), with_room("composer")));
    assert_eq!(world.spent(), costs(&outcome) + costs(&upgraded), "{:#}", upgraded["plan"]);
}

#[test]
fn a_program_that_nobody_may_upgrade_stays_as_it_is() {
    let world = without(RESTAKING_VAULT_ID, "final");
    let config = small(&world, "sbf_check", "none");
    let outcome = world.deploys(&config, &[]);
    let last = (None, with_room("sbf_check"));
    assert_eq!(world.program(&RESTAKING_VAULT_ID), last);
    assert!(was_done(&world.deploys(&config, &[])));

    let refused = complaint(&world.run(&small(&world, "sbf_check", "wallet"), &["--yes", "--upgrade"]));
    let both = format!("upgrade authority is none there and {} in the file", world.wallet.pubkey());
    assert!(refused.contains(&both), "{refused}");
    let other = small(&world, "composer", "none");
    for flags in [&["--yes"][..], &["--yes", "--upgrade"]] {
        let refused = complaint(&world.run(&other, flags));
        let next = "nobody may upgrade it any more: name the file it was deployed from";
        assert!(refused.contains(next), "{refused}");
    }
    assert_eq!((world.spent(), world.program(&RESTAKING_VAULT_ID)), (costs(&outcome), last));
}

#[test]
fn what_failed_on_a_fork_is_waited_for() {
    let world = without(RESTAKING_VAULT_ID, "fork");
    let proxy = Proxy::forking(&world.server.url());
    let config = small(&world, "sbf_check", "wallet");
    said(&world.command(&proxy.url(), &config, &["--yes", "--output", "json"]).output().unwrap());
    assert_eq!(world.program(&RESTAKING_VAULT_ID), (Some(world.wallet.pubkey()), with_room("sbf_check")));
    assert_eq!(proxy.forked(), proxy.sent(), "each of them");
    assert!(was_done(&world.deploys(&config, &[])));
}
