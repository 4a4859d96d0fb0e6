//! A daemon that is killed, by `kill -9` or a machine that goes down, in the middle of an epoch.

use sluice_sdk::validator_selection::instructions::REBALANCE_DISCRIMINATOR;
use sluice_tests::{Rates, SOL};

use crate::running::eventually;
use crate::world::{World, bad_way, run, said};

/// Transactions that two lives may cut otherwise than one: what each costs is learned anew.
const MORE: u64 = 2;
const FEE: u64 = 5_000;

#[test]
fn who_is_killed_with_transactions_in_flight_is_replaced_and_nothing_happens_twice() {
    let undisturbed = World::new("undisturbed");
    said(&undisturbed.crank(["--once", "--no-tables"]));

    let world = World::new("killed");
    let epoch = world.epoch();
    // The first daemon's moves of stake are on their way, and nobody has seen them land.
    let lost = Rates { lost_kind: Some(REBALANCE_DISCRIMINATOR), ..Rates::default() };
    let way = bad_way(world.server.url(), lost);
    let first = world.daemon(way.url(), []);
    eventually("moves are in flight", || way.injected().0.contains_key("swallowed"));
    let landed = ["outcome=\"landed\""];
    assert!(first.metric("sluice_crank_transactions_total", &landed) >= 3, "update, observe, allocate");
    assert!(!first.has_finished(epoch));
    first.kill();
    assert_eq!(world.pool().updated_epoch, epoch);
    let list = world.selection.pool.list(&*world.net.lock().unwrap());
    assert!(list.records.iter().all(|record| record.activating == 0), "no stake was moved");

    // The next one is killed as soon as anything of it has landed, whether it knows that or not.
    let purse = world.purse();
    let second = world.daemon(&world.server.url(), []);
    eventually("something lands", || world.purse() < purse);
    second.kill();
    // What it had sent by then lands all the same.
    let mut purse = world.purse();
    eventually("nothing is on its way any more", || {
        std::thread::sleep(std::time::Duration::from_millis(500));
        std::mem::replace(&mut purse, world.purse()) == purse
    });

    let third = world.daemon(&world.server.url(), []);
    eventually("the epoch is finished", || third.has_finished(epoch));
    let paid = third.metric("sluice_crank_fees_lamports_total", &[]);
    assert_eq!(paid, purse - world.purse(), "it counts what it paid itself");
    assert!(third.stop().success());

    let [alone, together] = [&undisturbed, &world].map(|world| SOL - world.purse());
    assert!((alone..=alone + MORE * FEE).contains(&together), "{together} lamports, and {alone} by one life");
    assert_eq!(world.pool(), undisturbed.pool(), "to the lamport");
    let candidates = |world: &World| world.selection.registry(&*world.net.lock().unwrap()).records;
    assert!(candidates(&world) == candidates(&undisturbed));
    said(&run(["audit", "--strict", "--url", &world.server.url(), "--mint", &world.mint()]));
}
