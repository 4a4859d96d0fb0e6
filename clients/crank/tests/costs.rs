//! What an epoch costs, as docs/operate.md says it.

mod common;

use std::time::Duration;

use common::{Working, World, cluster, quick, rpc};
use sluice_crank::job::Kind;
use sluice_crank::{Crank, Metrics};

/// Validators, transactions of an epoch with nothing to move, and lookup tables.
const SIZES: [(usize, u64, usize); 2] = [(300, 15, 3), (1_300, 49, 11)];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_epoch_with_nothing_to_move_takes_as_many_transactions_as_promised() {
    for (validators, transactions, tables) in SIZES {
        let world = World::new(validators);
        let key = world.operator("alone");
        let work = || Working::start(&world, world.server.url(), &key, quick(Duration::ZERO));
        // The first epoch gives all their first stake, the second one writes lookup tables of it.
        let working = work();
        let metrics = [working.metrics.clone()];
        world.settle(&metrics).await;
        world.next_epoch();
        world.settle(&metrics).await;
        working.stop().await;
        eprintln!(
            "{validators} validators: {} lamports in two epochs, {} in tables",
            world.fees(&key),
            world.rent(&key)
        );
        world.next_epoch();

        let settings = quick(Duration::ZERO);
        let cluster = cluster(&[world.server.url()], &settings, &Metrics::new());
        let mut crank = Crank::new(cluster, rpc(&world.server.url()), key.clone(), world.id(), settings);
        let preview = crank.preview().await.unwrap();
        assert_eq!(preview.tables, tables);
        let planned: Vec<_> =
            preview.stages.iter().map(|stage| (stage.stage, stage.transactions.len() as u64)).collect();
        let half = transactions / 2 - 1;
        let stages =
            [(Kind::Update, half), (Kind::FinishUpdate, 1), (Kind::Observe, half), (Kind::Allocate, 1)];
        assert_eq!(planned, stages);
        let all = preview.stages.iter().flat_map(|stage| &stage.transactions);
        assert!(all.clone().all(|one| one.locks <= 64 && one.bytes <= 1_232 && one.units <= 1_400_000));

        let before = world.fees(&key);
        let working = work();
        world.settle(std::slice::from_ref(&working.metrics)).await;
        working.stop().await;
        let paid = world.fees(&key) - before;
        eprintln!("{validators} validators: {paid} lamports in an epoch with nothing to move");
        // Somebody may have stopped voting: an emergency and its replacement are two more.
        assert!((transactions..=transactions + 2).contains(&(paid / 5_000)), "{paid}");
    }
}
