//! What the command says of each kind of decision, and that it is what the program says.

use std::sync::OnceLock;

use serde_json::Value;
use sluice_selection_math::Constraint;

use crate::world::{BID, BOND, LAST_RUGGED, LEFT_OF_BOND, RUGGED_BPS, SMALL_BOND, STANDS, World};

/// The chain's minimum delegation, in lamports: nothing smaller is moved.
const LEAST: u64 = sluice_tests::SOL;

/// Everybody whom the program has an answer for.
fn all() -> &'static [(&'static str, Value)] {
    static ALL: OnceLock<Vec<(&str, Value)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let world = World::shared();
        world.told.iter().map(|(name, _)| (*name, world.explain(name))).collect()
    })
}

fn answer(name: &str) -> &'static Value {
    &all().iter().find(|(known, _)| *known == name).unwrap().1
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// All that is said in words.
fn words(name: &str) -> String {
    let answer = answer(name);
    let lines = |key: &str| {
        answer[key].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>()
    };
    [vec![answer["why"].as_str().unwrap()], lines("next"), lines("notes")].concat().join("\n")
}

#[track_caller]
fn says(name: &str, parts: &[&str]) {
    let words = words(name);
    for part in parts {
        assert!(words.contains(part), "{name} is not told {part:?}:\n{words}");
    }
}

#[test]
fn every_field_is_the_programs_own() {
    let mut reasons = Vec::new();
    for (name, told) in &World::shared().told {
        assert_eq!(answer(name)["explanation"], serde_json::to_value(told).unwrap(), "{name}");
        let decided = Constraint::from_code(told.constraint).unwrap();
        assert_eq!(answer(name)["constraint"], format!("{decided:?}"));
        reasons.push((*name, decided));
    }
    use Constraint::*;
    let expected = [
        ("best", Cap),
        ("bidder", Cap),
        ("short", Bond),
        ("crowded", Aso),
        ("fair", Waiting),
        ("dear", Score),
        ("outbid", Score),
        ("poor", Bond),
        ("banned", Banned),
        ("left", Left),
        ("away", Delinquent),
        ("rug", Commission),
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn one_that_holds_the_cap_has_nothing_to_do() {
    let best = answer("best");
    let told = &best["explanation"];
    assert_eq!(told["ideal"], told["cap"]);
    assert_eq!(best["rank"], 1, "tips beat a low commission");
    assert!(number(&told["extra"]) > 0);
    says("best", &["You are given all that one validator may hold", "Nothing is missing"]);
    assert_eq!(number(&best["stake"]["staying"]), number(&told["target"]), "this epoch's moves are done");
    assert_eq!(best["charge"]["lamports"], 0);
    assert_eq!(best["charge"]["settled"], true);
    assert_eq!(number(&best["provider"]["id"]), 7);
    assert_eq!(number(&best["country"]["id"]), 1);
}

#[test]
fn one_that_is_outbid_is_told_by_how_much() {
    let outbid = answer("outbid");
    let told = &outbid["explanation"];
    let lacks = number(&told["lacks_yield"]);
    assert!(number(&told["clearing"]) <= number(&told["score"]) + lacks);
    assert!(lacks > 0 && told["held"] == 0);
    let enough = number(&outbid["bid"]["enough"]);
    assert!(enough * 1_000 >= lacks && (enough - 1) * 1_000 < lacks, "the least that is enough");
    says(
        "outbid",
        &["You hold 0.00 SOL. Others offer more:", "% APY gets stake, yours is", "sluice validator bid "],
    );
    says("outbid", &["Or vote better: ", "Offer somewhat more than that to be sure"]);
    assert!(number(&outbid["credits"]["last"]) < number(&outbid["credits"]["reference"]));
    let page = World::shared().page("outbid");
    assert!(page.starts_with(outbid["why"].as_str().unwrap()), "{page}");
    assert!(page.contains("lamports per SOL and epoch") && page.contains("Decided by    Score"), "{page}");
}

#[test]
fn a_commission_that_would_be_enough_is_found() {
    let dear = answer("dear");
    let enough = number(&dear["commission"]["enough_bps"]);
    let told = &dear["explanation"];
    let inflation = number(&told["expected"]) - number(&told["extra"]);
    let offered = |bps: u64| inflation * (10_000 - bps) / (10_000 - 800) + number(&told["extra"]);
    // The highest that is enough, to the credit that commission is rounded to.
    let (clearing, credit) =
        (number(&told["score"]) + number(&told["lacks_yield"]), inflation / (2_048 * 92 / 100));
    assert!(offered(enough) + credit >= clearing && offered(enough + 1) < clearing + credit, "{enough}");
    assert!((1..800).contains(&enough));
    let charge = format!("Or charge {}.{:02} % or less instead of 8.00 %:", enough / 100, enough % 100);
    says("dear", &[&charge, "it counts once the higher one is eight epochs old."]);
    assert_eq!(answer("outbid")["commission"]["enough_bps"], Value::Null, "not even without any");
    assert_eq!(answer("best")["commission"]["enough_bps"], Value::Null, "nothing is missing");
}

#[test]
fn one_that_waits_is_told_for_how_much() {
    let fair = answer("fair");
    let told = &fair["explanation"];
    assert!(number(&told["ideal"]) > number(&told["target"]) && told["leaves_now"] == 0);
    says(
        "fair",
        &["You are chosen for", "when stake that is leaving others has come home", "move in an epoch"],
    );
}

#[test]
fn a_bid_that_was_enough_is_shown_with_what_it_cost() {
    let bidder = answer("bidder");
    let told = &bidder["explanation"];
    assert_eq!(number(&told["bid"]), u64::from(BID) * 1_000);
    assert_eq!(number(&told["score"]), number(&told["expected"]) + number(&told["bid"]));
    let charge = &bidder["charge"];
    let (price, earning) = (number(&charge["price"]), number(&charge["earning"]));
    assert!(price > 0 && price <= number(&told["bid"]), "never more than was bid");
    assert_eq!((&charge["epoch"], &charge["settled"]), (&STANDS.into(), &true.into()));
    assert_eq!((&charge["shortfall"], &charge["rise"]), (&0.into(), &0.into()));
    let owed = u128::from(price) * u128::from(earning);
    assert_eq!(u128::from(number(&charge["lamports"])), owed.div_ceil(1_000_000_000_000));
    assert!(number(&bidder["bond"]["shares"]) < BOND, "the bond has paid");
    assert!(World::shared().page("bidder").contains("charged, as far as the bond went, in epoch 10"));
}

#[test]
fn a_bond_that_stands_for_less_than_the_cap_is_told_what_it_lacks() {
    let short = answer("short");
    let told = &short["explanation"];
    assert_eq!(number(&short["bond"]["shares"]), SMALL_BOND);
    assert_eq!(short["bound_by"], "Bond");
    assert!(number(&told["bound"]) - number(&told["ideal"]) < LEAST, "less than that is not moved");
    let lacks = number(&told["lacks_bond"]);
    assert!(
        lacks > 0 && number(&short["bond"]["lacks_shares"]) < lacks,
        "a share is worth more than a lamport"
    );
    says(
        "short",
        &[
            "Your bond, worth",
            "stands for",
            "of stake and no more",
            "to your bond (`sluice validator bond fund`",
        ],
    );
}

#[test]
fn a_bond_below_the_least_keeps_one_out() {
    let poor = answer("poor");
    assert_eq!((&poor["rank"], &poor["verdict"]), (&Value::Null, &"Bond".into()));
    assert_eq!(number(&poor["bond"]["leaving_shares"]), BOND - LEFT_OF_BOND);
    says(
        "poor",
        &[
            "Your bond is 0.50 LST; who has less than 1.00 LST, half of what joining takes, does not compete.",
            "sluice validator bond fund",
        ],
    );
    assert!(World::shared().page("poor").contains("19.50 LST more leave it, from epoch"));
}

#[test]
fn one_that_was_banned_is_told_who_can_lift_it() {
    let admin = {
        use solana_signer::Signer;
        World::shared().selection.pool.admin.pubkey().to_string()
    };
    says("banned", &["The pool's admin has banned you.", &admin, "sluice validator bond withdraw"]);
    assert_eq!(answer("banned")["explanation"]["flags"], 1);
}

#[test]
fn one_that_left_is_told_when_and_how_to_come_back() {
    says("left", &["You asked to leave, in epoch 6.", " --back`", "sluice validator bond withdraw"]);
}

#[test]
fn one_that_stopped_voting_is_told_what_happens_to_its_stake() {
    says(
        "away",
        &[
            "You earned no credits in the epoch before the last observation, of epoch 10.",
            "any crank takes your stake at once",
        ],
    );
    assert_eq!(
        (&answer("away")["explanation"]["score"], &answer("away")["credits"]["last"]),
        (&0.into(), &0.into())
    );
}

#[test]
fn a_commission_that_was_taken_back_is_told_until_when_it_counts() {
    let rug = answer("rug");
    assert_eq!(rug["commission"]["worst_bps"], RUGGED_BPS);
    assert_eq!(rug["commission"]["seen_bps"], 0);
    assert_eq!(number(&rug["commission"]["worst_until_epoch"]), LAST_RUGGED + 7);
    says(
        "rug",
        &[
            "50.00 %, is above the limit, 20.00 %",
            "it counts up to epoch 15, and from epoch 16 on you compete",
        ],
    );
}

#[test]
fn a_full_provider_is_told_with_its_numbers() {
    let crowded = answer("crowded");
    let provider = &crowded["provider"];
    assert!(number(&provider["cap"]) - number(&provider["ideal"]) < LEAST, "nothing is left");
    assert_eq!(
        number(&provider["held"]),
        number(&crowded["explanation"]["held"]) + number(&answer("best")["explanation"]["held"])
    );
    says("crowded", &["The validators of your hosting provider (number 7)", "move to one that has room"]);
}

#[test]
fn the_pool_may_be_named_by_its_address_too() {
    let world = World::shared();
    let (vote, pool) = (world.vote("fair").to_string(), world.selection.pool.pool.to_string());
    let output = crate::world::sluice([
        "validator",
        "explain",
        &vote,
        "--pool",
        &pool,
        "--url",
        &world.server.url(),
        "--output",
        "json",
    ]);
    let by_pool: Value = serde_json::from_str(&crate::world::said(&output)).unwrap();
    assert_eq!(by_pool, *answer("fair"));
}
