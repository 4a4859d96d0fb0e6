//! Whoever does what it is told gets what it was promised: the advice, followed on the chain.

use serde_json::Value;
use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use solana_signer::Signer;

use crate::world::{STANDS, World, complaint, said, sluice};

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn advice_that_is_followed_gets_stake() {
    let world = World::tell();
    let (outbid, short) = (world.explain("outbid"), world.explain("short"));
    let (enough, lacks) = (number(&outbid["bid"]["enough"]), number(&short["bond"]["lacks_shares"]));
    // Somewhat more, to be sure.
    let enough = enough * 11 / 10;
    let [outbid_vote, short_vote] = ["outbid", "short"].map(|name| world.vote(name));
    let selection = &world.selection;
    world.with_bank(|bank| {
        let key = bank.0.validator("outbid").identity().insecure_clone();
        let bid = selection.set_bid(bank, &outbid_vote, &key.pubkey(), enough as u32);
        bank.must(&[bid], &[&world.payer, &key]);
        let (backer, lst) =
            (sluice_tests::keypair("backer"), sluice_tests::keypair("backer's slSOL").pubkey());
        let fund = selection.fund_bond(bank, &short_vote, &backer.pubkey(), &lst, lacks);
        bank.must(&[fund], &[&backer]);
    });

    // Until the next observation the answer says that it waits.
    let told = world.explain("outbid");
    let words = format!("{} {}", told["next"], told["notes"]);
    assert!(words.contains("counts from epoch 11 on, and would be enough today"), "{words}");
    assert_eq!(told["bid"]["next"], enough);
    assert_eq!(number(&world.explain("short")["explanation"]["lacks_bond"]), 0);

    // A new epoch: what is shown is of the last one, and says so.
    world.with_bank(|bank| bank.0.advance_epoch());
    let told = world.explain("outbid");
    assert_eq!(
        (&told["epoch"], &told["explanation"]["allocated_epoch"]),
        (&(STANDS + 1).into(), &STANDS.into())
    );
    let page = world.page("outbid");
    assert!(page.contains("Note: This epoch, 11, has no allocation yet: the last is of epoch 10."), "{page}");
    assert!(page.contains("Note: This epoch, 11, has no observation of you yet"), "{page}");

    world.with_bank(|bank| {
        selection.crank(bank);
        selection.settle_all(bank);
    });
    let (outbid, short) = (world.explain("outbid"), world.explain("short"));
    assert!(number(&outbid["explanation"]["ideal"]) > SOL, "the bid was enough: {}", outbid["why"]);
    assert_eq!(outbid["explanation"]["lacks_yield"], 0);
    let missing = number(&short["explanation"]["cap"]) - number(&short["explanation"]["ideal"]);
    assert!(missing < SOL, "the bond is enough, but for less than is moved: {}", short["why"]);
    assert!(!world.page("outbid").contains("has no allocation yet"));

    // One that is no candidate is told how to join, and then is one.
    let stranger = world.vote("stranger").to_string();
    let ask =
        || sluice(["validator", "explain", &stranger, "--mint", &world.mint(), "--url", &world.server.url()]);
    assert!(complaint(&ask()).contains("has not joined"));
    world.with_bank(|bank| {
        let (backer, lst) =
            (sluice_tests::keypair("backer"), sluice_tests::keypair("backer's slSOL").pubkey());
        let join = selection.join_with_bond(&world.vote("stranger"), &backer.pubkey(), &lst, 20 * SOL);
        bank.must(&[join], &[&backer]);
    });
    let told = said(&ask());
    assert!(told.starts_with("You hold 0.00 SOL. No allocation has come to you yet."), "{told}");
    assert!(told.contains("Wait for the next allocation, of epoch 12 at the latest"), "{told}");
}
