//! `vault distribute`, `rewards` and `claw-back`: tokens of another mint, by a table and a file of proofs.

use serde_json::Value;
use sluice_sdk::restaking_vault::accounts::Distribution;
use sluice_tests::chain::Chain;
use sluice_tests::{SOL, keypair, token};
use solana_address::Address;
use solana_signer::Signer;

use crate::common::{Person, event, key, nobody, number, row};
use crate::world::{World, associated, file, free_path};

/// A token with six decimals, and somebody who has a thousand of it.
fn treasurer(world: &World) -> (Person, Address, Address) {
    let (key, mint) = (world.chain(|net| net.wallet("treasurer", 10 * SOL)), keypair("points"));
    let account = keypair("treasurer's points");
    let held = world.chain(|net| {
        token::create_mint_with(net, &key, &mint, &key.pubkey(), 6, None);
        let held = token::create_token_account(net, &key, &account, &mint.pubkey(), &key.pubkey());
        net.must(&[token::mint_to(&mint.pubkey(), &held, &key.pubkey(), 1_000_000_000)], &[&key]);
        held
    });
    (world.served.known(key), mint.pubkey(), held)
}

#[test]
fn a_table_becomes_a_distribution_and_each_claims_once() {
    let world = World::new();
    let (treasurer, mint, held) = treasurer(&world);
    let [alice, bob] = ["alice", "bob"].map(|name| world.served.person(name, SOL));
    let carol = nobody("carol");
    let rows =
        format!("recipient,amount\n{},250\n{}, 0.5\n{carol},99.999999\n", alice.address(), bob.address());
    let table = file("recipients.csv", &rows);
    let (mint_text, proofs) = (mint.to_string(), free_path("proofs.json"));
    let distribute =
        ["vault", "distribute", &table, "--mint", &mint_text, "--epochs", "3", "--proofs", &proofs];

    let preview = world.previews_there(&treasurer, &distribute);
    assert_eq!(row(&preview, "You give"), format!("350.499999 of {mint}"));
    assert_eq!(row(&preview, "Recipients"), "3");
    assert!(!std::path::Path::new(&proofs).exists(), "a preview writes nothing");
    // Who is not asked has not agreed: nothing is sent, and no file stays.
    let at = world.vault.to_string();
    let unasked = [&distribute[..], &["--vault", &at]].concat();
    assert_eq!(world.run(&treasurer, &unasked).status.code(), Some(1));
    assert!(!std::path::Path::new(&proofs).exists() && world.tokens(&held) == 1_000_000_000);
    let done = world.does_there(&treasurer, &distribute);
    let told = event(&done, "DistributionCreated");
    let (distribution, total) = (key(&told["distribution"]), number(&told["total"]));
    assert_eq!((total, world.tokens(&held)), (350_499_999, 1_000_000_000 - 350_499_999));
    let state: Distribution = world.account(&distribution);
    assert_eq!(world.tokens(&state.token_account), total);
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&proofs).unwrap()).unwrap();
    assert_eq!(written["distribution"], distribution.to_string());
    assert_eq!(written["root"], sluice_client::distribution::hex(&state.root));
    let error = world.refuses_there(&treasurer, &distribute);
    assert!(error.contains("is there already"), "{error}");

    let preview = world.previews(&alice, &["vault", "rewards", &proofs]);
    assert_eq!(row(&preview, "You receive"), format!("250 of {mint}"));
    assert_eq!(row(&preview, "Claimed of all"), "0 → 250 of 350.499999");
    world.does(&alice, &["vault", "rewards", &proofs]);
    assert_eq!(world.tokens(&associated(&alice.address(), &mint)), 250_000_000);
    let error = world.refuses(&alice, &["vault", "rewards", &proofs]);
    assert_eq!(error, format!("{} has claimed this already", alice.address()));
    // Anyone claims for somebody who has no SOL.
    world.does(&bob, &["vault", "rewards", &proofs, "--owner", &carol.to_string()]);
    assert_eq!(world.tokens(&associated(&carol, &mint)), 99_999_999);

    // Who is not in the file, and a file that somebody has improved.
    let error = world.refuses(&treasurer, &["vault", "rewards", &proofs]);
    assert!(error.ends_with(&format!("has nothing for {}", treasurer.address())), "{error}");
    let better =
        std::fs::read_to_string(&proofs).unwrap().replace("\"amount\": 500000", "\"amount\": 5000000");
    let better = file("better.json", &better);
    let error = world.refuses(&bob, &["vault", "rewards", &better]);
    assert!(error.contains("does not lead to the distribution's root on chain"), "{error}");
    let error = world.refuses(&bob, &["vault", "rewards", &table]);
    assert!(error.contains("no file of proofs"), "{error}");

    // What bob leaves goes back.
    let at = distribution.to_string();
    let error = world.refuses(&bob, &["vault", "claw-back", &at]);
    let expiry = state.expiry_epoch;
    assert_eq!(
        error,
        format!(
            "the distribution expires in epoch {expiry}, and this is epoch {}: only then does the rest go back",
            expiry - 3
        )
    );
    world.epochs(3);
    let error = world.refuses(&bob, &["vault", "rewards", &proofs]);
    assert_eq!(error, format!("the distribution has expired in epoch {expiry}, and this is epoch {expiry}"));
    let rent = world.chain(|net| net.rent_exempt(Distribution::LEN));
    let sol = world.served.lamports(&treasurer.address());
    let preview = world.previews(&bob, &["vault", "claw-back", &at]);
    assert_eq!(row(&preview, "Goes back"), format!("0.5 of {mint}"));
    world.does(&bob, &["vault", "claw-back", &at]);
    assert_eq!(world.served.lamports(&treasurer.address()), sol + rent);
    let returned = world.tokens(&held) + world.tokens(&associated(&treasurer.address(), &mint));
    assert_eq!(returned, 1_000_000_000 - 350_499_999 + 500_000, "in = out to the unit");
    assert!(!world.exists(&distribution));
}

#[test]
fn a_table_that_is_none_is_refused_by_its_line() {
    let world = World::new();
    let (treasurer, mint, _) = treasurer(&world);
    let mint = mint.to_string();
    let someone = nobody("someone");
    let refuses = |name: &str, text: &str| {
        let (table, proofs) = (file(name, text), free_path(&format!("{name}.json")));
        let arguments =
            ["vault", "distribute", &table, "--mint", &mint, "--epochs", "3", "--proofs", &proofs];
        let error = world.refuses_there(&treasurer, &arguments);
        assert!(!std::path::Path::new(&proofs).exists(), "nothing was written");
        error
    };
    for (name, text, expected) in [
        ("columns.csv", "who,amount\n".to_owned(), "line 1: the columns recipient and amount are missing"),
        ("empty.csv", "recipient,amount\n".to_owned(), "says nothing"),
        ("address.csv", "recipient,amount\nnobody,1\n".to_owned(), "line 2: not an address"),
        (
            "fine.csv",
            format!("recipient,amount\n{someone},0.0000001\n"),
            "line 2: 0.0000001 has more than 6 decimals",
        ),
        ("zero.csv", format!("recipient,amount\n{someone},0\n"), "line 2: an amount is above zero"),
        ("twice.csv", format!("recipient,amount\n{someone},1\n{someone},1\n"), "line 3:"),
        (
            "much.csv",
            format!("recipient,amount\n{someone},1000.5\n"),
            "1000.5 tokens were asked for, and there are 1000",
        ),
    ] {
        let error = refuses(name, &text);
        assert!(error.contains(expected), "{name}: {error}");
    }
}
