//! What Solana's own client asks of a cluster as a whole.

use {
    crate::served::Served,
    serde_json::json,
    sluice_localnet::{Event, LAMPORTS_PER_SOL, Localnet, LocalnetConfig, Signer, ValidatorScript},
    solana_client::rpc_config::{RpcGetVoteAccountsConfig, RpcLeaderScheduleConfig},
    solana_commitment_config::CommitmentConfig,
};

#[test]
fn time_and_names_are_the_chains() {
    let served = Served::start();
    served.net().advance_epoch();
    let client = served.client();
    let slot = served.net().slot();
    let schedule = served.net().epoch_schedule().clone();
    assert_eq!((client.get_slot().unwrap(), client.get_epoch_info().unwrap().epoch), (slot, 1));
    assert_eq!(client.get_epoch_schedule().unwrap(), schedule);
    assert_eq!(client.get_block_height().unwrap(), served.net().bank().block_height());
    assert_eq!(client.get_genesis_hash().unwrap(), served.net().genesis_hash());
    assert_eq!(client.get_transaction_count().unwrap(), served.net().bank().transaction_count());
    assert!(client.get_health().is_ok());
    assert_eq!(
        served.http.get(format!("{}/health", served.server.url())).send().unwrap().text().unwrap(),
        "ok"
    );
    let first = served.net().validators()[0].identity().pubkey();
    assert_eq!(client.get_identity().unwrap(), first);
    assert_eq!(client.get_version().unwrap().solana_core, "4.2.2");
    let nodes = client.get_cluster_nodes().unwrap();
    assert_eq!((nodes.len(), nodes[0].pubkey.clone()), (4, first.to_string()));
    assert_eq!((nodes[0].rpc, nodes[1].rpc), (Some(served.server.address()), None));
    let sample = client.get_recent_performance_samples(None).unwrap().remove(0);
    assert_eq!((sample.slot, sample.num_slots), (slot, slot));
    let stamp = client.get_block_time(slot).unwrap();
    assert_eq!(stamp, served.net().clock().unix_timestamp);
}

#[test]
fn leaders_are_those_of_the_schedule() {
    let served = Served::start();
    served.net().warp_slots(9);
    let client = served.client();
    let leaders = client.get_slot_leaders(1, 100).unwrap();
    assert_eq!(leaders.len(), 100, "into the next epoch");
    assert_eq!(leaders[9], *served.net().bank().leader_id());
    assert_eq!(served.call("getSlotLeader", json!([])), leaders[9].to_string());
    let schedule = client.get_leader_schedule(None).unwrap().unwrap();
    assert!(schedule[&leaders[9].to_string()].contains(&10));
    assert_eq!(schedule.values().map(Vec::len).sum::<usize>(), 64);
    let of_one = RpcLeaderScheduleConfig { identity: Some(leaders[9].to_string()), commitment: None };
    let of_one = client.get_leader_schedule_with_config(None, of_one).unwrap().unwrap();
    assert_eq!(
        of_one.into_iter().collect::<Vec<_>>(),
        [(leaders[9].to_string(), schedule[&leaders[9].to_string()].clone())]
    );
    assert_eq!(served.call("getLeaderSchedule", json!([100_000])), json!(null));
}

#[test]
fn money_is_what_the_bank_counts() {
    let served = Served::start();
    let client = served.client();
    let supply = client.supply().unwrap().value;
    assert_eq!(supply.total, served.net().capitalization());
    assert_eq!(supply.circulating + supply.non_circulating, supply.total);
    let rate = client.get_inflation_rate().unwrap();
    assert_eq!((rate.epoch, rate.total), (0, client.get_inflation_governor().unwrap().initial));
    assert!(rate.total > 0.0);
    assert_eq!(client.get_stake_minimum_delegation().unwrap(), served.net().minimum_delegation());
    assert_eq!(
        client.get_minimum_balance_for_rent_exemption(165).unwrap(),
        served.net().minimum_balance(165)
    );
}

#[test]
fn vote_accounts_show_stake_commission_and_who_is_late() {
    let scripts = vec![
        ValidatorScript::new("steady").stake_sol(3_000_000),
        ValidatorScript::new("odd").stake_sol(2_000_000).commission_bps(725),
        ValidatorScript::new("away").at(1, Event::Delinquent),
    ];
    let served = Served::of(Localnet::start(LocalnetConfig::new(scripts)).unwrap());
    served.net().advance_epochs(4);
    let status = served.client().get_vote_accounts().unwrap();
    let [steady, odd, away] =
        ["steady", "odd", "away"].map(|name| served.net().validator(name).vote_address());
    assert_eq!(
        status.current.iter().map(|one| one.vote_pubkey.clone()).collect::<Vec<_>>(),
        [steady.to_string(), odd.to_string()]
    );
    assert_eq!(status.delinquent[0].vote_pubkey, away.to_string());
    assert_eq!(
        (status.current[1].commission, status.current[1].inflation_rewards_commission_bps),
        (8, Some(725))
    );
    assert!(status.current[0].activated_stake > 3_000_000 * LAMPORTS_PER_SOL);
    let state = served.net().vote_state(&steady).unwrap();
    assert_eq!(
        status.current[0].epoch_credits,
        state.epoch_credits[state.epoch_credits.len().saturating_sub(5)..]
    );
    assert!(status.current[0].last_vote > status.delinquent[0].last_vote);
    let config = RpcGetVoteAccountsConfig {
        vote_pubkey: Some(away.to_string()),
        commitment: Some(CommitmentConfig::confirmed()),
        delinquent_slot_distance: Some(1_000),
        ..Default::default()
    };
    let one = served.client().get_vote_accounts_with_config(config).unwrap();
    assert_eq!((one.current.len(), one.delinquent.len()), (1, 0));
}

#[test]
fn browsers_of_any_origin_are_let_in() {
    let served = Served::start();
    let asked = served
        .http
        .request(reqwest::Method::OPTIONS, served.server.url())
        .header("Origin", "https://app.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type,solana-client")
        .header("Access-Control-Request-Private-Network", "true")
        .send()
        .unwrap();
    assert!(asked.status().is_success());
    assert_eq!(asked.headers()["access-control-allow-origin"], "*");
    assert_eq!(asked.headers()["access-control-allow-private-network"], "true");
    assert!(asked.headers()["access-control-allow-methods"].to_str().unwrap().contains("POST"));
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"getHealth"}"#;
    let answer = served.http.post(served.server.url()).header("Origin", "null").body(call).send().unwrap();
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
}

#[test]
fn time_scripts_and_keys_are_not_for_pages_of_other_machines() {
    let served = Served::start();
    let ask = |origin: &str| {
        let call = r#"{"jsonrpc":"2.0","id":1,"method":"localnet_validator\u004beys","params":["ann"]}"#;
        let asked = served.http.post(served.server.url()).header("Origin", origin).body(call);
        asked.send().unwrap().json::<serde_json::Value>().unwrap()
    };
    for origin in ["https://app.example", "null", "http://localhost.example", "http://127.0.0.1@app.example"]
    {
        assert_eq!(ask(origin)["error"]["code"], -32601, "{origin}");
    }
    for origin in ["http://localhost:4173", "http://127.0.0.1:5173", "http://[::1]:8080"] {
        assert_ne!(ask(origin)["error"]["code"], -32601, "{origin}");
    }
}
