//! An accusation from `service slash` to `execute`, `veto` or `close`, and what may be done when.

use sluice_sdk::restaking_vault::accounts::{Allocation, SlashRequest};
use sluice_tests::SOL;
use sluice_tests::chain::Chain;
use solana_address::Address;

use crate::common::{FEE, Person, event, key, number, row};
use crate::world::{Team, World, file, nowhere, refs};

/// A vault of 40 LST, of which 10 are at risk, slashes going to an account.
fn accusable() -> (World, Person, Team, Address) {
    let world = World::new();
    let (alice, _) = world.holder("alice", 39 * SOL);
    world.does_there(&alice, &["vault", "deposit", "all"]);
    let (_, insurance) = world.holder("insurer", 0);
    let team = world.team(Some(insurance), "10");
    (world, alice, team, insurance)
}

fn accuse(world: &World, team: &Team, amount: &str, evidence: &[&str]) -> Address {
    let arguments = team.arguments(&["service", "slash", amount], evidence);
    let done = world.does_there(&team.service, &refs(&arguments));
    key(&event(&done, "SlashRequested")["request"])
}

#[test]
fn a_slash_is_asked_for_waits_and_takes_exactly_what_it_may() {
    let (world, alice, team, insurance) = accusable();
    let path = file("evidence.txt", "the operator signed two blocks\n");
    let evidence = ["--evidence-file", path.as_str()];
    let arguments = team.arguments(&["service", "slash", "6"], &evidence);
    let now = world.epoch();

    let error = world.refuses_there(&team.operator, &refs(&arguments));
    assert!(error.starts_with("only the service's authority"), "{error}");
    let preview = world.previews_there(&team.service, &refs(&arguments));
    assert_eq!(row(&preview, "Asks for"), "6 LST of 10 LST at risk");
    let shown = row(&preview, "Evidence");
    assert_eq!(shown.len(), 64, "{shown}");
    assert!(row(&preview, "Can be vetoed").contains(&format!("before epoch {}", now + 2)), "{preview}");
    let error =
        world.refuses_there(&team.service, &refs(&team.arguments(&["service", "slash", "10.5"], &evidence)));
    assert!(error.starts_with("10.5 LST were asked for, and 10 LST can be asked for"), "{error}");
    let absent = ["--evidence-file", "/nonexistent"];
    let error =
        world.refuses_there(&team.service, &refs(&team.arguments(&["service", "slash", "1"], &absent)));
    assert!(error.starts_with("cannot read /nonexistent"), "{error}");

    let request = accuse(&world, &team, "6", &evidence);
    let at = request.to_string();
    let state: SlashRequest = world.account(&request);
    assert_eq!((state.amount, state.executable_epoch, state.expiry_epoch), (6 * SOL, now + 2, now + 4));
    assert_eq!(sluice_client::distribution::hex(&state.evidence), shown);
    assert_eq!(
        state.evidence,
        sluice_client::distribution::sha256(&["the operator signed two blocks\n".as_bytes()])
    );
    let error = world.refuses_there(&team.service, &refs(&arguments));
    assert_eq!(error, format!("the agreement is under a request already: {at}"));

    // Everybody sees it, and how long the veto window is open.
    let listed = world.answers(&["service", "requests"]);
    assert_eq!(listed[0]["stage"], "can_be_vetoed");
    assert!(number(&listed[0]["veto_seconds"]) > 0);
    let text = world.tells(&["service", "requests", "--service", &team.service_address.to_string()]);
    assert!(
        text.contains(&format!("can be vetoed by {}; from epoch {}", world.resolver.address(), now + 2)),
        "{text}"
    );
    assert_eq!(world.tells(&["service", "requests", "--vault", &nowhere()]), "Nobody is accused.\n");
    let error = world.refuses(&alice, &["service", "execute", &at]);
    assert_eq!(
        error,
        format!(
            "the slash can be executed from epoch {} on, when the veto window is over, and this is epoch {now}",
            now + 2
        )
    );

    world.epochs(2);
    let error = world.refuses(&world.resolver, &["service", "veto", &at]);
    assert!(error.starts_with(&format!("the veto window is over since epoch {}", now + 2)), "{error}");
    let text = world.tells(&["service", "requests"]);
    assert!(text.contains("can be executed by anyone; expires in epoch"), "{text}");
    let preview = world.previews(&alice, &["service", "execute", &at]);
    assert_eq!(row(&preview, "Slashed "), "6 LST");
    assert_eq!(row(&preview, "Vault's collateral"), "40 LST → 34 LST");
    assert_eq!(row(&preview, "Vault's price of a share"), "1 LST → 0.85 LST");
    let rent = world.chain(|net| net.rent_exempt(SlashRequest::LEN));
    let sol = world.served.lamports(&team.service.address());
    let done = world.does(&alice, &["service", "execute", &at]);
    assert_eq!(number(&event(&done, "SlashExecuted")["slashed"]), 6 * SOL);
    assert_eq!(world.tokens(&insurance), 6 * SOL);
    assert_eq!(world.tokens(&world.state().collateral_account), 34 * SOL);
    assert_eq!(world.account::<Allocation>(&team.allocation).amount, 4 * SOL);
    assert_eq!(world.served.lamports(&team.service.address()), sol + rent, "the rent goes back");
    let error = world.refuses(&alice, &["service", "execute", &at]);
    assert_eq!(error, format!("there is no SlashRequest at {at}"));
    let again = team.arguments(&["service", "slash", "1", "--evidence", &"00".repeat(32)], &[]);
    let error = world.refuses_there(&team.service, &refs(&again));
    assert!(error.starts_with("the next request of this agreement may be opened from epoch"), "{error}");
}

#[test]
fn the_cap_leaves_some_for_a_later_epoch() {
    let (world, alice, team, insurance) = accusable();
    // A cap of 20 % of 40 LST is 8 an epoch.
    let request = accuse(&world, &team, "all", &["--evidence", &"12".repeat(32)]).to_string();
    world.epochs(2);
    let preview = world.previews(&alice, &["service", "execute", &request]);
    assert_eq!(row(&preview, "The request may still take"), "2 LST, in a later epoch");
    world.does(&alice, &["service", "execute", &request]);
    assert_eq!(world.tokens(&insurance), 8 * SOL);
    let error = world.refuses(&alice, &["service", "execute", &request]);
    assert!(error.contains("NothingToSlash"), "{error}");
    world.epochs(1);
    world.does(&alice, &["service", "execute", &request]);
    assert_eq!(world.tokens(&insurance), 10 * SOL);
}

#[test]
fn the_resolver_and_nobody_else_dismisses() {
    let (world, alice, team, insurance) = accusable();
    let request = accuse(&world, &team, "5", &["--evidence", &"12".repeat(32)]).to_string();
    let error = world.refuses(&alice, &["service", "veto", &request]);
    let expected = format!(
        "only the vault's resolver ({}) may do this; this key is {}",
        world.resolver.address(),
        alice.address()
    );
    assert!(error.starts_with(&expected), "{error}");
    // A ticket that is due waits for it.
    let done = world.does_there(&alice, &["vault", "withdraw", "1"]);
    let ticket = key(&event(&done, "WithdrawalEnqueued")["ticket"]).to_string();
    let preview = world.previews(&world.resolver, &["service", "veto", &request]);
    assert_eq!(row(&preview, "Dismissed"), "5 LST");
    assert_eq!(row(&preview, "Open requests of the vault"), "1 → 0");
    let sol = world.served.lamports(&world.resolver.address());
    world.does(&world.resolver, &["service", "veto", &request]);
    assert_eq!(world.served.lamports(&world.resolver.address()), sol - FEE);
    assert_eq!((world.state().open_requests, world.tokens(&insurance)), (0, 0));
    world.epochs(2);
    world.does_there(&alice, &["vault", "claim", &ticket]);
}

#[test]
fn a_request_nobody_acted_on_is_closed_after_it_expired() {
    let (world, alice, team, _) = accusable();
    let done = world.does_there(&alice, &["vault", "withdraw", "1"]);
    let ticket = key(&event(&done, "WithdrawalEnqueued")["ticket"]).to_string();
    let request = accuse(&world, &team, "5", &["--evidence", &"12".repeat(32)]).to_string();
    let expires = world.epoch() + 4;
    let error = world.refuses(&alice, &["service", "close", &request]);
    assert_eq!(
        error,
        format!(
            "the request expires in epoch {expires}, and this is epoch {}: only then can it be closed",
            expires - 4
        )
    );
    world.epochs(2);
    let error = world.refuses_there(&alice, &["vault", "claim", &ticket]);
    assert!(error.ends_with("a slash request is open, for which tickets wait"), "{error}");
    let tickets = world.answers(&["vault", "tickets", "--owner", &alice.address().to_string()]);
    assert_eq!((number(&tickets[0]["claimable_epoch"]), &tickets[0]["claimable"]), (expires, &false.into()));
    world.epochs(2);
    let error = world.refuses(&alice, &["service", "execute", &request]);
    assert!(
        error.contains(&format!("has expired in epoch {expires}"))
            && error.ends_with("it can only be closed"),
        "{error}"
    );
    let text = world.tells(&["service", "requests"]);
    assert!(text.contains("has expired: anyone may close it"), "{text}");
    let preview = world.previews(&alice, &["service", "close", &request]);
    assert_eq!(row(&preview, "It took"), "0 LST of 5 LST");
    world.does(&alice, &["service", "close", &request]);
    assert_eq!(world.state().open_requests, 0);
    world.does_there(&alice, &["vault", "claim", &ticket]);
}

#[test]
fn junior_shares_lose_first_and_leave_as_the_others_do() {
    let world = World::new();
    world.does_there(&world.admin, &["vault", "add-junior", "--seed", "1", "--premium-bps", "1000"]);
    let (alice, _) = world.holder("alice", 30 * SOL);
    let (judy, _) = world.holder("judy", 9 * SOL);
    world.does_there(&alice, &["vault", "deposit", "29"]);
    world.does_there(&judy, &["vault", "deposit", "9", "--junior"]);
    let team = world.team(None, "12");
    // A cap of 20 % of 40 LST is 8, all of it the junior shares': two tenths of theirs are left.
    let request = accuse(&world, &team, "8", &["--evidence", &"12".repeat(32)]).to_string();
    world.epochs(2);
    let preview = world.previews(&alice, &["service", "execute", &request]);
    assert_eq!(row(&preview, "Junior collateral"), "10 LST → 2 LST");
    assert_eq!(row(&preview, "Junior price of a share"), "1 LST → 0.2 LST");
    assert!(!preview.contains("Senior"), "{preview}");
    assert_eq!(row(&preview, "Goes to"), "nobody: it is burnt");
    let supply = world.supply(&world.pool.mint);
    world.does(&alice, &["service", "execute", &request]);
    assert_eq!(world.supply(&world.pool.mint), supply - 8 * SOL);
    let vault = world.state();
    assert_eq!((vault.assets, vault.junior_assets), (30 * SOL, 2 * SOL));

    let shown = world.answers(&["vault", "show", "--vault", &world.vault.to_string()]);
    assert_eq!((number(&shown["price"]), number(&shown["junior_price"])), (SOL, SOL / 5));
    let done = world.does_there(&judy, &["vault", "withdraw", "5", "--junior"]);
    let ticket = key(&event(&done, "WithdrawalEnqueued")["ticket"]).to_string();
    let text = world.tells(&["vault", "tickets", "--owner", &judy.address().to_string()]);
    assert!(text.contains("5 junior VRT, worth 1 LST now"), "{text}");
    world.epochs(2);
    let done = world.does_there(&judy, &["vault", "claim", &ticket]);
    assert_eq!(number(&event(&done, "WithdrawalClaimed")["received"]), SOL);
    assert_eq!(world.state().junior_assets, SOL);
}

#[test]
fn a_shielded_vault_gives_its_yield_and_no_more() {
    let world = World::with(&["--shielded"]);
    let (alice, _) = world.holder("alice", 10 * SOL);
    let (payer, _) = world.holder("payer", 2 * SOL);
    world.does_there(&alice, &["vault", "deposit", "9"]);
    world.does_there(&payer, &["vault", "pay-rewards", "2"]);
    world.epochs(2);
    let team = world.team(None, "");
    let allocate = |amount: &str| team.arguments(&["vault", "allocate", amount], &[]);
    let error = world.refuses_there(&world.admin, &refs(&allocate("2.1")));
    assert!(error.starts_with("2.1 LST were asked for, and 2 LST can be allocated"), "{error}");
    world.allocates(&team, "all");
    let request = accuse(&world, &team, "2", &["--evidence", &"12".repeat(32)]).to_string();
    world.epochs(2);
    let preview = world.previews(&alice, &["service", "execute", &request]);
    assert_eq!(row(&preview, "Slashed "), "2 LST");
    world.does(&alice, &["service", "execute", &request]);
    let vault = world.state();
    assert_eq!((vault.assets, vault.principal_lamports), (10 * SOL, 10 * SOL));
}

#[test]
fn a_shielded_slash_waits_for_the_pools_update() {
    let world = World::with(&["--shielded"]);
    let (payer, _) = world.holder("payer", 2 * SOL);
    world.does_there(&payer, &["vault", "pay-rewards", "2"]);
    world.epochs(2);
    let team = world.team(None, "1");
    let request = accuse(&world, &team, "1", &["--evidence", &"12".repeat(32)]).to_string();
    world.epochs(1);
    world.chain(|net| net.advance_epoch());
    let error = world.refuses(&payer, &["service", "execute", &request]);
    let expected = format!("the pool {} has not been updated in this epoch", world.pool.pool);
    assert!(error.starts_with(&expected) && error.ends_with("run `sluice crank --once`"), "{error}");
    world.chain(|net| world.pool.update(net));
    // A fifth of a vault of 3 LST is all that an epoch's cap allows.
    let done = world.does(&payer, &["service", "execute", &request]);
    assert_eq!(number(&event(&done, "SlashExecuted")["slashed"]), 600_000_000);
}
