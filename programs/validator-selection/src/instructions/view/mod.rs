//! Views: answers by return data. They change nothing.

pub mod explain;

pub use explain::*;
