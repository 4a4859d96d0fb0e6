//! staking-pool: one file an instruction, and stories over several.

mod decrease_stake;
mod deposit_sol;
mod initialize;
mod order_unstake;
mod set_delegation_authority;
mod add_validator;
mod claim_ticket;
mod finish_update;
mod increase_stake;
mod remove_validator;
mod stage;
mod update_validators;
mod withdraw_sol;
mod withdraw_stake;
mod story_journey;
