//! Operators, services, their agreements with a vault, and what it puts at risk under them.

use sluice_sdk::restaking_vault::accounts::{Allocation, Operator, Service};
use sluice_tests::SOL;
use solana_address::Address;

use crate::common::{event, number, row};
use crate::world::{World, nowhere, refs};

#[test]
fn an_operator_and_a_service_register_once() {
    let world = World::new();
    let team = world.registered("");
    let operator: Operator = world.account(&team.operator_address);
    let service: Service = world.account(&team.service_address);
    assert_eq!((operator.authority, operator.fee_bps), (team.operator.address(), 0));
    assert_eq!(service.authority, team.service.address());
    let error = world.refuses(&team.operator, &["operator", "register"]);
    assert_eq!(error, format!("this key is an operator already: {}", team.operator_address));
    let error = world.refuses(&team.service, &["service", "register"]);
    assert_eq!(error, format!("this key is a service already: {}", team.service_address));
    let poor = world.served.known(sluice_tests::keypair("penniless"));
    let error = world.refuses(&poor, &["operator", "register"]);
    assert!(error.contains("has no SOL on this cluster"), "{error}");
}

#[test]
fn an_operators_fee_rises_on_notice_and_falls_at_once() {
    let world = World::new();
    let team = world.registered("");
    let (mine, at) = (&team.operator, team.operator_address.to_string());
    let from = world.epoch() + 2;
    let preview = world.previews(mine, &["operator", "set-fee", "150"]);
    assert!(
        row(&preview, "Fee of rewards").starts_with(&format!("0 % → 1.5 % from epoch {from}, in 2 epochs")),
        "{preview}"
    );
    world.does(mine, &["operator", "set-fee", "150"]);
    let error = world.refuses(mine, &["operator", "set-fee", "150"]);
    assert_eq!(error, "nothing changes: the fee is so already");
    let error = world.refuses(&world.admin, &["operator", "set-fee", "100", "--operator", &at]);
    assert!(error.starts_with("only the operator's authority"), "{error}");
    let error = world.refuses(mine, &["operator", "set-fee", "2100"]);
    assert!(error.contains("FeeAboveCap"), "{error}");
    let error = world.refuses(mine, &["operator", "set-fee", "201"]);
    assert!(error.contains("FeeStepTooLarge"), "{error}");
    let shown = world.tells(&["operator", "show", &at]);
    assert!(shown.contains(&format!("Next fee        1.5 % from epoch {from}")), "{shown}");
    world.epochs(2);
    assert_eq!(number(&world.answers(&["operator", "show", &at])["fee_bps"]), 150);
    let preview = world.previews(mine, &["operator", "set-fee", "50"]);
    assert_eq!(row(&preview, "Fee of rewards"), "1.5 % → 0.5 %");
    world.does(mine, &["operator", "set-fee", "50"]);
    assert_eq!(number(&world.answers(&["operator", "list"])[0]["fee_bps"]), 50);
    let error = world.refuses(mine, &["operator", "set-fee", "1", "--operator", &nowhere()]);
    assert_eq!(error, format!("there is no Operator at {}", nowhere()));
}

#[test]
fn all_three_agree_and_then_collateral_is_put_at_risk() {
    let world = World::new();
    let (alice, insurance) = world.holder("alice", 20 * SOL);
    world.does_there(&alice, &["vault", "deposit", "19"]);
    let team = world.registered("");
    let to = insurance.to_string();
    let named = ["--beneficiary", to.as_str()];
    let allocate = |amount: &str| team.arguments(&["vault", "allocate", amount], &[]);

    let error = world.refuses_there(&world.admin, &refs(&allocate("1")));
    assert_eq!(error, "vault, operator and service have no agreement yet: the first of them has to opt in");
    let preview =
        world.previews_there(&team.operator, &refs(&team.arguments(&["operator", "opt-in"], &named)));
    assert_eq!(row(&preview, "Agreed by"), "nobody → operator");
    assert_eq!(row(&preview, "Slashes go to"), to);
    let error = world.refuses_there(&world.pauser, &refs(&team.arguments(&["operator", "opt-in"], &named)));
    assert!(error.starts_with("only the operator's authority"), "{error}");
    world.agrees("operator", &team.operator, &team, &named);
    // Another beneficiary takes the others' consent away.
    let preview = world.previews_there(&team.service, &refs(&team.arguments(&["service", "opt-in"], &[])));
    assert_eq!(row(&preview, "Slashes go to"), format!("{to} → nobody: they burn"));
    world.agrees("service", &team.service, &team, &named);
    let error = world.refuses_there(&world.admin, &refs(&allocate("1")));
    assert_eq!(error, "not all of vault, operator and service have opted in: only operator, service so far");
    let preview = world.previews_there(&world.admin, &refs(&team.arguments(&["vault", "opt-in"], &named)));
    assert_eq!(row(&preview, "Next"), "the delegation admin may allocate");
    world.agrees("vault", &world.admin, &team, &named);
    let error = world.refuses_there(&world.admin, &refs(&team.arguments(&["vault", "opt-in"], &named)));
    assert_eq!(error, "nothing changes: this agreement is so already");

    let error = world.refuses_there(&team.operator, &refs(&allocate("1")));
    assert!(error.starts_with("only the delegation admin"), "{error}");
    let error = world.refuses_there(&world.admin, &refs(&allocate("20.5")));
    assert!(error.starts_with("20.5 LST were asked for, and 20 LST can be allocated"), "{error}");
    let preview = world.previews_there(&world.admin, &refs(&allocate("8")));
    assert_eq!(row(&preview, "Allocated in all"), "0 LST → 8 LST");
    assert!(
        row(&preview, "Can be slashed from").starts_with(&format!("epoch {}", world.epoch() + 2)),
        "{preview}"
    );
    let done = world.does_there(&world.admin, &refs(&allocate("8")));
    assert_eq!(number(&event(&done, "CollateralAllocated")["total_allocated_after"]), 8 * SOL);
    let allocation: Allocation = world.account(&team.allocation);
    assert_eq!((allocation.warming_amount, allocation.beneficiary), (8 * SOL, insurance));
    let shown = world.answers(&["service", "show", &team.service_address.to_string()]);
    assert_eq!(number(&shown["agreements"][0]["warming"]), 8 * SOL);
    assert_eq!(number(&shown["agreements"][0]["at_risk"]), 0);
}

#[test]
fn what_is_taken_back_cools_down_before_it_is_free() {
    let world = World::new();
    let (alice, _) = world.holder("alice", 20 * SOL);
    world.does_there(&alice, &["vault", "deposit", "19"]);
    let team = world.team(None, "10");
    let back = |amount: &str| team.arguments(&["vault", "deallocate", amount], &[]);
    let release = team.arguments(&["vault", "release"], &[]);
    let error = world.refuses_there(&alice, &refs(&release));
    assert_eq!(error, "nothing of this agreement is cooling down: deallocate or opt out first");
    let error = world.refuses_there(&world.admin, &refs(&back("10.1")));
    assert!(error.starts_with("10.1 LST were asked for, and 10 LST can be taken back"), "{error}");
    let error = world.refuses_there(&alice, &refs(&back("1")));
    assert!(error.starts_with("only the delegation admin"), "{error}");
    let until = world.epoch() + 9;
    let preview = world.previews_there(&world.admin, &refs(&back("4")));
    assert_eq!(row(&preview, "Cooling down"), "0 LST → 4 LST");
    assert!(
        row(&preview, "Can be slashed until").starts_with(&format!("epoch {until}, in 9 epochs")),
        "{preview}"
    );
    world.does_there(&world.admin, &refs(&back("4")));
    let error = world.refuses_there(&alice, &refs(&release));
    assert_eq!(
        error,
        format!(
            "what is cooling down can be released from epoch {until} on, and this is epoch {}",
            until - 9
        )
    );

    // The operator leaves: the rest cools down as well, and the cool-down begins anew.
    world.epochs(1);
    let out = team.arguments(&["operator", "opt-out"], &[]);
    let error = world.refuses_there(&team.service, &refs(&out));
    assert!(error.starts_with("only the operator's authority"), "{error}");
    let preview = world.previews_there(&team.operator, &refs(&out));
    assert_eq!(row(&preview, "Agreed by"), "vault, operator, service → vault, service");
    assert_eq!(row(&preview, "Cooling down"), "4 LST → 10 LST");
    world.does_there(&team.operator, &refs(&out));
    let error = world.refuses_there(&team.operator, &refs(&out));
    assert_eq!(error, "this party has not opted in: there is nothing to end");

    world.epochs(9);
    let preview = world.previews_there(&alice, &refs(&release));
    assert_eq!(row(&preview, "Allocated in all"), "10 LST → 0 LST");
    world.does_there(&alice, &refs(&release));
    assert_eq!(world.state().total_allocated, 0);
    assert_eq!(world.account::<Allocation>(&team.allocation).amount, 0);
    // The others leave, too.
    world.does_there(&team.service, &refs(&team.arguments(&["service", "opt-out"], &[])));
    world.does_there(&world.admin, &refs(&team.arguments(&["vault", "opt-out"], &[])));
    assert_eq!(world.account::<Allocation>(&team.allocation).consents, 0);
}

#[test]
fn lists_say_who_there_is() {
    let world = World::new();
    assert_eq!(world.tells(&["operator", "list"]), "There are no operators.\n");
    assert_eq!(world.tells(&["service", "list"]), "There are no services.\n");
    let team = world.team(None, "");
    let listed = world.answers(&["service", "list"]);
    assert_eq!(listed[0]["service"], team.service_address.to_string());
    assert_eq!((number(&listed[0]["agreements"]), number(&listed[0]["accused"])), (1, 0));
    let text = world.tells(&["operator", "list"]);
    assert!(text.contains(&team.operator_address.to_string()) && text.starts_with("Operator"), "{text}");
    let text = world.tells(&["operator", "show", &team.operator_address.to_string()]);
    assert!(text.contains("Agreed by       vault, operator, service"), "{text}");
    let error = crate::common::complaint(&crate::common::sluice([
        "service",
        "show",
        &Address::default().to_string(),
        "--url",
        &world.served.server.url(),
    ]));
    assert!(error.contains("Service"), "{error}");
}
