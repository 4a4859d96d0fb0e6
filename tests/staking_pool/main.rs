//! staking-pool: one file an instruction, and stories over several.

mod decrease_stake;
mod deposit_sol;
mod order_unstake;
mod claim_ticket;
mod stage;
mod withdraw_sol;
mod story_journey;
