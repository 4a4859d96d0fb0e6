//! `sluice unstake --delayed` and `sluice tickets`: a world of its own, whose epochs end.

use std::time::Duration;

use sluice_tests::chain::Chain;
use sluice_tests::{SOL, keypair};
use solana_signer::Signer;

use crate::common::{FEE, event, key, nobody, number, row};
use crate::world::World;

#[test]
fn tickets_are_ordered_wait_and_are_paid() {
    let world = World::tell();
    let served = &world.served;
    let (person, lst) = world.holder("patient", SOL, 100 * SOL);
    let had = served.tokens(&lst);
    let rent = served.chain(|net| net.rent_exempt(128));
    let before = served.lamports(&person.address());

    let preview = served.previews(&person, &["unstake", "60", "--delayed"]);
    let epoch = number(&served.answers(&["pool"])["epoch"]);
    assert!(row(&preview, "When").starts_with(&format!("epoch {}, in about ", epoch + 1)), "{preview}");
    let done = served.does(&person, &["unstake", "60", "--delayed"]);
    let told = event(&done, "UnstakeOrdered");
    let (ticket, ordered) = (key(&told["ticket"]), number(&told["ordered_lamports"]));
    assert_eq!((number(&told["shares"]), number(&told["claim_epoch"])), (60 * SOL, epoch + 1));
    assert_eq!(served.tokens(&lst), had - 60 * SOL);
    assert_eq!(served.lamports(&person.address()), before - rent - 2 * FEE);
    assert_eq!(served.lamports(&ticket), rent);

    // A part of it becomes a ticket of its own, and is given away.
    let name = ticket.to_string();
    let done = served.does(&person, &["tickets", "split", &name, "20"]);
    let told = event(&done, "TicketSplit");
    let part = key(&told["part"]);
    assert_eq!((number(&told["part_shares"]), number(&told["rest_shares"])), (20 * SOL, 40 * SOL));
    assert_eq!(number(&told["part_lamports"]) + number(&told["rest_lamports"]), ordered);
    let heir = served.person("heir", SOL);
    served.does(&person, &["tickets", "transfer", &part.to_string(), &heir.address().to_string()]);
    let refused = served.refuses(&person, &["tickets", "transfer", &part.to_string(), &name]);
    assert!(refused.starts_with(&format!("{part} belongs to {}", heir.address())), "{refused}");
    let done = served.does(&person, &["unstake", "10", "--delayed"]);
    let second = key(&event(&done, "UnstakeOrdered")["ticket"]).to_string();

    let listed = served.answers(&["tickets", "--owner", &person.address().to_string()]);
    let tickets = listed["tickets"].as_array().unwrap();
    assert_eq!(tickets.len(), 2);
    assert!(tickets.iter().all(|ticket| ticket["state"] == "waiting"), "{listed:#}");
    let seconds = number(&tickets[0]["seconds"]);
    assert!(Duration::from_secs(seconds) < Duration::from_secs(86_400), "an epoch is a day: {seconds}");
    for arguments in [["tickets", "claim", &name], ["tickets", "cancel", &name]] {
        let refused = served.refuses(&person, &arguments);
        assert!(refused.starts_with(&format!("{name} is not due: ")), "{refused}");
    }
    let refused = served.refuses(&person, &["tickets", "claim", "--all"]);
    assert!(refused.starts_with("none of ") && refused.contains("`sluice tickets` says when"), "{refused}");
    let refused = served.refuses(&person, &["tickets", "claim"]);
    assert_eq!(refused, "name tickets, or --all of yours that are due");

    // An epoch later, before anybody has updated the pool.
    served.chain(|net| net.advance_epoch());
    let refused = served.refuses(&person, &["tickets", "claim", &name]);
    assert!(refused.contains("is not due"), "{refused}");
    served.chain(|net| world.pool.update(net));
    let text = served.tells(&["tickets", "list", "--owner", &person.address().to_string()]);
    assert_eq!(text.matches("can be claimed now").count(), 2, "{text}");

    // Anyone may have the heir's paid; the heir gets all of it.
    let stranger = served.person("stranger", SOL);
    let heirs = served.lamports(&heir.address());
    let done = served.does(&stranger, &["tickets", "claim", &part.to_string()]);
    let paid = number(&event(&done, "TicketClaimed")["paid"]);
    assert_eq!(served.lamports(&heir.address()), heirs + paid + rent);
    assert_eq!(served.lamports(&stranger.address()), SOL - FEE);

    // One is taken back, the other paid.
    let (tokens, lamports) = (served.tokens(&lst), served.lamports(&person.address()));
    let done = served.does(&person, &["tickets", "cancel", &second]);
    let told = event(&done, "TicketCancelled");
    let returned = number(&told["returned"]);
    assert!(returned < number(&told["shares"]), "what it earned stays");
    assert_eq!(served.tokens(&lst), tokens + returned);
    assert_eq!(served.lamports(&person.address()), lamports + rent - FEE);
    let lamports = served.lamports(&person.address());
    let preview = served.previews(&person, &["tickets", "claim", "--all"]);
    assert!(row(&preview, "Pays").ends_with(&format!("to you, for {name}")), "{preview}");
    let done = served.does(&person, &["tickets", "claim", "--all"]);
    let told = event(&done, "TicketClaimed");
    assert_eq!((key(&told["ticket"]), number(&told["shares"])), (ticket, 40 * SOL));
    assert_eq!(served.lamports(&person.address()), lamports + number(&told["paid"]) + rent - FEE);
    let listed = served.tells(&["tickets", "--owner", &person.address().to_string()]);
    assert_eq!(listed, format!("{} has no tickets of this pool.\n", person.address()));

    // A ticket the reserve cannot pay yet.
    let (whale, _) = world.holder("whale", SOL, 100 * SOL);
    let founder = world.person("founder");
    served.does(&founder, &["unstake", "9000", "--delayed"]);
    served.does(&whale, &["unstake", "all", "--delayed"]);
    world.next_epoch();
    let listed = served.answers(&["tickets", "--owner", &founder.address().to_string()]);
    assert_eq!(listed["tickets"][0]["state"], "unfilled");
    let refused = served.refuses(&founder, &["tickets", "claim", "--all"]);
    assert!(
        refused.starts_with("the reserve holds ") && refused.contains("sluice tickets cancel"),
        "{refused}"
    );
    served.does(&whale, &["tickets", "claim", "--all"]);

    // No such ticket, and no ticket at all.
    let refused = served.refuses(&person, &["tickets", "claim", &name]);
    assert_eq!(refused, format!("there is no Ticket at {name}"));
    let refused = served.refuses(&person, &["tickets", "cancel", &world.pool.pool.to_string()]);
    assert!(refused.contains("is not what it should be: Ticket: "), "{refused}");
}

#[test]
fn twelve_tickets_are_claimed_at_once_whoever_owns_them() {
    let world = World::tell();
    let served = &world.served;
    let (person, lst) = world.holder("hoarder", 2 * SOL, 50 * SOL);
    let order = |number: usize| {
        served.chain(|net| {
            let ticket = keypair(&format!("hoarder's ticket {number}"));
            let order = world.pool.order_unstake(&person.address(), &lst, &ticket.pubkey(), SOL);
            net.must(&[order], &[&person.key, &ticket]);
            ticket.pubkey()
        })
    };
    let tickets: Vec<_> = (0..26).map(order).collect();
    // Half of them go to as many strangers.
    let heirs: Vec<_> = (0..12).map(|number| nobody(&format!("heir {number}"))).collect();
    for (ticket, heir) in tickets.iter().zip(&heirs) {
        let give = world.pool.transfer_ticket(ticket, &person.address(), heir);
        served.chain(|net| net.must(&[give], &[&person.key]));
    }
    world.next_epoch();
    let names: Vec<_> = tickets[..12].iter().map(ToString::to_string).collect();
    let claim = ["tickets", "claim"].into_iter().chain(names.iter().map(String::as_str));
    let done = served.does(&person, &claim.collect::<Vec<_>>());
    assert_eq!(done["events"].as_array().unwrap().len(), 12);
    assert!(heirs.iter().all(|heir| served.lamports(heir) > SOL));

    let preview = served.previews(&person, &["tickets", "claim", "--all"]);
    assert_eq!(row(&preview, "Later"), "2 more can be claimed: run it again");
    for left in [2, 0] {
        served.does(&person, &["tickets", "claim", "--all"]);
        let listed = served.answers(&["tickets", "--owner", &person.address().to_string()]);
        assert_eq!(listed["tickets"].as_array().unwrap().len(), left);
    }
}
