//! What is on the cluster is never changed: a file that says something else is refused, and both values are named.

use sluice_sdk::validator_selection::accounts::Config;

use crate::common::complaint;
use crate::world::{World, address, example};

#[test]
fn every_difference_is_named_with_both_values_and_nothing_is_done() {
    let world = World::new("differs");
    let outcome = world.deploys(&example("localnet.toml"), &[]);
    let before = world.spent();
    let config = world.config(|text| {
        text.replace("reward_bps = 500", "reward_bps = 300")
            .replace("min_deposit_sol = \"0.001\"", "min_deposit_sol = \"0.002\"")
            .replace("join_bond_lst = \"1\"", "join_bond_lst = \"2\"")
            .replace("premium_bps = 2000", "premium_bps = 1000")
            .replace("slash_cap_bps = 2000", "slash_cap_bps = 1000")
    });
    let refused = complaint(&world.run(&config, &["--yes"]));
    for difference in [
        "reward_bps is 500 there and 300 in the file",
        "min_deposit (lamports) is 1000000 there and 2000000 in the file",
        "join_bond (base units) is 1000000000 there and 2000000000 in the file",
        "premium_bps is 2000 there and 1000 in the file",
        "slash_cap_bps is 2000 there and 1000 in the file",
    ] {
        assert!(refused.contains(difference), "{difference}: {refused}");
    }
    assert_eq!(world.spent(), before);

    // The selection's parameters follow the file where that is asked for.
    let config = world.config(|text| text.replace("join_bond_lst = \"1\"", "join_bond_lst = \"2\""));
    let changed = world.deploys(&config, &["--set-params"]);
    assert_eq!(changed["addresses"], outcome["addresses"]);
    let selection: Config = world.read(&address(&outcome, "/addresses/selection/config"));
    assert_eq!(selection.params.join_bond, 2_000_000_000);
}
