//! `/healthz`: what a daemon says of itself while its server is away, its epoch is late or its purse is empty, and after.

use std::sync::Arc;

use sluice_localnet::RpcServer;
use sluice_sdk::validator_selection::instructions::OBSERVE_DISCRIMINATOR;
use sluice_tests::{Rates, SOL};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::running::eventually;
use crate::world::{World, bad_way, keypair_file};

#[test]
fn a_server_that_is_away_makes_ill_until_it_is_back() {
    let world = World::new("away");
    let running = world.daemon(&world.server.url(), ["--stale-after", "1"]);
    running.gets_well();
    let World { net, server, selection, .. } = world;
    let address = server.address();
    drop(server);
    let away = format!("no RPC server answers at {address}");
    running.gets_ill(&[&selection.pool.pool.to_string(), "was last read", "seconds ago", &away]);
    // Meanwhile somebody's connection may have been given that port.
    let mut back = None;
    eventually("the port is free", || {
        back = RpcServer::start(Arc::clone(&net), address.port()).ok();
        back.is_some()
    });
    running.gets_well();
}

#[test]
fn an_epoch_that_is_late_makes_ill_until_it_is_done() {
    let world = World::new("late");
    let way = bad_way(
        world.server.url(),
        Rates { unavailable_kind: Some(OBSERVE_DISCRIMINATOR), ..Rates::default() },
    );
    let running = world.daemon(way.url(), ["--late-after", "20"]);
    running.gets_well();
    world.net.lock().unwrap().warp_slots(30);
    running.gets_ill(&[&format!("epoch {}", world.epoch()), "is late", "slots ago: observe"]);
    way.set(Rates::default());
    running.gets_well();
    assert!(running.has_finished(world.epoch()));
}

#[test]
fn an_empty_purse_makes_ill_until_somebody_fills_it() {
    let mut world = World::new("purse");
    let poor = Keypair::new();
    world.key = keypair_file("purse", &poor);
    let running = world.daemon(&world.server.url(), ["--stale-after", "1"]);
    let who = format!("{} has 0 lamports", poor.pubkey());
    running.gets_ill(&["nothing was done for the pool", &who, "send it some SOL"]);
    world.net.lock().unwrap().airdrop(&poor.pubkey(), SOL).unwrap();
    running.gets_well();
    assert_eq!(running.says("epoch finished")["epoch"], world.epoch());
}
