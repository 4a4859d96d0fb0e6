//! What can be wrong, each told in one line with exit code 1, or 2 for a command line that makes no sense.

use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use solana_signer::Signer;

use crate::common::{complaint, misuse, nobody, sluice};
use crate::world::World;

#[test]
fn amounts_that_are_none_are_misuse() {
    let world = World::shared();
    let person = world.served.person("careless", SOL);
    for (amount, reason) in [
        ("lots", "is no amount"),
        ("-1", "unexpected argument"),
        ("1e3", "is no amount"),
        ("0", "an amount is above zero"),
        ("0.0000000001", "has more than 9 decimals"),
        ("99999999999", "more than there can be"),
    ] {
        let text = misuse(&world.served.run(&person, &["stake", amount]));
        assert!(text.contains(reason), "{amount}: {text}");
    }
    for arguments in [
        &["stake"][..],
        &["unstake"],
        &["unstake", "1", "--instant", "--delayed"],
        &["unstake", "1", "--validator", "11111111111111111111111111111111"],
        &["stake", "1", "--slippage-bps", "10001"],
        &["stake", "1", "--yes", "--dry-run"],
    ] {
        let text = misuse(&world.served.run(&person, arguments));
        assert!(text.ends_with(&format!(": see `sluice {} --help`", arguments[0])), "{arguments:?}: {text}");
    }
}

#[test]
fn nothing_is_done_unasked() {
    let world = World::shared();
    let person = world.served.person("asked", 5 * SOL);
    let output = world.served.run(&person, &["stake", "1"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(output.stdout.is_empty());
    assert_eq!(
        text.lines().last().unwrap(),
        "error: not done: standard input is no terminal to ask at; add --yes to do it without asking"
    );
    assert!(text.starts_with("Stake 1 SOL\n"), "what was not done is shown: {text}");
    assert_eq!(world.served.lamports(&person.address()), 5 * SOL);
}

#[test]
fn a_file_that_is_no_keypair() {
    let world = World::shared();
    let (url, mint) = (world.served.server.url(), world.served.mint.to_string());
    let stake = |keypair: &str| {
        complaint(&sluice(["stake", "1", "--yes", "--url", &url, "--mint", &mint, "--keypair", keypair]))
    };
    let said = stake(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    assert!(said.contains("is no keypair file, which is a JSON list of 64 bytes"), "{said}");
    let said = stake("usb://ledger");
    assert!(said.contains("names a hardware wallet"), "{said}");
}

#[test]
fn no_funds() {
    let world = World::shared();
    let poor = world.served.known(sluice_tests::keypair("without a lamport"));
    let said = world.served.refuses(&poor, &["stake", "1"]);
    assert_eq!(said, "1 SOL were asked for, and there are 0 SOL to take them from");
    let said = world.served.refuses(&poor, &["unstake", "1", "--instant"]);
    assert_eq!(said, "1 LST were asked for, and there are 0 LST to take them from");
    let said = world.served.refuses(&poor, &["unstake", "all"]);
    assert_eq!(said, "there is no LST to take anything from");
    let short = world.served.person("short", SOL);
    let said = world.served.refuses(&short, &["stake", "2"]);
    let spendable = SOL - world.served.chain(|net| net.rent_exempt(165));
    let spendable = format!("and there are 0.{spendable:09}").trim_end_matches('0').to_owned();
    assert!(said.contains(&spendable), "less the new account's rent, {spendable}: {said}");
    // LST and no SOL to pay a fee with.
    let (broke, lst) = world.holder("broke", SOL, SOL);
    world.served.chain(|net| {
        let lamports = net.lamports(&broke.address());
        let to = nobody("heir of the broke");
        let give = solana_system_interface::instruction::transfer(&broke.address(), &to, lamports - 5_000);
        net.must(&[give], &[&broke.key]);
    });
    assert!(world.served.tokens(&lst) > 0);
    let said = world.served.refuses(&broke, &["unstake", "all", "--instant"]);
    assert!(said.starts_with(&format!("{} has no SOL on this cluster", broke.address())), "{said}");
}

#[test]
fn what_the_pool_does_not_take() {
    let world = World::shared();
    let person = world.served.person("refused", 5 * SOL);
    let said = world.served.refuses(&person, &["stake", "0.0005"]);
    assert!(said.starts_with("The deposit is below the pool's minimum"), "{said}");
    let said = world.served.refuses(&person, &["stake", "1", "--at-least", "1"]);
    assert!(said.contains("SlippageExceeded") && said.contains("--slippage-bps"), "{said}");
    let (holder, _) = world.holder("greedy", SOL, 2 * SOL);
    let said = world.served.refuses(&holder, &["unstake", "1", "--instant", "--at-least", "1.1"]);
    assert!(said.contains("SlippageExceeded"), "{said}");
    let theirs = sluice_tests::keypair("founder's slSOL");
    let said = world.served.refuses(&holder, &["unstake", "1", "--from", &theirs.pubkey().to_string()]);
    assert!(
        said.starts_with(&format!("{} is no LST account of {}", theirs.pubkey(), holder.address())),
        "{said}"
    );
}
