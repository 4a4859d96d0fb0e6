//! The instructions of the crank, and the accounts each needs.

use serde::Serialize;
use sluice_sdk::Event;
use sluice_sdk::pda::staking_pool as pool_pda;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::instructions::*;
use sluice_sdk::validator_selection::types::Place;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::costs::{self, Cost};
use crate::moves::{Step, Task};
use crate::snapshot::{Selecting, Snapshot, StakeAddresses};

/// What a stage does, in the order of the stages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Update,
    FinishUpdate,
    Emergency,
    ClearAddress,
    Observe,
    Allocate,
    Rebalance,
    Settle,
    Claim,
    Decrease,
    ReleaseAllocation,
    ExecuteSlash,
    CloseSlashRequest,
    /// Lookup tables, which are the operator's own business.
    Tables,
}

impl Kind {
    /// Whether every epoch needs it, and the epoch is late without; the rest may come up at any time.
    pub fn is_of_every_epoch(self) -> bool {
        use Kind::*;
        matches!(self, Update | FinishUpdate | Observe | Allocate | Rebalance | Settle)
    }

    pub const ALL: [Self; 14] = [
        Self::Update,
        Self::FinishUpdate,
        Self::Emergency,
        Self::ClearAddress,
        Self::Observe,
        Self::Allocate,
        Self::Rebalance,
        Self::Settle,
        Self::Claim,
        Self::Decrease,
        Self::ReleaseAllocation,
        Self::ExecuteSlash,
        Self::CloseSlashRequest,
        Self::Tables,
    ];

    /// The instruction's name, but for the last.
    pub fn name(self) -> &'static str {
        match self {
            Self::Update => "update_validators",
            Self::FinishUpdate => "finish_update",
            Self::Emergency => "emergency_unstake",
            Self::ClearAddress => "clear_stake_address",
            Self::Observe => "observe",
            Self::Allocate => "allocate",
            Self::Rebalance => "rebalance",
            Self::Settle => "settle",
            Self::Claim => "claim_ticket",
            Self::Decrease => "decrease_stake",
            Self::ReleaseAllocation => "release_allocation",
            Self::ExecuteSlash => "execute_slash",
            Self::CloseSlashRequest => "close_slash_request",
            Self::Tables => "lookup_tables",
        }
    }

    /// Whether a transaction of it holds one instruction an item, so that an error names the item.
    pub fn is_whole(self) -> bool {
        !matches!(self, Self::Update | Self::Emergency | Self::Observe | Self::Rebalance | Self::Settle)
    }

    /// Whether the programs may find nothing to do although it looked so: then there is nothing to do.
    pub fn is_optional(self) -> bool {
        !matches!(
            self,
            Self::Update | Self::FinishUpdate | Self::Observe | Self::Allocate | Self::Settle | Self::Tables
        )
    }

    /// Whether nothing else waits for it.
    pub fn stands_alone(self) -> bool {
        matches!(
            self,
            Self::Claim
                | Self::Decrease
                | Self::ReleaseAllocation
                | Self::ExecuteSlash
                | Self::CloseSlashRequest
        )
    }

    /// How often an item may be refused before it is left alone for a while. Strangers make tickets: one that cannot be paid keeps
    /// those of its batch waiting. What is refused of a slash is given up for the epoch, so whoever can have it refused for a
    /// moment must not be done with it soon.
    pub fn refusals(self) -> u32 {
        if self.stands_alone() && self != Self::ExecuteSlash { 2 } else { 6 }
    }

    /// Whether the same is sent several times an epoch because each does a part.
    pub fn is_repeated(self) -> bool {
        matches!(self, Self::Allocate)
    }
}

/// What one item puts into an instruction.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A record of the pool's list, and its stake accounts.
    Record { index: u32, accounts: Vec<AccountMeta> },
    /// A candidate to look at.
    Candidate(Place),
    /// A candidate whose bond pays.
    Bond(u32),
    /// A candidate whose stake moves.
    Move { place: Place, accounts: [AccountMeta; 3] },
    /// An instruction of its own.
    Whole(Instruction),
}

/// The least that can be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The account that names it.
    pub of: Address,
    /// It has to be done. What has been done stays in a list, so that all operators cut batches at the same places.
    pub pending: bool,
    pub cost: Cost,
    pub part: Part,
}

impl Item {
    pub fn whole(of: Address, cost: Cost, instruction: Instruction) -> Self {
        Self { of, pending: true, cost, part: Part::Whole(instruction) }
    }
}

/// The accounts that every instruction of a pool's crank is made of.
#[derive(Clone, Copy, Debug)]
pub struct Desk {
    pub pool: Address,
    pub reserve: Address,
    pub list: Address,
    pub rate_history: Address,
    pub mint: Address,
    pub escrow: Address,
    pub treasury: Address,
    pub token_program: Address,
    /// Of the selection; all zeros where there is none.
    pub config: Address,
    pub registry: Address,
    pub ranking: Address,
    pub vault: Address,
}

impl Desk {
    pub fn new(snapshot: &Snapshot) -> Self {
        let pool = &snapshot.pool;
        let none = Address::default();
        let selection = snapshot.selection.as_ref().map(|selecting| {
            let config = &selecting.config;
            [selecting.address, config.registry, config.ranking, config.vault]
        });
        let [config, registry, ranking, vault] = selection.unwrap_or([none; 4]);
        Self {
            pool: snapshot.pool_address,
            reserve: pool.reserve,
            list: pool.validator_list,
            rate_history: pool_pda::find_rate_history(&snapshot.pool_address).0,
            mint: pool.lst_mint,
            escrow: pool.escrow,
            treasury: pool.treasury,
            token_program: pool.token_program,
            config,
            registry,
            ranking,
            vault,
        }
    }

    /// Addresses that transactions of this pool share.
    pub fn shared(&self) -> Vec<Address> {
        let mut shared = vec![
            self.pool,
            self.reserve,
            self.list,
            self.rate_history,
            self.mint,
            self.escrow,
            self.treasury,
            self.token_program,
            solana_sdk_ids::stake::ID,
            solana_sdk_ids::stake::config::ID,
            solana_sdk_ids::system_program::ID,
            solana_sdk_ids::sysvar::clock::ID,
            solana_sdk_ids::sysvar::rent::ID,
            solana_sdk_ids::sysvar::stake_history::ID,
            sluice_sdk::staking_pool::programs::STAKING_POOL_ID,
        ];
        if self.config != Address::default() {
            shared.extend([self.config, self.registry, self.ranking, self.vault]);
        }
        shared
    }

    /// The instructions that do the pending ones of `items`, which are of one kind and in order.
    pub fn instructions(&self, kind: Kind, items: &[Item]) -> Vec<Instruction> {
        let pending = || items.iter().filter(|item| item.pending);
        let places = || {
            pending().filter_map(|item| match &item.part {
                Part::Candidate(place) | Part::Move { place, .. } => Some(place.clone()),
                _ => None,
            })
        };
        let metas = || {
            pending().flat_map(|item| match &item.part {
                Part::Move { accounts, .. } => accounts.to_vec(),
                Part::Record { accounts, .. } => accounts.clone(),
                Part::Candidate(_) => vec![AccountMeta::new_readonly(item.of, false)],
                Part::Bond(_) | Part::Whole(_) => Vec::new(),
            })
        };
        let indexes = || {
            pending().filter_map(|item| match item.part {
                Part::Record { index, .. } | Part::Bond(index) => Some(index),
                _ => None,
            })
        };
        let (start, end) = (indexes().next().unwrap_or(0), indexes().next_back().map_or(0, |last| last + 1));
        let Self { pool, reserve, config, registry, .. } = *self;
        let validator_list = self.list;
        match kind {
            Kind::Update => {
                // What was done in between is stepped over and needs no accounts.
                let count = u8::try_from(end - start).unwrap_or(u8::MAX);
                let args = UpdateValidatorsInstructionArgs { start, count };
                let metas: Vec<_> = metas().collect();
                vec![
                    UpdateValidators { pool, reserve, validator_list }
                        .instruction_with_remaining_accounts(args, &metas),
                ]
            }
            Kind::Observe => {
                let args = ObserveInstructionArgs { batch: places().collect() };
                let metas: Vec<_> = metas().collect();
                vec![
                    Observe { config, registry, pool, validator_list }
                        .instruction_with_remaining_accounts(args, &metas),
                ]
            }
            Kind::Emergency => {
                let args = EmergencyUnstakeInstructionArgs { batch: places().collect() };
                let metas: Vec<_> = metas().collect();
                vec![
                    EmergencyUnstake { config, registry, pool, reserve, validator_list }
                        .instruction_with_remaining_accounts(args, &metas),
                ]
            }
            Kind::Rebalance => {
                let args = RebalanceInstructionArgs { batch: places().collect() };
                let metas: Vec<_> = metas().collect();
                vec![
                    Rebalance { config, registry, pool, reserve, validator_list }
                        .instruction_with_remaining_accounts(args, &metas),
                ]
            }
            Kind::Settle => {
                let settle = Settle {
                    config,
                    registry,
                    pool,
                    lst_mint: self.mint,
                    vault: self.vault,
                    token_program: self.token_program,
                };
                vec![settle.instruction(SettleInstructionArgs { start, count: end - start })]
            }
            _ => pending()
                .filter_map(|item| match &item.part {
                    Part::Whole(instruction) => Some(instruction.clone()),
                    _ => None,
                })
                .collect(),
        }
    }

    pub fn finish_update(&self) -> Instruction {
        FinishUpdate {
            pool: self.pool,
            reserve: self.reserve,
            validator_list: self.list,
            rate_history: self.rate_history,
            lst_mint: self.mint,
            treasury: self.treasury,
            escrow: self.escrow,
            token_program: self.token_program,
        }
        .instruction()
    }

    pub fn allocate(&self, work: u32) -> Instruction {
        Allocate {
            config: self.config,
            registry: self.registry,
            ranking: self.ranking,
            pool: self.pool,
            reserve: self.reserve,
            validator_list: self.list,
        }
        .instruction(AllocateInstructionArgs { work })
    }
}

/// The item that moves one validator's stake. Only accounts that this move touches are named.
pub fn move_item(step: &Step, stakes: &StakeAddresses) -> Item {
    let [canonical, activating, deactivating] = *stakes;
    let vote = AccountMeta::new_readonly(step.vote, false);
    let stake = AccountMeta::new(if step.beside { activating } else { canonical }, false);
    let accounts = match step.task {
        Task::Decrease { .. } => [vote, stake, AccountMeta::new(deactivating, false)],
        Task::Increase { .. } => [vote.clone(), stake, vote],
        Task::Drop => [vote.clone(), vote.clone(), vote],
    };
    let place = Place { index: step.index, pool_index: step.pool_index };
    Item {
        of: step.vote,
        pending: true,
        cost: costs::of_move(step.task),
        part: Part::Move { place, accounts },
    }
}

/// Whether the events of a simulation say that something would be done. A stage's summary is there whether it did anything or
/// not, and counts what it did.
pub fn does_something(kind: Kind, events: &[Event]) -> bool {
    use StakingPoolEvent as P;
    use ValidatorSelectionEvent as S;
    // Where nothing can be moved an emergency says nothing, and takes the target away all the same.
    if matches!(kind, Kind::Emergency | Kind::Tables) {
        return true;
    }
    events.iter().any(|event| match event {
        Event::StakingPool(P::ValidatorsUpdated(e)) => e.updated > 0,
        Event::ValidatorSelection(S::CandidatesObserved(e)) => e.observed > 0,
        Event::ValidatorSelection(S::Rebalanced(e)) => e.increases > 0 || e.decreases > 0,
        Event::ValidatorSelection(S::BondsSettled(e)) => e.settled > 0,
        _ => true,
    })
}

/// Whether a selection is at a point where candidates must not change.
pub fn is_allocating(selecting: &Selecting, epoch: u64) -> bool {
    selecting.config.allocating_epoch == epoch && selecting.config.allocated_epoch != epoch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_left_alone_sooner_than_a_slash_is_given_up() {
        assert_eq!([Kind::Claim, Kind::ExecuteSlash, Kind::Observe].map(Kind::refusals), [2, 6, 6]);
    }
}
