//! A bad way to a good RPC server: a proxy that delays, refuses, cuts, repeats and forgets, by a seed.
//!
//! It never invents a state of the chain: what it answers the server has answered before, but for a transaction that it
//! swallowed, which it may say was seen, as a node on a fork does.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use solana_signature::Signature;
use tokio::sync::oneshot;

/// How many requests of a thousand meet which fault.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rates {
    /// No answer for a while, then the connection is closed.
    pub timeout: u64,
    /// HTTP 429.
    pub busy: u64,
    /// HTTP 503.
    pub unavailable: u64,
    /// The connection is cut in the middle of the answer.
    pub reset: u64,
    /// A read is answered as it was answered in an earlier slot; where it never was, it is answered well.
    pub stale: u64,
    /// Of those that send a transaction: its signature is answered, and it is dropped.
    pub swallowed: u64,
    /// The same, and its status is `processed` for a while.
    pub forked: u64,
    /// Every transaction with an instruction that begins so is swallowed.
    pub lost_kind: Option<[u8; 8]>,
    /// And every one with such an instruction is not simulated, but answered with HTTP 503.
    pub unavailable_kind: Option<[u8; 8]>,
}

impl Rates {
    /// `thousandths` of all requests fail, each way alike; and as many of the transactions are lost.
    pub fn evenly(thousandths: u64) -> Self {
        let each = thousandths / 5;
        Self {
            timeout: each,
            busy: each,
            unavailable: each,
            reset: each,
            stale: each,
            swallowed: thousandths / 2,
            forked: thousandths / 2,
            ..Self::default()
        }
    }
}

/// How long a fork is believed in.
const FORK_LASTS: Duration = Duration::from_millis(700);
/// What may be repeated.
const READS: [&str; 5] =
    ["getMultipleAccounts", "getProgramAccounts", "getLatestBlockhash", "getBalance", "getBlockHeight"];

/// What was done to whom, by fault.
pub type Injected = HashMap<&'static str, u64>;

/// A proxy on the loopback interface. It stops when it is dropped.
pub struct FaultyProxy {
    url: String,
    way: Arc<Way>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

struct Way {
    target: String,
    http: reqwest::Client,
    rates: Mutex<Rates>,
    hang: Duration,
    seed: u64,
    requests: AtomicU64,
    newest: AtomicU64,
    /// Answers to reads, with the slot each is of.
    answers: Mutex<HashMap<String, (u64, Value)>>,
    forked: Mutex<HashMap<String, Instant>>,
    injected: Mutex<Injected>,
}

impl FaultyProxy {
    /// Before the server at `target`; who meets a timeout waits for `hang`.
    pub fn start(target: String, rates: Rates, seed: u64, hang: Duration) -> std::io::Result<Self> {
        let way = Arc::new(Way {
            target,
            http: reqwest::Client::new(),
            rates: Mutex::new(rates),
            hang,
            seed,
            requests: AtomicU64::new(0),
            newest: AtomicU64::new(0),
            answers: Mutex::default(),
            forked: Mutex::default(),
            injected: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let routes = Router::new().fallback(pass).with_state(Arc::clone(&way));
        let thread = std::thread::Builder::new().name("faults".into()).spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a socket that listens");
                tokio::select! {
                    served = axum::serve(listener, routes).into_future() => served.expect("the proxy serves"),
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { url, way, stop: Some(stop), thread: Some(thread) })
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on.
    pub fn set(&self, rates: Rates) {
        *self.way.rates.lock().expect("no holder panics") = rates;
    }

    /// Faults so far, and requests.
    pub fn injected(&self) -> (Injected, u64) {
        let injected = self.way.injected.lock().expect("no holder panics").clone();
        (injected, self.way.requests.load(Ordering::Relaxed))
    }
}

impl Drop for FaultyProxy {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn pass(State(way): State<Arc<Way>>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let method = request["method"].as_str().unwrap_or_default().to_owned();
    let mut dice = way.dice();
    let rates = *way.rates.lock().expect("no holder panics");
    if method == "sendTransaction" {
        let mut lost = Dice(dice.0 ^ 0x5bd1_e995);
        if lost.hits(rates.swallowed) || has_instruction(&request, rates.lost_kind) {
            way.note("swallowed");
            return answer(&request, json!(signature_of(&request)));
        }
        if lost.hits(rates.forked) {
            way.note("forked");
            let signature = signature_of(&request);
            way.forked.lock().expect("no holder panics").insert(signature.clone(), Instant::now());
            return answer(&request, json!(signature));
        }
    }
    if dice.hits(rates.timeout) {
        way.note("timeout");
        tokio::time::sleep(way.hang).await;
        return cut();
    }
    if dice.hits(rates.busy) {
        way.note("busy");
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "slow down").into_response();
    }
    let is_unavailable = method == "simulateTransaction" && has_instruction(&request, rates.unavailable_kind);
    if dice.hits(rates.unavailable) || is_unavailable {
        way.note("unavailable");
        return (StatusCode::SERVICE_UNAVAILABLE, "not now").into_response();
    }
    if dice.hits(rates.reset) {
        way.note("reset");
        return cut();
    }
    let is_read = READS.contains(&method.as_str());
    let key = is_read.then(|| question(&request));
    if let Some(key) = key.as_ref().filter(|_| dice.hits(rates.stale)) {
        let newest = way.newest.load(Ordering::Relaxed);
        let known = way.answers.lock().expect("no holder panics").get(key).cloned();
        if let Some((_, result)) = known.filter(|(slot, _)| *slot < newest) {
            way.note("stale");
            return answer(&request, result);
        }
    }
    let Ok(reply) =
        way.http.post(&way.target).header("content-type", "application/json").body(body).send().await
    else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let Ok(mut reply) = reply.json::<Value>().await else { return StatusCode::BAD_GATEWAY.into_response() };
    if method == "getSignatureStatuses" {
        way.believe(&request, &mut reply);
    }
    if let Some((key, slot)) = key.zip(reply["result"]["context"]["slot"].as_u64()) {
        way.newest.fetch_max(slot, Ordering::Relaxed);
        // The oldest answer is the worst one to be given again.
        way.answers
            .lock()
            .expect("no holder panics")
            .entry(key)
            .or_insert_with(|| (slot, reply["result"].clone()));
    }
    axum::Json(reply).into_response()
}

impl Way {
    fn dice(&self) -> Dice {
        let request = self.requests.fetch_add(1, Ordering::Relaxed);
        Dice(self.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ request.wrapping_mul(0xd134_2543_de82_ef95))
    }

    fn note(&self, fault: &'static str) {
        *self.injected.lock().expect("no holder panics").entry(fault).or_default() += 1;
    }

    /// Shows what was lost on a fork as it was seen there, for as long as that lasts.
    fn believe(&self, request: &Value, reply: &mut Value) {
        let forked = self.forked.lock().expect("no holder panics");
        let slot = reply["result"]["context"]["slot"].clone();
        let asked = request["params"][0].as_array().cloned().unwrap_or_default();
        for (at, signature) in asked.iter().enumerate() {
            let since = signature.as_str().and_then(|signature| forked.get(signature));
            let status = &mut reply["result"]["value"][at];
            if status.is_null() && since.is_some_and(|since| since.elapsed() < FORK_LASTS) {
                *status = json!({
                    "slot": slot, "confirmations": 0, "err": null, "status": { "Ok": null },
                    "confirmationStatus": "processed",
                });
            }
        }
    }
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn hits(&mut self, thousandths: u64) -> bool {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 1_000 < thousandths
    }
}

/// What is asked, however old an answer may be.
fn question(request: &Value) -> String {
    let mut params = request["params"].clone();
    for param in params.as_array_mut().into_iter().flatten() {
        if let Some(config) = param.as_object_mut() {
            config.remove("minContextSlot");
        }
    }
    format!("{}{params}", request["method"])
}

fn answer(request: &Value, result: Value) -> Response {
    axum::Json(json!({ "jsonrpc": "2.0", "id": request["id"], "result": result })).into_response()
}

/// An answer that breaks off.
fn cut() -> Response {
    let end = futures_util::stream::iter([
        Ok(Bytes::from_static(b"{\"jsonrpc\"")),
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
    ]);
    Body::from_stream(end).into_response()
}

fn transaction_of(request: &Value) -> Vec<u8> {
    STANDARD.decode(request["params"][0].as_str().unwrap_or_default()).unwrap_or_default()
}

/// Whether the transaction that is asked about has an instruction with that discriminator.
fn has_instruction(request: &Value, discriminator: Option<[u8; 8]>) -> bool {
    discriminator.is_some_and(|wanted| transaction_of(request).windows(8).any(|bytes| bytes == wanted))
}

fn signature_of(request: &Value) -> String {
    let bytes = transaction_of(request);
    // A count of one byte, then the payer's signature.
    let signature = bytes.get(1..65).and_then(|bytes| Signature::try_from(bytes).ok()).unwrap_or_default();
    signature.to_string()
}
