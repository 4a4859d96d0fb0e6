//! `vault list`, `show` and `tickets`, for people and for programs.

use serde_json::Value;
use sluice_tests::SOL;

use crate::common::{complaint, event, key, number, sluice};
use crate::world::{World, nowhere, refs};

#[test]
fn a_vault_is_shown_with_all_that_bounds_it() {
    let world = World::with(&["--capacity", "100", "--leverage-bps", "9000"]);
    let (alice, _) = world.holder("alice", 40 * SOL);
    world.does_there(&alice, &["vault", "deposit", "39"]);
    world.does_there(&alice, &["vault", "withdraw", "10"]);
    let team = world.team(None, "6");
    let at = world.vault.to_string();
    let shown = world.answers(&["vault", "show", "--vault", &at]);
    assert_eq!(number(&shown["room"]), 60 * SOL);
    assert_eq!(number(&shown["exposed"]), 40 * SOL);
    assert_eq!(number(&shown["allocatable"]), 24 * SOL, "30 stay, and 6 are allocated");
    assert_eq!(number(&shown["slash_cap_left"]), 8 * SOL);
    assert_eq!(number(&shown["vault"]["queued_vrt"]), 10 * SOL);
    assert_eq!(shown["junior_price"], Value::Null);
    assert_eq!(shown["agreements"][0]["allocation"]["operator"], team.operator_address.to_string());
    assert_eq!(number(&shown["agreements"][0]["at_risk"]), 6 * SOL);
    let page = world.tells(&["vault", "show", "--vault", &at]);
    for (label, value) in [
        ("collateral", "40 LST"),
        ("Room for deposits", "60 LST"),
        ("Limit of leverage", "90 % of all LST"),
        ("Can still be allocated", "24 LST"),
        ("Left of it in this epoch", "8 LST"),
        ("Ticket's cool-down", "2 epochs"),
        ("Paused", "no"),
    ] {
        let line = format!("  {label:<26}  {value}\n");
        assert!(page.contains(&line), "{line:?} in\n{page}");
    }
    let error =
        complaint(&sluice(["vault", "show", "--vault", &nowhere(), "--url", &world.served.server.url()]));
    assert_eq!(error, format!("there is no vault at {}", nowhere()));
    assert_eq!(sluice(["vault", "show"]).status.code(), Some(2));
}

#[test]
fn a_shielded_vault_says_that_only_yield_is_at_risk() {
    let world = World::with(&["--shielded"]);
    let (alice, _) = world.holder("alice", 10 * SOL);
    world.does_there(&alice, &["vault", "deposit", "9"]);
    let at = world.vault.to_string();
    let shown = world.answers(&["vault", "show", "--vault", &at]);
    assert_eq!(number(&shown["vault"]["principal_lamports"]), 10 * SOL);
    assert_eq!(number(&shown["exposed"]), 0, "there is no yield yet");
    let page = world.tells(&["vault", "show", "--vault", &at]);
    assert!(page.contains(&format!("{:<26}  10 SOL\n", "Shielded principal")), "{page}");
    let team = world.team(None, "");
    let allocate = team.arguments(&["vault", "allocate", "1"], &[]);
    let error = world.refuses_there(&world.admin, &refs(&allocate));
    assert!(error.starts_with("1 LST were asked for, and 0 LST can be allocated"), "{error}");
    world.chain(|net| net.advance_epoch());
    let error = world.refuses_there(&world.admin, &refs(&allocate));
    assert!(error.ends_with("which a shielded vault needs: run `sluice crank --once`"), "{error}");
}

#[test]
fn vaults_and_tickets_are_listed() {
    let world = World::new();
    let listed = world.answers(&["vault", "list"]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["vault"], world.vault.to_string());
    assert_eq!(number(&listed[0]["collateral"]), SOL);
    assert_eq!(world.answers(&["vault", "list", "--collateral", &nowhere()]), Value::Array(vec![]));
    assert!(world.tells(&["vault", "list"]).contains(&world.vault.to_string()));

    let (alice, _) = world.holder("alice", 10 * SOL);
    let owner = alice.address().to_string();
    assert_eq!(
        world.tells(&["vault", "tickets", "--owner", &owner]),
        format!("{owner} has no tickets of a vault.\n")
    );
    world.does_there(&alice, &["vault", "deposit", "10"]);
    let done = world.does_there(&alice, &["vault", "withdraw", "3"]);
    let ticket = key(&event(&done, "WithdrawalEnqueued")["ticket"]).to_string();
    let unlock = world.epoch() + 2;
    let tickets = world.answers(&["vault", "tickets", "--keypair", alice.file.to_str().unwrap()]);
    assert_eq!((&tickets[0]["ticket"], number(&tickets[0]["worth"])), (&ticket.clone().into(), 3 * SOL));
    assert_eq!((number(&tickets[0]["claimable_epoch"]), &tickets[0]["claimable"]), (unlock, &false.into()));
    let text = world.tells(&["vault", "tickets", "--owner", &owner]);
    assert!(text.contains("3 VRT, worth 3 LST now"), "{text}");
    assert!(text.contains(&format!("can be claimed from epoch {unlock}, in 2 epochs")), "{text}");
    world.epochs(2);
    assert!(world.tells(&["vault", "tickets", "--owner", &owner]).contains("can be claimed now"));
    let down = complaint(&sluice(["vault", "list", "--url", "http://127.0.0.1:1"]));
    assert!(down.starts_with("no RPC server answers at 127.0.0.1:1"), "{down}");
}
