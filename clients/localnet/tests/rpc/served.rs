//! A localnet behind a server, and the ways to ask it.

use {
    crate::common::net,
    reqwest::blocking::{Client, Response},
    serde_json::{Value, json},
    sluice_localnet::{
        Address, Instruction, Keypair, LAMPORTS_PER_SOL, Localnet, RpcServer, Signer, Transaction, system,
    },
    solana_client::rpc_client::RpcClient,
    solana_commitment_config::CommitmentConfig,
    std::sync::{Arc, Mutex, MutexGuard},
    std::time::Duration,
};

pub struct Served {
    pub net: Arc<Mutex<Localnet>>,
    pub server: RpcServer,
    pub http: Client,
}

impl Served {
    /// One whose slots pass when somebody asks.
    pub fn start() -> Self {
        Self::of(net())
    }

    pub fn of(net: Localnet) -> Self {
        let net = Arc::new(Mutex::new(net));
        let server = RpcServer::start(Arc::clone(&net), 0).unwrap();
        Self { net, server, http: Client::new() }
    }

    /// One whose slots pass by themselves.
    pub fn ticking(net: Localnet, slot_time: Duration) -> Self {
        let net = Arc::new(Mutex::new(net));
        let server = RpcServer::start_ticking(Arc::clone(&net), 0, slot_time).unwrap();
        Self { net, server, http: Client::new() }
    }

    pub fn net(&self) -> MutexGuard<'_, Localnet> {
        self.net.lock().unwrap()
    }

    /// Solana's own client.
    pub fn client(&self) -> RpcClient {
        self.client_at(CommitmentConfig::confirmed())
    }

    pub fn client_at(&self, commitment: CommitmentConfig) -> RpcClient {
        RpcClient::new_with_commitment(self.server.url(), commitment)
    }

    pub fn post(&self, body: impl Into<String>) -> Response {
        self.http.post(self.server.url()).body(body.into()).send().unwrap()
    }

    pub fn raw(&self, method: &str, params: Value) -> Value {
        let call = json!({ "jsonrpc": "2.0", "id": "7", "method": method, "params": params });
        let answer: Value = self.post(call.to_string()).json().unwrap();
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!("7")));
        answer
    }

    pub fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.raw(method, params);
        assert_eq!(answer.get("error"), None);
        answer["result"].clone()
    }

    /// Code and message of a refusal.
    pub fn refusal(&self, method: &str, params: Value) -> (i64, String) {
        let answer = self.raw(method, params);
        assert_eq!(answer.get("result"), None);
        (answer["error"]["code"].as_i64().unwrap(), answer["error"]["message"].as_str().unwrap().to_string())
    }

    /// A key with ten SOL.
    pub fn user(&self, name: &str) -> Keypair {
        self.net().funded_keypair(name, 10 * LAMPORTS_PER_SOL)
    }
}

pub fn transfer(from: &Keypair, to: &Address, lamports: u64) -> Instruction {
    system::instruction::transfer(&from.pubkey(), to, lamports)
}

/// A signed transaction of one payer.
pub fn signed(served: &Served, payer: &Keypair, instructions: &[Instruction]) -> Transaction {
    let hash = served.client().get_latest_blockhash().unwrap();
    Transaction::new_signed_with_payer(instructions, Some(&payer.pubkey()), &[payer], hash)
}

/// What a subscription of Solana's client is told. The other half would wait for one more notification when it is
/// dropped; it ends with the server's connection instead.
pub fn receiver<S, R>((subscription, receiver): (S, R)) -> R {
    std::mem::forget(subscription);
    receiver
}

/// How many connections a test may open at once, both ends of each: all that it wants, or what the system allows.
pub fn connections(wanted: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let files = line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(usize::MAX);
    wanted.min(files.saturating_sub(300) / 2)
}
