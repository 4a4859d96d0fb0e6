//! A running [`Localnet`] behind JSON-RPC over HTTP, as far as a client that only reads needs it: health, version,
//! genesis hash, slot, epoch, accounts, balances, rent. Answers and errors have the shapes of a validator's RPC server.
//! It never changes the chain, and answers from the open slot whatever commitment is asked for: there is one fork.

use {
    crate::localnet::Localnet,
    base64::{Engine, engine::general_purpose::STANDARD},
    serde::{Deserialize, de::DeserializeOwned},
    serde_json::{Value, json},
    solana_account::Account,
    solana_address::Address,
    std::{
        io::Read,
        net::{Ipv4Addr, SocketAddr},
        sync::{Arc, Mutex},
        thread::JoinHandle,
    },
    tiny_http::{Header, Method, Request, Response, Server},
};

/// The release of the runtime inside, as clients that look at versions expect it.
const VERSION: &str = "4.2.2";
/// Bytes of a request, and accounts of one: a validator's own limits.
const MAX_REQUEST: u64 = 50 * 1024;
const MAX_ACCOUNTS: usize = 100;

/// A server on the loopback interface. It stops when it is dropped.
pub struct RpcServer {
    server: Arc<Server>,
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl RpcServer {
    /// Serves `net` on that port of 127.0.0.1, 0 for any that is free. Each request locks the localnet for as long as it
    /// is answered; a localnet whose lock is poisoned is not read any more.
    pub fn start(net: Arc<Mutex<Localnet>>, port: u16) -> std::io::Result<Self> {
        let server = Server::http((Ipv4Addr::LOCALHOST, port)).map_err(std::io::Error::other)?;
        let server = Arc::new(server);
        let address = server.server_addr().to_ip().ok_or(std::io::ErrorKind::AddrNotAvailable)?;
        let thread = std::thread::Builder::new().name("rpc".into()).spawn({
            let server = Arc::clone(&server);
            move || {
                for request in server.incoming_requests() {
                    respond(request, &net);
                }
            }
        })?;
        Ok(Self { server, address, thread: Some(thread) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes as its cluster.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for RpcServer {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Why a call is refused.
#[derive(Debug, PartialEq)]
struct Refusal {
    code: i32,
    message: String,
    data: Option<Value>,
}

impl Refusal {
    fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    fn invalid_request() -> Self {
        Self::new(-32600, "Invalid request")
    }

    fn invalid_params(why: impl std::fmt::Display) -> Self {
        Self::new(-32602, format!("Invalid params: {why}"))
    }
}

/// Answers one HTTP request. A client that has gone away is no error.
fn respond(mut request: Request, net: &Mutex<Localnet>) {
    if *request.method() != Method::Post {
        let _ = request.respond(Response::from_string("JSON-RPC by POST").with_status_code(405));
        return;
    }
    let mut body = Vec::new();
    match request.as_reader().take(MAX_REQUEST + 1).read_to_end(&mut body) {
        Ok(_) if body.len() as u64 > MAX_REQUEST => {
            let _ = request.respond(Response::from_string("request too large").with_status_code(413));
        }
        Ok(_) => {
            let header = Header::from_bytes("Content-Type", "application/json").expect("a valid header");
            let answer = answer(&body, net).map(|answer| answer.to_string()).unwrap_or_default();
            let _ = request.respond(Response::from_string(answer).with_header(header));
        }
        Err(_) => {}
    }
}

/// Answers a body: one call, or a batch of them. `None` where nobody waits for an answer.
fn answer(body: &[u8], net: &Mutex<Localnet>) -> Option<Value> {
    match serde_json::from_slice(body) {
        Ok(Value::Array(batch)) if !batch.is_empty() => {
            let answers: Vec<_> = batch.into_iter().filter_map(|call| answer_call(call, net)).collect();
            (!answers.is_empty()).then_some(Value::Array(answers))
        }
        Ok(call) => answer_call(call, net),
        Err(_) => Some(framed(&Value::Null, Err(Refusal::new(-32700, "Parse error")))),
    }
}

/// Answers one call; `None` for a notification.
fn answer_call(call: Value, net: &Mutex<Localnet>) -> Option<Value> {
    #[derive(Deserialize)]
    struct Call {
        jsonrpc: String,
        method: String,
        #[serde(default)]
        params: Option<Vec<Value>>,
    }
    let id = call.get("id").cloned();
    let result = match serde_json::from_value::<Call>(call) {
        Ok(Call { jsonrpc, method, params }) if jsonrpc == "2.0" => {
            let id = id.as_ref()?;
            if !(id.is_string() || id.is_number() || id.is_null()) {
                Err(Refusal::invalid_request())
            } else {
                match net.lock() {
                    Ok(net) => call_method(&net, &method, params.unwrap_or_default()),
                    Err(_) => Err(Refusal::new(-32603, "the localnet has panicked")),
                }
            }
        }
        _ => Err(Refusal::invalid_request()),
    };
    Some(framed(&id.unwrap_or_default(), result))
}

fn framed(id: &Value, result: Result<Value, Refusal>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "result": result, "id": id }),
        Err(Refusal { code, message, data: None }) => {
            json!({ "jsonrpc": "2.0", "error": { "code": code, "message": message }, "id": id })
        }
        Err(Refusal { code, message, data }) => {
            json!({ "jsonrpc": "2.0", "error": { "code": code, "message": message, "data": data }, "id": id })
        }
    }
}

/// What any call may ask for beside its own.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    #[serde(default, rename = "commitment")]
    _commitment: Commitment,
    min_context_slot: Option<u64>,
}

/// All the same here; anything else is refused.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Commitment {
    Processed,
    Confirmed,
    #[default]
    Finalized,
}

/// How accounts are asked for.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountOptions {
    encoding: Option<String>,
    data_slice: Option<DataSlice>,
    #[serde(flatten)]
    context: Context,
}

#[derive(Clone, Copy, Deserialize)]
struct DataSlice {
    offset: usize,
    length: usize,
}

fn call_method(net: &Localnet, method: &str, params: Vec<Value>) -> Result<Value, Refusal> {
    let mut params = Params(params.into_iter());
    let result = match method {
        "getHealth" => json!("ok"),
        "getVersion" => {
            let features = agave_feature_set::ID.to_bytes();
            let set = u32::from_le_bytes([features[0], features[1], features[2], features[3]]);
            json!({ "solana-core": VERSION, "feature-set": set })
        }
        "getGenesisHash" => json!(net.genesis_hash().to_string()),
        "getSlot" => {
            params.context(net)?;
            json!(net.slot())
        }
        "getEpochInfo" => {
            params.context(net)?;
            epoch_info(net)
        }
        "getBalance" => {
            let address: Text<Address> = params.required("an address")?;
            params.context(net)?;
            in_context(net, json!(net.balance(&address.0)))
        }
        "getMinimumBalanceForRentExemption" => {
            let space: u64 = params.required("a number of bytes")?;
            let space = usize::try_from(space).ok().filter(|space| *space <= MAX_SPACE);
            let space =
                space.ok_or_else(|| Refusal::invalid_params("more bytes than an account may have"))?;
            params.context(net)?;
            json!(net.minimum_balance(space))
        }
        "getAccountInfo" => {
            let address: Text<Address> = params.required("an address")?;
            let options: AccountOptions = params.options()?;
            in_context(net, account(net, &address.0, &options)?)
        }
        "getMultipleAccounts" => {
            let addresses: Vec<Text<Address>> = params.required("a list of addresses")?;
            let options: AccountOptions = params.options()?;
            if addresses.len() > MAX_ACCOUNTS {
                let why = format!("Too many inputs provided; max {MAX_ACCOUNTS}");
                return Err(Refusal::new(-32602, why));
            }
            let accounts: Result<Vec<_>, _> =
                addresses.iter().map(|address| account(net, &address.0, &options)).collect();
            in_context(net, json!(accounts?))
        }
        _ => return Err(Refusal::new(-32601, "Method not found")),
    };
    params.end()?;
    Ok(result)
}

/// The largest account the chain allows, in bytes.
const MAX_SPACE: usize = 10 * 1024 * 1024;

/// Something JSON carries as its text.
struct Text<T>(T);

impl<'de, T: std::str::FromStr<Err: std::fmt::Display>> Deserialize<'de> for Text<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// Positional parameters, taken one after the other.
struct Params(std::vec::IntoIter<Value>);

impl Params {
    fn required<T: DeserializeOwned>(&mut self, what: &str) -> Result<T, Refusal> {
        let value = self.0.next().ok_or_else(|| Refusal::invalid_params(format!("missing: {what}")))?;
        serde_json::from_value(value).map_err(Refusal::invalid_params)
    }

    fn options<T: DeserializeOwned + Default>(&mut self) -> Result<T, Refusal> {
        match self.0.next() {
            None | Some(Value::Null) => Ok(T::default()),
            Some(value) => serde_json::from_value(value).map_err(Refusal::invalid_params),
        }
    }

    /// Options of a call that has no others.
    fn context(&mut self, net: &Localnet) -> Result<(), Refusal> {
        let context: Context = self.options()?;
        context.check(net)
    }

    fn end(mut self) -> Result<(), Refusal> {
        match self.0.next() {
            None => Ok(()),
            Some(_) => Err(Refusal::invalid_params("too many")),
        }
    }
}

impl Context {
    fn check(&self, net: &Localnet) -> Result<(), Refusal> {
        match self.min_context_slot {
            Some(slot) if slot > net.slot() => Err(Refusal {
                data: Some(json!({ "contextSlot": net.slot() })),
                ..Refusal::new(-32016, "Minimum context slot has not been reached")
            }),
            _ => Ok(()),
        }
    }
}

fn in_context(net: &Localnet, value: Value) -> Value {
    json!({ "context": { "slot": net.slot(), "apiVersion": VERSION }, "value": value })
}

fn epoch_info(net: &Localnet) -> Value {
    let (epoch, index) = net.epoch_schedule().get_epoch_and_slot_index(net.slot());
    json!({
        "absoluteSlot": net.slot(),
        "blockHeight": net.bank().block_height(),
        "epoch": epoch,
        "slotIndex": index,
        "slotsInEpoch": net.epoch_schedule().get_slots_in_epoch(epoch),
        "transactionCount": net.bank().transaction_count(),
    })
}

/// One account as asked for; `null` where there is none.
fn account(net: &Localnet, address: &Address, options: &AccountOptions) -> Result<Value, Refusal> {
    options.context.check(net)?;
    if options.encoding.as_deref() != Some("base64") {
        return Err(Refusal::invalid_params("the only encoding here is base64"));
    }
    let Some(Account { lamports, data, owner, executable, rent_epoch }) = net.get_account(address) else {
        return Ok(Value::Null);
    };
    let part = match options.data_slice {
        None => &data[..],
        Some(DataSlice { offset, length }) => {
            let start = offset.min(data.len());
            &data[start..start.saturating_add(length).min(data.len())]
        }
    };
    Ok(json!({
        "lamports": lamports,
        "data": [STANDARD.encode(part), "base64"],
        "owner": owner.to_string(),
        "executable": executable,
        "rentEpoch": rent_epoch,
        "space": data.len(),
    }))
}
