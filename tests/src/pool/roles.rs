//! Instructions of the admin and of those to whom it gives a role.

use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::staking_pool::types::{Fees, Limits, Roles};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use super::PoolFixture;
use crate::chain::Chain;

impl PoolFixture {
    pub fn propose_admin(&self, proposed: &Address) -> Instruction {
        ProposeAdmin { pool: self.pool, admin: self.admin.pubkey(), proposed: *proposed }.instruction()
    }

    pub fn accept_admin(&self, proposed: &Address) -> Instruction {
        AcceptAdmin { pool: self.pool, proposed: *proposed }.instruction()
    }

    pub fn set_roles(&self, roles: Roles) -> Instruction {
        SetRoles { pool: self.pool, admin: self.admin.pubkey() }
            .instruction(SetRolesInstructionArgs { roles })
    }

    pub fn set_limits(&self, limits: Limits) -> Instruction {
        SetLimits { pool: self.pool, admin: self.admin.pubkey() }
            .instruction(SetLimitsInstructionArgs { limits })
    }

    pub fn set_treasury(&self, treasury: &Address) -> Instruction {
        SetTreasury { pool: self.pool, admin: self.admin.pubkey(), treasury: *treasury }.instruction()
    }

    pub fn set_delegation_authority(&self, delegation_authority: &Address) -> Instruction {
        SetDelegationAuthority {
            pool: self.pool,
            admin: self.admin.pubkey(),
            delegation_authority: *delegation_authority,
        }
        .instruction()
    }

    /// Signed by the admin, who is the fee authority until somebody else is.
    pub fn set_fees(&self, fees: Fees) -> Instruction {
        SetFees { pool: self.pool, fee_authority: self.admin.pubkey() }
            .instruction(SetFeesInstructionArgs { fees })
    }

    pub fn pause(&self, by: &Address) -> Instruction {
        Pause { pool: self.pool, authority: *by }.instruction()
    }

    pub fn resume(&self, by: &Address) -> Instruction {
        Resume { pool: self.pool, authority: *by }.instruction()
    }

    pub fn retire_validator<C: Chain + ?Sized>(&self, chain: &C, vote: &Address) -> Instruction {
        let (index, _) = self.record(chain, vote);
        RetireValidator {
            pool: self.pool,
            admin: self.admin.pubkey(),
            validator_list: self.list,
            vote: *vote,
            stake: self.stake(vote),
            activating: self.activating(vote),
        }
        .instruction(RetireValidatorInstructionArgs { index })
    }

    /// `vote` is a validator of the list, or the zero address for none.
    pub fn set_preferred_validator(&self, index: u32, vote: &Address) -> Instruction {
        SetPreferredValidator {
            pool: self.pool,
            delegation_authority: self.delegation.pubkey(),
            validator_list: self.list,
            vote: *vote,
        }
        .instruction(SetPreferredValidatorInstructionArgs { index })
    }
}
