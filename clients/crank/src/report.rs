//! What an operator is told: what a plan would send, and what an epoch took.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::job::Kind;

/// What a transaction of a plan would take.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedTransaction {
    pub items: usize,
    /// Compute units, as measured before and learned since.
    pub units: u32,
    pub locks: usize,
    pub bytes: usize,
    /// Lamports.
    pub fee: u64,
}

/// What a stage of a plan would take.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedStage {
    pub stage: Kind,
    /// It could be sent now; else it waits for an earlier one.
    pub ready: bool,
    pub items: usize,
    pub transactions: Vec<PlannedTransaction>,
}

/// A plan with its transactions.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    pub pool: String,
    pub epoch: u64,
    pub slot: u64,
    /// The chain still pays the epoch's rewards.
    pub waits_for_rewards: bool,
    /// The allocation was not made, so the moves are not known yet.
    pub is_open: bool,
    pub unit_price: u64,
    pub tables: usize,
    pub stages: Vec<PlannedStage>,
}

impl Preview {
    pub fn transactions(&self) -> usize {
        self.stages.iter().map(|stage| stage.transactions.len()).sum()
    }

    /// Lamports of all transactions.
    pub fn fees(&self) -> u64 {
        self.stages.iter().flat_map(|stage| &stage.transactions).map(|planned| planned.fee).sum()
    }
}

/// What a stage took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Spent {
    pub items: usize,
    pub landed: usize,
    /// Found done by others, or refused by a simulation: nothing was paid.
    pub idle: usize,
    pub refused: usize,
    /// Landed and failed.
    pub failed: usize,
    pub units: u64,
    /// Lamports.
    pub fees: u64,
}

/// What one operator did for a pool in an epoch.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EpochReport {
    pub pool: String,
    pub epoch: u64,
    /// The epoch needs nothing more.
    pub finished: bool,
    pub stages: BTreeMap<Kind, Spent>,
    /// What could not be done, by stage and account, each with what became of the last try.
    pub left: Vec<String>,
}

impl EpochReport {
    pub fn transactions(&self) -> usize {
        self.stages.values().map(|spent| spent.landed + spent.failed).sum()
    }

    /// Lamports.
    pub fn fees(&self) -> u64 {
        self.stages.values().map(|spent| spent.fees).sum()
    }
}
