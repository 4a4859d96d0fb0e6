//! `sluice rate`, `apy`, `pool` and `liquidity`: what is told without a key, and what providers do with theirs.

use sluice_client::tokens::{TOKEN_PROGRAM, find_associated};
use sluice_tests::SOL;
use sluice_tests::chain::Chain;

use crate::common::{FEE, complaint, event, nobody, number, row, sluice};
use crate::world::World;

#[test]
fn the_rate_is_the_programs() {
    let world = World::shared();
    let now = world.served.answers(&["rate", "--epochs", "10"]);
    let (slot, rate) = (number(&now["slot"]), number(&now["rate"]));
    let expected = world.served.chain(|net| world.pool.ledger(net).rate_at(slot).unwrap());
    assert_eq!(rate, expected);
    assert!(number(&now["released_rate"]) > rate && number(&now["locked_lamports"]) > 0, "half is released");
    let history = now["history"].as_array().unwrap();
    assert!(history.len() >= 2 && history.iter().all(|entry| number(&entry["rate"]) <= rate), "{now:#}");
    assert!(history.windows(2).all(|pair| number(&pair[0]["epoch"]) < number(&pair[1]["epoch"])));
    let text = world.served.tells(&["rate"]);
    assert!(
        text.starts_with("1 LST = 1.0") && text.contains("more when all that was found is released"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 2);

    let earned = world.served.answers(&["apy"]);
    let over = earned["over"].as_array().unwrap();
    assert!(!over.is_empty() && over.iter().all(|span| number(&span["epochs"]) <= 64), "{earned:#}");
    assert!(world.served.tells(&["apy"]).contains(" % a year, by the last "));
}

#[test]
fn a_pool_is_told_as_it_stands() {
    let world = World::shared();
    let told = world.served.answers(&["pool"]);
    let state = world.state();
    assert_eq!(told["pool"], world.pool.pool.to_string());
    assert_eq!((number(&told["validators"]), &told["is_updated"]), (4, &true.into()));
    assert_eq!(number(&told["fees"]["deposit_bps"]), u64::from(state.fees.deposit_bps));
    assert_eq!(told["is_selected"], false);
    let (reserve, free) = (number(&told["reserve"]["lamports"]), number(&told["reserve"]["free"]));
    assert!(reserve > 0 && free <= reserve);
    let text = world.served.tells(&["pool"]);
    for label in [
        "Pool",
        "Mint",
        "Epoch",
        "Rate",
        "Holds",
        "Reserve",
        "Tickets",
        "Liquidity",
        "Fees",
        "Pause",
        "Admin",
    ] {
        assert!(!row(&text, label).is_empty(), "{label}: {text}");
    }
    assert!(
        row(&text, "Fees").contains("5.00 % of rewards, 0.10 % of deposits, 0.20 % of instant exits"),
        "{text}"
    );
    // By its address, it is the same one.
    let (url, pool) = (world.served.server.url(), world.pool.pool.to_string());
    let output = sluice(["pool", "--url", &url, "--pool", &pool, "--output", "json"]);
    let same: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(same["mint"], told["mint"]);
    let other = nobody("no pool").to_string();
    let said = complaint(&sluice(["pool", "--url", &url, "--pool", &other]));
    assert!(said.starts_with(&format!("no pool at {other} on this cluster")), "{said}");
}

#[test]
fn liquidity_is_added_and_taken_out_to_the_unit() {
    let world = World::shared();
    let (person, lst) = world.holder("provider", 50 * SOL, SOL);
    let lp_mint = world.state().lp_mint;
    let lp = find_associated(&person.address(), &lp_mint, &TOKEN_PROGRAM);
    let lamports = world.served.lamports(&person.address());
    let preview = world.served.previews(&person, &["liquidity", "add", "40"]);
    assert!(row(&preview, "You receive").contains(" LP, at least "), "{preview}");
    let done = world.served.does(&person, &["liquidity", "add", "40"]);
    let minted = number(&event(&done, "LiquidityAdded")["minted"]);
    let rent = world.served.chain(|net| net.rent_exempt(165));
    assert_eq!(world.served.tokens(&lp), minted);
    assert_eq!(world.served.lamports(&person.address()), lamports - 40 * SOL - rent - FEE);

    let told = world.served.answers(&["liquidity"]);
    assert_eq!(told["lp_mint"], lp_mint.to_string());
    assert!(number(&told["price"]) >= SOL && number(&told["value"]) >= 140 * SOL - 2, "{told:#}");
    assert_eq!(world.served.tells(&["liquidity", "status"]).lines().count(), 5);

    let (lamports, shares) = (world.served.lamports(&person.address()), world.served.tokens(&lst));
    let done = world.served.does(&person, &["liquidity", "remove", "all"]);
    let told = event(&done, "LiquidityRemoved");
    assert_eq!(number(&told["burnt"]), minted);
    assert_eq!(world.served.tokens(&lp), 0);
    assert_eq!(world.served.tokens(&lst), shares + number(&told["shares"]));
    assert_eq!(world.served.lamports(&person.address()), lamports + number(&told["lamports"]) - FEE);
    let said = world.served.refuses(&person, &["liquidity", "remove", "1"]);
    assert_eq!(said, "1 LP were asked for, and there are 0 LP to take them from");
    let said = world.served.refuses(&person, &["liquidity", "add", "0.0001"]);
    assert!(said.starts_with("The deposit is below the pool's minimum"), "{said}");
}
