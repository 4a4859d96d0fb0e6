//! One instruction a file, in a folder named after who calls it.

// Every file has its `handler`, always called by its path; the globs are for what Anchor's macros generate.
#![allow(ambiguous_glob_reexports)]

pub mod admin;
pub mod crank;
pub mod holder;
pub mod validator;
pub mod view;

pub use admin::*;
pub use crank::*;
pub use holder::*;
pub use validator::*;
pub use view::*;
