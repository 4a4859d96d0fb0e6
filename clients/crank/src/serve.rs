//! `/metrics` and `/healthz` over HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::metrics::{Metrics, now};

/// How long the chain may not have been read before a daemon counts as ill.
const STALE: Duration = Duration::from_secs(180);

/// Whether a daemon does what it is for.
#[derive(Default)]
pub struct Health {
    /// When a pool was last read, in seconds since 1970; 0: not yet.
    read: AtomicI64,
    stuck: Mutex<BTreeMap<String, bool>>,
}

impl Health {
    pub(crate) fn read(&self) {
        self.read.store(now(), Ordering::Relaxed);
    }

    pub(crate) fn stuck(&self, pool: &str, is_stuck: bool) {
        if let Ok(mut stuck) = self.stuck.lock() {
            stuck.insert(pool.to_owned(), is_stuck);
        }
    }

    /// `Err` says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        let read = self.read.load(Ordering::Relaxed);
        if read == 0 {
            return Err("the chain was not read yet".into());
        }
        let age = now().saturating_sub(read);
        if age > STALE.as_secs() as i64 {
            return Err(format!("the chain was last read {age} seconds ago"));
        }
        let stuck = self.stuck.lock().map(|stuck| stuck.clone()).unwrap_or_default();
        match stuck.into_iter().find(|(_, is_stuck)| *is_stuck) {
            Some((pool, _)) => {
                Err(format!("something of the pool {pool} fails again and again: see the log"))
            }
            None => Ok(()),
        }
    }
}

/// Listens; port 0 is any that is free.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves until the future is dropped.
pub async fn serve(listener: TcpListener, metrics: Metrics) -> std::io::Result<()> {
    let health = metrics.health.clone();
    let routes = Router::new().route("/metrics", get(move || async move { metrics.text() })).route(
        "/healthz",
        get(move || async move {
            match health.check() {
                Ok(()) => (StatusCode::OK, "ok\n".to_owned()),
                Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason + "\n"),
            }
        }),
    );
    axum::serve(listener, routes).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_is_well_while_it_reads_and_nothing_is_stuck() {
        let health = Health::default();
        assert!(health.check().is_err(), "nothing was read");
        health.read();
        health.check().unwrap();
        health.stuck("pool", true);
        assert!(health.check().unwrap_err().contains("pool"));
        health.stuck("pool", false);
        health.check().unwrap();
        health.read.store(now() - 1_000, Ordering::Relaxed);
        assert!(health.check().unwrap_err().contains("seconds ago"));
    }
}
