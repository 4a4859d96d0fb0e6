//! The restaking vault in LiteSVM: one file an instruction, plus the stories and sweeps that span several.

mod allocate;
mod attacks;
mod claim_and_unstake;
mod claim_reward;
mod claim_withdrawal;
mod claw_back;
mod close_slash_request;
mod compute_units;
mod create_distribution;
mod deallocate;
mod deposit;
mod enqueue_withdrawal;
mod errors;
mod events;
mod execute_slash;
mod initialize_junior;
mod initialize_vault;
mod instant_withdraw;
mod opt_in;
mod opt_out;
mod pause;
mod pay_rewards;
mod propose_admin;
mod random_walk;
mod register_operator;
mod register_service;
mod release_allocation;
mod request_slash;
mod sdk_quotes;
mod set_limits;
mod set_operator_fee;
mod set_roles;
mod set_vault_fee;
mod shield;
mod stake_and_restake;
mod story;
mod substitution;
mod token_2022;
mod tranches;
mod transfer_ticket;
mod veto_slash;

/// A change to the accounts an instruction will name, and what it must be refused with.
pub type Swap = (fn(&mut prelude::ix::VaultAddresses, prelude::Address), prelude::Address, prelude::E);

mod prelude {
    pub use crate::Swap;
    pub use sluice_sdk::AccountData;
    pub use sluice_sdk::restaking_vault::accounts::*;
    pub use sluice_sdk::restaking_vault::errors::RestakingVaultError as E;
    pub use sluice_sdk::restaking_vault::programs::RESTAKING_VAULT_ID;
    pub use sluice_sdk::restaking_vault::types::{DistributionParams, Limits, Roles, VaultParams};
    pub use sluice_tests::token::{self, TOKEN_PROGRAM};
    pub use sluice_tests::vault::*;
    pub use sluice_tests::{Chain, Refusal};
    pub use solana_account::Account;
    pub use solana_address::Address;
    pub use solana_instruction::{Instruction, error::InstructionError};
    pub use solana_keypair::Keypair;
    pub use solana_signer::Signer;
}
