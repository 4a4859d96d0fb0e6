//! What items cost: compute units, calls of other programs, lines of the log.
//!
//! Start values are the measured ones of `bench/report.json`; what simulations say corrects them.

use std::collections::HashMap;

use crate::job::Kind;
use crate::moves::Task;

/// What one more item adds to a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub units: u32,
    /// Calls of programs by programs, all levels: the chain counts them together with a transaction's own instructions.
    pub calls: u32,
    /// Charges of bonds, each of which is logged: 40 fill what the chain keeps of a log.
    pub charges: u32,
}

impl Cost {
    pub const fn units(units: u32) -> Self {
        Self { units, calls: 0, charges: 0 }
    }
}

/// Instructions, a program's calls included, that a transaction may run, less what it begins with.
pub const MAX_CALLS: u32 = 64 - 3;
/// Charges that a log holds.
pub const MAX_CHARGES: u32 = 40;
/// Units a batch is planned for: what a transaction may use less a margin for what has changed when it lands.
pub const MAX_PLANNED: u32 = 1_200_000;

/// `update_validators`, one more: nothing to merge; an activated transient merged, swept; a transient collected.
pub const UPDATED: u32 = 683;
pub const MERGED: u32 = 29_200;
pub const COLLECTED: u32 = 12_071;
/// `observe`, one more with stake, bond and tips, on the Bank.
pub const OBSERVED: u32 = 2_814;
/// `allocate`, one more that is chosen, and how many candidates one transaction goes on for.
pub const ALLOCATED: u32 = 370;
pub const ALLOCATE_STEP: u32 = 3_000;
/// `settle`, one more with and without a charge.
pub const SETTLED: u32 = 32;
pub const CHARGED: u32 = 686;
/// `claim_ticket`, alone.
pub const CLAIMED: u32 = 1_454;
/// What an instruction costs beside its items: the dearest of `observe`, `rebalance`, `settle`.
pub const BASE: u32 = 4_000;

/// `rebalance`, one more: decrease of a part or the whole; increase beside stake and first stake, which reads the whole
/// list; an empty record that leaves it. An increase creates (two calls), initializes and delegates an account, a decrease
/// creates (two), splits and deactivates; the call of the pool comes on top.
pub fn of_move(task: Task) -> Cost {
    match task {
        Task::Decrease { whole: false } => Cost { units: 36_353, calls: 5, charges: 0 },
        Task::Decrease { whole: true } => Cost { units: 15_778, calls: 2, charges: 0 },
        Task::Increase { first: false } => Cost { units: 30_974, calls: 5, charges: 0 },
        Task::Increase { first: true } => Cost { units: 48_717, calls: 6, charges: 0 },
        Task::Drop => Cost { units: 4_717, calls: 1, charges: 0 },
    }
}

/// What was learned since the start.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    /// Units used for each unit planned, in percent, the highest seen.
    percent: HashMap<Kind, u32>,
    /// The most items that go into a transaction, where more was too much.
    most: HashMap<Kind, usize>,
}

impl Costs {
    /// Units planned for items of so much.
    pub fn planned(&self, kind: Kind, units: u32) -> u32 {
        let percent = self.percent.get(&kind).copied().unwrap_or(100);
        let planned = (u64::from(units) + u64::from(BASE)) * u64::from(percent) / 100;
        u32::try_from(planned).unwrap_or(u32::MAX)
    }

    /// A transaction of items of so much used so many units.
    pub fn used(&mut self, kind: Kind, units: u32, used: u64) {
        let planned = u64::from(units) + u64::from(BASE);
        let percent = u32::try_from(used.saturating_mul(100).div_ceil(planned)).unwrap_or(u32::MAX);
        let known = self.percent.entry(kind).or_insert(100);
        // A little under the estimate is what a margin is for; only what exceeds it changes how batches are cut, so
        // that operators cut them alike.
        *known = (*known).max(percent.min(1_000));
    }

    /// So many items were too much for one transaction.
    pub fn too_many(&mut self, kind: Kind, items: usize) {
        self.most.insert(kind, (items / 2).max(1));
    }

    pub fn most(&self, kind: Kind) -> usize {
        self.most.get(&kind).copied().unwrap_or(usize::MAX)
    }

    /// What made items too many may have passed.
    pub fn new_epoch(&mut self) {
        self.most.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_more_than_planned_is_planned_for_more() {
        let mut costs = Costs::default();
        assert_eq!(costs.planned(Kind::Observe, 100_000), 104_000);
        costs.used(Kind::Observe, 100_000, 52_000);
        assert_eq!(costs.planned(Kind::Observe, 100_000), 104_000, "cheaper changes nothing");
        costs.used(Kind::Observe, 100_000, 208_000);
        assert_eq!(costs.planned(Kind::Observe, 100_000), 208_000);
        assert_eq!(costs.planned(Kind::Settle, 100_000), 104_000, "others are others");
    }

    #[test]
    fn too_many_are_halved_until_the_next_epoch() {
        let mut costs = Costs::default();
        costs.too_many(Kind::Rebalance, 9);
        assert_eq!(costs.most(Kind::Rebalance), 4);
        costs.too_many(Kind::Rebalance, 1);
        assert_eq!(costs.most(Kind::Rebalance), 1);
        costs.new_epoch();
        assert_eq!(costs.most(Kind::Rebalance), usize::MAX);
    }
}
