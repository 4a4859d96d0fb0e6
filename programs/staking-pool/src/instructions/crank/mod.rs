//! Instructions anyone may run, once an epoch.

mod batch;
pub mod finish_update;
pub mod rotate_stake_address;
pub mod update_validators;

pub use finish_update::*;
pub use rotate_stake_address::*;
pub use update_validators::*;
