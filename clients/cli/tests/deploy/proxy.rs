//! A server between the command and the cluster that lets so many transactions through and then has the command killed, or
//! that is on a fork for a while.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::Value;
use tokio::runtime::Runtime;

pub struct Proxy {
    counter: Arc<Counter>,
    address: SocketAddr,
    /// Serves; `None` while it ends.
    runtime: Option<Runtime>,
}

struct Counter {
    to: String,
    client: reqwest::Client,
    limit: usize,
    /// What it says the cluster's first block is.
    genesis: Option<String>,
    /// Says of each transaction once that it failed, in a block that does not stay.
    forks: bool,
    forked: Mutex<HashSet<String>>,
    sent: AtomicUsize,
    seen: Mutex<HashSet<String>>,
    child: Mutex<Option<Child>>,
}

impl Proxy {
    /// To a server, with a limit of different transactions.
    pub fn new(to: &str, limit: usize) -> Self {
        Self::start(to, limit, None, false)
    }

    /// To a server that sees every transaction fail on a fork before it sees what came of it.
    pub fn forking(to: &str) -> Self {
        Self::start(to, usize::MAX, None, true)
    }

    /// To a server that is taken for another cluster.
    pub fn claiming(to: &str, genesis: &str) -> Self {
        Self::start(to, usize::MAX, Some(genesis.to_owned()), false)
    }

    fn start(to: &str, limit: usize, genesis: Option<String>, forks: bool) -> Self {
        let counter = Arc::new(Counter {
            to: to.to_owned(),
            client: reqwest::Client::new(),
            limit,
            genesis,
            forks,
            forked: Mutex::default(),
            sent: AtomicUsize::new(0),
            seen: Mutex::default(),
            child: Mutex::default(),
        });
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().fallback(forward).with_state(Arc::clone(&counter));
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { counter, address, runtime: Some(runtime) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Different transactions that came through.
    pub fn sent(&self) -> usize {
        self.counter.sent.load(Ordering::SeqCst)
    }

    /// Different transactions that failed on a fork.
    pub fn forked(&self) -> usize {
        self.counter.forked.lock().unwrap().len()
    }

    /// Runs a command until it ends or was killed.
    pub fn run(&self, mut command: Command) -> ExitStatus {
        *self.counter.child.lock().unwrap() = Some(command.spawn().unwrap());
        loop {
            let ended = self.counter.child.lock().unwrap().as_mut().unwrap().try_wait().unwrap();
            if let Some(status) = ended {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

async fn forward(State(counter): State<Arc<Counter>>, body: Bytes) -> impl IntoResponse {
    let number = counter.counts(&body);
    if let Some(answer) = counter.claims(&body) {
        return ([(CONTENT_TYPE, "application/json")], answer);
    }
    let call = counter.client.post(&counter.to).header(CONTENT_TYPE, "application/json").body(body.to_vec());
    let answer = call.send().await.unwrap().text().await.unwrap();
    let answer = counter.fork(&body, &answer).unwrap_or(answer);
    if number == Some(counter.limit) {
        counter.kill();
    }
    ([(CONTENT_TYPE, "application/json")], answer)
}

impl Counter {
    /// The number of a transaction that was not seen before.
    fn counts(&self, body: &[u8]) -> Option<usize> {
        let call: Value = serde_json::from_slice(body).ok()?;
        if call["method"] != "sendTransaction" {
            return None;
        }
        let is_new = self.seen.lock().unwrap().insert(call["params"][0].as_str()?.to_owned());
        is_new.then(|| self.sent.fetch_add(1, Ordering::SeqCst) + 1)
    }

    fn claims(&self, body: &[u8]) -> Option<String> {
        let genesis = self.genesis.as_ref()?;
        let call: Value = serde_json::from_slice(body).ok()?;
        let answer = serde_json::json!({ "jsonrpc": "2.0", "result": genesis, "id": call["id"] });
        (call["method"] == "getGenesisHash").then(|| answer.to_string())
    }

    /// The answer as it is on a fork, where transactions failed that were not asked for before.
    fn fork(&self, body: &[u8], answer: &str) -> Option<String> {
        let call: Value = serde_json::from_slice(body).ok()?;
        if !self.forks || call["method"] != "getSignatureStatuses" {
            return None;
        }
        let mut answer: Value = serde_json::from_str(answer).ok()?;
        let slot = answer["result"]["context"]["slot"].clone();
        let error = serde_json::json!({ "InstructionError": [0, "InvalidAccountData"] });
        let asked = call["params"][0].as_array()?.iter().zip(answer["result"]["value"].as_array_mut()?);
        for (signature, status) in asked {
            if self.forked.lock().unwrap().insert(signature.as_str()?.to_owned()) {
                *status = serde_json::json!({
                    "slot": slot, "confirmations": 0, "err": error, "status": { "Err": error },
                    "confirmationStatus": "processed",
                });
            }
        }
        Some(answer.to_string())
    }

    fn kill(&self) {
        if let Some(child) = self.child.lock().unwrap().as_mut() {
            let _ = child.kill();
        }
    }
}

impl Drop for Proxy {
    /// Waits for what is on its way: a command that was killed has sent it.
    fn drop(&mut self) {
        std::thread::sleep(Duration::from_millis(200));
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}
