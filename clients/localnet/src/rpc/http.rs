//! HTTP and the way up to WebSocket: sizes, methods, CORS. Bodies are answered by [`dispatch`], off the threads that carry
//! them.

use {
    super::{Shared, dispatch, pubsub},
    axum::{
        Router,
        body::{Body, to_bytes},
        extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
        http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
        response::{IntoResponse, Response},
        routing::get,
        serve::ListenerExt,
    },
    std::{net::Ipv4Addr, sync::Arc},
    tokio::net::{TcpListener, TcpSocket},
    tower_http::cors::{Any, CorsLayer},
};

/// Bytes of a request: a validator's own limit.
pub(super) const MAX_REQUEST: usize = 50 * 1024;
/// Connections that may wait to be accepted: a thousand users may come at once.
const BACKLOG: u32 = 4_096;

/// A listener on that port of the loopback interface.
pub(super) fn listen(port: u16) -> std::io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // As std and tokio do: a port whose last connections are still being forgotten is free.
    socket.set_reuseaddr(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
    socket.listen(BACKLOG)
}

pub(super) fn app(shared: Arc<Shared>) -> Router {
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(Any)
        .allow_private_network(true);
    Router::new()
        .route("/", get(upgrade).post(call))
        .route("/health", get(|| async { "ok" }))
        .layer(cors)
        .with_state(shared)
}

/// Serves for ever.
pub(super) async fn serve(listener: TcpListener, app: Router) {
    let listener = listener.tap_io(|stream| {
        // An answer is one packet: nothing is gained by waiting for more.
        let _ = stream.set_nodelay(true);
    });
    let _ = axum::serve(listener, app).await;
}

/// Whether a browser says that a page of another machine asks.
fn is_from_afar(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
    !origin.is_some_and(|origin| matches!(origin.host(), Some("localhost" | "127.0.0.1" | "[::1]")))
}

async fn call(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Body) -> Response {
    let from_afar = is_from_afar(&headers);
    let Ok(body) = to_bytes(body, MAX_REQUEST).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "request too large").into_response();
    };
    let answer = tokio::task::spawn_blocking(move || dispatch::answer(&body, &shared, from_afar)).await;
    let answer = answer.unwrap_or_else(|_| Some(dispatch::panicked()));
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], answer.unwrap_or_default()).into_response()
}

async fn upgrade(
    State(shared): State<Arc<Shared>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    match upgrade {
        Ok(upgrade) => {
            upgrade.max_message_size(MAX_REQUEST).on_upgrade(move |socket| pubsub::serve(socket, shared))
        }
        Err(_) => (StatusCode::METHOD_NOT_ALLOWED, "JSON-RPC by POST, or WebSocket").into_response(),
    }
}
