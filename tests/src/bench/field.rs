//! A pool, its selection, and as many candidates as a case wants, cranked the way a bot would: it reads both lists
//! once, and sends what is needed and nothing else.

use std::cmp::Reverse;
use std::collections::HashMap;

use sluice_money::Lamports;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::UpdateValidatorsInstructionArgs;
use sluice_sdk::staking_pool::types::ValidatorRecord;
use sluice_sdk::validator_selection::types::{Candidate, Params, Place};
use sluice_selection_math::{Holding, Limits, Move, decide};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use solana_signer::Signer;

use super::tables::{MAX_COMPUTE_UNITS, Tables};
use crate::pool::compute_limit;
use crate::selection::{NOT_IN_POOL, Vote, VoteLayout, open_params};
use crate::{Chain, SOL, SelectionFixture, Sent, Svm};

/// Epochs of history of every candidate: all the chain keeps beside the current one.
const HISTORY: u64 = 63;
/// Credits of an epoch in which every vote landed at once.
const FULL: u64 = 432_000 * 16;
/// A move smaller than this is not made: more than all rents that are laid out here together.
const MIN_MOVE: u64 = 5 * SOL;
/// The least share of the pool that may be the most a validator gets.
pub const LEAST_CAP_BPS: u16 = 1;
/// What each validator holds when all hold the cap, in lamports.
pub const HOLDING: u64 = 10 * SOL;

/// Candidates' worth of work, and candidates to settle, that fit a transaction however much each takes.
const ALLOCATE_STEP: u32 = 3_000;
const SETTLE_STEP: u32 = 1_000;

/// `ValidatorRecord::stake_state`: none, and cooling down as a whole.
const NO_STAKE: u8 = 0;
const LEAVING: u8 = 2;

/// Settings under which `share` of the pool, in basis points, goes to `count` validators in equal parts, and the rest
/// stays in the reserve: 1 % more than has to, out of which rents are laid out.
pub fn equal_parts(count: usize, share: u16) -> Params {
    let cap_bps = (share / count as u16).max(LEAST_CAP_BPS);
    // Of 5,000 with the least cap each, half of the pool stays liquid.
    let given = u64::from(cap_bps) * count as u64;
    let reserve_bps = 9_900u64.saturating_sub(given).min(5_000) as u16;
    Params { cap_bps, reserve_bps, min_move: MIN_MOVE, ..open_params() }
}

/// What the pool must have so that each of `params`' parts is [`HOLDING`], in lamports.
pub fn funds(params: &Params) -> u64 {
    HOLDING * 10_000 / u64::from(params.cap_bps)
}

pub struct Field {
    pub selection: SelectionFixture,
    /// Vote accounts, in the order of the registry.
    pub votes: Vec<Address>,
    tables: Tables,
    vote: Vote,
    /// Those that stopped voting, by index.
    dark: Vec<usize>,
}

/// A candidate as a bot sees it.
struct Seen {
    place: Place,
    candidate: Candidate,
    record: Option<ValidatorRecord>,
}

/// What a place of a `rebalance` is for. They are sent in this order: an empty record that leaves the pool's list is
/// replaced by the last one, which must not be one of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Decrease,
    Increase,
    Drop,
}

impl Seen {
    fn task(&self, limits: &Limits) -> Option<Task> {
        let holding = self.record.as_ref().map_or(Holding::default(), |record| Holding {
            stake: Lamports(record.stake),
            activating: Lamports(record.activating),
            deactivating: Lamports(record.deactivating),
            leaving: record.stake_state == LEAVING,
        });
        let is_empty = self.record.as_ref().is_some_and(|record| {
            record.stake_state == NO_STAKE && record.activating == 0 && record.deactivating == 0
        });
        match decide(Lamports(self.candidate.seat.target), &holding, limits) {
            Move::Increase(_) => Some(Task::Increase),
            Move::Decrease(_) => Some(Task::Decrease),
            Move::None if is_empty && self.candidate.seat.target == 0 => Some(Task::Drop),
            Move::None => None,
        }
    }
}

impl Field {
    /// `count` candidates and room for `spare` more, none with stake, and a pool of [`funds`].
    pub fn joined(svm: &mut Svm, params: Params, count: usize, spare: usize) -> Self {
        let funds = funds(&params);
        let selection = SelectionFixture::with_capacity(svm, params, count + spare, count + spare);
        let more = [
            selection.config,
            selection.registry,
            selection.ranking,
            selection.vault,
            sluice_sdk::staking_pool::programs::STAKING_POOL_ID,
        ];
        let tables = Tables::of_pool(svm, &selection.pool, &more);
        let vote = Vote::steady(svm.clock().epoch, HISTORY, FULL, 500);
        let mut field = Self { selection, votes: Vec::new(), tables, vote, dark: Vec::new() };
        // Cranks of a thousand moves cost more in signatures than the fixture's payer has.
        svm.airdrop(&field.selection.pool.payer.pubkey(), 100 * SOL);
        field.selection.fund(svm, funds);
        field.join(svm, count);
        field
    }

    /// The same, with stake of all of them active and measured, the last epoch's crank done, and the next epoch begun.
    pub fn staked(svm: &mut Svm, params: Params, count: usize, spare: usize) -> Self {
        Self::joined(svm, params, count, spare).stake(svm)
    }

    /// The same without spare room, with a bond of so much LST each, paid by the holder of the name "backer".
    pub fn bonded(svm: &mut Svm, params: Params, count: usize, bond: u64) -> Self {
        let field = Self::joined(svm, params, count, 0);
        let pool = &field.selection.pool;
        let bonds = (count as u64 + 2) * bond.max(SOL);
        let (backer, lst) = pool.user(svm, "backer", bonds + SOL);
        svm.must(&[pool.deposit_sol(&backer.pubkey(), &lst, bonds, 0)], &[&backer]);
        for vote in field.votes.iter().filter(|_| bond > 0) {
            let fund = field.selection.fund_bond(svm, vote, &backer.pubkey(), &lst, bond);
            svm.must(&[fund], &[&pool.payer, &backer]);
        }
        // Bonds count from the next observation on.
        field.observe(svm);
        field.stake(svm)
    }

    fn stake(self, svm: &mut Svm) -> Self {
        let field = self;
        field.allocate_in_steps(svm);
        field.rebalance(svm);
        field.turn_epoch(svm);
        field.crank(svm);
        field.turn_epoch(svm);
        let records = field.selection.pool.list(svm).records;
        assert!(records.len() == field.votes.len() && records.iter().all(|record| record.stake >= SOL));
        field
    }

    /// `count` more candidates.
    pub fn join(&mut self, svm: &mut Svm, count: usize) {
        let first = self.votes.len();
        self.add(svm, count);
        let (selection, votes) = (&self.selection, &self.votes[first..]);
        self.tables.send_all(svm, votes, |votes| {
            let joins = votes.iter().map(|vote| selection.join(vote));
            [compute_limit(MAX_COMPUTE_UNITS)].into_iter().chain(joins).collect()
        });
    }

    /// `count` more vote accounts, which have not joined yet.
    pub fn add(&mut self, svm: &mut Svm, count: usize) {
        let first = self.votes.len();
        for index in first..first + count {
            let vote = self.write_vote(svm, index);
            self.votes.push(vote);
        }
        self.tables.add_validators(svm, &self.selection.pool, &self.votes[first..]);
    }

    /// From the next epoch on, no vote of this one lands.
    pub fn go_dark(&mut self, index: usize) {
        self.dark.push(index);
    }

    /// Everybody's vote account in another layout, as of now.
    pub fn relayout(&mut self, svm: &mut Svm, layout: VoteLayout) {
        self.vote.layout = layout;
        self.write_votes(svm);
    }

    /// The next epoch, with everybody's votes of the last one.
    pub fn turn_epoch(&self, svm: &mut Svm) {
        svm.advance_epoch();
        self.write_votes(svm);
    }

    fn write_votes(&self, svm: &mut Svm) {
        for index in 0..self.votes.len() {
            self.write_vote(svm, index);
        }
    }

    /// Credits differ from candidate to candidate, in no order, and not from epoch to epoch.
    fn write_vote(&self, svm: &mut Svm, index: usize) -> Address {
        let epoch = svm.clock().epoch;
        let earned = FULL - (index as u64 * 7_919 % 10_007) * 60;
        let mut credits: Vec<(u64, u64)> = (epoch - HISTORY..=epoch).map(|epoch| (epoch, earned)).collect();
        if let [.., before, last, now] = credits.as_mut_slice() {
            now.1 = 1_000;
            if self.dark.contains(&index) {
                // Credits only ever grow: what it does not earn now it has earned before.
                before.1 += last.1;
                last.1 = 0;
            }
        }
        Vote { credits, ..self.vote.clone() }.write(svm, &format!("candidate {index}"))
    }

    // The crank.

    /// Everything an epoch needs; what each transaction came to.
    pub fn crank(&self, svm: &mut Svm) -> Vec<Sent> {
        let mut sent = self.update(svm);
        sent.extend(self.observe(svm));
        sent.extend(self.allocate_in_steps(svm));
        sent.extend(self.rebalance(svm));
        sent.extend(self.settle(svm));
        sent
    }

    pub fn update(&self, svm: &mut Svm) -> Vec<Sent> {
        let pool = &self.selection.pool;
        let records = pool.list(svm).records;
        let records: Vec<(usize, Vec<AccountMeta>)> = records
            .iter()
            .map(|record| pool.update_metas(std::slice::from_ref(record)))
            .enumerate()
            .collect();
        let mut sent = self.tables.send_all(svm, &records, |batch| {
            let args = UpdateValidatorsInstructionArgs { start: batch[0].0 as u32, count: batch.len() as u8 };
            let metas: Vec<_> = batch.iter().flat_map(|(_, metas)| metas).cloned().collect();
            let update = pool.update_validators_accounts().instruction_with_remaining_accounts(args, &metas);
            vec![compute_limit(MAX_COMPUTE_UNITS), update]
        });
        sent.push(self.tables.must(svm, &[pool.finish_update()]));
        sent
    }

    pub fn observe(&self, svm: &mut Svm) -> Vec<Sent> {
        let seen = self.seen(svm);
        self.tables.send_all(svm, &seen, |batch| self.observation(batch))
    }

    /// One transaction that observes these, by index.
    pub fn observe_some(&self, svm: &mut Svm, range: std::ops::Range<usize>) -> Sent {
        let instructions = self.observation(&self.seen(svm)[range]);
        self.tables.must(svm, &instructions)
    }

    fn observation(&self, batch: &[Seen]) -> Vec<Instruction> {
        let places = batch.iter().map(|seen| seen.place.clone()).collect();
        let votes: Vec<Address> = batch.iter().map(|seen| seen.candidate.vote).collect();
        vec![compute_limit(MAX_COMPUTE_UNITS), self.selection.observe_places(places, &votes)]
    }

    pub fn allocate(&self, svm: &mut Svm) -> Sent {
        self.tables.must(svm, &[compute_limit(MAX_COMPUTE_UNITS), self.selection.allocate()])
    }

    /// The allocation in as few transactions as it takes.
    pub fn allocate_in_steps(&self, svm: &mut Svm) -> Vec<Sent> {
        let mut sent = Vec::new();
        while self.selection.state(svm).allocated_epoch != svm.clock().epoch {
            let step = [compute_limit(MAX_COMPUTE_UNITS), self.selection.allocate_some(ALLOCATE_STEP)];
            sent.push(self.tables.must(svm, &step));
        }
        sent
    }

    /// Charges all bonds, or finds that nothing is due.
    pub fn settle(&self, svm: &mut Svm) -> Vec<Sent> {
        let count = self.votes.len() as u32;
        (0..count)
            .step_by(SETTLE_STEP as usize)
            .map(|start| {
                let settle = self.selection.settle(start, SETTLE_STEP.min(count - start));
                self.tables.must(svm, &[compute_limit(MAX_COMPUTE_UNITS), settle])
            })
            .collect()
    }

    /// Moves what has to move.
    pub fn rebalance(&self, svm: &mut Svm) -> Vec<Sent> {
        let tasks = self.tasks(svm);
        self.tables.send_all(svm, &tasks, |batch| self.moves(batch))
    }

    /// One transaction that rebalances these, by index, in that order, whether they need anything or not.
    pub fn rebalance_some(&self, svm: &mut Svm, candidates: &[usize]) -> Sent {
        let (seen, limits) = (self.seen(svm), self.limits(svm));
        let batch: Vec<_> = candidates
            .iter()
            .map(|index| {
                let seen = &seen[*index];
                (seen.place.clone(), self.metas(seen, seen.task(&limits)))
            })
            .collect();
        let instructions = self.moves(&batch);
        self.tables.must(svm, &instructions)
    }

    fn moves(&self, batch: &[(Place, [AccountMeta; 3])]) -> Vec<Instruction> {
        let places = batch.iter().map(|(place, _)| place.clone()).collect();
        let metas: Vec<_> = batch.iter().flat_map(|(_, metas)| metas).cloned().collect();
        vec![compute_limit(MAX_COMPUTE_UNITS), self.selection.rebalance_places(places, &metas)]
    }

    /// What is to do, in the order it is to be done.
    fn tasks(&self, svm: &Svm) -> Vec<(Place, [AccountMeta; 3])> {
        let (seen, limits) = (self.seen(svm), self.limits(svm));
        let mut tasks: Vec<(Task, &Seen)> =
            seen.iter().filter_map(|seen| Some((seen.task(&limits)?, seen))).collect();
        tasks.sort_by_key(|(task, seen)| (*task, Reverse(seen.place.pool_index)));
        tasks.into_iter().map(|(task, seen)| (seen.place.clone(), self.metas(seen, Some(task)))).collect()
    }

    /// What bounds a move besides what the reserve has and the epoch allows, which are enough here.
    fn limits(&self, svm: &Svm) -> Limits {
        Limits {
            min_delegation: Lamports(self.selection.pool.state(svm).min_delegation),
            min_move: Lamports(MIN_MOVE),
            available: Lamports(u64::MAX),
            up: Lamports(u64::MAX),
            down: Lamports(u64::MAX),
        }
    }
    /// The vote account, the stake account to use, and the one that would cool down.
    fn metas(&self, seen: &Seen, task: Option<Task>) -> [AccountMeta; 3] {
        let (pool, vote) = (&self.selection.pool, &seen.candidate.vote);
        let has_stake = seen.record.as_ref().is_some_and(|record| record.stake_state != NO_STAKE);
        // With a canonical account an increase goes beside it; without one, a decrease comes from beside it.
        let beside = match task {
            Some(Task::Increase) => has_stake,
            Some(Task::Decrease) => !has_stake,
            Some(Task::Drop) | None => false,
        };
        let stake = if beside { pool.activating(vote) } else { pool.stake(vote) };
        [
            AccountMeta::new_readonly(*vote, false),
            AccountMeta::new(stake, false),
            AccountMeta::new(pool.deactivating(vote), false),
        ]
    }

    /// Every candidate, in the order of the registry.
    fn seen(&self, svm: &Svm) -> Vec<Seen> {
        let records = self.selection.pool.list(svm).records;
        let at: HashMap<Address, usize> =
            records.iter().enumerate().map(|(index, record)| (record.vote, index)).collect();
        let candidates = self.selection.registry(svm).records;
        candidates
            .into_iter()
            .zip(0..)
            .map(|(candidate, index)| {
                let pool_index = at.get(&candidate.vote).copied();
                Seen {
                    place: Place { index, pool_index: pool_index.map_or(NOT_IN_POOL, |index| index as u32) },
                    record: pool_index.map(|index| records[index].clone()),
                    candidate,
                }
            })
            .collect()
    }
}

/// Moves of stake in these transactions, as the pool logged them.
pub fn moved(sent: &[Sent]) -> usize {
    let moves = |event: &Event| {
        matches!(
            event,
            Event::StakingPool(StakingPoolEvent::StakeIncreased(_) | StakingPoolEvent::StakeDecreased(_))
        )
    };
    sent.iter().flat_map(Sent::events).filter(moves).count()
}
