//! Which validators' stake has to move now, by the very function the program decides with.
//!
//! Pure. What the reserve and the epoch still allow is counted down from move to move as the program does, so a plan
//! holds no move that would find nothing left.

use std::collections::HashMap;

use sluice_money::{Bps, Lamports, Rounding};
use sluice_sdk::staking_pool::types::ValidatorRecord;
use sluice_selection_math::{Holding, Lack, Limits, Move, decide_lacking};
use solana_address::Address;

use crate::snapshot::{Selecting, Snapshot};

/// `ValidatorRecord::stake_state`: there is no canonical account; it is delegated; it is cooling down as a whole.
const NO_STAKE: u8 = 0;
const DELEGATED: u8 = 1;
const LEAVING: u8 = 2;
/// `Candidate::flags`: its stake was taken in an emergency of this epoch.
const UNSTAKED: u8 = 16;
/// Epochs that tickets must have lacked SOL before anybody may call stake home.
const PATIENCE_EPOCHS: u64 = 2;
/// In place of an index into the pool's list.
pub const NOT_IN_POOL: u32 = u32::MAX;

/// What is done with a validator. In the order in which it is to be done: an empty record that leaves the list is replaced
/// by the last one, whose place others must have used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    Decrease { whole: bool },
    Increase { first: bool },
    Drop,
}

/// One validator that needs something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub vote: Address,
    /// Places in the registry and in the pool's list.
    pub index: u32,
    pub pool_index: u32,
    pub task: Task,
    /// The stake that moves is in the activating account, or goes there.
    pub beside: bool,
}

/// What bounds moves, counted down.
struct Budget<'a> {
    snapshot: &'a Snapshot,
    selecting: &'a Selecting,
    reserve: u64,
    moved_up: u64,
    moved_down: u64,
    leaving: u64,
    movable: u64,
    emergency_left: u64,
}

impl<'a> Budget<'a> {
    fn new(snapshot: &'a Snapshot, selecting: &'a Selecting) -> Self {
        let (pool, config, epoch) = (&snapshot.pool, &selecting.config, snapshot.clock.epoch);
        let share = |bps: u16| Bps::saturating(bps).of(pool.total_lamports, Rounding::Floor).unwrap_or(0);
        let moved = if pool.moved_epoch == epoch { pool.moved_lamports } else { 0 };
        let movable = match pool.movement_cap_bps {
            10_000.. => u64::MAX,
            bps => share(bps).saturating_sub(moved),
        };
        let taken = if config.emergency_epoch == epoch { config.emergency_lamports } else { 0 };
        let emergency_left =
            share(config.params.emergency_bps).max(pool.min_delegation).saturating_sub(taken);
        Self {
            snapshot,
            selecting,
            reserve: snapshot.reserve(),
            moved_up: config.moved_up,
            moved_down: config.moved_down,
            leaving: pool.leaving_lamports,
            movable,
            emergency_left,
        }
    }

    fn limits(&self) -> (Limits, Lack) {
        let (pool, config) = (&self.snapshot.pool, &self.selecting.config);
        let free = self.reserve.saturating_sub(pool.ticket_lamports);
        let tickets = pool.ticket_lamports.saturating_sub(self.reserve).saturating_sub(self.leaving);
        let urgent = if tickets == 0 { 0 } else { tickets.max(pool.min_delegation) };
        let available = free.saturating_sub(config.reserve_target).saturating_sub(self.snapshot.stake_rent);
        let limits = Limits {
            min_delegation: Lamports(pool.min_delegation),
            min_move: Lamports(config.params.min_move),
            available: Lamports(available),
            up: Lamports(config.move_limit.saturating_sub(self.moved_up)),
            down: Lamports(config.move_limit.saturating_sub(self.moved_down).min(self.movable.max(urgent))),
        };
        let lack = Lack { tickets: Lamports(tickets), split_rent: self.reserve < self.snapshot.stake_rent };
        (limits, lack)
    }

    fn decrease(&mut self, part: u64, whole: bool) {
        let rent = if whole { 0 } else { self.snapshot.stake_rent };
        self.reserve = self.reserve.saturating_sub(rent);
        self.leaving = self.leaving.saturating_add(part).saturating_add(rent);
        if self.movable != u64::MAX {
            self.movable = self.movable.saturating_sub(part);
        }
    }
}

fn holding(record: Option<&ValidatorRecord>) -> Holding {
    record.map_or(Holding::default(), |record| Holding {
        stake: Lamports(record.stake),
        activating: Lamports(record.activating),
        deactivating: Lamports(record.deactivating),
        leaving: record.stake_state == LEAVING,
    })
}

/// Places in the pool's list by vote account.
pub fn places(records: &[ValidatorRecord]) -> HashMap<Address, usize> {
    records.iter().enumerate().map(|(at, record)| (record.vote, at)).collect()
}

/// Every candidate whose stake has to move towards its target, or whose empty record has to leave the list.
pub fn rebalance(snapshot: &Snapshot, selecting: &Selecting) -> Vec<Step> {
    let at = places(&snapshot.records);
    let mut budget = Budget::new(snapshot, selecting);
    let mut room = snapshot.capacity.saturating_sub(snapshot.records.len());
    let mut steps = Vec::new();
    for increases in [false, true] {
        for (candidate, index) in selecting.candidates.iter().zip(0u32..) {
            let pool_index = at.get(&candidate.vote).copied();
            let record = pool_index.and_then(|at| snapshot.records.get(at));
            let holding = holding(record);
            let (target, ideal) = (candidate.seat.target, candidate.seat.ideal);
            let target = if target > ideal { target.min(holding.held().0) } else { target };
            let has_stake = record.is_some_and(|record| record.stake_state != NO_STAKE);
            let is_retired = record.is_some_and(|record| record.retired != 0);
            let holds_nothing = holding.held().is_zero() && holding.deactivating.is_zero() && !has_stake;
            let step = |task, beside| Step {
                vote: candidate.vote,
                index,
                pool_index: pool_index.map_or(NOT_IN_POOL, |at| u32::try_from(at).unwrap_or(NOT_IN_POOL)),
                task,
                beside,
            };
            if record.is_some() && target == 0 && holds_nothing && !is_retired {
                if !increases && candidate.realised_epoch == snapshot.clock.epoch {
                    steps.push(step(Task::Drop, false));
                }
                continue;
            }
            let (limits, lack) = budget.limits();
            match decide_lacking(Lamports(target), &holding, &limits, &lack) {
                Move::Decrease(part) if !increases => {
                    let whole = part == holding.held();
                    budget.decrease(part.0, whole);
                    budget.moved_down = budget.moved_down.saturating_add(part.0);
                    steps.push(step(Task::Decrease { whole }, !has_stake));
                }
                Move::Increase(amount) if increases && !is_retired => {
                    let first = record.is_none();
                    if first && room == 0 {
                        continue;
                    }
                    room = room.saturating_sub(usize::from(first));
                    budget.moved_up = budget.moved_up.saturating_add(amount.0);
                    let spent = amount.0.saturating_add(snapshot.stake_rent);
                    budget.reserve = budget.reserve.saturating_sub(spent);
                    steps.push(step(Task::Increase { first }, has_stake));
                }
                _ => {}
            }
        }
    }
    steps.sort_by_key(|step| (step.task, std::cmp::Reverse(step.pool_index), step.index));
    steps
}

/// Every candidate that deserves to lose its stake at once and can lose some.
pub fn emergencies(snapshot: &Snapshot, selecting: &Selecting) -> Vec<Step> {
    let (config, clock) = (&selecting.config, &snapshot.clock);
    let at = places(&snapshot.records);
    let mut budget = Budget::new(snapshot, selecting);
    let mut steps = Vec::new();
    for (candidate, index) in selecting.candidates.iter().zip(0u32..) {
        let Some(seen) = snapshot.watched.votes.get(&candidate.vote) else { continue };
        let is_broken = seen.is_none_or(|seen| {
            clock.slot.saturating_sub(seen.last_vote_slot) > config.params.delinquent_slots
                || seen.commission_bps > config.params.max_commission_bps
        });
        let Some(pool_index) = at.get(&candidate.vote).copied().filter(|_| is_broken) else { continue };
        let record = snapshot.records.get(pool_index);
        let holding = holding(record);
        let (limits, lack) = budget.limits();
        let down = budget.emergency_left.min(budget.movable);
        let limits = Limits { down: Lamports(down), min_move: Lamports::ZERO, ..limits };
        let has_stake = record.is_some_and(|record| record.stake_state != NO_STAKE);
        let decided = decide_lacking(Lamports::ZERO, &holding, &limits, &lack);
        let whole = match decided {
            Move::Decrease(part) => {
                let whole = part == holding.held();
                budget.decrease(part.0, whole);
                budget.emergency_left = budget.emergency_left.saturating_sub(part.0);
                whole
            }
            // Nothing of it can move now, but it should get nothing more either.
            _ if candidate.seat.target > 0 && candidate.flags & UNSTAKED == 0 => false,
            _ => continue,
        };
        let pool_index = u32::try_from(pool_index).unwrap_or(NOT_IN_POOL);
        let task = Task::Decrease { whole };
        steps.push(Step { vote: candidate.vote, index, pool_index, task, beside: !has_stake });
    }
    steps
}

/// What anybody may call home for tickets that have lacked SOL for two epochs, where whoever delegates does not: the
/// largest part that one validator can give, and its place in the list.
pub fn overdue(snapshot: &Snapshot) -> Option<(usize, u64)> {
    let pool = &snapshot.pool;
    let since = pool.lack_since_epoch;
    let is_overdue = since > 0 && snapshot.clock.epoch.saturating_sub(since) >= PATIENCE_EPOCHS;
    let lack = pool.ticket_lamports.saturating_sub(snapshot.reserve()).saturating_sub(pool.leaving_lamports);
    if lack == 0 || !is_overdue {
        return None;
    }
    let wanted = lack.max(pool.min_delegation);
    let can_split = snapshot.reserve() >= snapshot.stake_rent;
    let usable = |record: &&(usize, &ValidatorRecord)| {
        let record = record.1;
        record.deactivating == 0
            && (record.stake_state == DELEGATED || (record.stake_state == NO_STAKE && record.activating > 0))
    };
    let records: Vec<_> = snapshot.records.iter().enumerate().collect();
    let (at, record) = records.iter().filter(usable).max_by_key(|(_, record)| record.stake)?;
    let from_activating = record.stake_state == NO_STAKE;
    let before = if from_activating { record.activating } else { record.stake };
    let splittable =
        if from_activating || !can_split { 0 } else { before.saturating_sub(pool.min_delegation) };
    let part = if wanted <= splittable { wanted } else { before };
    Some((*at, part))
}
