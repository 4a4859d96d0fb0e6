//! A cluster as the tools of Sluice see it: which one, its accounts, a pool's state decoded, transactions that are
//! previewed, sent until they landed or cannot any more, and plain words for what goes wrong.
//!
//! Owns no policy: what to send is decided by the command line and the crank. URLs may carry keys, so what is said of a server is its
//! host alone.

pub mod accounts;
pub mod cluster;
pub mod distribution;
pub mod keys;
pub mod mints;
pub mod pace;
pub mod pool;
pub mod rpc;
pub mod selection;
pub mod send;
pub mod spl_stake_pool;
pub mod stakes;
pub mod tokens;
pub mod vault;

pub use cluster::Settings;
pub use keys::KeyError;
pub use rpc::{Account, Host, Rpc, RpcError};
pub use send::{Landed, Request, SendError, Simulated};
