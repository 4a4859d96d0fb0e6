//! Instructions of the selection's admin, who sets bounds and bans, and of the oracle it names, who groups. Neither picks
//! anybody.

pub mod accept_admin;
pub mod ban;
pub mod initialize;
pub mod propose_admin;
pub mod set_groups;
pub mod set_oracle;
pub mod set_params;

pub use accept_admin::*;
pub use ban::*;
pub use initialize::*;
pub use propose_admin::*;
pub use set_groups::*;
pub use set_oracle::*;
pub use set_params::*;
