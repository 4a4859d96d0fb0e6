//! A server between the command and the cluster that changes what it is told.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::Value;
use tokio::runtime::Runtime;

/// Changes the answer to a call.
type Change = dyn Fn(&Value, &mut Value) + Send + Sync;

pub struct Proxy {
    address: SocketAddr,
    /// Serves until it is dropped.
    _runtime: Runtime,
}

#[derive(Clone)]
struct Road {
    to: String,
    client: reqwest::Client,
    change: Arc<Change>,
}

impl Proxy {
    pub fn new(to: &str, change: impl Fn(&Value, &mut Value) + Send + Sync + 'static) -> Self {
        let road = Road { to: to.to_owned(), client: reqwest::Client::new(), change: Arc::new(change) };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(forward).with_state(road);
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { address, _runtime: runtime }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn forward(State(road): State<Road>, body: Bytes) -> impl IntoResponse {
    let call: Value = serde_json::from_slice(&body).unwrap();
    let request = road.client.post(&road.to).header(CONTENT_TYPE, "application/json").body(body.to_vec());
    let mut answer: Value = request.send().await.unwrap().json().await.unwrap();
    (road.change)(&call, &mut answer);
    ([(CONTENT_TYPE, "application/json")], answer.to_string())
}
