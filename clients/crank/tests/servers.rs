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
use sluice_crank::Metrics;

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
