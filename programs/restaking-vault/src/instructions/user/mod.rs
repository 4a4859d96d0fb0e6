//! What depositors call.

pub mod claim_withdrawal;
pub mod deposit;
pub mod enqueue_withdrawal;

pub use claim_withdrawal::*;
pub use deposit::*;
pub use enqueue_withdrawal::*;
