//! How a crank is to behave. Plain data; every duration is wall-clock time.

use std::time::Duration;

use crate::fees::Price;

/// What an operator may choose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Priority fee.
    pub price: Price,
    /// How long a batch is left to the operator whose turn it is, for each who comes before this one.
    pub patience: Duration,
    /// How long to sleep when an epoch is done, and between looks at work that is somebody else's turn.
    pub poll: Duration,
    pub tick: Duration,
    /// How often what may happen at any time of an epoch is looked for: emergencies, tickets, slashes.
    pub watch: Duration,
    /// How long an item that was refused or changed nothing again and again is left alone.
    pub pause: Duration,
    /// Transactions in flight at once.
    pub in_flight: usize,
    /// How often statuses are asked for, and how often a transaction that has none is sent again.
    pub ask: Duration,
    pub resend: Duration,
    /// After how long a transaction that nobody has seen counts as expired, whatever is said of its block hash: 150 blocks
    /// take less, and a server that is wrong about them must not stop the work.
    pub lost: Duration,
    /// How long an answer of a server is waited for.
    pub timeout: Duration,
    /// How often a question is asked before it counts as failed.
    pub tries: u32,
    /// How long a pool may go unread, and how many slots an epoch of it may still need something, before the daemon counts
    /// as ill.
    pub stale: Duration,
    pub late: u64,
    /// Whether lookup tables are created, extended and closed.
    pub keep_tables: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            price: Price::default(),
            patience: Duration::from_secs(20),
            poll: Duration::from_secs(15),
            tick: Duration::from_secs(2),
            watch: Duration::from_secs(60),
            pause: Duration::from_secs(300),
            in_flight: 16,
            ask: Duration::from_millis(500),
            resend: Duration::from_secs(2),
            lost: Duration::from_secs(180),
            timeout: Duration::from_secs(10),
            tries: 8,
            stale: Duration::from_secs(180),
            // An hour.
            late: 9_000,
            keep_tables: true,
        }
    }
}
