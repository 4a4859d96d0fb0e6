//! What comes after the story: the same cluster goes on by itself, behind an RPC server, cranked by the daemon, with a few
//! visitors who come and go, and the web app in front of it. Until Ctrl-C.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluice_client::pool::PoolId;
use sluice_client::{Request, Rpc};
use sluice_crank::{Daemon, Metrics, Settings, run, stop_signal};
use sluice_localnet::{LAMPORTS_PER_SOL, RpcServer};
use sluice_tests::{Bank, PoolFixture, keypair};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// What listens where: the RPC server where Solana's tools look for one on this machine, the app where Vite serves builds.
const RPC_PORT: u16 = 8899;
const APP_PORT: u16 = 4173;
/// An epoch of 256 slots takes less than a minute.
const SLOT: Duration = Duration::from_millis(200);
/// How often a visitor does something, and how many there are.
const VISIT: Duration = Duration::from_secs(4);
const VISITORS: usize = 3;

/// What the story leaves behind.
pub struct Cluster {
    pub bank: Bank,
    pub pool: PoolFixture,
}

/// Runs until Ctrl-C. Fails where a port is taken or the runtime does not start.
pub fn go_on(cluster: Cluster) -> Result<(), String> {
    let Cluster { mut bank, pool } = cluster;
    let pool = Arc::new(pool);
    let cranker = bank.0.funded_keypair("cranker", 100 * LAMPORTS_PER_SOL);
    let visitors: Vec<_> = (0..VISITORS)
        .map(|n| pool.user(&mut bank, &format!("visitor {n}"), 5_000 * LAMPORTS_PER_SOL))
        .collect();
    let net = Arc::new(Mutex::new(bank.0));
    let server = RpcServer::start_ticking(net, RPC_PORT, SLOT)
        .map_err(|error| format!("port {RPC_PORT} cannot be listened on: {error}"))?;
    let rpc = Rpc::new(&server.url(), CommitmentConfig::confirmed()).map_err(|error| error.to_string())?;
    let app = App::start();

    println!(
        "\nThe cluster goes on: a slot every {} ms, cranked by the daemon. Ctrl-C ends it.",
        SLOT.as_millis()
    );
    match &app {
        Ok(_) => {
            println!("  app        http://127.0.0.1:{APP_PORT}   (take the wallet it offers and an airdrop)")
        }
        Err(reason) => println!("  app        not started: {reason}"),
    }
    println!("  RPC        {}   WebSocket {}", server.url(), server.ws_url());
    println!("  slSOL      {}   (--mint of the commands)", pool.mint);
    println!("  for example  clients/target/debug/sluice rate --mint {} --url {}", pool.mint, server.url());

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = runtime.map_err(|error| error.to_string())?.block_on(async {
        let stop = stop_signal();
        for (n, (wallet, lst)) in visitors.into_iter().enumerate() {
            tokio::spawn(visit(rpc.clone(), Arc::clone(&pool), wallet, lst, n as u64));
        }
        // Nobody else cranks here: there is nobody to wait for.
        let (poll, patience) = (Duration::from_secs(2), Duration::ZERO);
        let settings = Settings { poll, patience, ..Settings::default() };
        let daemon = Daemon {
            servers: vec![rpc],
            pools: vec![PoolId::Mint(pool.mint)],
            key: Arc::new(cranker),
            settings,
            metrics: Metrics::new(),
            once: None,
        };
        run(daemon, stop).await.map(drop).map_err(|error| error.to_string())
    });
    drop(app);
    drop(server);
    ended
}

/// Deposits and leaves, in turn, for ever. What the chain refuses, as it may while an epoch begins, is tried again later.
async fn visit(rpc: Rpc, pool: Arc<PoolFixture>, wallet: Keypair, lst: Address, seed: u64) {
    for turn in 0u64.. {
        tokio::time::sleep(VISIT * (1 + VISITORS as u32)).await;
        let lamports = (1 + (turn * 7 + seed * 13) % 40) * LAMPORTS_PER_SOL;
        let ticket = keypair(&format!("ticket {turn} of visitor {seed}"));
        let user = wallet.pubkey();
        let (instruction, signs): (Instruction, Vec<&Keypair>) = match turn % 4 {
            1 => (pool.withdraw_sol(&user, &lst, lamports / 4, 1), vec![]),
            3 => (pool.order_unstake(&user, &lst, &ticket.pubkey(), lamports / 2), vec![&ticket]),
            _ => (pool.deposit_sol(&user, &lst, lamports, 1), vec![]),
        };
        let signers: Vec<&Keypair> = std::iter::once(&wallet).chain(signs).collect();
        let _ = Request::new(vec![instruction]).run(&rpc, &signers).await;
    }
}

/// The web app as it was built, served by a process of its own that ends with this value.
struct App(Child);

impl App {
    fn start() -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../app");
        if !folder.join("dist/index.html").exists() {
            return Err("it is not built: `make demo` builds it".into());
        }
        let port = APP_PORT.to_string();
        Command::new("node")
            .args([
                "node_modules/vite/bin/vite.js",
                "preview",
                "--host",
                "127.0.0.1",
                "--strictPort",
                "--port",
                &port,
            ])
            .current_dir(folder)
            .stdout(Stdio::null())
            .spawn()
            .map(Self)
            .map_err(|error| format!("node does not start: {error}"))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
