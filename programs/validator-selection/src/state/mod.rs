//! The accounts this program owns, one a file.

mod config;
mod direction;
mod params;
mod ranking;
mod registry;

pub use config::*;
pub use direction::*;
pub use params::*;
pub use ranking::*;
pub use registry::*;
