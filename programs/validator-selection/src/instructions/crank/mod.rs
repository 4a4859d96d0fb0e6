//! Instructions anyone may run, once an epoch.

pub mod allocate;
pub mod observe;
pub mod rebalance;
pub mod remove;

pub use allocate::*;
pub use observe::*;
pub use rebalance::*;
pub use remove::*;
