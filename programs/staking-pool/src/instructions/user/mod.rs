//! Instructions of whoever holds, or wants, LST.

pub mod add_liquidity;
pub mod cancel_ticket;
pub mod claim_ticket;
pub mod deposit_lst;
pub mod deposit_sol;
pub mod deposit_stake;
pub mod fund_insurance;
pub mod intake;
pub mod liquid_unstake;
pub mod order_unstake;
pub mod remove_liquidity;
pub mod split_ticket;
pub mod transfer_ticket;
pub mod withdraw_sol;
pub mod withdraw_stake;

pub use add_liquidity::*;
pub use cancel_ticket::*;
pub use claim_ticket::*;
pub use deposit_lst::*;
pub use deposit_sol::*;
pub use deposit_stake::*;
pub use fund_insurance::*;
pub use liquid_unstake::*;
pub use order_unstake::*;
pub use remove_liquidity::*;
pub use split_ticket::*;
pub use transfer_ticket::*;
pub use withdraw_sol::*;
pub use withdraw_stake::*;
