//! What operators and services call to be known, and on what terms.

pub mod register_operator;
pub mod register_service;
pub mod set_operator_fee;

pub use register_operator::*;
pub use register_service::*;
pub use set_operator_fee::*;
