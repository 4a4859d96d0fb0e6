//! WebSockets: a connection's calls and its subscriptions. A client that reads too slowly is let go, as a validator does.
//! What is sent to whom is decided in [`hub`].

mod hub;
mod subscription;

use {
    super::{
        Shared,
        dispatch::{self, Answer, Params, Refusal},
        gate::Panicked,
    },
    axum::extract::ws::{Message, WebSocket},
    serde_json::json,
    std::{
        collections::HashSet,
        sync::{
            Arc, Mutex, PoisonError,
            atomic::{AtomicU64, Ordering},
        },
    },
    subscription::Subscription,
    tokio::sync::{Notify, mpsc},
};

pub(super) use hub::{Hub, run as run_hub};

/// Notifications that may wait for a client.
const OUTGOING: usize = 16_384;

static CLIENTS: AtomicU64 = AtomicU64::new(0);

/// A connection, as the hub knows it.
#[derive(Clone)]
struct Client {
    id: u64,
    outgoing: mpsc::Sender<String>,
    /// Told when the client is too slow.
    overflow: Arc<Notify>,
    subscriptions: Arc<Mutex<HashSet<u64>>>,
}

/// Tells the hub what happens in the localnet from now on.
pub(super) fn listen_to(shared: &Shared) -> std::io::Result<()> {
    let mut net =
        shared.gate.request().map_err(|Panicked| std::io::Error::other("the localnet has panicked"))?;
    net.history.listen(shared.hub.listener());
    Ok(())
}

/// Serves a connection until it ends.
pub(super) async fn serve(mut socket: WebSocket, shared: Arc<Shared>) {
    let (sender, mut outgoing) = mpsc::channel(OUTGOING);
    let client = Client {
        id: CLIENTS.fetch_add(1, Ordering::Relaxed),
        outgoing: sender,
        overflow: Arc::default(),
        subscriptions: Arc::default(),
    };
    loop {
        let text = tokio::select! {
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => answer(&shared, &client, text.as_bytes().to_vec()).await,
                Some(Ok(Message::Binary(bytes))) => answer(&shared, &client, bytes.to_vec()).await,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => None,
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            },
            notification = outgoing.recv() => notification,
            () = client.overflow.notified() => break,
        };
        // The answer to a subscription leaves here, before any notification of it is taken from the queue.
        if let Some(text) = text
            && socket.send(Message::Text(text.into())).await.is_err()
        {
            break;
        }
    }
    shared.hub.gone(client.id);
}

async fn answer(shared: &Arc<Shared>, client: &Client, body: Vec<u8>) -> Option<String> {
    let (shared, client) = (Arc::clone(shared), client.clone());
    let answered = tokio::task::spawn_blocking(move || {
        let call = |method: &str, params| call(&shared, &client, method, params);
        dispatch::answer_with(&body, call).map(|answer| answer.to_string())
    });
    answered.await.unwrap_or_else(|_| Some(dispatch::panicked()))
}

/// Answers a call of a connection: all methods are served there too.
fn call(shared: &Shared, client: &Client, method: &str, mut params: Params) -> Answer {
    if let Some(kind) = method.strip_suffix("Unsubscribe")
        && subscription::is_kind(kind)
    {
        let id: u64 = params.required("a subscription")?;
        params.end()?;
        let mut mine = client.subscriptions.lock().unwrap_or_else(PoisonError::into_inner);
        if !mine.remove(&id) {
            return Err(Refusal::new(-32602, "Invalid subscription id."));
        }
        shared.hub.unsubscribe(id);
        return Ok(json!(true));
    }
    match method.strip_suffix("Subscribe") {
        Some(kind) if subscription::is_kind(kind) => {
            let subscription = Subscription::parse(kind, params)?;
            // One that has panicked never changes again.
            drop(shared.net()?);
            let id = shared.hub.next_id();
            client.subscriptions.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
            shared.hub.subscribe(id, client.clone(), subscription);
            Ok(json!(id))
        }
        _ => dispatch::call(shared, method, params),
    }
}
