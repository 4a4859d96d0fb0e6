//! Instructions of whoever holds, or wants, LST.

pub mod claim_ticket;
pub mod deposit_sol;
pub mod deposit_stake;
pub mod order_unstake;
pub mod withdraw_sol;
pub mod withdraw_stake;

pub use claim_ticket::*;
pub use deposit_sol::*;
pub use deposit_stake::*;
pub use order_unstake::*;
pub use withdraw_sol::*;
pub use withdraw_stake::*;
