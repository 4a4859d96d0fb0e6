//! Instructions of the selection's admin, who sets bounds and bans, and picks nobody.

pub mod accept_admin;
pub mod ban;
pub mod initialize;
pub mod propose_admin;
pub mod set_params;

pub use accept_admin::*;
pub use ban::*;
pub use initialize::*;
pub use propose_admin::*;
pub use set_params::*;
