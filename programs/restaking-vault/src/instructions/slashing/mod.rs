//! A slash from accusation to execution.

pub mod close_slash_request;
pub mod execute_slash;
pub mod request_slash;
pub mod veto_slash;

pub use close_slash_request::*;
pub use execute_slash::*;
pub use request_slash::*;
pub use veto_slash::*;
