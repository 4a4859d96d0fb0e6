//! Instructions anyone may run, once an epoch.

mod batch;
pub mod clear_stake_address;
pub mod finish_update;
pub mod update_validators;

pub use clear_stake_address::*;
pub use finish_update::*;
pub use update_validators::*;
