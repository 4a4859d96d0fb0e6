//! Transactions that are lost, expire, or come too late.

mod common;

use std::time::Duration;

use common::{World, cluster, quick};
use sluice_crank::Metrics;
use sluice_crank::job::{Desk, Kind};
use sluice_crank::send::{Draft, Outcome, Sender};
use sluice_crank::snapshot::Reader;
use sluice_tests::{FaultyProxy, Rates};
use solana_instruction::Instruction;

const NO_HANG: Duration = Duration::ZERO;

/// What finishes an update of a pool that has no validators yet.
async fn finish(world: &World) -> Instruction {
    let (settings, metrics) = (quick(Duration::ZERO), Metrics::new());
    let cluster = cluster(&[world.server.url()], &settings, &metrics);
    let rpc = common::rpc(&world.server.url());
    let snapshot = Reader::new(cluster, rpc, world.id()).read(Duration::MAX).await.unwrap();
    Desk::new(&snapshot).finish_update()
}

fn sender(world: &World, url: &str, name: &str) -> Sender {
    let settings = quick(Duration::ZERO);
    Sender::new(
        cluster(&[url.to_owned()], &settings, &Metrics::new()),
        world.operator(name),
        settings,
        world.name(),
    )
}

fn draft(instruction: &Instruction) -> Draft {
    Draft { kind: Kind::FinishUpdate, instructions: vec![instruction.clone()], tables: Vec::new() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_lands_is_signed_anew_and_then_given_up_and_what_is_lost_sometimes_lands() {
    let world = World::ticking(2, Duration::from_millis(10));
    let instruction = finish(&world).await;
    let (swallowed, forked) =
        (Rates { swallowed: 1_000, ..Rates::default() }, Rates { forked: 600, ..Rates::default() });
    let way = FaultyProxy::start(world.server.url(), swallowed, 1, NO_HANG).unwrap();
    world.next_epoch();
    let outcome = sender(&world, way.url(), "loser").send(&[draft(&instruction)], 0).await;
    // A slot may have passed into the next epoch: what matters is that nothing landed and nobody waits forever.
    assert!(matches!(outcome[0], Outcome::Expired | Outcome::Refused { .. }), "{outcome:?}");
    assert!(way.injected().0["swallowed"] >= 3, "sent again and signed anew");
    assert_eq!(world.fees(&world_key("loser")), 0);

    let way = FaultyProxy::start(world.server.url(), forked, 5, NO_HANG).unwrap();
    world.next_epoch();
    let outcome = sender(&world, way.url(), "lucky").send(&[draft(&instruction)], 0).await;
    assert!(matches!(outcome[0], Outcome::Landed { .. }), "{outcome:?}");
    assert_eq!(world.fees(&world_key("lucky")), 5_000, "once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_lost_where_no_block_is_made_is_given_up_by_the_clock() {
    let world = World::new(2);
    world.next_epoch();
    let instruction = finish(&world).await;
    let swallowed = Rates { swallowed: 1_000, ..Rates::default() };
    let way = FaultyProxy::start(world.server.url(), swallowed, 1, NO_HANG).unwrap();
    let mut sender = sender(&world, way.url(), "loser");
    sender.settings.lost = Duration::from_millis(500);
    let outcome = sender.send(&[draft(&instruction)], 0).await;
    assert!(matches!(outcome[0], Outcome::Expired), "{outcome:?}");
    assert!(way.injected().0["swallowed"] >= 3, "signed anew twice before");
    assert_eq!(world.fees(&world_key("loser")), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_flies_when_no_server_answers_any_more_is_given_up() {
    let world = World::new(2);
    world.next_epoch();
    let drafts = [draft(&finish(&world).await)];
    let swallowed = Rates { swallowed: 1_000, ..Rates::default() };
    let way = FaultyProxy::start(world.server.url(), swallowed, 1, NO_HANG).unwrap();
    let mut sender = sender(&world, way.url(), "left alone");
    sender.settings.lost = Duration::from_secs(3_600);
    let goes_away = async {
        while !way.injected().0.contains_key("swallowed") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        way.set(Rates { unavailable: 1_000, ..Rates::default() });
    };
    let both = async { tokio::join!(sender.send(&drafts, 0), goes_away) };
    let (outcome, ()) = tokio::time::timeout(Duration::from_secs(60), both).await.expect("it ends");
    assert!(matches!(outcome[0], Outcome::Unanswered(_)), "{outcome:?}");
    assert!(outcome[0].is_lost() && outcome[0].reason(&Default::default()).contains("503"), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_hash_of_a_slot_gone_by_is_not_signed_over() {
    let world = World::new(2);
    let stale = Rates { stale: 1_000, ..Rates::default() };
    let way = FaultyProxy::start(world.server.url(), stale, 1, NO_HANG).unwrap();
    let settings = quick(Duration::ZERO);
    let cluster = cluster(&[way.url().to_owned()], &settings, &Metrics::new());
    let (old, _) = cluster.latest_blockhash().await.unwrap();
    world.next_epoch();
    cluster.saw(world.with_bank(|bank| bank.0.slot()));
    // The way knows that time has passed as soon as anything newer has come through it.
    cluster.accounts(&[solana_sdk_ids::sysvar::clock::ID]).await.unwrap();
    let fault = cluster.latest_blockhash().await.unwrap_err();
    assert_eq!(fault.kind(), "behind", "{fault}: an answer of before, over {old}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_too_late_pays_nothing() {
    let world = World::new(2);
    world.next_epoch();
    let instruction = finish(&world).await;
    let (mut first, mut second) =
        (sender(&world, &world.server.url(), "first"), sender(&world, &world.server.url(), "second"));
    // Twice in one go: both are simulated before either lands, and the second is refused or fails, whichever the chain
    // sees first; one sender later, nothing is paid.
    let outcome = first.send(&[draft(&instruction)], 7).await;
    assert!(matches!(outcome[0], Outcome::Landed { fee: 5_001.., .. }), "{outcome:?}");
    let outcome = second.send(&[draft(&instruction)], 7).await;
    let Outcome::Refused { error, log } = &outcome[0] else { panic!("{outcome:?}") };
    let words = sluice_client::send::refusal(error, log, &Default::default()).to_string();
    assert!(words.contains("AlreadyUpdated"), "{words}");
    assert_eq!(world.fees(&world_key("second")), 0);
}

fn world_key(name: &str) -> solana_keypair::Keypair {
    sluice_tests::keypair(name)
}
