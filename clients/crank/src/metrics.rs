//! What Prometheus is told. One registry a daemon; clones share it.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus::{IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder};

use crate::job::Kind;

/// Counters and gauges of a daemon.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    epoch: IntGaugeVec,
    finished_epoch: IntGaugeVec,
    lag: IntGaugeVec,
    finish_lag: IntGaugeVec,
    pending: IntGaugeVec,
    stuck: IntGaugeVec,
    transactions: IntCounterVec,
    fees: IntCounterVec,
    success: IntGaugeVec,
    read: IntGaugeVec,
    balance: IntGaugeVec,
    tables: IntGaugeVec,
    faults: IntCounterVec,
    pub(crate) health: Arc<crate::serve::Health>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// # Panics
    /// Never: the names are distinct and valid.
    pub fn new() -> Self {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str, labels: &[&str]| {
            let gauge = IntGaugeVec::new(Opts::new(format!("sluice_crank_{name}"), help), labels)
                .expect("a valid name");
            registry.register(Box::new(gauge.clone())).expect("a name of its own");
            gauge
        };
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(format!("sluice_crank_{name}"), help), labels)
                .expect("a valid name");
            registry.register(Box::new(counter.clone())).expect("a name of its own");
            counter
        };
        Self {
            epoch: gauge("epoch", "Epoch of the cluster", &["pool"]),
            finished_epoch: gauge("finished_epoch", "Last epoch that needed nothing more", &["pool"]),
            lag: gauge(
                "lag_slots",
                "Slots since the epoch began, while it still needs something; else 0",
                &["pool"],
            ),
            finish_lag: gauge(
                "finish_lag_slots",
                "Slots from the beginning of the last finished epoch until it was seen finished",
                &["pool"],
            ),
            pending: gauge("pending_items", "Items that a stage still has to do", &["pool", "stage"]),
            stuck: gauge("stuck_items", "Items left alone for a while, after several tries", &["pool"]),
            transactions: counter(
                "transactions_total",
                "Transactions by stage and outcome: landed, failed, refused, idle, expired",
                &["pool", "stage", "outcome"],
            ),
            fees: counter("fees_lamports_total", "Lamports paid for transactions that landed", &["pool"]),
            success: gauge(
                "last_success_timestamp_seconds",
                "When a transaction last landed, or an epoch was last seen finished",
                &["pool"],
            ),
            read: gauge("last_read_timestamp_seconds", "When the pool was last read", &["pool"]),
            balance: gauge("balance_lamports", "Lamports of the key that pays", &["key"]),
            tables: gauge("lookup_tables", "Lookup tables in use", &["pool"]),
            faults: counter("rpc_errors_total", "Questions to RPC servers without a good answer", &["kind"]),
            health: Arc::default(),
            registry,
        }
    }

    /// The text that Prometheus reads.
    pub fn text(&self) -> String {
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default()
    }

    pub(crate) fn rpc_fault(&self, kind: &str) {
        self.faults.with_label_values(&[kind]).inc();
    }

    /// A pool is to be looked after: it may be unread for so long, and an epoch of it open for so many slots.
    pub(crate) fn expect(&self, pool: &str, stale: Duration, late: u64) {
        self.health.expect(pool, stale, late);
    }

    pub(crate) fn read(&self, pool: &str) {
        self.read.with_label_values(&[pool]).set(now());
        self.health.read(pool);
    }

    /// So many slots of that epoch are gone, and it still needs something; 0: nothing.
    pub(crate) fn lag(&self, pool: &str, epoch: u64, slots: u64) {
        self.epoch.with_label_values(&[pool]).set(signed(epoch));
        self.lag.with_label_values(&[pool]).set(signed(slots));
    }

    /// The same of what every epoch needs, which decides whether all is well.
    pub(crate) fn late(&self, pool: &str, epoch: u64, slots: u64) {
        self.health.lag(pool, epoch, slots);
    }

    /// Why a pool cannot be worked on; `None`: it can.
    pub(crate) fn failing(&self, pool: &str, why: Option<String>) {
        self.health.failing(pool, why);
    }

    pub(crate) fn pending(&self, pool: &str, kind: Kind, items: usize) {
        self.pending.with_label_values(&[pool, kind.name()]).set(signed(items as u64));
    }

    pub(crate) fn stuck(&self, pool: &str, items: usize) {
        self.stuck.with_label_values(&[pool]).set(signed(items as u64));
        self.health.stuck(pool, items > 0);
    }

    pub(crate) fn finished(&self, pool: &str, epoch: u64, slots: u64) {
        let finished = self.finished_epoch.with_label_values(&[pool]);
        if finished.get() != signed(epoch) {
            finished.set(signed(epoch));
            self.finish_lag.with_label_values(&[pool]).set(signed(slots));
        }
        self.lag(pool, epoch, 0);
        self.success.with_label_values(&[pool]).set(now());
    }

    /// The last epoch in which nothing was left to do; 0: none yet.
    pub fn finished_epoch(&self, pool: &str) -> u64 {
        u64::try_from(self.finished_epoch.with_label_values(&[pool]).get()).unwrap_or(0)
    }

    pub(crate) fn transaction(&self, pool: &str, kind: Kind, outcome: &str) {
        self.transactions.with_label_values(&[pool, kind.name(), outcome]).inc();
    }

    pub(crate) fn paid(&self, pool: &str, lamports: u64) {
        self.fees.with_label_values(&[pool]).inc_by(lamports);
        self.success.with_label_values(&[pool]).set(now());
    }

    pub(crate) fn balance(&self, key: &str, lamports: u64) {
        self.balance.with_label_values(&[key]).set(signed(lamports));
    }

    pub(crate) fn tables(&self, pool: &str, count: usize) {
        self.tables.with_label_values(&[pool]).set(signed(count as u64));
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    signed(since.as_secs())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
