//! One instruction a file.

// Every file has its `handler`, always called by its path; the globs are for what Anchor's macros generate.
#![allow(ambiguous_glob_reexports)]

pub mod borrow;
pub mod defund;
pub mod deposit_and_lock;
pub mod fund;
pub mod liquidate;
pub mod open_market;
pub mod open_position;
pub mod repay;
pub mod restake;
pub mod unlock_and_exit;
pub mod unlock_and_order;
pub mod value_position;

pub use borrow::*;
pub use defund::*;
pub use deposit_and_lock::*;
pub use fund::*;
pub use liquidate::*;
pub use open_market::*;
pub use open_position::*;
pub use repay::*;
pub use restake::*;
pub use unlock_and_exit::*;
pub use unlock_and_order::*;
pub use value_position::*;
