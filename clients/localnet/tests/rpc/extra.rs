//! The methods that only a localnet has.

use {
    crate::served::Served,
    serde_json::{Value, json},
    sluice_localnet::{Event, Keypair, Localnet, LocalnetConfig, Signer, Status, ValidatorScript},
};

#[test]
fn epochs_pass_on_demand_and_say_what_they_brought() {
    let scripts = vec![
        ValidatorScript::new("steady").mev(800, 20_000),
        ValidatorScript::new("greedy").at(2, Event::SetCommission(10_000)),
        ValidatorScript::new("gone").at(1, Event::Die),
    ];
    let served = Served::of(Localnet::start(LocalnetConfig::new(scripts)).unwrap());
    let first = served.call("localnet_advanceEpoch", json!([]));
    assert_eq!(first["epoch"], 1);
    assert_eq!(first["events"], json!([{ "validator": "gone", "event": "die", "error": null }]));
    let second = served.call("localnet_advanceEpoch", json!([1]));
    let greedy = json!([{ "validator": "greedy", "event": { "setCommission": 10_000 }, "error": null }]);
    assert_eq!((&second["epoch"], &second["events"]), (&json!(2), &greedy));
    let report = served.net().epoch_report().clone();
    assert_eq!(second["rewards"], report.total_rewards());
    assert_eq!(second["tips"], report.tips.iter().map(|(_, lamports)| lamports).sum::<u64>());
    assert!(second["tips"].as_u64().unwrap() > 0);
    let later = served.call("localnet_advanceEpoch", json!([3]));
    assert_eq!((&later["epoch"], &later["slot"]), (&json!(5), &json!(served.net().slot())));
    assert_eq!(served.call("localnet_advanceSlots", json!([10])), served.net().slot());
    assert_eq!(served.refusal("localnet_advanceEpoch", json!([0])).0, -32602);
    assert_eq!(served.refusal("localnet_advanceSlots", json!([])).0, -32602);
    let closed: Vec<_> = served.net().validators().iter().map(|validator| validator.status()).collect();
    assert_eq!(closed, [Status::Voting, Status::Voting, Status::Closed]);
}

#[test]
fn validators_are_listed_scripted_and_their_keys_are_given() {
    let served = Served::start();
    let list = served.call("localnet_validators", json!([]));
    let one = &list[1];
    {
        let net = served.net();
        let validator = net.validator("validator-1");
        assert_eq!(one["name"], "validator-1");
        assert_eq!(one["vote"], validator.vote_address().to_string());
        assert_eq!(one["identity"], validator.identity().pubkey().to_string());
        assert_eq!(one["withdrawer"], validator.withdrawer().pubkey().to_string());
        assert_eq!(one["stakeLamports"], 1_000_000_000_000_000u64);
    }
    assert_eq!(
        (&one["status"], &one["commissionBps"], &one["mevCommissionBps"]),
        (&json!("voting"), &json!(500), &Value::Null)
    );

    let keys = served.call("localnet_validatorKeys", json!(["validator-1"]));
    let bytes: Vec<u8> = serde_json::from_value(keys["identity"].clone()).unwrap();
    assert_eq!(Keypair::try_from(&bytes[..]).unwrap().pubkey().to_string(), one["identity"]);

    for (event, status) in
        [(json!("delinquent"), "delinquent"), (json!("recover"), "voting"), (json!("die"), "dead")]
    {
        assert_eq!(served.call("localnet_script", json!(["validator-0", event])), Value::Null);
        assert_eq!(served.call("localnet_validators", json!([]))[0]["status"], status);
    }
    for event in [
        json!({ "setCommission": 700 }),
        json!({ "setMevCommission": 100 }),
        json!({ "setMevTips": 5 }),
        json!({ "setUptime": 0.5 }),
    ] {
        assert_eq!(served.call("localnet_script", json!(["validator-1", event])), Value::Null);
    }
    let script = served.net().validator("validator-1").script().clone();
    assert_eq!(
        (script.commission_bps, script.mev_commission_bps, script.mev_tips_per_sol, script.uptime),
        (700, Some(100), 5, 0.5)
    );
    served.call("localnet_script", json!(["validator-1", { "setMevCommission": null }]));
    assert_eq!(served.net().validator("validator-1").script().mev_commission_bps, None);

    for (params, why) in [
        (json!(["nobody", "die"]), "no validator is named nobody"),
        (json!(["validator-1", "dance"]), "dance"),
        (json!(["validator-1", { "setCommission": 10_001 }]), "out of range"),
        (json!(["validator-1", { "setUptime": 1.5 }]), "out of range"),
    ] {
        let (code, message) = served.refusal("localnet_script", params);
        assert_eq!(code, -32602);
        assert!(message.contains(why), "{message}");
    }
    assert_eq!(served.refusal("localnet_setTicking", json!([true])).0, -32602, "it has no slot time");
}

#[test]
fn the_chains_own_refusal_of_an_event_is_passed_on() {
    let served = Served::start();
    served.call("localnet_script", json!(["validator-0", "die"]));
    served.call("localnet_advanceEpoch", json!([4]));
    assert_eq!(served.call("localnet_validators", json!([]))[0]["status"], "closed");
    let refused = served.call("localnet_script", json!(["validator-0", { "setCommission": 1 }]));
    assert_eq!(refused["InstructionError"][0], 0, "{refused}");
}
