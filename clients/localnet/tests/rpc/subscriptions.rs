//! What a client is told over a WebSocket, by Solana's own client and frame by frame.

use {
    crate::{
        served::{Served, receiver, signed, transfer},
        socket::Socket,
    },
    serde_json::{Value, json},
    sluice_localnet::{Address, LAMPORTS_PER_SOL, TransactionError, system, vote},
    solana_account_decoder::{UiAccountData, UiAccountEncoding},
    solana_client::{
        pubsub_client::PubsubClient,
        rpc_config::{
            RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSendTransactionConfig,
            RpcSignatureSubscribeConfig, RpcTransactionLogsConfig, RpcTransactionLogsFilter,
        },
        rpc_filter::RpcFilterType,
        rpc_response::{ProcessedSignatureResult, RpcSignatureResult, SlotInfo},
    },
    solana_commitment_config::CommitmentConfig,
    std::time::Duration,
};

const TO: Address = Address::new_from_array([7; 32]);
const SOON: Duration = Duration::from_secs(10);
/// Long enough for what must not come.
const A_WHILE: Duration = Duration::from_millis(300);

#[test]
fn an_account_is_told_of_as_it_changes() {
    let served = Served::start();
    let config = RpcAccountInfoConfig { encoding: Some(UiAccountEncoding::Base64), ..Default::default() };
    let told = receiver(PubsubClient::account_subscribe(served.server.ws_url(), &TO, Some(config)).unwrap());
    served.call("requestAirdrop", json!([TO.to_string(), LAMPORTS_PER_SOL]));
    let first = told.recv_timeout(SOON).unwrap();
    assert_eq!((first.context.slot, first.value.lamports), (1, LAMPORTS_PER_SOL));
    assert_eq!(first.value.owner, system::program::ID.to_string());
    assert_eq!(first.value.data, UiAccountData::Binary(String::new(), UiAccountEncoding::Base64));

    // Whoever changes it, and only if it changes.
    served.net().warp_slots(1);
    served.net().airdrop(&TO, 5).unwrap();
    let second = told.recv_timeout(SOON).unwrap();
    assert_eq!((second.context.slot, second.value.lamports), (2, LAMPORTS_PER_SOL + 5));
    served.net().airdrop(&Address::new_from_array([8; 32]), LAMPORTS_PER_SOL).unwrap();
    assert!(told.recv_timeout(A_WHILE).is_err());
}

#[test]
fn votes_and_the_clock_are_told_of_though_no_transaction_writes_them() {
    let served = Served::start();
    let address = served.net().validators()[0].vote_address();
    let clock = solana_sdk_ids::sysvar::clock::ID;
    let parsed = RpcAccountInfoConfig { encoding: Some(UiAccountEncoding::JsonParsed), ..Default::default() };
    let ws = served.server.ws_url();
    let votes =
        receiver(PubsubClient::account_subscribe(ws.clone(), &address, Some(parsed.clone())).unwrap());
    let times = receiver(PubsubClient::account_subscribe(ws.clone(), &clock, Some(parsed)).unwrap());
    let config = RpcProgramAccountsConfig {
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            ..Default::default()
        },
        ..Default::default()
    };
    let all = receiver(PubsubClient::program_subscribe(ws, &vote::program::ID, Some(config)).unwrap());
    served.net().warp_slots(1);
    let UiAccountData::Json(vote) = votes.recv_timeout(SOON).unwrap().value.data else {
        panic!("not parsed")
    };
    assert_eq!((vote.program.as_str(), &vote.parsed["info"]["votes"][0]["slot"]), ("vote", &json!(1)));
    let UiAccountData::Json(time) = times.recv_timeout(SOON).unwrap().value.data else {
        panic!("not parsed")
    };
    assert_eq!(time.parsed["info"]["slot"], 2);
    let mut voters: Vec<_> = (0..4).map(|_| all.recv_timeout(SOON).unwrap().value.pubkey).collect();
    let mut expected: Vec<_> =
        served.net().validators().iter().map(|v| v.vote_address().to_string()).collect();
    voters.sort_unstable();
    expected.sort_unstable();
    assert_eq!(voters, expected);
}

#[test]
fn a_programs_accounts_are_told_of_if_they_pass_the_filters() {
    let served = Served::start();
    let config = |size| RpcProgramAccountsConfig {
        filters: Some(vec![RpcFilterType::DataSize(size)]),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            ..Default::default()
        },
        ..Default::default()
    };
    let subscribe = |size| {
        receiver(
            PubsubClient::program_subscribe(served.server.ws_url(), &system::program::ID, Some(config(size)))
                .unwrap(),
        )
    };
    let (empty, large) = (subscribe(0), subscribe(1_000));
    served.net().airdrop(&TO, LAMPORTS_PER_SOL).unwrap();
    let told: Vec<_> = (0..2).map(|_| empty.recv_timeout(SOON).unwrap().value).collect();
    let to = told
        .iter()
        .find(|told| told.pubkey == TO.to_string())
        .expect("the one who got it, beside who gave it");
    assert_eq!(to.account.lamports, LAMPORTS_PER_SOL);
    assert!(large.recv_timeout(A_WHILE).is_err());
}

#[test]
fn a_signature_is_told_of_once() {
    let served = Served::start();
    let user = served.user("ann");
    let transaction = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
    let config = RpcSignatureSubscribeConfig {
        commitment: Some(CommitmentConfig::finalized()),
        enable_received_notification: Some(true),
    };
    let subscribe = || {
        let signature = transaction.signatures[0];
        receiver(
            PubsubClient::signature_subscribe(served.server.ws_url(), &signature, Some(config.clone()))
                .unwrap(),
        )
    };
    let told = subscribe();
    served.client().send_transaction(&transaction).unwrap();
    let first = told.recv_timeout(SOON).unwrap();
    assert!(matches!(first.value, RpcSignatureResult::ReceivedSignature(_)));
    let second = told.recv_timeout(SOON).unwrap();
    let done = RpcSignatureResult::ProcessedSignature(ProcessedSignatureResult { err: None });
    assert_eq!((second.context.slot, second.value), (1, done.clone()));
    // Whoever asks later is told at once.
    let told = subscribe();
    assert!(matches!(told.recv_timeout(SOON).unwrap().value, RpcSignatureResult::ReceivedSignature(_)));
    assert_eq!(told.recv_timeout(SOON).unwrap().value, done);
    assert!(told.recv_timeout(A_WHILE).is_err());
}

#[test]
fn a_failure_is_told_with_its_error_and_its_logs() {
    let served = Served::start();
    let user = served.user("ann");
    let ws = served.server.ws_url();
    let config = || RpcTransactionLogsConfig { commitment: Some(CommitmentConfig::processed()) };
    let subscribe = |filter| receiver(PubsubClient::logs_subscribe(ws.clone(), filter, config()).unwrap());
    let all = subscribe(RpcTransactionLogsFilter::All);
    let mine = subscribe(RpcTransactionLogsFilter::Mentions(vec![TO.to_string()]));
    let others =
        subscribe(RpcTransactionLogsFilter::Mentions(vec![Address::new_from_array([8; 32]).to_string()]));
    let much = signed(&served, &user, &[transfer(&user, &TO, 100 * LAMPORTS_PER_SOL)]);
    let told = receiver(PubsubClient::signature_subscribe(ws.clone(), &much.signatures[0], None).unwrap());
    let unchecked = RpcSendTransactionConfig { skip_preflight: true, ..Default::default() };
    served.client().send_transaction_with_config(&much, unchecked).unwrap();
    let RpcSignatureResult::ProcessedSignature(result) = told.recv_timeout(SOON).unwrap().value else {
        panic!("not processed")
    };
    let error = result.err.map(TransactionError::from).unwrap();
    assert!(matches!(error, TransactionError::InstructionError(0, _)));
    for logs in [all, mine] {
        let logs = logs.recv_timeout(SOON).unwrap().value;
        assert_eq!(logs.signature, much.signatures[0].to_string());
        assert_eq!(logs.err.map(TransactionError::from), Some(error.clone()));
        assert!(logs.logs.iter().any(|line| line.contains("insufficient lamports")), "{:?}", logs.logs);
    }
    assert!(others.recv_timeout(A_WHILE).is_err());
}

#[test]
fn slots_and_roots_are_told_of_in_order() {
    let served = Served::start();
    let slots = receiver(PubsubClient::slot_subscribe(served.server.ws_url()).unwrap());
    let roots = receiver(PubsubClient::root_subscribe(served.server.ws_url()).unwrap());
    served.net().warp_slots(1);
    served.net().warp_slots(5);
    assert_eq!(slots.recv_timeout(SOON).unwrap(), SlotInfo { slot: 2, parent: 1, root: 1 });
    assert_eq!(slots.recv_timeout(SOON).unwrap(), SlotInfo { slot: 7, parent: 2, root: 2 });
    assert_eq!((roots.recv_timeout(SOON).unwrap(), roots.recv_timeout(SOON).unwrap()), (1, 2));
}

#[test]
fn frames_are_json_rpc_and_every_method_is_served_on_the_socket() {
    let served = Served::start();
    // The same port as HTTP, and the next one.
    for url in [served.server.url().replace("http", "ws"), served.server.ws_url()] {
        let mut socket = Socket::open(&url);
        let slot = served.net().slot();
        assert_eq!(socket.ask("getSlot", json!([]))["result"], slot);
        assert_eq!(socket.ask("blockSubscribe", json!(["all"]))["error"]["code"], -32601);
        let id = socket.ask("slotSubscribe", json!([]))["result"].as_u64().unwrap();
        served.net().warp_slots(1);
        let told = socket.next().unwrap();
        assert_eq!((&told["jsonrpc"], &told["method"]), (&json!("2.0"), &json!("slotNotification")));
        assert_eq!(told["params"]["subscription"], id);
        assert!(told["params"]["result"]["slot"].is_u64());
        assert_eq!(socket.ask("slotUnsubscribe", json!([id]))["result"], true);
        let again = socket.ask("slotUnsubscribe", json!([id]));
        assert_eq!(
            (&again["error"]["code"], &again["error"]["message"]),
            (&json!(-32602), &json!("Invalid subscription id."))
        );
        for (method, params) in [
            ("accountSubscribe", json!(["nobody"])),
            ("accountSubscribe", json!([TO.to_string(), { "commitment": "soon" }])),
            ("signatureSubscribe", json!([])),
            ("logsSubscribe", json!([{ "mentions": [] }])),
            (
                "programSubscribe",
                json!([TO.to_string(), { "filters": [{ "memcmp": { "offset": 0, "bytes": "0" } }] }]),
            ),
        ] {
            assert_eq!(socket.ask(method, params)["error"]["code"], -32602, "{method}");
        }
        socket.say("{");
        assert_eq!(socket.next().unwrap()["error"]["code"], -32700);
        // As clients keep a connection open: nobody answers.
        socket.say(r#"{"jsonrpc":"2.0","method":"ping"}"#);
        assert_eq!(socket.ask("getHealth", Value::Array(Vec::new()))["result"], "ok");
    }
}

#[test]
fn who_does_not_read_is_let_go_and_nobody_else_waits_for_it() {
    let served = Served::start();
    let url = served.server.ws_url();
    let mut idle = Socket::open(&url);
    for _ in 0..1_000 {
        assert!(idle.ask("slotSubscribe", json!([]))["result"].is_u64());
    }
    let mut awake = Socket::open(&url);
    awake.ask("slotSubscribe", json!([]));
    for slot in 2..=300 {
        served.net().warp_slots(1);
        assert_eq!(awake.next().unwrap()["params"]["result"]["slot"], slot);
    }
    let heard = std::iter::from_fn(|| idle.next()).count();
    assert!(heard < 299_000, "the rest was dropped with the connection");
    assert_eq!(awake.ask("getSlot", json!([]))["result"], 300);
}

#[test]
fn a_localnet_that_panicked_takes_no_subscriptions() {
    let served = Served::start();
    let mut socket = Socket::open(&served.server.ws_url());
    let net = std::sync::Arc::clone(&served.net);
    let panicked = std::thread::spawn(move || {
        let _held = net.lock().unwrap();
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
    assert_eq!(socket.ask("slotSubscribe", json!([]))["error"]["code"], -32603);
}
