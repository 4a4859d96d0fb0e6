//! One operator, slots that pass by themselves, a server that fails every tenth question, and half of what is sent lost.

mod common;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use common::{Working, World, quick};
use sluice_tests::{FaultyProxy, Rates};

const VALIDATORS: usize = 24;
const SLOT: Duration = Duration::from_millis(120);

/// Waits until so many epochs were seen finished; which.
async fn finished(world: &World, working: &Working, epochs: usize) -> BTreeSet<u64> {
    let began = Instant::now();
    let mut seen = BTreeSet::new();
    while seen.len() < epochs {
        assert!(began.elapsed() < Duration::from_secs(120), "{seen:?}\n{}", working.metrics.text());
        seen.extend(Some(working.metrics.finished_epoch(&world.name())).filter(|epoch| *epoch > 0));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn epochs_are_finished_in_time_by_a_bad_way_and_after_a_restart() {
    let world = World::ticking(VALIDATORS, SLOT);
    let rates = Rates { swallowed: 250, forked: 250, ..Rates::evenly(125) };
    let hang = Duration::from_millis(700);
    let way = FaultyProxy::start(world.server.url(), rates, 3, hang).unwrap();
    let key = world.operator("operator");
    let settings = || {
        let mut settings = quick(Duration::ZERO);
        settings.timeout = Duration::from_millis(600);
        settings
    };
    let working = Working::start(&world, way.url().to_owned(), &key, settings());
    let first = finished(&world, &working, 2).await;
    let tables = world.tables_of(&key);
    assert!(tables > 0, "the pool is large enough for lookup tables");
    working.stop().await;

    // A new one knows nothing but its key.
    let working = Working::start(&world, way.url().to_owned(), &key, settings());
    let second = finished(&world, &working, 2).await;
    working.stop().await;
    let epochs: Vec<u64> = first.union(&second).copied().collect();
    let (last, count) = (epochs[epochs.len() - 1], epochs.len() as u64);
    assert!(last + 1 - epochs[0] <= count + 2, "hardly an epoch was missed: {epochs:?}");
    assert_eq!(world.tables_of(&key), tables, "its tables were found again");
    let (injected, requests) = way.injected();
    eprintln!("{requests} requests, {injected:?}");
    assert!(injected["swallowed"] > 0 && injected["forked"] > 0);
    // What does not depend on who cranks: the pool is backed by what it holds.
    let pool = world.pool();
    assert!(pool.updated_epoch >= last);
}
