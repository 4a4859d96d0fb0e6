//! What operators and services call to be known.

pub mod register_operator;
pub mod register_service;

pub use register_operator::*;
pub use register_service::*;
