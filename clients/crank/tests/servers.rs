//! Several servers, one of which is wrong: the others do.

mod common;

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use common::{World, cluster, quick};
use serde_json::{Value, json};
use sluice_client::accounts::CLOCK;
use sluice_crank::{Daemon, Metrics};

/// A server that says this to everything.
async fn says(answer: impl Fn(Value) -> axum::response::Response + Clone + Send + Sync + 'static) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().route(
        "/",
        post(move |axum::Json(request): axum::Json<Value>| {
            let answer = answer.clone();
            async move { answer(request) }
        }),
    );
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_wants_another_key_leaves_the_question_to_the_next() {
    let world = World::new(1);
    let closed = says(|_| (StatusCode::UNAUTHORIZED, "your key has expired").into_response()).await;
    let settings = quick(Duration::ZERO);
    let both = cluster(&[closed.clone(), world.server.url()], &settings, &Metrics::new());
    assert!(both.latest_blockhash().await.is_ok());
    let alone = cluster(&[closed], &settings, &Metrics::new());
    let fault = alone.latest_blockhash().await.unwrap_err();
    assert!(!fault.is_passing(), "nobody else is there to ask: {fault}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slot_that_nobody_else_comes_to_is_forgotten() {
    let world = World::new(1);
    // It answers one kind of question, with a slot of the far future, and no other.
    let liar = says(|request| {
        if request["method"] != "getLatestBlockhash" {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let value = json!({ "blockhash": "11111111111111111111111111111111", "lastValidBlockHeight": 1 });
        let result = json!({ "context": { "slot": u64::MAX }, "value": value });
        axum::Json(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })).into_response()
    })
    .await;
    let settings = quick(Duration::ZERO);
    let cluster = cluster(&[liar, world.server.url()], &settings, &Metrics::new());
    cluster.latest_blockhash().await.unwrap();
    assert_eq!(cluster.newest_slot(), u64::MAX);
    assert!(cluster.accounts(&[CLOCK]).await.is_err(), "for so long it is looked for");
    let (slot, clock) = cluster.accounts(&[CLOCK]).await.unwrap();
    assert!(clock[0].is_some() && slot == world.with_bank(|bank| bank.0.slot()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_units_than_there_are_and_a_rent_nobody_asks_are_not_believed() {
    let liar = says(|request| {
        let result = match request["method"].as_str() {
            Some("simulateTransaction") => {
                let value = json!({ "err": null, "logs": [], "unitsConsumed": u64::MAX });
                json!({ "context": { "slot": 1 }, "value": value })
            }
            _ => json!(1_000_000_000_000u64),
        };
        axum::Json(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })).into_response()
    })
    .await;
    let mut settings = quick(Duration::ZERO);
    settings.tries = 2;
    let cluster = cluster(&[liar], &settings, &Metrics::new());
    let fault = cluster.simulate(&Default::default()).await.unwrap_err().to_string();
    assert!(fault.contains("compute units"), "{fault}");
    let fault = cluster.minimum_balance(165).await.unwrap_err().to_string();
    assert!(fault.contains("2039280 is usual"), "{fault}");
}

/// A server before the one at `target` that forbids one method.
async fn forbids(method: &'static str, target: String) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let http = reqwest::Client::new();
    let pass = move |axum::Json(request): axum::Json<Value>| {
        let (http, target) = (http.clone(), target.clone());
        async move {
            if request["method"] == method {
                return StatusCode::FORBIDDEN.into_response();
            }
            let answer = http.post(&target).json(&request).send().await.unwrap();
            axum::Json(answer.json::<Value>().await.unwrap()).into_response()
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(pass))).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_may_look_for_tickets_the_epoch_is_worked_and_not_said_to_be_finished() {
    let world = World::new(3);
    world.next_epoch();
    let url = forbids("getProgramAccounts", world.server.url()).await;
    let mut settings = quick(Duration::ZERO);
    settings.keep_tables = false;
    let metrics = Metrics::new();
    let daemon = Daemon {
        servers: vec![common::rpc(&url)],
        pools: vec![world.id()],
        key: world.operator("operator"),
        settings,
        metrics: metrics.clone(),
        once: Some(Duration::from_secs(3)),
    };
    let (_go_on, stopped) = tokio::sync::watch::channel(false);
    let ended = tokio::time::timeout(Duration::from_secs(60), sluice_crank::run(daemon, stopped)).await;
    let error = ended.expect("it ends").expect_err("what was not looked for may be there").to_string();
    assert!(error.contains("403"), "{error}");
    assert_eq!(world.pool().updated_epoch, world.epoch());
    assert_eq!(world.with_bank(|bank| world.selection.state(bank)).allocated_epoch, world.epoch());
    assert_eq!(metrics.finished_epoch(&world.name()), 0);
}
