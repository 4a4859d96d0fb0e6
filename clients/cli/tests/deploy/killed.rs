//! A deployment that is killed after every single transaction comes to what an undisturbed one comes to.

use std::process::Stdio;

use sluice_localnet::LocalnetConfig;
use sluice_tests::Bank;

use crate::proxy::Proxy;
use crate::world::{World, address, example, was_done};

#[test]
fn a_run_that_is_killed_after_each_transaction_ends_where_an_undisturbed_one_does() {
    let calm = World::new("calm");
    let undisturbed = calm.deploys(&example("localnet.toml"), &[]);
    let whole = undisturbed["plan"]["lines"].as_array().unwrap();
    let transactions: u64 = whole.iter().map(|line| line["transactions"].as_u64().unwrap()).sum();

    // The same keys on a cluster of its own.
    let world = World::with(Bank::with_config(LocalnetConfig::default()).0, calm.keys.clone());
    let mut kills = 0;
    loop {
        let proxy = Proxy::new(&world.server.url(), 1);
        let mut command =
            world.command(&proxy.url(), &example("localnet.toml"), &["--yes", "--output", "json"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let status = proxy.run(command);
        if status.success() {
            assert_eq!(proxy.sent(), 0, "nothing was left to do");
            break;
        }
        assert_eq!(status.code(), None, "it was killed and did not fail");
        assert_eq!(proxy.sent(), 1);
        kills += 1;
        assert!(kills <= transactions, "each run gets one transaction further");
    }
    assert_eq!(kills, transactions);
    let outcome = world.deploys(&example("localnet.toml"), &[]);
    assert!(was_done(&outcome));
    assert_eq!(outcome["addresses"], undisturbed["addresses"]);
    assert_eq!(world.spent(), calm.spent(), "nothing was paid for twice");
    for path in ["/addresses/pool/pool", "/addresses/selection/config", "/addresses/vaults/0/vault"] {
        let at = address(&outcome, path);
        let lamports = |world: &World| world.chain(|net| net.balance(&at));
        assert_eq!(lamports(&world), lamports(&calm), "{path}");
    }
}
