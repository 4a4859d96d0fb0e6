//! Many at once: nothing is lost.

use {
    crate::{
        common::net,
        served::{Served, connections, transfer},
    },
    serde_json::{Value, json},
    sluice_localnet::{Address, Keypair, LAMPORTS_PER_SOL, Signer, Transaction},
    solana_client::nonblocking::rpc_client::RpcClient,
    solana_commitment_config::CommitmentConfig,
    std::{sync::Arc, time::Duration},
    tokio::sync::Semaphore,
};

const USERS: u64 = 1_000;
const BANK: Address = Address::new_from_array([7; 32]);

#[test]
fn a_thousand_users_send_at_once_and_every_lamport_arrives() {
    let served = Served::ticking(net(), Duration::from_millis(400));
    let users: Vec<_> = (0..USERS)
        .map(|user| served.net().funded_keypair(&format!("user {user}"), LAMPORTS_PER_SOL))
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let turns = Arc::new(Semaphore::new(connections(USERS as usize)));
    let pay = |user: &Keypair, place: u64| {
        let user = user.insecure_clone();
        let client = RpcClient::new_with_commitment(served.server.url(), CommitmentConfig::confirmed());
        let turns = Arc::clone(&turns);
        async move {
            let _turn = turns.acquire().await.unwrap();
            // Another amount each, so that a lost one and one counted twice would not make up for each other.
            let lamports = 1_000_000 + place * place;
            let hash = client.get_latest_blockhash().await?;
            let pay = Transaction::new_signed_with_payer(
                &[transfer(&user, &BANK, lamports)],
                Some(&user.pubkey()),
                &[&user],
                hash,
            );
            client.send_and_confirm_transaction(&pay).await
        }
    };
    let done = runtime.block_on(async {
        let tasks: Vec<_> =
            users.iter().zip(0..).map(|(user, place)| tokio::spawn(pay(user, place))).collect();
        let mut done = 0;
        for task in tasks {
            task.await.unwrap().unwrap();
            done += 1;
        }
        done
    });
    assert_eq!(done, USERS);
    let expected: u64 = (0..USERS).map(|place| 1_000_000 + place * place).sum();
    assert_eq!(served.net().balance(&BANK), expected);
    let left: u64 = users.iter().map(|user| served.net().balance(&user.pubkey())).sum();
    assert_eq!(left, USERS * (LAMPORTS_PER_SOL - 5_000) - expected);
    let net = served.net();
    assert_eq!(net.capitalization(), net.recount_capitalization());
}

#[test]
fn thousands_of_requests_wait_for_one_slow_one_and_all_are_answered() {
    let served = Served::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let url = served.server.url();
    let client = reqwest::Client::new();
    // Nobody is answered while the localnet is held.
    let held = served.net();
    let answers = runtime.block_on(async {
        let ask = |id: u64| {
            let call = json!({ "jsonrpc": "2.0", "id": id, "method": "getSlot" }).to_string();
            let asked = client.post(&url).body(call).send();
            async move { asked.await.unwrap().text().await.unwrap() }
        };
        let tasks: Vec<_> = (0..connections(3_000) as u64).map(|id| tokio::spawn(ask(id))).collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(tasks.iter().all(|task| !task.is_finished()));
        drop(held);
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(serde_json::from_str::<Value>(&task.await.unwrap()).unwrap());
        }
        answers
    });
    for (id, answer) in answers.iter().enumerate() {
        assert_eq!((&answer["id"], &answer["result"]), (&json!(id), &json!(1)));
    }
}
