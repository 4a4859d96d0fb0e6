//! An epoch by hand, or by cron.

use serde_json::Value;
use sluice_sdk::staking_pool::accounts::{Pool, ValidatorListHeader};
use sluice_sdk::{AccountData, Slab};

use crate::world::{VALIDATORS, World, said};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn updated_epoch(world: &World) -> u64 {
    let account = world.net.lock().unwrap().get_account(&world.selection.pool.pool).unwrap();
    Pool::decode(&account.data).unwrap().updated_epoch
}

#[test]
fn a_dry_run_says_what_would_be_sent_and_sends_nothing() {
    let world = World::new("dry");
    let (before, purse) = (updated_epoch(&world), world.purse());
    let text = said(&world.crank(["--dry-run"]));
    for words in
        ["finish_update", "observe", "allocate", "now", "later", "of fees", "once the allocation is made"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
    let plans = json(&said(&world.crank(["--dry-run", "--unit-price", "2000", "--output", "json"])));
    let plan = &plans[0];
    assert_eq!(plan["unit_price"], 2000);
    assert_eq!(plan["is_open"], true);
    let stages = plan["stages"].as_array().unwrap();
    let observe = stages.iter().find(|stage| stage["stage"] == "observe").unwrap();
    assert_eq!((&observe["items"], &observe["ready"]), (&VALIDATORS.into(), &false.into()));
    let transaction = &observe["transactions"][0];
    assert!(transaction["fee"].as_u64().unwrap() > 5_000 && transaction["bytes"].as_u64().unwrap() <= 1_232);
    assert_eq!((updated_epoch(&world), world.purse()), (before, purse));
}

#[test]
fn once_does_an_epoch_and_a_second_time_nothing() {
    let world = World::new("once");
    let purse = world.purse();
    // The first server is not there: the second one is asked.
    let text = said(&world.crank(["--once", "--no-tables", "--url", "http://127.0.0.1:1"]));
    assert!(text.contains("This epoch needs nothing more.") && text.contains("rebalance"), "{text}");
    assert_eq!(updated_epoch(&world), world.net.lock().unwrap().clock().epoch);
    let paid = purse - world.purse();
    assert!(paid > 0 && paid.is_multiple_of(5_000), "{paid}");

    let reports = json(&said(&world.crank(["--once", "--no-tables", "--output", "json"])));
    assert_eq!(reports[0]["finished"], true);
    assert_eq!(reports[0]["stages"], serde_json::json!({}));
    assert_eq!(purse - world.purse(), paid, "nothing was paid");
    assert!(said(&world.crank(["--dry-run"])).contains("needs nothing more"));

    world.next_epoch();
    let reports =
        json(&said(&world.crank(["--once", "--no-tables", "--output", "json", "--unit-price", "1000000"])));
    let stages = &reports[0]["stages"];
    let list = world.selection.pool.list;
    let list = world.net.lock().unwrap().get_account(&list).unwrap();
    let listed = Slab::<ValidatorListHeader>::decode(&list.data).unwrap().records.len();
    assert_eq!(stages["update"]["items"], listed);
    assert_eq!(stages["observe"]["items"], VALIDATORS);
    let fees: u64 = stages.as_object().unwrap().values().map(|spent| spent["fees"].as_u64().unwrap()).sum();
    assert_eq!(purse - world.purse() - paid, fees, "what is reported is what was paid");
    assert!(fees > stages.as_object().unwrap().len() as u64 * 5_000, "for priority, too");
}

#[test]
fn lookup_tables_are_written_and_given_back() {
    let world = World::new("tables");
    // Slots have to pass before a table can be used.
    let done = std::sync::atomic::AtomicBool::new(false);
    let tick = || {
        while !done.load(std::sync::atomic::Ordering::Relaxed) {
            world.net.lock().unwrap().warp_slots(1);
            std::thread::sleep(std::time::Duration::from_millis(400));
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(tick);
        let text = said(&world.crank(["--once"]));
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(text.contains("lookup_tables"), "{text}");
    });
    let text = said(&world.crank(["--close-tables"]));
    assert!(text.contains("1 deactivated"), "{text}");
    let purse = world.purse();
    // Blocks have to pass, not only slots: as many as the chain remembers.
    let mut net = world.net.lock().unwrap();
    (0..560).for_each(|_| net.warp_slots(1));
    drop(net);
    let text = said(&world.crank(["--close-tables"]));
    assert!(text.contains("no table of this key is left"), "{text}");
    assert!(world.purse() > purse, "the rent came back");
}
