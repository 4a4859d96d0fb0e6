//! How holders are rewarded, in the collateral and in other tokens.

pub mod claim_reward;
pub mod claw_back;
pub mod create_distribution;
pub mod pay_rewards;

pub use claim_reward::*;
pub use claw_back::*;
pub use create_distribution::*;
pub use pay_rewards::*;
