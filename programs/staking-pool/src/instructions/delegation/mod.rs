//! Instructions of the delegation authority.

pub mod add_validator;
pub mod decrease_stake;
pub mod increase_stake;
pub mod remove_validator;
pub mod set_preferred_validator;

pub use add_validator::*;
pub use decrease_stake::*;
pub use increase_stake::*;
pub use remove_validator::*;
pub use set_preferred_validator::*;
