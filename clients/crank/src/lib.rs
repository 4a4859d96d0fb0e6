//! The crank of a pool: what an epoch still needs is read from the chain, planned, packed into transactions and sent until
//! it landed, by one operator or by several who share the work without knowing each other.
//!
//! Owns no state but what it has learned since it was started: everything that counts is on chain, so it may be killed
//! and started again at any time. It decides nothing either: every instruction it sends is anybody's to send.
//!
//! [`snapshot`] reads, [`plan`] is a pure function of what was read, [`pack`] makes transactions of it, [`turns`] says
//! who is to send which first, [`send`] sends; [`crank`] runs these for a pool and [`daemon`] runs cranks.

pub mod cluster;
pub mod costs;
pub mod crank;
pub mod daemon;
pub mod error;
pub mod fees;
pub mod job;
pub mod metrics;
pub mod moves;
pub mod pack;
pub mod peers;
pub mod plan;
pub mod report;
pub mod send;
pub mod serve;
pub mod settings;
pub mod snapshot;
#[cfg(test)]
mod stage;
pub mod tables;
pub mod turns;

pub use cluster::{Cluster, Fault};
pub use crank::{Crank, Turn};
pub use daemon::{Daemon, Outcome, run, stop_signal};
pub use error::CrankError;
pub use metrics::Metrics;
pub use settings::Settings;
