//! What the vault's admin calls, and its pauser.

pub mod accept_admin;
pub mod initialize_junior;
pub mod initialize_vault;
pub mod pause;
pub mod propose_admin;
pub mod resume;
pub mod set_limits;
pub mod set_roles;
pub mod set_vault_fee;

pub use accept_admin::*;
pub use initialize_junior::*;
pub use initialize_vault::*;
pub use pause::*;
pub use propose_admin::*;
pub use set_limits::*;
pub use set_roles::*;
pub use set_vault_fee::*;
