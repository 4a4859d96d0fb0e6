//! The accounts this program owns, one a file.

mod pool;
mod reserve;
mod ticket;
mod validator_list;

pub use pool::*;
pub use reserve::*;
pub use ticket::*;
pub use validator_list::*;
