//! What became of transactions, and what blocks held.

use {
    crate::{
        common::delegate,
        served::{Served, signed, transfer},
    },
    serde_json::json,
    sluice_localnet::{
        Address, LAMPORTS_PER_SOL, Localnet, LocalnetConfig, RewardType, Signature, Signer, TxRequest,
    },
    solana_client::{
        rpc_client::GetConfirmedSignaturesForAddress2Config,
        rpc_config::{RpcBlockConfig, RpcTransactionConfig, UiTransactionEncoding},
    },
    solana_commitment_config::CommitmentConfig,
    solana_transaction_status::{TransactionConfirmationStatus, TransactionDetails},
};

const TO: Address = Address::new_from_array([7; 32]);

fn versioned(encoding: UiTransactionEncoding) -> RpcTransactionConfig {
    RpcTransactionConfig {
        encoding: Some(encoding),
        commitment: Some(CommitmentConfig::confirmed()),
        max_supported_transaction_version: Some(0),
    }
}

#[test]
fn a_transaction_is_kept_with_its_result() {
    let served = Served::start();
    let user = served.user("ann");
    let client = served.client();
    let transaction = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
    let signature = client.send_transaction(&transaction).unwrap();
    let found = client.get_transaction(&signature, UiTransactionEncoding::Base64).unwrap();
    assert_eq!((found.slot, found.block_time), (1, Some(served.net().clock().unix_timestamp)));
    assert_eq!(found.transaction.transaction.decode().unwrap(), transaction.into());
    let meta = found.transaction.meta.unwrap();
    assert_eq!((meta.err, meta.fee), (None, 5_000));
    assert_eq!(meta.pre_balances[..2], [10 * LAMPORTS_PER_SOL, 0]);
    assert_eq!(meta.post_balances[..2], [9 * LAMPORTS_PER_SOL - 5_000, LAMPORTS_PER_SOL]);
    assert_eq!(Option::<u64>::from(meta.compute_units_consumed), Some(150));
    assert!(Option::<Vec<String>>::from(meta.log_messages).unwrap()[0].contains("invoke [1]"));
    let parsed =
        client.get_transaction_with_config(&signature, versioned(UiTransactionEncoding::JsonParsed)).unwrap();
    let parsed = serde_json::to_value(parsed.transaction.transaction).unwrap();
    assert_eq!(parsed["message"]["instructions"][0]["parsed"]["info"]["lamports"], LAMPORTS_PER_SOL);

    assert_eq!(served.call("getTransaction", json!([Signature::from([3; 64]).to_string()])), json!(null));
    let below = json!([signature.to_string(), { "commitment": "processed" }]);
    assert_eq!(served.refusal("getTransaction", below).0, -32602);
    let statuses = client.get_signature_statuses(&[signature, Signature::from([3; 64])]).unwrap().value;
    let status = statuses[0].clone().unwrap();
    assert_eq!((status.slot, status.confirmations, status.err), (1, None, None));
    assert_eq!(status.confirmation_status, Some(TransactionConfirmationStatus::Finalized));
    assert_eq!(statuses[1], None);
    let many = vec![signature.to_string(); 257];
    assert_eq!(served.refusal("getSignatureStatuses", json!([many])).0, -32602);
}

#[test]
fn what_is_sent_in_process_is_seen_by_rpc_with_its_inner_instructions() {
    let served = Served::start();
    let user = served.user("ann");
    let vote = served.net().validators()[0].vote_address();
    delegate(&mut served.net(), &user, vote, LAMPORTS_PER_SOL);
    let client = served.client();
    let found = client.get_signatures_for_address(&user.pubkey()).unwrap();
    assert_eq!(found.len(), 2, "the airdrop and the delegation");
    let signature: Signature = found[0].signature.parse().unwrap();
    // A version 0 transaction: an old client is told how to ask.
    let (code, message) = served.refusal("getTransaction", json!([signature.to_string()]));
    assert_eq!(code, -32015);
    assert!(message.contains("\"maxSupportedTransactionVersion\": 0"), "{message}");
    let found =
        client.get_transaction_with_config(&signature, versioned(UiTransactionEncoding::Json)).unwrap();
    assert_eq!(serde_json::to_value(&found.transaction.version).unwrap(), 0);
}

#[test]
fn an_accounts_transactions_are_listed_page_by_page() {
    let served = Served::start();
    let user = served.user("ann");
    let client = served.client();
    let mut sent = Vec::new();
    for lamports in 1..=5 {
        let both = [transfer(&user, &TO, lamports * LAMPORTS_PER_SOL / 10)];
        let one = TxRequest::new(&both, &[&user]).sign(client.get_latest_blockhash().unwrap());
        sent.push(served.net().process(one).unwrap().signature);
        if lamports == 3 {
            served.net().warp_slots(2);
        }
    }
    sent.reverse();
    let list = |before, until, limit| {
        let config = GetConfirmedSignaturesForAddress2Config { before, until, limit, commitment: None };
        let found = client.get_signatures_for_address_with_config(&TO, config).unwrap();
        found.iter().map(|one| one.signature.parse().unwrap()).collect::<Vec<Signature>>()
    };
    assert_eq!(list(None, None, None), sent);
    assert_eq!(list(None, None, Some(2)), sent[..2]);
    assert_eq!(list(Some(sent[1]), None, Some(2)), sent[2..4]);
    assert_eq!(list(None, Some(sent[2]), None), sent[..2]);
    assert_eq!(list(Some(sent[0]), Some(sent[4]), None), sent[1..4]);
    assert_eq!(list(Some(Signature::from([3; 64])), None, None), []);
    let slots: Vec<_> = client
        .get_signatures_for_address(&TO)
        .unwrap()
        .iter()
        .map(|one| (one.slot, one.transaction_index.unwrap()))
        .collect();
    assert_eq!(slots[..2], [(3, 1), (3, 0)]);
    assert_eq!(
        served.refusal("getSignaturesForAddress", json!([TO.to_string(), { "limit": 1_001 }])).0,
        -32602
    );
}

#[test]
fn no_more_is_kept_than_was_asked_for() {
    let config = LocalnetConfig::default().with_transactions_kept(3);
    let served = Served::of(Localnet::start(config).unwrap());
    let sent: Vec<_> =
        (1..=5).map(|sol| served.net().airdrop(&TO, sol * LAMPORTS_PER_SOL).unwrap().signature).collect();
    let client = served.client();
    let found = client.get_signatures_for_address(&TO).unwrap();
    let expected: Vec<_> = sent[2..].iter().rev().map(ToString::to_string).collect();
    assert_eq!(found.iter().map(|one| one.signature.clone()).collect::<Vec<_>>(), expected);
    let statuses = client.get_signature_statuses(&sent).unwrap().value;
    assert_eq!(statuses.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true, true, true]);
    assert_eq!(client.get_balance(&TO).unwrap(), 15 * LAMPORTS_PER_SOL, "the chain itself forgets nothing");
}

#[test]
fn blocks_hold_what_happened_in_their_slot() {
    let served = Served::start();
    let sent = served.net().airdrop(&TO, LAMPORTS_PER_SOL).unwrap().signature;
    let hash = served.net().latest_blockhash();
    served.net().warp_slots(3);
    served.net().airdrop(&TO, LAMPORTS_PER_SOL).unwrap();
    served.net().warp_slots(1);
    let client = served.client();
    assert_eq!(client.get_blocks(0, None).unwrap(), [0, 1, 4, 5]);
    assert_eq!(client.get_blocks(1, Some(4)).unwrap(), [1, 4]);
    assert_eq!(client.get_blocks_with_limit(1, 2).unwrap(), [1, 4]);
    assert_eq!((client.get_first_available_block().unwrap(), client.minimum_ledger_slot().unwrap()), (0, 0));
    let config = RpcBlockConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        transaction_details: Some(TransactionDetails::Full),
        rewards: Some(true),
        commitment: None,
        max_supported_transaction_version: Some(0),
    };
    let block = client.get_block_with_config(1, config).unwrap();
    let transactions = block.transactions.unwrap();
    assert_eq!(transactions.len(), 1);
    assert_eq!(transactions[0].transaction.decode().unwrap().signatures[0], sent);
    let fees = block.rewards.unwrap();
    assert_eq!(
        (fees.len(), fees[0].lamports, fees[0].reward_type),
        (1, 2_500, Some(RewardType::Fee)),
        "half is burnt"
    );
    assert_eq!((block.parent_slot, block.block_height), (0, Some(1)));
    assert_eq!(block.previous_blockhash, client.get_block_with_config(0, config).unwrap().blockhash);
    assert_ne!(block.blockhash, hash.to_string(), "it was closed with the next one");
    let next = client
        .get_block_with_config(
            4,
            RpcBlockConfig { transaction_details: Some(TransactionDetails::Signatures), ..config },
        )
        .unwrap();
    assert_eq!(
        (next.parent_slot, next.previous_blockhash, next.signatures.unwrap().len()),
        (1, block.blockhash, 1)
    );
    assert_eq!(served.refusal("getBlock", json!([2])).0, -32007, "skipped");
    assert_eq!(served.refusal("getBlock", json!([99])).0, -32004, "still to come");
}

#[test]
fn inflation_rewards_are_those_the_bank_paid() {
    let served = Served::start();
    let address = served.net().validators()[1].stake_address();
    let vote = served.net().validators()[1].vote_address();
    let before = served.net().balance(&address);
    let (code, _) = served.refusal("getInflationReward", json!([[address.to_string()]]));
    assert_eq!(code, -32004, "epoch 0 has not ended");
    served.net().advance_into_rewards();
    let refused = served.raw("getInflationReward", json!([[address.to_string()], { "epoch": 0 }]));
    assert_eq!(refused["error"]["code"], -32017, "they are being paid");
    assert_eq!(refused["error"]["data"]["slot"], 64);
    served.net().finish_rewards();
    let client = served.client();
    let rewards = client.get_inflation_reward(&[address, vote, TO], Some(0)).unwrap();
    let stake = rewards[0].clone().unwrap();
    assert_eq!((stake.epoch, stake.amount), (0, served.net().balance(&address) - before));
    assert_eq!(stake.post_balance, served.net().balance(&address));
    assert_eq!(rewards[1].clone().unwrap().effective_slot, 64, "commissions come first");
    assert!(stake.effective_slot > 64);
    assert_eq!(rewards[2], None);
    assert_eq!(client.get_inflation_reward(&[address], None).unwrap()[0], Some(stake.clone()));
    let config =
        RpcBlockConfig { max_supported_transaction_version: Some(0), ..RpcBlockConfig::rewards_only() };
    let block = client
        .get_block_with_config(stake.effective_slot, RpcBlockConfig { rewards: Some(true), ..config })
        .unwrap();
    let paid =
        block.rewards.unwrap().into_iter().find(|reward| reward.pubkey == address.to_string()).unwrap();
    assert_eq!((paid.lamports as u64, paid.post_balance), (stake.amount, stake.post_balance));
}
