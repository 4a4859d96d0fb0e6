//! `sluice unstake`: LST in, SOL or stake out.

use sluice_client::stakes::{STAKE_SPACE, StakeAccount};
use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use sluice_tests::keypair;
use solana_signer::Signer;

use crate::common::{FEE, event, key, number, row};
use crate::world::{INSTANT_BPS, STAKED, World};

#[test]
fn an_instant_exit_pays_the_value_less_the_fee() {
    let world = World::shared();
    let (person, lst) = world.holder("hasty", SOL, 10 * SOL);
    let (had, lamports) = (world.served.tokens(&lst), world.served.lamports(&person.address()));
    let preview = world.served.previews(&person, &["unstake", "4", "--instant"]);
    assert!(row(&preview, "You give") == "4 LST" && row(&preview, "Fee").ends_with(" SOL"), "{preview}");
    let done = world.served.does(&person, &["unstake", "4", "--instant"]);
    let told = event(&done, "SolWithdrawn");
    let (paid, fee) = (number(&told["paid"]), number(&told["fee"]));
    assert!(paid + fee > 4 * SOL, "an LST is worth more than a SOL");
    assert_eq!(fee, ((paid + fee) * u64::from(INSTANT_BPS)).div_ceil(10_000));
    assert_eq!(world.served.tokens(&lst), had - 4 * SOL);
    assert_eq!(world.served.lamports(&person.address()), lamports + paid - FEE);

    let done = world.served.does(&person, &["unstake", "all", "--instant", "--at-least", "5.9"]);
    assert_eq!(number(&event(&done, "SolWithdrawn")["shares"]), had - 4 * SOL);
    assert_eq!(world.served.tokens(&lst), 0);
}

#[test]
fn a_stake_account_is_the_holders_to_the_lamport() {
    let world = World::shared();
    let (person, lst) = world.holder("staker", SOL, 30 * SOL);
    let (had, lamports) = (world.served.tokens(&lst), world.served.lamports(&person.address()));
    let vote = world.votes[2].to_string();
    let done = world.served.does(&person, &["unstake", "20", "--stake-account", "--validator", &vote]);
    let told = event(&done, "StakeWithdrawn");
    assert_eq!((told["vote"].as_str(), number(&told["shares"])), (Some(&*vote), 20 * SOL));
    let (address, got) = (key(&told["destination"]), number(&told["lamports"]));
    let rent = world.served.chain(|net| net.rent_exempt(STAKE_SPACE));
    let account = world.served.chain(|net| net.account(&address)).unwrap();
    let stake = StakeAccount::decode(&address, &account).unwrap();
    assert_eq!((stake.staker, stake.withdrawer), (person.address(), person.address()));
    assert_eq!((stake.lamports, stake.delegation.unwrap().lamports), (got + rent, got));
    assert_eq!(stake.delegation.unwrap().inactive(number(&world.served.answers(&["pool"])["epoch"])), None);
    assert_eq!(world.served.tokens(&lst), had - 20 * SOL);
    // Two sign: the wallet and the new account.
    assert_eq!(world.served.lamports(&person.address()), lamports - rent - 2 * FEE);

    // Without a validator it comes from the one that holds most.
    let preview = world.served.previews(&person, &["unstake", "5", "--stake-account"]);
    assert!(world.votes.iter().any(|vote| vote.to_string() == row(&preview, "Validator")), "{preview}");
    let refused = world
        .served
        .refuses(&person, &["unstake", "5", "--stake-account", "--validator", &world.stranger.to_string()]);
    assert!(refused.starts_with(&format!("{} is no validator of the pool", world.stranger)), "{refused}");
    let refused = world
        .served
        .refuses(&person, &["unstake", "5", "--stake-account", "--validator", &world.idle.to_string()]);
    assert!(refused.contains("the pool holds no stake that could be taken"), "{refused}");
    // Less than the chain lets anybody delegate.
    let refused = world.served.refuses(&person, &["unstake", "0.5", "--stake-account"]);
    assert!(refused.contains("below the chain's minimum delegation"), "{refused}");
}

#[test]
fn three_exits_are_shown_side_by_side() {
    let world = World::shared();
    let (person, _) = world.holder("undecided", SOL, 10 * SOL);
    let output = world.served.run(&person, &["unstake", "3"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{text}");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (5, "3 LST can leave in three ways:"));
    assert!(lines[1].contains("--instant") && lines[1].ends_with("at once"), "{text}");
    assert!(lines[2].contains("--delayed") && lines[2].contains("no fee; epoch "), "{text}");
    assert!(lines[3].contains("--stake-account") && lines[3].contains("delegated to"), "{text}");

    let output = world.served.run(&person, &["unstake", "3", "--output", "json"]);
    let exits: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let worth = number(&exits["worth"]);
    let pays = |exit: &str| number(&exits[exit]["pays"]);
    assert_eq!(pays("instant") + number(&exits["instant"]["fee"]), worth);
    assert!(pays("delayed").abs_diff(worth) < 1_000, "{exits:#}");
    assert!(pays("stake_account") + number(&exits["stake_account"]["fee"]) >= worth - 1, "{exits:#}");
    let epoch = number(&world.served.answers(&["pool"])["epoch"]);
    assert_eq!(
        (&exits["instant"]["epoch"], number(&exits["delayed"]["epoch"])),
        (&serde_json::Value::Null, epoch + 1)
    );

    // More than the reserve has: one of them is closed, and says why.
    let (whale, _) = world.holder("whale", SOL, 9_000 * SOL);
    let output = world.served.run(&whale, &["unstake", "all", "--output", "json"]);
    let exits: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(exits["delayed"]["pays"].is_u64());
    let refused = world.served.refuses(&person, &["unstake", "3"]);
    assert!(refused.starts_with("say how: --instant, --delayed or --stake-account"), "{refused}");
}

#[test]
fn a_stake_account_is_sold_at_once() {
    let world = World::shared();
    let person = world.person("seller");
    let stake = keypair("seller's stake").pubkey();
    let (held, lamports) = (world.served.lamports(&stake), world.served.lamports(&person.address()));
    assert!(held > STAKED, "it has earned");
    let done = world.served.does(&person, &["unstake", "--account", &stake.to_string()]);
    let (given, got) = (event(&done, "StakeDeposited"), event(&done, "SolWithdrawn"));
    assert_eq!(number(&given["delegated"]) + number(&given["excess"]), held);
    let paid = number(&got["paid"]);
    assert!(paid < held && paid > held - held / 250, "{paid} of {held}");
    assert_eq!(world.served.lamports(&stake), 0);
    assert_eq!(world.served.lamports(&person.address()), lamports + paid - FEE);
}
