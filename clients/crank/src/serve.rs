//! `/metrics` and `/healthz` over HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::metrics::Metrics;

/// Whether a daemon does what it is for, for each of its pools.
#[derive(Default)]
pub struct Health {
    pools: Mutex<BTreeMap<String, Pulse>>,
}

/// What is known of one pool.
struct Pulse {
    /// For how long it may not have been read, and nothing may have been done about it.
    stale: Duration,
    /// How many slots an epoch may still need something.
    late: u64,
    read: Option<Instant>,
    epoch: u64,
    lag: u64,
    is_stuck: bool,
    /// Since when it cannot be worked on, and why not now.
    failing: Option<(Instant, String)>,
}

impl Health {
    /// From now on the pool counts.
    pub(crate) fn expect(&self, pool: &str, stale: Duration, late: u64) {
        let pulse = Pulse { stale, late, read: None, epoch: 0, lag: 0, is_stuck: false, failing: None };
        self.pools().insert(pool.to_owned(), pulse);
    }

    pub(crate) fn read(&self, pool: &str) {
        self.note(pool, |pulse| pulse.read = Some(Instant::now()));
    }

    /// So many slots of that epoch are gone, and it still needs something; 0: nothing.
    pub(crate) fn lag(&self, pool: &str, epoch: u64, slots: u64) {
        self.note(pool, |pulse| (pulse.epoch, pulse.lag) = (epoch, slots));
    }

    pub(crate) fn stuck(&self, pool: &str, is_stuck: bool) {
        self.note(pool, |pulse| pulse.is_stuck = is_stuck);
    }

    /// Why the pool cannot be worked on; `None`: it can.
    pub(crate) fn failing(&self, pool: &str, why: Option<String>) {
        self.note(pool, |pulse| {
            let since = pulse.failing.as_ref().map_or_else(Instant::now, |(since, _)| *since);
            pulse.failing = why.map(|why| (since, why));
        });
    }

    /// `Err` says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        let pools = self.pools();
        if pools.is_empty() {
            return Err("no pool was read yet".into());
        }
        pools.iter().try_for_each(|(pool, pulse)| pulse.check(pool))
    }

    fn note(&self, pool: &str, change: impl FnOnce(&mut Pulse)) {
        if let Some(pulse) = self.pools().get_mut(pool) {
            change(pulse);
        }
    }

    fn pools(&self) -> MutexGuard<'_, BTreeMap<String, Pulse>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pulse {
    fn check(&self, pool: &str) -> Result<(), String> {
        let why = self.failing.as_ref().map_or_else(String::new, |(_, why)| format!(": {why}"));
        let Some(read) = self.read else { return Err(format!("the pool {pool} was not read yet{why}")) };
        let unread = read.elapsed();
        if unread > self.stale {
            return Err(format!("the pool {pool} was last read {} seconds ago{why}", unread.as_secs()));
        }
        let idle = self.failing.as_ref().map_or(Duration::ZERO, |(since, _)| since.elapsed());
        if idle > self.stale {
            return Err(format!("nothing was done for the pool {pool} for {} seconds{why}", idle.as_secs()));
        }
        if self.is_stuck {
            return Err(format!("something of the pool {pool} fails again and again: see the log"));
        }
        if self.lag > self.late {
            let (epoch, lag) = (self.epoch, self.lag);
            return Err(format!("epoch {epoch} of the pool {pool} is late: it began {lag} slots ago{why}"));
        }
        Ok(())
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

    const LONG: Duration = Duration::from_secs(100);

    #[test]
    fn a_daemon_is_well_while_it_reads_and_nothing_is_late_or_stuck() {
        let health = Health::default();
        let says = |words: &str| {
            let said = health.check().unwrap_err();
            assert!(said.contains(words) && !said.contains("other"), "{said}");
        };
        assert!(health.check().is_err(), "no pool is known");
        health.expect("other", LONG, 100);
        health.read("other");
        health.expect("pool", LONG, 100);
        says("pool was not read yet");
        health.read("pool");
        health.check().unwrap();
        health.stuck("pool", true);
        says("pool fails again");
        health.stuck("pool", false);
        health.lag("pool", 7, 100);
        health.check().unwrap();
        health.lag("pool", 7, 101);
        says("epoch 7 of the pool pool is late: it began 101 slots ago");
        health.lag("pool", 7, 0);
        health.failing("pool", Some("no funds".into()));
        health.check().unwrap();
        health.expect("pool", Duration::ZERO, 100);
        health.read("pool");
        std::thread::sleep(Duration::from_millis(1));
        says("seconds ago");
    }

    #[test]
    fn what_fails_for_long_is_told_with_its_reason_until_it_goes_on() {
        let health = Health::default();
        let since = |ago: u64| Instant::now().checked_sub(Duration::from_secs(ago)).unwrap();
        health.expect("pool", LONG, 100);
        health.read("pool");
        health.failing("pool", Some("no funds".into()));
        health.note("pool", |pulse| pulse.failing.as_mut().unwrap().0 = since(101));
        health.failing("pool", Some("still no funds".into()));
        let said = health.check().unwrap_err();
        assert!(said.ends_with("pool for 101 seconds: still no funds"), "{said}");
        health.failing("pool", None);
        health.check().unwrap();
    }
}
