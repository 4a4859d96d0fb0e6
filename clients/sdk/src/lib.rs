#![doc = include_str!("../README.md")]
//!
//! # Modules
//!
//! Everything under [`generated`] is written by `clients/codegen` from the IDLs and never edited: instructions,
//! accounts, events, errors and the addresses whose seeds the IDL carries. The modules beside it are written by hand
//! and hold what an IDL cannot say: [`slab`] lists, log parsing ([`logs`]), error messages ([`error`]), the remaining
//! addresses ([`pda`]) and what instructions would do ([`quote`]).

pub mod account;
pub mod error;
#[allow(clippy::all, rustdoc::all)]
pub mod generated;
pub mod json;
pub mod logs;
pub mod pda;
pub mod quote;
pub mod slab;

pub use account::{AccountData, DecodeError};
pub use generated::*;
pub use slab::Slab;
