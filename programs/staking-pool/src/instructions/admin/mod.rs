//! Instructions of the pool's admin, and of those to whom it gives a role.

pub mod accept_admin;
pub mod initialize;
pub mod initialize_liquidity;
pub mod pause;
pub mod propose_admin;
pub mod resume;
pub mod retire_validator;
pub mod set_delegation_authority;
pub mod set_fees;
pub mod set_limits;
pub mod set_roles;
pub mod set_treasury;

pub use accept_admin::*;
pub use initialize::*;
pub use initialize_liquidity::*;
pub use pause::*;
pub use propose_admin::*;
pub use retire_validator::*;
pub use set_delegation_authority::*;
pub use set_fees::*;
pub use set_limits::*;
pub use set_roles::*;
pub use set_treasury::*;
