//! The accounts this program owns, one a file.

mod pool;
mod rate_history;
mod reserve;
mod ticket;
mod validator_list;

pub use pool::*;
pub use rate_history::*;
pub use reserve::*;
pub use ticket::*;
pub use validator_list::*;
