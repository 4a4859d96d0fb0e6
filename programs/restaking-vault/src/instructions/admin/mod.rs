//! What the vault's creator calls.

pub mod initialize_vault;

pub use initialize_vault::*;
