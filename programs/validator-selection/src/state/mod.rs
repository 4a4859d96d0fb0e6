//! The accounts this program owns, one a file.

mod config;
mod registry;

pub use config::*;
pub use registry::*;
