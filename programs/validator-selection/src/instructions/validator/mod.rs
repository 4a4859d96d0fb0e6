//! Instructions of validators, and of whoever wants one in the registry or pays for it.

pub mod claim_bond;
pub mod fund_bond;
pub mod join;
pub mod leave;
pub mod set_bid;
pub mod withdraw_bond;

pub use claim_bond::*;
pub use fund_bond::*;
pub use join::*;
pub use leave::*;
pub use set_bid::*;
pub use withdraw_bond::*;
