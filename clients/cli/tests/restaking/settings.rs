//! What the admin and the pauser of a vault set, and how it is handed over.

use sluice_tests::SOL;
use solana_address::Address;

use crate::common::{event, key, number, row};
use crate::world::World;

#[test]
fn limits_that_are_not_named_stay() {
    let world = World::with(&["--capacity", "500", "--min-deposit", "0.25"]);
    let set = ["vault", "set-limits", "--capacity", "80.5"];
    let preview = world.previews_there(&world.admin, &set);
    assert_eq!(row(&preview, "Capacity"), "500 LST → 80.5 LST");
    assert!(!preview.contains("Smallest deposit"), "{preview}");
    world.does_there(&world.admin, &set);
    let vault = world.state();
    assert_eq!((vault.capacity, vault.min_deposit, vault.leverage_bps), (80_500_000_000, SOL / 4, 0));
    let error = world.refuses_there(&world.admin, &set);
    assert_eq!(error, "nothing changes: every limit is so already");
    let error = world.refuses_there(&world.pauser, &set);
    assert!(error.starts_with("only the admin"), "{error}");
    let error = world.refuses_there(&world.admin, &["vault", "set-limits", "--leverage-bps", "10001"]);
    assert!(error.contains("ShareAboveCap"), "{error}");
    let preview = world.previews_there(&world.admin, &["vault", "set-limits", "--capacity", "all"]);
    assert_eq!(row(&preview, "Capacity"), "80.5 LST → no limit");
    assert_eq!(world.run(&world.admin, &["vault", "set-limits"]).status.code(), Some(2));
}

#[test]
fn the_fee_rises_on_notice_and_what_is_scheduled_is_not_called_off_unseen() {
    let world = World::new();
    let (_, fees) = world.holder("collector", 0);
    let (_, others) = world.holder("another", 0);
    let (to, other) = (fees.to_string(), others.to_string());
    let from = world.epoch() + 2;
    let set = ["vault", "set-fee", "--fee-bps", "100", "--fee-account", &to];
    let preview = world.previews_there(&world.admin, &set);
    assert!(
        row(&preview, "Fee of rewards").starts_with(&format!("0 % → 1 % from epoch {from}")),
        "{preview}"
    );
    assert_eq!(row(&preview, "Goes to"), format!("nobody: none is charged → {to}"));
    let done = world.does_there(&world.admin, &set);
    assert_eq!(number(&event(&done, "VaultFeeSet")["next_fee_epoch"]), from);
    // Only the account is named: the rise stays, though it waits as long again.
    world.does_there(&world.admin, &["vault", "set-fee", "--fee-account", &other]);
    let vault = world.state();
    assert_eq!((vault.next_fee_bps, vault.fee_account), (100, others));
    let shown = world.tells(&["vault", "show", "--vault", &world.vault.to_string()]);
    assert!(shown.contains("1 % from epoch"), "{shown}");
    let preview = world.previews_there(&world.admin, &["vault", "set-fee", "--fee-bps", "0"]);
    assert_eq!(row(&preview, "Called off"), format!("1 % from epoch {from}"));
    let error = world.refuses_there(&world.admin, &["vault", "set-fee", "--fee-bps", "101"]);
    assert!(error.contains("FeeStepTooLarge"), "{error}");
    let error =
        world.refuses_there(&world.admin, &["vault", "set-fee", "--fee-account", &world.vrt.to_string()]);
    assert!(error.contains("WrongFeeAccount"), "{error}");
    let error = world.refuses_there(&world.resolver, &set);
    assert!(error.starts_with("only the admin"), "{error}");
    world.does_there(&world.admin, &["vault", "set-fee", "--no-account"]);
    assert_eq!(world.state().fee_account, Address::default());
}

#[test]
fn another_resolver_waits_a_cool_down_and_the_other_roles_do_not() {
    let world = World::new();
    let [next, pauser] = ["next resolver", "next pauser"].map(|name| world.served.person(name, SOL));
    let (resolver, other) = (next.address().to_string(), pauser.address().to_string());
    let from = world.epoch() + 2;
    let set = ["vault", "set-roles", "--resolver", &resolver, "--pauser", &other];
    let preview = world.previews_there(&world.admin, &set);
    assert_eq!(row(&preview, "Pauser"), format!("{} → {other}", world.pauser.address()));
    let text = row(&preview, "Resolver");
    assert!(
        text.starts_with(&format!("{} → {resolver} from epoch {from}", world.resolver.address())),
        "{text}"
    );
    let error = world.refuses_there(&next, &set);
    assert!(error.starts_with("only the admin"), "{error}");
    world.does_there(&world.admin, &set);
    let shown = world.answers(&["vault", "show", "--vault", &world.vault.to_string()]);
    assert_eq!(shown["resolver"], world.resolver.address().to_string());
    assert_eq!(shown["vault"]["pauser"], other);
    world.epochs(2);
    let shown = world.answers(&["vault", "show", "--vault", &world.vault.to_string()]);
    assert_eq!(shown["resolver"], resolver);
    let error = world.refuses_there(&world.admin, &set);
    assert_eq!(error, "nothing changes: every role is so already");
}

#[test]
fn a_pause_ends_by_itself_and_the_pauser_rests() {
    let world = World::new();
    let error = world.refuses_there(&world.resolver, &["vault", "pause"]);
    let both =
        format!("only the admin ({}) or the pauser ({})", world.admin.address(), world.pauser.address());
    assert!(error.starts_with(&both), "{error}");
    let error = world.refuses_there(&world.pauser, &["vault", "resume"]);
    assert_eq!(error, "there is no pause to end: deposits and instant exits go on");
    let until = world.epoch() + 2;
    let preview = world.previews_there(&world.pauser, &["vault", "pause"]);
    assert!(
        row(&preview, "Ends by itself with").starts_with(&format!("epoch {until}, in 2 epochs")),
        "{preview}"
    );
    world.does_there(&world.pauser, &["vault", "pause"]);
    let shown = world.tells(&["vault", "show", "--vault", &world.vault.to_string()]);
    assert!(shown.contains(&format!("yes, until epoch {until}")), "{shown}");
    let preview = world.previews_there(&world.pauser, &["vault", "resume"]);
    assert_eq!(row(&preview, "Paused"), format!("until epoch {until} → not any more"));
    world.does_there(&world.pauser, &["vault", "resume"]);
    let error = world.refuses_there(&world.pauser, &["vault", "pause"]);
    assert!(error.contains(&format!("again from epoch {} on", until + 2)), "{error}");
    world.does_there(&world.admin, &["vault", "pause"]);
    assert_eq!(world.state().paused_until_epoch, until);
}

#[test]
fn a_vault_is_handed_over_in_two_steps() {
    let world = World::new();
    let heir = world.served.person("heir", SOL);
    let named = heir.address().to_string();
    let error = world.refuses_there(&heir, &["vault", "accept-admin"]);
    assert!(error.starts_with("nobody was proposed as admin"), "{error}");
    let error = world.refuses_there(&heir, &["vault", "propose-admin", &named]);
    assert!(error.starts_with("only the admin"), "{error}");
    world.does_there(&world.admin, &["vault", "propose-admin", &named]);
    let preview = world.previews_there(&world.admin, &["vault", "propose-admin", "--nobody"]);
    assert_eq!(row(&preview, "Proposed"), format!("{named} → nobody"));
    let error = world.refuses_there(&world.admin, &["vault", "accept-admin"]);
    assert!(error.starts_with("only the proposed admin"), "{error}");
    let done = world.does_there(&heir, &["vault", "accept-admin"]);
    assert_eq!(key(&event(&done, "AdminChanged")["after"]), heir.address());
    assert_eq!(world.state().admin, heir.address());
}
