//! A server whose slots pass by themselves.

use {
    crate::{
        common::net,
        served::{Served, receiver, signed, transfer},
    },
    serde_json::json,
    sluice_localnet::{Address, LAMPORTS_PER_SOL, Localnet, LocalnetConfig, RpcServer, synthetic_validators},
    solana_client::{
        pubsub_client::PubsubClient, rpc_config::RpcSignatureSubscribeConfig,
        rpc_response::RpcSignatureResult,
    },
    solana_commitment_config::CommitmentConfig,
    solana_transaction_status::TransactionConfirmationStatus,
    std::{
        sync::Arc,
        thread::sleep,
        time::{Duration, Instant},
    },
};

const TO: Address = Address::new_from_array([7; 32]);
const SLOT: Duration = Duration::from_millis(50);

#[test]
fn epochs_pass_with_their_rewards_while_requests_arrive() {
    let served =
        Served::ticking(Localnet::start(LocalnetConfig::default().with_slots_per_epoch(32)).unwrap(), SLOT);
    let user = served.user("ann");
    let address = served.net().validators()[0].stake_address();
    let before = served.net().balance(&address);
    let client = served.client();
    let deadline = Instant::now() + Duration::from_secs(60);
    let mut sent = 0;
    let mut last = 0;
    while client.get_epoch_info().unwrap().epoch < 2 {
        assert!(Instant::now() < deadline, "no epoch has passed");
        let transaction = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL / 100)]);
        client.send_and_confirm_transaction(&transaction).unwrap();
        sent += 1;
        let slot = client.get_slot().unwrap();
        assert!(slot > last, "a confirmation takes a slot");
        last = slot;
    }
    let paid = served.net().balance(&address) - before;
    let rewards = client.get_inflation_reward(&[address], Some(0)).unwrap()[0].clone().unwrap();
    assert!(rewards.amount > 0 && paid >= rewards.amount);
    assert_eq!(client.get_balance(&TO).unwrap(), sent * LAMPORTS_PER_SOL / 100);
    let blocks = client.get_blocks(1, None).unwrap();
    assert!(blocks.windows(2).all(|pair| pair[1] == pair[0] + 1), "no slot is skipped");
}

#[test]
fn a_transaction_is_processed_then_confirmed_then_final() {
    let served = Served::ticking(net(), Duration::from_millis(400));
    let user = served.user("ann");
    let client = served.client();
    let transaction = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
    let signature = transaction.signatures[0];
    let subscribe = |commitment| {
        let config =
            RpcSignatureSubscribeConfig { commitment: Some(commitment), enable_received_notification: None };
        receiver(PubsubClient::signature_subscribe(served.server.ws_url(), &signature, Some(config)).unwrap())
    };
    let levels =
        [CommitmentConfig::processed(), CommitmentConfig::confirmed(), CommitmentConfig::finalized()];
    let subscriptions = levels.map(subscribe);
    client.send_transaction(&transaction).unwrap();
    let sent_in = client.get_signature_statuses(&[signature]).unwrap().value[0].clone().unwrap();
    assert_eq!(sent_in.confirmation_status, Some(TransactionConfirmationStatus::Processed));
    assert_eq!(sent_in.confirmations, Some(0));
    assert_eq!(served.call("getTransaction", json!([signature.to_string()])), json!(null), "not yet");

    let statuses = [
        TransactionConfirmationStatus::Processed,
        TransactionConfirmationStatus::Confirmed,
        TransactionConfirmationStatus::Finalized,
    ];
    for (told, least) in subscriptions.iter().zip(statuses) {
        let told = told.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(told.context.slot, sent_in.slot);
        assert!(matches!(told.value, RpcSignatureResult::ProcessedSignature(_)));
        let status = client.get_signature_statuses(&[signature]).unwrap().value[0].clone().unwrap();
        assert_eq!(status.confirmation_status, Some(least));
    }
    assert!(client.get_slot().unwrap() >= sent_in.slot + 2);
    assert_ne!(served.call("getTransaction", json!([signature.to_string()])), json!(null));
}

#[test]
fn ticking_stops_and_goes_on_when_told() {
    let served = Served::ticking(net(), SLOT);
    let user = served.user("ann");
    assert_eq!(served.call("localnet_setTicking", json!([false])), true);
    let slot = served.net().slot();
    sleep(SLOT * 5);
    assert_eq!(served.net().slot(), slot);
    // What lands while time stands still is final.
    let transaction = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
    served.client_at(CommitmentConfig::finalized()).send_and_confirm_transaction(&transaction).unwrap();
    assert_eq!(served.call("localnet_advanceEpoch", json!([]))["epoch"], 1);
    let slot = served.net().slot();
    assert_eq!(served.call("localnet_setTicking", json!([true])), false);
    let deadline = Instant::now() + Duration::from_secs(10);
    while served.net().slot() < slot + 3 {
        assert!(Instant::now() < deadline, "it does not go on");
        sleep(SLOT);
    }
}

#[test]
fn samples_tell_how_fast_slots_tick_and_not_how_fast_the_chains_clock_goes() {
    let mut net = net();
    net.warp_slots(40);
    let served = Served::ticking(net, Duration::from_secs(3));
    let sample = served.client().get_recent_performance_samples(None).unwrap().remove(0);
    assert!(sample.num_slots >= 40);
    assert_eq!(u64::from(sample.sample_period_secs), 3 * sample.num_slots);
}

#[test]
fn who_waits_is_told_when_time_is_stopped() {
    let served = Served::ticking(net(), Duration::from_secs(3_600));
    let user = served.user("ann");
    let transaction = signed(&served, &user, &[transfer(&user, &TO, LAMPORTS_PER_SOL)]);
    let ws = served.server.ws_url();
    let told = receiver(PubsubClient::signature_subscribe(ws, &transaction.signatures[0], None).unwrap());
    served.client().send_transaction(&transaction).unwrap();
    assert!(told.recv_timeout(Duration::from_millis(200)).is_err(), "the slot is open for an hour");
    served.call("localnet_setTicking", json!([false]));
    told.recv_timeout(Duration::from_secs(10)).unwrap();
}

/// The share of slots that came in time is printed with `--nocapture`.
#[test]
fn three_hundred_validators_vote_every_slot_of_a_tenth_of_a_second() {
    let config = LocalnetConfig::new(synthetic_validators(300, 7));
    let slot_time = Duration::from_millis(100);
    let served = Served::ticking(Localnet::start(config).unwrap(), slot_time);
    let first = served.net().slot();
    let started = Instant::now();
    let asked = std::cell::Cell::new(0);
    while started.elapsed() < Duration::from_secs(5) {
        served.call("getVoteAccounts", json!([]));
        asked.set(asked.get() + 1);
        sleep(Duration::from_millis(20));
    }
    let slots = served.net().slot() - first;
    println!("{slots} slots in {:?}, {} requests", started.elapsed(), asked.get());
    assert!(slots >= 25, "half as fast at least, on a machine that does other things too: {slots}");
    let net = served.net();
    let voter = net.validators().iter().find(|validator| validator.script().uptime > 0.9).unwrap();
    let state = net.vote_state(&voter.vote_address()).unwrap();
    assert_eq!(state.votes[0].lockout.slot(), net.slot() - 1, "votes are those of the slot before");
}

#[test]
fn a_ticking_server_stops_when_it_is_dropped() {
    let served = Served::ticking(net(), SLOT);
    let Served { net, server, http } = served;
    let address = server.address();
    drop((server, http));
    assert_eq!(Arc::strong_count(&net), 1, "the threads have ended");
    let slot = net.lock().unwrap().slot();
    sleep(SLOT * 4);
    assert_eq!(net.lock().unwrap().slot(), slot);
    drop(RpcServer::start(net, address.port()).unwrap());
}

#[test]
fn a_crowd_of_requests_does_not_hold_the_clock_up() {
    let slot_time = Duration::from_millis(100);
    let served = Served::ticking(net(), slot_time);
    let (first, started) = (served.net().slot(), Instant::now());
    let all = json!([sluice_localnet::vote::program::ID.to_string(), { "encoding": "base64" }]);
    let asked = std::thread::scope(|scope| {
        let askers: Vec<_> = (0..32)
            .map(|_| {
                scope.spawn(|| {
                    let mut asked = 0;
                    while started.elapsed() < Duration::from_secs(3) {
                        served.call("getProgramAccounts", all.clone());
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).sum::<u64>()
    });
    let slots = served.net().slot() - first;
    println!("{slots} slots in {:?}, {asked} requests", started.elapsed());
    assert!(asked > 100, "a crowd: {asked}");
    assert!(slots >= 10, "a third as fast at least, with nothing else left of the machine: {slots}");
}
