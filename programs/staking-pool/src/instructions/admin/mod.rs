//! Instructions of the pool's admin.

pub mod initialize;
pub mod set_delegation_authority;

pub use initialize::*;
pub use set_delegation_authority::*;
