//! Transactions by Solana's own client: sent, refused, simulated.

use {
    crate::served::{Served, signed, transfer},
    base64::{Engine, engine::general_purpose::STANDARD},
    serde_json::{Value, json},
    sluice_localnet::{
        Address, LAMPORTS_PER_SOL, Signer, Transaction, TransactionError, TxRequest, VersionedTransaction,
    },
    solana_client::{
        client_error::{ClientError, ClientErrorKind},
        rpc_config::{
            RpcSendTransactionConfig, RpcSimulateTransactionAccountsConfig, RpcSimulateTransactionConfig,
        },
        rpc_request::{RpcError, RpcResponseErrorData},
    },
    solana_commitment_config::CommitmentConfig,
    solana_message::{VersionedMessage, v0::Message},
};

const TO: Address = Address::new_from_array([7; 32]);

/// Code, message and, of a preflight, what failed.
fn refused(error: ClientError) -> (i64, String, Option<TransactionError>) {
    match *error.kind {
        ClientErrorKind::RpcError(RpcError::RpcResponseError { code, message, data }) => {
            let failed = match data {
                RpcResponseErrorData::SendTransactionPreflightFailure(result) => result.err.map(Into::into),
                _ => None,
            };
            (code, message, failed)
        }
        other => panic!("{other}"),
    }
}

fn base64(transaction: &impl serde::Serialize) -> String {
    STANDARD.encode(bincode::serialize(transaction).unwrap())
}

fn v0(transaction: &VersionedTransaction) -> &Message {
    match &transaction.message {
        VersionedMessage::V0(message) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_client_sends_and_waits_until_it_is_final() {
    let served = Served::start();
    let user = served.user("ann");
    for commitment in
        [CommitmentConfig::processed(), CommitmentConfig::confirmed(), CommitmentConfig::finalized()]
    {
        let client = served.client_at(commitment);
        let before = client.get_balance(&TO).unwrap();
        // The same amount each time: it is another transaction by its block hash alone.
        let transaction = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
        let signature = client.send_and_confirm_transaction(&transaction).unwrap();
        assert_eq!(signature, transaction.signatures[0]);
        assert_eq!(client.get_balance(&TO).unwrap(), before + LAMPORTS_PER_SOL);
        assert_eq!(client.get_signature_status(&signature).unwrap(), Some(Ok(())));
    }
}

#[test]
fn an_airdrop_arrives() {
    let served = Served::start();
    let client = served.client();
    let (code, message) = served.refusal("requestAirdrop", json!([TO.to_string(), 5]));
    assert_eq!(code, -32603, "too little for an account");
    assert!(message.contains("rent"), "{message}");
    let signature = client.request_airdrop(&TO, LAMPORTS_PER_SOL).unwrap();
    assert!(client.confirm_transaction(&signature).unwrap());
    assert_eq!(client.get_balance(&TO).unwrap(), LAMPORTS_PER_SOL);
}

#[test]
fn a_preflight_stops_what_would_fail_and_says_why() {
    let served = Served::start();
    let user = served.user("ann");
    let client = served.client();
    let before = client.get_balance(&user.pubkey()).unwrap();
    let much = signed(&served, &user, &[transfer(&user, &TO, 100 * LAMPORTS_PER_SOL)]);
    let error = client.send_transaction(&much).unwrap_err();
    let (code, message, failed) = refused(error);
    assert_eq!(code, -32002);
    assert!(
        message.starts_with("Transaction simulation failed: Error processing Instruction 0"),
        "{message}"
    );
    assert!(matches!(failed, Some(TransactionError::InstructionError(0, _))), "{failed:?}");
    assert_eq!(client.get_balance(&user.pubkey()).unwrap(), before, "no fee was paid");

    let answer = served.raw("sendTransaction", json!([base64(&much), { "encoding": "base64" }]));
    let data = &answer["error"]["data"];
    assert_eq!(data["err"], json!({ "InstructionError": [0, { "Custom": 1 }] }));
    assert!(
        data["logs"].as_array().unwrap().iter().any(|line| line.as_str().unwrap().contains("insufficient"))
    );
    assert_eq!(data["unitsConsumed"], 150);
    assert_eq!((&data["accounts"], &data["returnData"]), (&Value::Null, &Value::Null));

    // Without it the transaction lands, fails and pays its fee.
    let unchecked = RpcSendTransactionConfig { skip_preflight: true, ..RpcSendTransactionConfig::default() };
    let signature = client.send_transaction_with_config(&much, unchecked).unwrap();
    let status = client.get_signature_status(&signature).unwrap().unwrap();
    assert!(matches!(status, Err(TransactionError::InstructionError(0, _))), "{status:?}");
    assert_eq!(client.get_balance(&user.pubkey()).unwrap(), before - 5_000);
}

#[test]
fn a_duplicate_is_already_processed() {
    let served = Served::start();
    let user = served.user("ann");
    let client = served.client();
    let once = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
    client.send_transaction(&once).unwrap();
    let (code, _, failed) = refused(client.send_transaction(&once).unwrap_err());
    assert_eq!((code, failed), (-32002, Some(TransactionError::AlreadyProcessed)));
    assert_eq!(client.get_balance(&TO).unwrap(), LAMPORTS_PER_SOL);
}

#[test]
fn a_block_hash_expires_after_a_hundred_and_fifty_blocks() {
    let served = Served::start();
    let user = served.user("ann");
    let client = served.client();
    let (hash, last) = client.get_latest_blockhash_with_commitment(CommitmentConfig::confirmed()).unwrap();
    let old = Transaction::new_signed_with_payer(
        &[transfer(&user, &TO, LAMPORTS_PER_SOL)],
        Some(&user.pubkey()),
        &[&user],
        hash,
    );
    let valid = || client.is_blockhash_valid(&hash, CommitmentConfig::processed()).unwrap();
    served.call("localnet_advanceSlots", json!([100]));
    assert!(valid(), "slots that are skipped are no blocks");
    for _ in 0..160 {
        served.call("localnet_advanceSlots", json!([1]));
    }
    assert!(client.get_block_height().unwrap() > last);
    assert!(!valid());
    let (code, _, failed) = refused(client.send_transaction(&old).unwrap_err());
    assert_eq!((code, failed), (-32002, Some(TransactionError::BlockhashNotFound)));
    let unchecked = RpcSendTransactionConfig { skip_preflight: true, ..RpcSendTransactionConfig::default() };
    let dropped = client.send_transaction_with_config(&old, unchecked).unwrap();
    assert_eq!(client.get_signature_status(&dropped).unwrap(), None, "it never lands");
}

#[test]
fn the_same_may_be_sent_again_at_once_and_no_hash_grows_old_by_that() {
    let served = Served::start();
    let user = served.user("ann");
    let client = served.client();
    let first = client.get_latest_blockhash().unwrap();
    for _ in 0..90 {
        let again = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL / 100)]);
        client.send_transaction(&again).unwrap();
    }
    assert_eq!(client.get_balance(&TO).unwrap(), 90 * LAMPORTS_PER_SOL / 100);
    for lamports in 1..=200 {
        let other = signed(&served, &user, &[transfer(&user, &TO, lamports)]);
        client.send_transaction(&other).unwrap();
    }
    assert!(client.is_blockhash_valid(&first, CommitmentConfig::processed()).unwrap());
}

#[test]
fn what_is_no_transaction_is_refused_in_the_real_shapes() {
    let served = Served::start();
    let user = served.user("ann");
    let good = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
    let send = |text: String, options: Value| served.refusal("sendTransaction", json!([text, options]));
    let in_base64 = || json!({ "encoding": "base64" });

    let mut forged = good.clone();
    forged.signatures[0] = sluice_localnet::Signature::from([9; 64]);
    let (code, message) = send(base64(&forged), in_base64());
    assert_eq!((code, message.as_str()), (-32003, "Transaction signature verification failure"));
    let unsigned = json!([base64(&forged), { "encoding": "base64", "sigVerify": true }]);
    assert_eq!(served.refusal("simulateTransaction", unsigned).0, -32003);

    for (text, options, why) in [
        ("0OIl".to_string(), json!({}), "invalid base58 encoding"),
        ("$".to_string(), in_base64(), "invalid base64 encoding"),
        ("AA==".to_string(), in_base64(), "failed to deserialize transaction"),
        (
            "A".repeat(1_645),
            in_base64(),
            "base64 encoded transaction too large: 1645 bytes (max: encoded/raw 1644/1232)",
        ),
        (base64(&good), json!({ "encoding": "json" }), "unsupported encoding: json"),
        (base64(&Transaction::default()), in_base64(), "invalid transaction"),
    ] {
        let (code, message) = send(text, options);
        assert_eq!(code, -32602, "{message}");
        assert!(message.starts_with(why), "{message}");
    }
    let ahead = send(base64(&good), json!({ "encoding": "base64", "minContextSlot": 1_000_000 }));
    assert_eq!(ahead.0, -32016);
    assert_eq!(served.net().balance(&TO), 0, "nothing of all that has landed");
    // The first encoding there was is still the default.
    let text = bs58::encode(bincode::serialize(&good).unwrap()).into_string();
    assert_eq!(served.call("sendTransaction", json!([text])), good.signatures[0].to_string());
    assert_eq!(served.net().balance(&TO), LAMPORTS_PER_SOL);
}

#[test]
fn a_simulation_shows_what_would_happen_and_changes_nothing() {
    let served = Served::start();
    let user = served.user("ann");
    let client = served.client();
    let send = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
    let config = RpcSimulateTransactionConfig {
        sig_verify: true,
        accounts: Some(RpcSimulateTransactionAccountsConfig {
            encoding: None,
            addresses: vec![TO.to_string(), user.pubkey().to_string()],
        }),
        inner_instructions: true,
        ..RpcSimulateTransactionConfig::default()
    };
    let result = client.simulate_transaction_with_config(&send, config.clone()).unwrap().value;
    assert_eq!((result.err, result.units_consumed, result.fee), (None, Some(150), Some(5_000)));
    assert_eq!(result.logs.unwrap()[0], "Program 11111111111111111111111111111111 invoke [1]");
    let lamports: Vec<_> = result.accounts.unwrap().iter().map(|a| a.as_ref().unwrap().lamports).collect();
    assert_eq!(lamports, [LAMPORTS_PER_SOL, 9 * LAMPORTS_PER_SOL - 5_000]);
    assert_eq!(result.pre_balances.unwrap()[0], 10 * LAMPORTS_PER_SOL);
    assert_eq!(result.post_balances.unwrap()[1], LAMPORTS_PER_SOL);
    assert_eq!(result.inner_instructions, Some(Vec::new()));
    assert_eq!(client.get_balance(&TO).unwrap(), 0);

    // Not signed, under any hash: enough to ask what would happen.
    let mut unsigned =
        Transaction::new_with_payer(&[transfer(&user, &TO, LAMPORTS_PER_SOL)], Some(&user.pubkey()));
    let ask = |transaction: &Transaction, config| {
        client.simulate_transaction_with_config(transaction, config).unwrap().value
    };
    let plain = RpcSimulateTransactionConfig::default();
    assert_eq!(ask(&unsigned, plain.clone()).err.map(Into::into), Some(TransactionError::BlockhashNotFound));
    let replacing = RpcSimulateTransactionConfig { replace_recent_blockhash: true, ..plain };
    let result = ask(&unsigned, replacing.clone());
    assert_eq!(result.err, None);
    let replacement = result.replacement_blockhash.unwrap();
    assert_eq!(replacement.blockhash, served.net().latest_blockhash().to_string());
    // However often the same has run before.
    client.send_transaction(&send).unwrap();
    unsigned.signatures.clone_from(&send.signatures);
    assert_eq!(ask(&unsigned, replacing.clone()).err, None);

    let both = RpcSimulateTransactionConfig { sig_verify: true, ..replacing };
    let (code, message, _) = refused(client.simulate_transaction_with_config(&send, both).unwrap_err());
    assert_eq!((code, message.as_str()), (-32602, "sigVerify may not be used with replaceRecentBlockhash"));
}

#[test]
fn a_message_costs_what_its_signatures_and_its_priority_cost() {
    let served = Served::start();
    let user = served.user("ann");
    let client = served.client();
    let hash = client.get_latest_blockhash().unwrap();
    let request = TxRequest::new(&[transfer(&user, &TO, LAMPORTS_PER_SOL)], &[&user]);
    let request = request.compute_units(1_000).unit_price(2_000_000);
    let transaction = request.sign(hash);
    assert_eq!(client.get_fee_for_message(v0(&transaction)).unwrap(), 5_000 + 2_000);
    client.send_transaction(&transaction).unwrap();
    let fees = client.get_recent_prioritization_fees(&[TO]).unwrap();
    assert_eq!((fees.last().unwrap().slot, fees.last().unwrap().prioritization_fee), (1, 2_000_000));
    let others = client.get_recent_prioritization_fees(&[Address::new_from_array([8; 32])]).unwrap();
    assert_eq!(others.last().unwrap().prioritization_fee, 0, "airdrops paid nothing");
}

#[test]
fn lookup_tables_work_in_all_that_takes_a_transaction() {
    let served = Served::start();
    let user = served.user("ann");
    let targets: Vec<_> = (20..40).map(|byte| Address::new_from_array([byte; 32])).collect();
    let table = served.net().create_lookup_table(&targets).unwrap();
    let transfers: Vec<_> = targets.iter().map(|to| transfer(&user, to, LAMPORTS_PER_SOL / 10)).collect();
    let client = served.client();
    let request = TxRequest::new(&transfers, &[&user]).lookup_tables(&[table]);
    let transaction: VersionedTransaction = request.sign(client.get_latest_blockhash().unwrap());
    assert!(transaction.message.static_account_keys().len() < 5);
    assert_eq!(client.get_fee_for_message(v0(&transaction)).unwrap(), 5_000);
    let simulated = client.simulate_transaction(&transaction).unwrap().value;
    assert_eq!((simulated.err, simulated.loaded_addresses.unwrap().writable.len()), (None, 20));
    client.send_and_confirm_transaction(&transaction).unwrap();
    for target in &targets {
        assert_eq!(client.get_balance(target).unwrap(), LAMPORTS_PER_SOL / 10);
    }
    // A table that is not there.
    let mut lost = transaction;
    if let VersionedMessage::V0(message) = &mut lost.message {
        message.address_table_lookups[0].account_key = TO;
    }
    let config = RpcSimulateTransactionConfig::default();
    let (code, message, _) = refused(client.simulate_transaction_with_config(&lost, config).unwrap_err());
    assert_eq!(code, -32602);
    assert!(message.contains("address table account that doesn't exist"), "{message}");
}
