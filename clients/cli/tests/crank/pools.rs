//! Two pools of one cluster.

use serde_json::{Value, json};
use sluice_tests::chain::Chain;
use sluice_tests::{PoolFixture, PoolOptions, SOL};
use solana_address::Address;
use solana_signer::Signer;

use crate::running::{Running, eventually};
use crate::world::{World, keypair_file, said, sluice};

/// Who paid for the transactions of this epoch's slots that name an account.
fn payers(world: &World, account: &Address, since: u64) -> Vec<String> {
    let ask = |method: &str, params: Value| {
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let http = reqwest::blocking::Client::new();
        let answer: Value = http.post(world.server.url()).json(&question).send().unwrap().json().unwrap();
        answer["result"].clone()
    };
    let found = ask("getSignaturesForAddress", json!([account.to_string()]));
    let recent = found.as_array().unwrap().iter().filter(|one| one["slot"].as_u64().unwrap() >= since);
    let payer = |one: &Value| {
        let config = json!({ "encoding": "json", "maxSupportedTransactionVersion": 0 });
        let transaction = ask("getTransaction", json!([one["signature"], config]));
        transaction["transaction"]["message"]["accountKeys"][0].as_str().unwrap().to_owned()
    };
    recent.map(payer).collect()
}

#[test]
fn each_pool_is_worked_by_its_own_daemon_and_both_by_one_that_is_given_both() {
    let world = World::new("first of two");
    let (second, other) = {
        let net = &mut *world.net.lock().unwrap();
        let second = PoolFixture::named(net, "second ", PoolOptions::default());
        let (user, lst) = second.user(net, "second user", 100 * SOL);
        net.must(&[second.deposit_sol(&user.pubkey(), &lst, 50 * SOL, 0)], &[&user]);
        (second, net.wallet("second operator", SOL))
    };
    world.next_epoch();
    let (epoch, since) = (world.epoch(), world.net.lock().unwrap().slot());
    let [mine, theirs] = [world.selection.pool.pool, second.pool];
    let updated = || second.state(&*world.net.lock().unwrap()).updated_epoch;

    let one = world.daemon(&world.server.url(), []);
    eventually("the first pool is finished", || one.has_finished(epoch));
    assert_eq!(updated(), epoch - 1, "the second pool is not its business");
    let mut command = sluice();
    let key = keypair_file("second of two", &other);
    command
        .args(["crank", "--pool", &theirs.to_string(), "--url", &world.server.url(), "--keypair"])
        .arg(&key);
    let two = Running::start(command);
    eventually("the second pool is finished", || two.has_finished(epoch));
    assert_eq!(updated(), epoch);

    // Side by side.
    world.next_epoch();
    let daemons = [(&one, mine, world.operator.pubkey()), (&two, theirs, other.pubkey())];
    for (daemon, pool, operator) in daemons {
        eventually("this epoch, too", || daemon.has_finished(epoch + 1));
        let paid = daemon.metric("sluice_crank_fees_lamports_total", &[&pool.to_string()]);
        assert_eq!(paid, SOL - world.balance(&operator), "it paid for its own pool alone");
        let payers = payers(&world, &pool, since);
        assert!(
            !payers.is_empty() && payers.iter().all(|payer| *payer == operator.to_string()),
            "{payers:?}"
        );
    }
    assert!(one.stop().success() && two.stop().success());

    world.next_epoch();
    let arguments = ["--once", "--no-tables", "--pool", &theirs.to_string(), "--output", "json"];
    let reports: Value = serde_json::from_str(&said(&world.crank(arguments))).unwrap();
    for (report, pool) in reports.as_array().unwrap().iter().zip([mine, theirs]) {
        assert_eq!((&report["pool"], &report["finished"]), (&pool.to_string().into(), &true.into()));
        assert_eq!(report["stages"]["finish_update"]["landed"], 1);
    }
    assert_eq!(reports.as_array().unwrap().len(), 2);
    assert_eq!((world.pool().updated_epoch, updated()), (epoch + 2, epoch + 2));
}
