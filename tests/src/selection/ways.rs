//! Instructions of the selection around its crank: groups, bonds and bids, directed stake, emergencies, the view.

use sluice_sdk::validator_selection::accounts::Direction;
use sluice_sdk::validator_selection::types::{Explanation, Grouping};

use borsh::BorshDeserialize;

use super::*;

impl SelectionFixture {
    // The admin and the oracle.

    pub fn set_oracle(&self, oracle: &Address) -> Instruction {
        SetOracle { config: self.config, admin: self.pool.admin.pubkey(), oracle: *oracle }.instruction()
    }

    /// Hosting provider and country of each.
    pub fn set_groups<C: Chain>(
        &self,
        chain: &C,
        oracle: &Address,
        groups: &[(Address, u16, u16)],
    ) -> Instruction {
        let batch = groups
            .iter()
            .map(|(vote, aso, country)| Grouping {
                index: self.place(chain, vote).index,
                aso: *aso,
                country: *country,
            })
            .collect();
        let metas: Vec<_> = groups.iter().map(|group| AccountMeta::new_readonly(group.0, false)).collect();
        SetGroups { config: self.config, oracle: *oracle, registry: self.registry }
            .instruction_with_remaining_accounts(SetGroupsInstructionArgs { batch }, &metas)
    }

    // Bonds and bids.

    pub fn join_with_bond(&self, vote: &Address, payer: &Address, lst: &Address, bond: u64) -> Instruction {
        self.join_accounts(vote, payer, lst).instruction(JoinInstructionArgs { bond })
    }

    pub fn set_bid<C: Chain>(&self, chain: &C, vote: &Address, authority: &Address, bid: u32) -> Instruction {
        SetBid { config: self.config, registry: self.registry, vote: *vote, authority: *authority }
            .instruction(SetBidInstructionArgs { index: self.place(chain, vote).index, bid })
    }

    pub fn fund_bond<C: Chain>(
        &self,
        chain: &C,
        vote: &Address,
        payer: &Address,
        lst: &Address,
        shares: u64,
    ) -> Instruction {
        FundBond {
            config: self.config,
            registry: self.registry,
            vote: *vote,
            payer: *payer,
            payer_lst: *lst,
            vault: self.vault,
            token_program: self.pool.token_program,
        }
        .instruction(FundBondInstructionArgs { index: self.place(chain, vote).index, shares })
    }

    pub fn withdraw_bond<C: Chain>(
        &self,
        chain: &C,
        vote: &Address,
        owner: &Address,
        shares: u64,
    ) -> Instruction {
        WithdrawBond { config: self.config, registry: self.registry, vote: *vote, owner: *owner }
            .instruction(WithdrawBondInstructionArgs { index: self.place(chain, vote).index, shares })
    }

    pub fn claim_bond<C: Chain>(
        &self,
        chain: &C,
        vote: &Address,
        owner: &Address,
        destination: &Address,
    ) -> Instruction {
        ClaimBond {
            config: self.config,
            registry: self.registry,
            validator_list: self.pool.list,
            vote: *vote,
            owner: *owner,
            destination: *destination,
            vault: self.vault,
            token_program: self.pool.token_program,
        }
        .instruction(ClaimBondInstructionArgs { index: self.place(chain, vote).index })
    }

    pub fn settle(&self, start: u32, count: u32) -> Instruction {
        self.settle_accounts().instruction(SettleInstructionArgs { start, count })
    }

    pub fn settle_accounts(&self) -> Settle {
        Settle {
            config: self.config,
            registry: self.registry,
            pool: self.pool.pool,
            lst_mint: self.pool.mint,
            vault: self.vault,
            token_program: self.pool.token_program,
        }
    }

    /// Settles every candidate.
    pub fn settle_all<C: Chain>(&self, chain: &mut C) -> Sent {
        let count = self.votes(chain).len() as u32;
        chain.must(&[compute_limit(1_400_000), self.settle(0, count)], &[&self.pool.payer])
    }

    // Holders.

    pub fn direct_stake<C: Chain>(
        &self,
        chain: &C,
        vote: &Address,
        owner: &Address,
        lst: &Address,
        direction: &Address,
        shares: u64,
    ) -> Instruction {
        DirectStake {
            config: self.config,
            registry: self.registry,
            vote: *vote,
            owner: *owner,
            owner_lst: *lst,
            direction: *direction,
            vault: self.vault,
            token_program: self.pool.token_program,
        }
        .instruction(DirectStakeInstructionArgs { index: self.place(chain, vote).index, shares })
    }

    pub fn undirect_stake(&self, direction: &Address, owner: &Address, index: u32) -> Instruction {
        UndirectStake { config: self.config, registry: self.registry, direction: *direction, owner: *owner }
            .instruction(UndirectStakeInstructionArgs { index })
    }

    pub fn claim_directed(&self, direction: &Address, owner: &Address, destination: &Address) -> Instruction {
        ClaimDirected {
            config: self.config,
            direction: *direction,
            owner: *owner,
            destination: *destination,
            vault: self.vault,
            token_program: self.pool.token_program,
        }
        .instruction()
    }

    pub fn direction<C: Chain>(&self, chain: &C, direction: &Address) -> Direction {
        Direction::decode(&chain.account(direction).expect("the position exists").data).expect("a position")
    }

    // Anyone.

    pub fn confirm_identity<C: Chain>(&self, chain: &C, vote: &Address) -> Instruction {
        ConfirmIdentity { config: self.config, registry: self.registry, vote: *vote }
            .instruction(ConfirmIdentityInstructionArgs { index: self.place(chain, vote).index })
    }

    pub fn emergency_unstake<C: Chain>(&self, chain: &C, votes: &[Address]) -> Instruction {
        let batch = votes.iter().map(|vote| self.place(chain, vote)).collect();
        let metas: Vec<_> = votes.iter().flat_map(|vote| self.unstake_metas(chain, vote)).collect();
        EmergencyUnstake {
            config: self.config,
            registry: self.registry,
            pool: self.pool.pool,
            reserve: self.pool.reserve,
            validator_list: self.pool.list,
        }
        .instruction_with_remaining_accounts(EmergencyUnstakeInstructionArgs { batch }, &metas)
    }

    /// The three accounts a candidate needs to lose its stake, whatever its target.
    fn unstake_metas<C: Chain>(&self, chain: &C, vote: &Address) -> [AccountMeta; 3] {
        let record = self.pool.list(chain).records.into_iter().find(|record| record.vote == *vote);
        let has_stake = record.is_none_or(|record| record.stake_state != 0);
        let stake = if has_stake { self.pool.stake(vote) } else { self.pool.activating(vote) };
        [
            AccountMeta::new_readonly(*vote, false),
            AccountMeta::new(stake, false),
            AccountMeta::new(self.pool.deactivating(vote), false),
        ]
    }

    /// What the program answers to "when will I get stake?", or the number of the error with which it refuses.
    pub fn explain<C: Chain>(&self, chain: &C, vote: &Address) -> Result<Explanation, u32> {
        let explain = self.explain_instruction(chain, vote);
        self.pool.ask(chain, &explain, Explanation::try_from_slice)
    }

    pub fn explain_instruction<C: Chain>(&self, chain: &C, vote: &Address) -> Instruction {
        Explain { config: self.config, registry: self.registry, pool: self.pool.pool, vote: *vote }
            .instruction(ExplainInstructionArgs { index: self.place(chain, vote).index })
    }
}
