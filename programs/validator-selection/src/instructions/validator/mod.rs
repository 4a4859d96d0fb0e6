//! Instructions of validators, and of whoever wants one in the registry.

pub mod join;
pub mod leave;

pub use join::*;
pub use leave::*;
