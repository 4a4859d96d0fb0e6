//! Three operators at once, each by a bad way of its own, crank a pool of 300 validators for ten epochs: what comes of it is
//! to the lamport what one operator alone brings about, and costs little more.

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use common::{OPENS, Working, World, quick};
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_tests::{FaultyProxy, Rates};
use solana_address::Address;

const VALIDATORS: usize = 300;
const EPOCHS: u64 = 10;
/// What the three may pay together, in percent of what one alone pays.
const AT_MOST: u64 = 130;

/// What an operator's work leaves behind.
struct Left {
    pool: Pool,
    targets: BTreeMap<Address, u64>,
    fees: u64,
}

/// Ten epochs of that world, each worked through by all of the daemons before the next begins.
async fn live(mut world: World, daemons: Vec<(std::sync::Arc<solana_keypair::Keypair>, Working)>) -> Left {
    let metrics: Vec<_> = daemons.iter().map(|(_, working)| working.metrics.clone()).collect();
    for _ in 0..EPOCHS {
        world.settle(&metrics).await;
        let pool = world.pool();
        assert_eq!(pool.updated_epoch, world.epoch());
        let config = world.with_bank(|bank| world.selection.state(bank));
        assert_eq!(config.allocated_epoch, world.epoch());
        world.live();
        world.next_epoch();
    }
    world.settle(&metrics).await;
    let mut fees = 0;
    for (key, working) in daemons {
        for line in working.metrics.text().lines().filter(|line| line.contains("transactions_total{")) {
            eprintln!("{line}");
        }
        working.stop().await;
        eprintln!("{} lamports of fees", world.fees(&key));
        fees += world.fees(&key);
    }
    Left { pool: world.pool(), targets: world.targets(), fees }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_daemons_by_bad_ways_do_what_one_does_and_pay_little_more() {
    let world = World::new(VALIDATORS);
    let key = world.operator("alone");
    let working = Working::start(&world, world.server.url(), &key, quick(Duration::ZERO));
    let alone = live(world, vec![(key, working)]).await;

    let world = World::new(VALIDATORS);
    let hang = Duration::from_millis(1_250);
    let ways: Vec<FaultyProxy> = (1..=3)
        .map(|seed| FaultyProxy::start(world.server.url(), Rates::evenly(150), seed, hang).unwrap())
        .collect();
    let daemons = ways.iter().zip(["anna", "bert", "carl"]).map(|(way, name)| {
        let key = world.operator(name);
        let working = Working::start(&world, way.url().to_owned(), &key, quick(Duration::from_secs(1)));
        (key, working)
    });
    let daemons = daemons.collect();
    let three = live(world, daemons).await;

    for way in &ways {
        let (injected, requests) = way.injected();
        eprintln!("{requests} requests, {injected:?}");
        assert!(injected.len() == 7, "every fault was met: {injected:?}");
        assert!(injected.values().sum::<u64>() * 100 >= requests * 10, "{injected:?} of {requests}");
    }
    assert_eq!(three.pool.updated_epoch, OPENS + EPOCHS);
    assert_eq!(three.pool, alone.pool, "the pool's books are the same, to the lamport and the unit");
    assert_eq!(three.targets, alone.targets);
    assert!(three.targets.len() > VALIDATORS * 8 / 10, "{} have a target", three.targets.len());
    let percent = three.fees * 100 / alone.fees;
    eprintln!("{} lamports for one, {} for three: {percent} %", alone.fees, three.fees);
    assert!(percent <= AT_MOST, "three daemons paid {percent} % of what one pays");
}
