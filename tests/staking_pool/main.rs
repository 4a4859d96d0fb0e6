//! staking-pool: one file an instruction, and stories over several.

mod add_validator;
mod attacks;
mod claim_ticket;
mod clear_stake_address;
mod decrease_stake;
mod deposit_sol;
mod deposit_stake;
mod errors;
mod every_instruction;
mod finish_update;
mod increase_stake;
mod initialize;
mod order_unstake;
mod random_walk;
mod remove_validator;
mod set_delegation_authority;
mod spl_stake_pool;
mod stage;
mod story_journey;
mod update_validators;
mod withdraw_sol;
mod withdraw_stake;
