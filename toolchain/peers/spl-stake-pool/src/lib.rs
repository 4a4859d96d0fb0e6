//! The entrypoint is the program's own. Mentioning the crate is what links it.

pub use spl_stake_pool as program;
