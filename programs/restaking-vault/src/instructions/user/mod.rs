//! What holders of collateral and of VRT call.

pub mod claim_and_unstake;
pub mod claim_withdrawal;
pub mod deposit;
pub mod enqueue_withdrawal;
pub mod instant_withdraw;
pub mod stake_and_restake;
pub mod transfer_ticket;

pub use claim_and_unstake::*;
pub use claim_withdrawal::*;
pub use deposit::*;
pub use enqueue_withdrawal::*;
pub use instant_withdraw::*;
pub use stake_and_restake::*;
pub use transfer_ticket::*;
