//! Views: what the instructions would do, by return data. They change nothing, and call the code the instructions call.

pub mod price;
pub mod quote;

pub use price::*;
pub use quote::*;
