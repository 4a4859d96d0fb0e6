//! The entrypoint is the program's own. Mentioning the crate is what links it.

pub use mpl_token_metadata as program;
