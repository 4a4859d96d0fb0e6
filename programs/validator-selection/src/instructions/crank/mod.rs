//! Instructions anyone may run.

pub mod allocate;
pub mod confirm_identity;
pub mod emergency_unstake;
pub mod moves;
pub mod observe;
pub mod rebalance;
pub mod remove;
pub mod settle;

pub use allocate::*;
pub use confirm_identity::*;
pub use moves::*;
pub use observe::*;
pub use remove::*;
pub use settle::*;
