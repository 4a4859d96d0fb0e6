//! Programs deployed for real through the upgradeable loader, stopped on the way, found again, and upgraded.

use std::process::Stdio;

use sluice_localnet::{Localnet, LocalnetConfig};
use sluice_sdk::staking_pool::programs::STAKING_POOL_ID;
use sluice_tests::program_path;
use solana_keypair::write_keypair_file;
use solana_loader_v3_interface::get_program_data_address;
use solana_signer::Signer;

use crate::common::complaint;
use crate::proxy::Proxy;
use crate::world::{World, costs, folder, line, was_done};

/// Bytes one transaction writes.
const CHUNK: usize = 950;

/// A cluster that has all programs but the staking pool's.
fn without_the_pools_program(name: &str) -> World {
    // No epoch begins meanwhile, whose update would cost a signature.
    let mut config = LocalnetConfig::default().with_slots_per_epoch(8_192);
    for (id, path) in sluice_tests::programs().into_iter().filter(|(id, _)| *id != STAKING_POOL_ID) {
        config = config.with_program(id, path);
    }
    World::ticking(Localnet::start(config).unwrap(), folder(name))
}

fn deployed(world: &World) -> (Option<solana_address::Address>, Vec<u8>) {
    let data = world.chain(|net| net.get_account(&get_program_data_address(&STAKING_POOL_ID)));
    let data = data.expect("a program's data").data;
    let authority = (data[12] == 1).then(|| data[13..45].try_into().unwrap());
    (authority, data[45..].to_vec())
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
    assert_eq!(deployed(&world), (Some(world.wallet.pubkey()), file));
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
    assert_eq!(deployed(&world).1, std::fs::read(&small).unwrap());

    let config = world.config(|text| only_programs(text, large.to_str().unwrap(), "wallet"));
    let before = world.spent();
    let refused = complaint(&world.run(&config, &["--yes", "--output", "json"]));
    assert!(refused.contains("have the hash") && refused.contains("--upgrade"), "{refused}");
    assert_eq!(world.spent(), before);

    let outcome = world.deploys(&config, &["--upgrade"]);
    assert_eq!(line(&outcome, "program staking_pool")["state"], "missing");
    let (authority, bytes) = deployed(&world);
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
