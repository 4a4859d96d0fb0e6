//! Accounts in every encoding, and the accounts of a program.

use {
    crate::served::Served,
    serde_json::{Value, json},
    sluice_localnet::{Address, LAMPORTS_PER_SOL, Signer, stake, vote},
    solana_account_decoder::{UiAccountData, UiAccountEncoding, UiDataSliceConfig},
    solana_client::{
        rpc_config::{RpcAccountInfoConfig, RpcLargestAccountsConfig, RpcProgramAccountsConfig},
        rpc_filter::{Memcmp, RpcFilterType},
    },
};

/// Where a stake account says whom it is delegated to.
const VOTER: usize = 124;

#[test]
fn an_account_is_the_same_in_every_encoding() {
    let served = Served::start();
    let client = served.client();
    let address = served.net().validators()[0].stake_address();
    let account = served.net().get_account(&address).unwrap();
    assert_eq!(client.get_account(&address).unwrap(), account);
    let ask = |encoding, data_slice| {
        let config = RpcAccountInfoConfig { encoding: Some(encoding), data_slice, ..Default::default() };
        client.get_ui_account_with_config(&address, config).unwrap().value.unwrap()
    };
    for encoding in [UiAccountEncoding::Base64, UiAccountEncoding::Base64Zstd] {
        assert_eq!(ask(encoding, None).data.decode().unwrap(), account.data);
    }
    let slice = Some(UiDataSliceConfig { offset: VOTER, length: 32 });
    let vote = served.net().validators()[0].vote_address();
    for encoding in [UiAccountEncoding::Binary, UiAccountEncoding::Base58, UiAccountEncoding::Base64] {
        assert_eq!(ask(encoding, slice).data.decode().unwrap(), vote.to_bytes());
    }
    let UiAccountData::Json(parsed) = ask(UiAccountEncoding::JsonParsed, None).data else {
        panic!("not parsed")
    };
    assert_eq!(parsed.parsed["info"]["stake"]["delegation"]["voter"], vote.to_string());

    // Nobody asks for whole accounts in base58: it takes too long.
    for options in [json!({}), json!({ "encoding": "base58" })] {
        let (code, message) = served.refusal("getAccountInfo", json!([address.to_string(), options]));
        assert_eq!(code, -32600);
        assert!(message.contains("please use Base64"), "{message}");
    }
    let faucet = faucet(&served);
    let small = served.call("getAccountInfo", json!([faucet.to_string()]))["value"].clone();
    assert_eq!(small["data"], "", "the oldest encoding has no name");
}

fn faucet(served: &Served) -> Address {
    served.net().faucet().pubkey()
}

#[test]
fn a_programs_accounts_are_filtered_sliced_and_sorted() {
    let served = Served::start();
    let client = served.client();
    let expected = served.net().get_program_accounts(&stake::program::ID);
    assert_eq!(client.get_program_accounts(&stake::program::ID).unwrap(), expected);
    assert_eq!(expected.len(), 4);

    let target = served.net().validators()[2].vote_address();
    let by_voter = |bytes: &[u8]| RpcFilterType::Memcmp(Memcmp::new_base58_encoded(VOTER, bytes));
    let ask = |filters, data_slice| {
        let config = RpcProgramAccountsConfig {
            filters: Some(filters),
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                data_slice,
                ..Default::default()
            },
            ..Default::default()
        };
        client.get_program_ui_accounts_with_config(&stake::program::ID, config).unwrap()
    };
    let found = ask(vec![by_voter(target.as_ref()), RpcFilterType::DataSize(200)], None);
    let stake_of_target = served.net().validators()[2].stake_address();
    assert_eq!(found.iter().map(|(address, _)| *address).collect::<Vec<_>>(), [stake_of_target]);
    assert!(ask(vec![by_voter(target.as_ref()), RpcFilterType::DataSize(201)], None).is_empty());
    let sliced = ask(vec![], Some(UiDataSliceConfig { offset: VOTER, length: 32 }));
    let mut voters: Vec<_> = sliced.iter().map(|(_, account)| account.data.decode().unwrap()).collect();
    let mut all: Vec<_> =
        served.net().validators().iter().map(|v| v.vote_address().to_bytes().to_vec()).collect();
    voters.sort_unstable();
    all.sort_unstable();
    assert_eq!(voters, all);

    let id = vote::program::ID.to_string();
    let with_context =
        served.call("getProgramAccounts", json!([id, { "encoding": "base64", "withContext": true }]));
    assert_eq!(
        (&with_context["context"]["slot"], with_context["value"].as_array().unwrap().len()),
        (&json!(1), 4)
    );
    let raw = json!({ "memcmp": { "offset": 0, "bytes": "AwAAAA==", "encoding": "base64" } });
    let v4 = served.call("getProgramAccounts", json!([id, { "encoding": "base64", "filters": [raw] }]));
    assert_eq!(v4.as_array().unwrap().len(), 4, "vote states of the fourth layout");
    let many = vec![json!({ "dataSize": 1 }); 5];
    assert_eq!(served.refusal("getProgramAccounts", json!([id, { "filters": many }])).0, -32602);
    let long = json!({ "memcmp": { "offset": 0, "bytes": "1".repeat(200) } });
    assert_eq!(served.refusal("getProgramAccounts", json!([id, { "filters": [long] }])).0, -32602);
    assert_eq!(
        served.call("getProgramAccounts", json!([Address::new_from_array([7; 32]).to_string()])),
        Value::Array(vec![])
    );
}

#[test]
fn the_richest_are_listed() {
    let served = Served::start();
    let client = served.client();
    let config = RpcLargestAccountsConfig::default();
    let largest = client.get_largest_accounts_with_config(config).unwrap().value;
    assert_eq!(largest.len(), 20);
    assert_eq!(largest[0].address, faucet(&served).to_string());
    assert!(largest.windows(2).all(|pair| pair[0].lamports >= pair[1].lamports));
    assert!(largest[1].lamports >= 1_000_000 * LAMPORTS_PER_SOL);
}
