//! What a client that only reads asks for, and how nonsense is refused.

use {
    crate::served::Served,
    base64::{Engine, engine::general_purpose::STANDARD},
    serde_json::{Value, json},
    sluice_localnet::{Address, LAMPORTS_PER_SOL, Localnet, RpcServer, vote},
    std::{
        io::{Read, Write},
        net::TcpStream,
        sync::Arc,
    },
};

const BASE64: fn() -> Value = || json!({ "encoding": "base64" });

#[test]
fn a_client_learns_which_cluster_it_is_and_how_far_it_came() {
    let served = Served::start();
    assert_eq!(served.call("getHealth", json!([])), "ok");
    let version = served.call("getVersion", json!([]));
    assert!(version["solana-core"].is_string() && version["feature-set"].is_u64());
    let hash = served.call("getGenesisHash", json!([]));
    assert_eq!(hash, served.net.lock().unwrap().genesis_hash().to_string());
    assert_eq!(served.call("getSlot", json!([{ "commitment": "processed" }])), 1);

    served.net.lock().unwrap().advance_epoch();
    served.net.lock().unwrap().warp_slots(3);
    let info = served.call("getEpochInfo", json!([]));
    let slot = served.net.lock().unwrap().slot();
    assert_eq!(info["absoluteSlot"], slot);
    assert_eq!((&info["epoch"], &info["slotsInEpoch"]), (&json!(1), &json!(64)));
    assert_eq!(info["slotIndex"], slot - 64);
    assert_eq!(served.call("getSlot", json!([])), slot);
    assert_eq!(served.call("getGenesisHash", json!([])), hash, "it never changes");
}

#[test]
fn two_clusters_are_told_apart_by_their_genesis() {
    let hash = |seed| {
        Localnet::start(sluice_localnet::LocalnetConfig::default().with_seed(seed)).unwrap().genesis_hash()
    };
    assert_eq!(hash(1), hash(1));
    assert_ne!(hash(1), hash(2));
}

#[test]
fn accounts_come_as_the_bank_has_them() {
    let served = Served::start();
    let address = served.net.lock().unwrap().validators()[0].vote_address();
    let account = served.net.lock().unwrap().get_account(&address).unwrap();
    let answer = served.call("getAccountInfo", json!([address.to_string(), BASE64()]));
    assert_eq!(answer["context"]["slot"], 1);
    let value = &answer["value"];
    assert_eq!(STANDARD.decode(value["data"][0].as_str().unwrap()).unwrap(), account.data);
    assert_eq!(value["data"][1], "base64");
    assert_eq!(value["owner"], vote::program::ID.to_string());
    assert_eq!((&value["lamports"], &value["space"]), (&json!(account.lamports), &json!(account.data.len())));
    assert_eq!((&value["executable"], &value["rentEpoch"]), (&json!(false), &json!(account.rent_epoch)));

    let nobody = Address::new_from_array([9; 32]).to_string();
    let both = json!([[nobody, address.to_string()], BASE64()]);
    let many = served.call("getMultipleAccounts", both);
    assert_eq!((&many["value"][0], &many["value"][1]), (&Value::Null, value));
    assert_eq!(served.call("getAccountInfo", json!([nobody, BASE64()]))["value"], Value::Null);
    assert_eq!(served.call("getMultipleAccounts", json!([[], BASE64()]))["value"], json!([]));
}

#[test]
fn a_slice_is_the_part_of_the_data_that_is_there() {
    let served = Served::start();
    let address = served.net.lock().unwrap().validators()[0].vote_address();
    let data = served.net.lock().unwrap().get_account(&address).unwrap().data;
    let end = data.len();
    for (offset, length) in [(0, 0), (4, 32), (end - 1, 10), (end, 1), (end + 5, 5), (usize::MAX, usize::MAX)]
    {
        let options = json!({ "encoding": "base64", "dataSlice": { "offset": offset, "length": length } });
        let value = served.call("getAccountInfo", json!([address.to_string(), options]))["value"].clone();
        let part = &data[offset.min(end)..offset.saturating_add(length).min(end)];
        assert_eq!(STANDARD.decode(value["data"][0].as_str().unwrap()).unwrap(), part, "{offset} {length}");
        assert_eq!(value["space"], end, "the space is that of the whole");
    }
}

#[test]
fn balances_and_rent_are_the_chains() {
    let served = Served::start();
    let to = Address::new_from_array([7; 32]);
    assert_eq!(served.call("getBalance", json!([to.to_string()]))["value"], 0);
    served.net.lock().unwrap().airdrop(&to, 3 * LAMPORTS_PER_SOL).unwrap();
    assert_eq!(served.call("getBalance", json!([to.to_string()]))["value"], 3 * LAMPORTS_PER_SOL);
    let rent = |space: Value| served.raw("getMinimumBalanceForRentExemption", json!([space]));
    assert_eq!(rent(json!(200))["result"], (128 + 200) * 5_080);
    for nonsense in [json!(u64::MAX), json!(-1), json!("200")] {
        assert_eq!(rent(nonsense)["error"]["code"], -32602);
    }
}

#[test]
fn what_is_not_understood_is_refused_as_a_validator_would() {
    let served = Served::start();
    let address = Address::new_from_array([7; 32]).to_string();
    assert_eq!(served.refusal("getEverything", json!([])), (-32601, "Method not found".into()));
    let wrong: [(&str, Value, &str); 9] = [
        ("getAccountInfo", json!([]), "missing: an address"),
        ("getAccountInfo", json!(["not base58: 0OIl"]), ""),
        ("getAccountInfo", json!([7]), "string"),
        ("getAccountInfo", json!([address, { "encoding": "base65" }]), "base65"),
        ("getAccountInfo", json!([address, { "encoding": "base64", "commitment": "soon" }]), "soon"),
        ("getAccountInfo", json!([address, BASE64(), 1]), "too many"),
        ("getBalance", json!([address, { "minContextSlot": "1" }]), "string"),
        ("getMultipleAccounts", json!([address, BASE64()]), "sequence"),
        ("getMultipleAccounts", json!([vec![address.as_str(); 101], BASE64()]), "max 100"),
    ];
    for (method, params, why) in wrong {
        let (code, message) = served.refusal(method, params);
        assert_eq!(code, -32602, "{method}: {message}");
        assert!(message.contains(why), "{message}");
    }
    let ahead = served.raw("getSlot", json!([{ "minContextSlot": 2 }]));
    assert_eq!(
        (&ahead["error"]["code"], &ahead["error"]["data"]["contextSlot"]),
        (&json!(-32016), &json!(1))
    );
    assert_eq!(served.call("getSlot", json!([{ "minContextSlot": 1 }])), 1);
}

#[test]
fn broken_requests_get_an_answer_and_the_server_goes_on() {
    let served = Served::start();
    let code = |body: &str| served.post(body).json::<Value>().unwrap()["error"]["code"].clone();
    assert_eq!(code("{"), -32700);
    assert_eq!(code(""), -32700);
    assert_eq!(code("[]"), -32600);
    assert_eq!(code("7"), -32600);
    assert_eq!(code(r#"{"jsonrpc":"1.0","id":1,"method":"getHealth"}"#), -32600);
    assert_eq!(code(r#"{"jsonrpc":"2.0","id":{},"method":"getHealth"}"#), -32600);
    assert_eq!(code(r#"{"jsonrpc":"2.0","id":1,"method":"getHealth","params":{"a":1}}"#), -32600);
    assert_eq!(
        served.post(r#"{"jsonrpc":"2.0","method":"getHealth"}"#).text().unwrap(),
        "",
        "a notification"
    );
    let batch = r#"[{"jsonrpc":"2.0","id":1,"method":"getHealth"},7,{"jsonrpc":"2.0","id":2,"method":"x"}]"#;
    let answers: Value = served.post(batch).json().unwrap();
    assert_eq!(answers[0], json!({ "jsonrpc": "2.0", "id": 1, "result": "ok" }));
    assert_eq!(
        (&answers[1]["error"]["code"], &answers[2]["error"]["code"]),
        (&json!(-32600), &json!(-32601))
    );

    assert_eq!(served.http.get(served.server.url()).send().unwrap().status(), 405);
    assert_eq!(served.post(" ".repeat(60_000)).status(), 413);
    // One that hangs up in the middle of its request.
    let mut rude = TcpStream::connect(served.server.address()).unwrap();
    rude.write_all(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{").unwrap();
    drop(rude);
    assert_eq!(served.call("getHealth", json!([])), "ok");
}

#[test]
fn many_read_while_the_chain_moves_on() {
    let served = Served::start();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut last = 0;
                for _ in 0..20 {
                    let slot = served.call("getSlot", json!([])).as_u64().unwrap();
                    assert!(slot >= last);
                    last = slot;
                }
            });
        }
        for _ in 0..20 {
            served.net.lock().unwrap().warp_slots(1);
        }
    });
    assert_eq!(served.call("getSlot", json!([])), 21);
}

#[test]
fn a_localnet_that_panicked_is_not_read() {
    let served = Served::start();
    let net = Arc::clone(&served.net);
    let panicked = std::thread::spawn(move || {
        let _held = net.lock().unwrap();
        panic!("on purpose");
    });
    assert!(panicked.join().is_err());
    assert_eq!(served.refusal("getSlot", json!([])).0, -32603);
}

#[test]
fn a_dropped_server_gives_its_port_back() {
    let served = Served::start();
    let address = served.server.address();
    assert!(address.ip().is_loopback(), "nobody else reaches it");
    let Served { net, server, http } = served;
    drop(http);
    assert!(RpcServer::start(Arc::clone(&net), address.port()).is_err(), "the port is taken");
    drop(server);
    let mut left = String::new();
    // Whoever still connects is not answered.
    if let Ok(mut late) = TcpStream::connect(address) {
        let _ = late.write_all(b"POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n");
        let _ = late.read_to_string(&mut left);
    }
    assert_eq!(left, "");
    assert_eq!(Arc::strong_count(&net), 1, "the thread has ended");
}

#[test]
fn the_greatest_numbers_break_nothing() {
    let served = Served::start();
    let nobody = Address::new_from_array([9; 32]).to_string();
    let most = u64::MAX;
    for (method, params) in [
        ("getInflationReward", json!([[nobody], { "epoch": most }])),
        ("getBlock", json!([most])),
        ("getBlockTime", json!([most])),
        ("getBlocksWithLimit", json!([most, most])),
        ("getSlotLeaders", json!([most, 5_000])),
        ("getSlotLeaders", json!([most, most])),
        ("requestAirdrop", json!([nobody, most])),
        ("localnet_advanceEpoch", json!([most])),
        ("localnet_advanceSlots", json!([most])),
        ("getMinimumBalanceForRentExemption", json!([most])),
        ("getSlot", json!([{ "minContextSlot": most }])),
    ] {
        assert!(served.raw(method, params)["error"]["code"].is_i64(), "{method}");
    }
    assert_eq!(served.call("getBlocks", json!([0, most])), json!([0, 1]));
    assert_eq!(served.call("getBlocks", json!([most])), json!([]));
    assert_eq!(served.call("getLeaderSchedule", json!([most])), Value::Null);
    let late = served.call("getVoteAccounts", json!([{ "delinquentSlotDistance": most }]));
    assert_eq!(late["current"].as_array().unwrap().len(), 4);
    let memcmp = json!({ "memcmp": { "offset": most, "bytes": "1" } });
    let filtered = json!([vote::program::ID.to_string(), { "filters": [memcmp] }]);
    assert_eq!(served.call("getProgramAccounts", filtered), json!([]));
    assert_eq!(served.call("getSlot", json!([])), 1);
}
