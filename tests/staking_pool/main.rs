//! staking-pool: one file an instruction, and stories over several.

mod deposit_sol;
mod story_journey;
mod explore;
