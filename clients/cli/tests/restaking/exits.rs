//! Ways out: tickets, claims for oneself and for others, into a ticket of the pool, and at once.

use sluice_sdk::restaking_vault::accounts::WithdrawalTicket;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_tests::SOL;
use sluice_tests::chain::Chain;

use crate::common::{FEE, event, key, number, row};
use crate::world::{World, associated};

#[test]
fn a_ticket_pays_after_its_cool_down_to_the_unit() {
    let world = World::new();
    let (alice, lst) = world.holder("alice", 10 * SOL);
    world.does_there(&alice, &["vault", "deposit", "8"]);
    let shares = world.shares_of(&alice.address());
    let rent = world.chain(|net| net.rent_exempt(WithdrawalTicket::LEN));
    let sol = world.served.lamports(&alice.address());

    let preview = world.previews_there(&alice, &["vault", "withdraw", "5"]);
    assert_eq!(row(&preview, "You give"), "5 VRT");
    assert_eq!(row(&preview, "Worth now"), "5 LST; it is valued when claimed");
    let unlock = world.epoch() + 2;
    assert!(
        row(&preview, "Claimable from").starts_with(&format!("epoch {unlock}, in 2 epochs (about ")),
        "{preview}"
    );
    assert_eq!(row(&preview, "In tickets"), "0 VRT → 5 VRT");

    let done = world.does_there(&alice, &["vault", "withdraw", "5"]);
    let told = event(&done, "WithdrawalEnqueued");
    let ticket = key(&told["ticket"]);
    let at = ticket.to_string();
    assert_eq!(number(&told["unlock_epoch"]), unlock);
    assert_eq!((world.tokens(&shares), world.state().queued_vrt), (3 * SOL, 5 * SOL));
    // The ticket's key signs, too.
    assert_eq!(world.served.lamports(&alice.address()), sol - rent - 2 * FEE);

    let error = world.refuses_there(&alice, &["vault", "claim", &at]);
    assert_eq!(
        error,
        format!("the ticket can be claimed from epoch {unlock} on, and this is epoch {}", unlock - 2)
    );
    world.epochs(2);
    let before = world.tokens(&lst);
    let sol = world.served.lamports(&alice.address());
    let preview = world.previews_there(&alice, &["vault", "claim", &at]);
    assert!(row(&preview, "You receive").starts_with("5 LST, at least 4.995 LST"), "{preview}");
    let done = world.does_there(&alice, &["vault", "claim", &at]);
    let told = event(&done, "WithdrawalClaimed");
    assert_eq!((number(&told["paid"]), number(&told["received"])), (5 * SOL, 5 * SOL));
    // It goes to the wallet's associated account, which is made.
    let arrived = associated(&alice.address(), &world.pool.mint);
    assert_eq!((world.tokens(&arrived), world.tokens(&lst)), (5 * SOL, before));
    let made = world.chain(|net| net.rent_exempt(165));
    assert_eq!(world.served.lamports(&alice.address()), sol + rent - made - FEE);
    assert!(!world.exists(&ticket));
    let vault = world.state();
    assert_eq!((vault.assets, vault.vrt_supply, vault.queued_vrt), (4 * SOL, 4 * SOL, 0));
    assert_eq!(world.tokens(&vault.collateral_account), 4 * SOL);
    let error = world.refuses_there(&alice, &["vault", "claim", &at]);
    assert_eq!(error, format!("there is no WithdrawalTicket at {at}"));
}

#[test]
fn a_ticket_is_given_away_and_anyone_may_have_it_paid() {
    let world = World::new();
    let (alice, _) = world.holder("alice", 10 * SOL);
    let [bob, crank] = ["bob", "crank"].map(|name| world.served.person(name, SOL));
    world.does_there(&alice, &["restake", "--lst", "10"]);
    let done = world.does_there(&alice, &["vault", "withdraw", "all"]);
    let at = key(&event(&done, "WithdrawalEnqueued")["ticket"]).to_string();
    let bob_at = bob.address().to_string();

    let error = world.refuses_there(&bob, &["vault", "transfer-ticket", &at, &bob_at]);
    assert!(
        error.starts_with(&format!(
            "only the ticket's owner ({}) may do this; this key is {bob_at}",
            alice.address()
        )),
        "{error}"
    );
    let preview = world.previews_there(&alice, &["vault", "transfer-ticket", &at, &bob_at]);
    assert_eq!(row(&preview, "Owner"), format!("{} → {bob_at}", alice.address()));
    world.does_there(&alice, &["vault", "transfer-ticket", &at, &bob_at]);

    world.epochs(2);
    let preview = world.previews_there(&crank, &["vault", "claim", &at]);
    assert_eq!(row(&preview, "Its owner"), bob_at);
    let (sol, rent) =
        (world.served.lamports(&bob.address()), world.chain(|net| net.rent_exempt(WithdrawalTicket::LEN)));
    world.does_there(&crank, &["vault", "claim", &at]);
    assert_eq!(world.tokens(&associated(&bob.address(), &world.pool.mint)), 10 * SOL);
    assert_eq!(world.served.lamports(&bob.address()), sol + rent, "the rent is the owner's");
    assert_eq!(world.tokens(&associated(&crank.address(), &world.pool.mint)), 0);
}

#[test]
fn a_claim_goes_on_into_a_ticket_of_the_pool() {
    let world = World::new();
    let (alice, _) = world.holder("alice", 10 * SOL);
    world.does_there(&alice, &["vault", "deposit", "10"]);
    let done = world.does_there(&alice, &["vault", "withdraw", "4"]);
    let at = key(&event(&done, "WithdrawalEnqueued")["ticket"]).to_string();
    let stranger = world.served.person("stranger", SOL);
    world.epochs(2);
    let error = world.refuses_there(&stranger, &["vault", "claim-and-unstake", &at]);
    assert!(error.starts_with("only the ticket's owner"), "{error}");
    let preview = world.previews_there(&alice, &["vault", "claim-and-unstake", &at]);
    assert_eq!(row(&preview, "Which are"), "4 LST");
    assert!(row(&preview, "Ordered as").starts_with("4 SOL, at least 3.996 SOL"), "{preview}");
    let done = world.does_there(&alice, &["vault", "claim-and-unstake", &at]);
    let events = done["events"].as_array().unwrap();
    let order =
        events.iter().find(|event| !event["ordered_lamports"].is_null()).expect("an order of the pool");
    let ticket: Ticket = world.account(&key(&order["ticket"]));
    assert_eq!((ticket.owner, ticket.shares), (alice.address(), 4 * SOL));
    assert_eq!(number(&order["ordered_lamports"]), ticket.ordered_lamports);
    assert_eq!(world.state().assets, 7 * SOL);
}

#[test]
fn leaving_at_once_pays_what_would_be_left() {
    let world = World::new();
    let (alice, lst) = world.holder("alice", 40 * SOL);
    world.does_there(&alice, &["vault", "deposit", "39"]);
    // Nothing is allocated: the full price.
    let done = world.does_there(&alice, &["vault", "instant-withdraw", "9"]);
    assert_eq!(number(&event(&done, "InstantlyWithdrawn")["received"]), 9 * SOL);
    assert_eq!(world.tokens(&lst), 10 * SOL);
    // A quarter of the 31 are: a share pays three quarters of its price.
    let team = world.team(None, "7.75");
    let preview = world.previews_there(&alice, &["vault", "instant-withdraw", "4"]);
    assert_eq!(row(&preview, "You receive"), "3 LST, at least 2.997 LST");
    assert_eq!(row(&preview, "You would get by waiting"), "4 LST, if nothing is slashed");
    let error = world.refuses_there(&alice, &["vault", "instant-withdraw", "4", "--at-least", "3.5"]);
    assert!(error.contains("SlippageExceeded"), "{error}");
    let done = world.does_there(&alice, &["vault", "instant-withdraw", "4"]);
    assert_eq!(number(&event(&done, "InstantlyWithdrawn")["received"]), 3 * SOL);
    assert_eq!(world.tokens(&lst), 13 * SOL);
    // While somebody is accused nobody leaves at once.
    let accuse = team.arguments(&["service", "slash", "1", "--evidence", &"ab".repeat(32)], &[]);
    world.does_there(&team.service, &crate::world::refs(&accuse));
    let error = world.refuses_there(&alice, &["vault", "instant-withdraw", "1"]);
    assert!(error.contains("PendingSlash"), "{error}");
    let shown = world.tells(&["vault", "show", "--vault", &world.vault.to_string()]);
    assert!(shown.contains("nothing now: instant exits wait"), "{shown}");
}
