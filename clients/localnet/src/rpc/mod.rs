//! A running [`Localnet`] behind JSON-RPC, over HTTP and WebSocket on one port: what wallets, explorers, the Solana CLI and
//! the client libraries ask a validator for, in a validator's shapes, and a few methods only a localnet has
//! ([`extra`]). Subscriptions are in [`pubsub`].
//!
//! There is one fork, and every read sees the open slot whatever commitment it asks for. Commitment says something of
//! transactions: while slots tick, one is `processed` in the open slot, `confirmed` once that has closed and `finalized`
//! once the next has. On a server that does not tick no slot closes by itself, and a transaction that landed is
//! `finalized` at once, so that a client that waits for it goes on.

mod accounts;
mod blocks;
mod cluster;
mod dispatch;
mod extra;
mod gate;
mod history;
mod http;
mod pubsub;
mod stake;
mod ticker;
mod tokens;
mod transactions;

use {
    crate::localnet::Localnet,
    gate::Gate,
    pubsub::Hub,
    std::{
        net::SocketAddr,
        sync::{Arc, Mutex, mpsc},
        thread::JoinHandle,
        time::Duration,
    },
    ticker::Ticker,
    tokio::{net::TcpListener, sync::oneshot},
};

/// The release of the runtime inside, as clients that look at versions expect it.
const VERSION: &str = "4.2.2";
/// Threads that carry requests' bytes, and threads that answer them.
const CARRIERS: usize = 2;
const ANSWERERS: usize = 16;
/// How long a stopping server waits for answers that are being made.
const PATIENCE: Duration = Duration::from_secs(10);

/// A server on the loopback interface. It stops when it is dropped.
pub struct RpcServer {
    address: SocketAddr,
    ws_address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

/// What all requests of a server share.
struct Shared {
    gate: Gate,
    ticker: Ticker,
    hub: Hub,
    /// Where HTTP is served, and where clients look for the WebSocket first.
    address: SocketAddr,
    ws_address: SocketAddr,
    fresh: transactions::Fresh,
}

impl RpcServer {
    /// Serves `net` on that port of 127.0.0.1, 0 for any that is free. Time moves only when somebody asks for it. The
    /// WebSocket is on the same port and, if that is free, on the next one too, where Solana's own clients look for
    /// it. A localnet whose lock is poisoned is not read any more.
    pub fn start(net: Arc<Mutex<Localnet>>, port: u16) -> std::io::Result<Self> {
        Self::serve(net, port, None)
    }

    /// The same, and opens a slot every `slot_time` of wall-clock time, across epochs and their rewards. A slot that
    /// comes late, because a request took longer, is not caught up.
    pub fn start_ticking(net: Arc<Mutex<Localnet>>, port: u16, slot_time: Duration) -> std::io::Result<Self> {
        Self::serve(net, port, Some(slot_time))
    }

    fn serve(net: Arc<Mutex<Localnet>>, port: u16, slot_time: Option<Duration>) -> std::io::Result<Self> {
        let (hub, inbox) = Hub::new();
        let parts = (Gate::new(net), Ticker::new(slot_time), hub);
        let (stop, stopped) = oneshot::channel();
        let (starting, started) = mpsc::channel();
        // The runtime lives and ends in a thread of its own: a caller may itself be in one, which must not block.
        let server = spawn("rpc-server", move || run_server(parts, port, &starting, stopped))?;
        let shared = started.recv().map_err(|_| std::io::Error::other("the server's thread has ended"))??;
        let (address, ws_address) = (shared.address, shared.ws_address);
        let mut this = Self {
            address,
            ws_address,
            shared: Arc::clone(&shared),
            stop: Some(stop),
            threads: vec![server],
        };
        pubsub::listen_to(&shared)?;
        this.threads.push(spawn("rpc-hub", {
            let shared = Arc::clone(&shared);
            move || pubsub::run_hub(&shared, inbox)
        })?);
        if slot_time.is_some() {
            this.threads.push(spawn("rpc-ticker", move || shared.ticker.run(&shared.gate))?);
        }
        Ok(this)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client takes as its cluster.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where a client subscribes.
    pub fn ws_url(&self) -> String {
        format!("ws://{}", self.ws_address)
    }
}

impl Drop for RpcServer {
    fn drop(&mut self) {
        self.shared.ticker.stop();
        self.shared.hub.stop();
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// What requests to a listener share, and the listener on the next port, if that is free.
    fn bound(
        (gate, ticker, hub): (Gate, Ticker, Hub),
        listener: &TcpListener,
    ) -> std::io::Result<(Arc<Self>, Option<TcpListener>)> {
        let address = listener.local_addr()?;
        let beside = address.port().checked_add(1).and_then(|port| http::listen(port).ok());
        let ws_address = beside.as_ref().map_or(Ok(address), TcpListener::local_addr)?;
        let fresh = transactions::Fresh::default();
        Ok((Arc::new(Self { gate, ticker, hub, address, ws_address, fresh }), beside))
    }

    /// Whether slots pass by themselves.
    fn ticks(&self) -> bool {
        self.ticker.ticks()
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.into()).spawn(run)
}

/// Binds, says so, and serves until it is told to stop; connections that are open then are dropped.
fn run_server(
    parts: (Gate, Ticker, Hub),
    port: u16,
    starting: &mpsc::Sender<std::io::Result<Arc<Shared>>>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(CARRIERS)
        .max_blocking_threads(ANSWERERS)
        .thread_name("rpc")
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = starting.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        let listener = match http::listen(port) {
            Ok(listener) => listener,
            Err(error) => {
                let _ = starting.send(Err(error));
                return;
            }
        };
        match Shared::bound(parts, &listener) {
            Ok((shared, beside)) => {
                let app = http::app(Arc::clone(&shared));
                for listener in std::iter::once(listener).chain(beside) {
                    tokio::spawn(http::serve(listener, app.clone()));
                }
                let _ = starting.send(Ok(shared));
                let _ = stopped.await;
            }
            Err(error) => {
                let _ = starting.send(Err(error));
            }
        }
    });
    runtime.shutdown_timeout(PATIENCE);
}
