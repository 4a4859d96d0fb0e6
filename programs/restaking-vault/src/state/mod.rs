//! The accounts this program owns, one a file.

mod allocation;
mod distribution;
mod operator;
mod service;
mod slash_request;
mod ticket;
mod vault;

pub use allocation::*;
pub use distribution::*;
pub use operator::*;
pub use service::*;
pub use slash_request::*;
pub use ticket::*;
pub use vault::*;
