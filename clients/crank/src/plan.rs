//! What an epoch still needs, in stages. A pure function of what was read.
//!
//! A stage is ready when all that must come before it has happened on chain, whoever did it: so a plan made late, twice or
//! in the middle of somebody else's work is right.

use std::collections::HashSet;

use sluice_client::pool::ledger;
use sluice_money::{Lamports, LstAmount};
use sluice_pool_math as math;
use sluice_sdk::restaking_vault::instructions::{CloseSlashRequest, ExecuteSlash, ReleaseAllocation};
use sluice_sdk::staking_pool::instructions::{
    ClaimTicket, ClearStakeAddress, ClearStakeAddressInstructionArgs, DecreaseStake,
    DecreaseStakeInstructionArgs,
};
use sluice_sdk::validator_selection::types::Place;
use solana_address::Address;
use solana_instruction::AccountMeta;

use crate::costs::{self, Cost};
use crate::job::{Desk, Item, Kind, Part, is_allocating, move_item};
use crate::moves::{self, NOT_IN_POOL, places};
use crate::snapshot::{Selecting, Snapshot};

/// What is done together, in any order of its batches.
#[derive(Clone, Debug)]
pub struct Stage {
    pub kind: Kind,
    pub items: Vec<Item>,
    /// All that must come before has happened.
    pub ready: bool,
}

impl Stage {
    pub fn pending(&self) -> usize {
        self.items.iter().filter(|item| item.pending).count()
    }
}

/// An epoch's work.
#[derive(Clone, Debug)]
pub struct Plan {
    pub epoch: u64,
    /// Those that have something to do, in order.
    pub stages: Vec<Stage>,
    /// The chain still pays rewards: some stages wait for that.
    pub waits_for_rewards: bool,
    /// Later stages may have work that cannot be known yet: the allocation was not made, or what is watched was not read.
    pub is_open: bool,
    /// Items that are left alone for now.
    pub held: usize,
}

impl Plan {
    /// The stages that can be worked on now: the first one, and with it all that stand alone where it does. What is refused
    /// again and again in one of those holds up none of the others.
    pub fn now(&self) -> Vec<&Stage> {
        let mut ready = self.stages.iter().filter(|stage| stage.ready && stage.pending() > 0);
        let Some(first) = ready.next() else { return Vec::new() };
        let beside = ready.filter(|stage| first.kind.stands_alone() && stage.kind.stands_alone());
        std::iter::once(first).chain(beside).collect()
    }

    /// The first stage that can be worked on.
    pub fn next(&self) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.ready && stage.pending() > 0)
    }

    /// Whether the epoch needs nothing more.
    pub fn is_done(&self) -> bool {
        !self.is_open && self.held == 0 && self.stages.iter().all(|stage| stage.pending() == 0)
    }

    /// What there is to do, by stage and name.
    pub fn pending(&self) -> impl Iterator<Item = (Kind, Address)> {
        self.stages.iter().flat_map(|stage| {
            let pending = stage.items.iter().filter(|item| item.pending);
            pending.map(|item| (stage.kind, item.of))
        })
    }

    /// Leaves out items of which it is known that nothing can be done about them.
    pub fn drop(&mut self, items: &HashSet<(Kind, Address)>) {
        for stage in &mut self.stages {
            for item in &mut stage.items {
                item.pending &= !items.contains(&(stage.kind, item.of));
            }
        }
    }

    /// Leaves items alone for now.
    pub fn hold(&mut self, items: &HashSet<(Kind, Address)>) {
        for stage in &mut self.stages {
            for item in &mut stage.items {
                if item.pending && items.contains(&(stage.kind, item.of)) {
                    item.pending = false;
                    self.held += 1;
                }
            }
        }
    }
}

/// Makes the plan.
pub fn plan(snapshot: &Snapshot) -> Plan {
    let epoch = snapshot.clock.epoch;
    let desk = Desk::new(snapshot);
    let quiet = !snapshot.rewards_active;
    let fresh = snapshot.is_fresh();
    let mut stages = Vec::new();
    let mut add = |kind, items: Vec<Item>, ready| {
        if items.iter().any(|item| item.pending) {
            stages.push(Stage { kind, items, ready });
        }
    };

    if !fresh {
        let update = update(snapshot);
        let is_complete = update.iter().all(|item| !item.pending);
        add(Kind::Update, update, quiet);
        let finish = Item::whole(desk.pool, Cost::units(4_676), desk.finish_update());
        add(Kind::FinishUpdate, vec![finish], quiet && is_complete);
    }
    let mut is_open = false;
    if let Some(selecting) = snapshot.selection.as_ref().filter(|selecting| !selecting.candidates.is_empty())
    {
        let allocating = is_allocating(selecting, epoch);
        let allocated = selecting.config.allocated_epoch == epoch;
        is_open = !allocated;
        let to_items = |steps: Vec<moves::Step>| {
            steps.iter().map(|step| move_item(step, &snapshot.stake_addresses(&step.vote))).collect()
        };
        if fresh {
            let emergencies: Vec<Item> = to_items(moves::emergencies(snapshot, selecting));
            add(Kind::Emergency, emergencies, quiet && !allocating);
            add(Kind::ClearAddress, clear(snapshot, &desk), quiet);
        }
        let observe = observe(snapshot, selecting);
        let is_seen = observe.iter().all(|item| !item.pending);
        add(Kind::Observe, observe, fresh && !allocating);
        if !allocated {
            // About as much as two steps of most registries: what is left of the second costs nothing.
            let cost = (selecting.candidates.len() as u32).min(costs::ALLOCATE_STEP) * costs::ALLOCATED;
            let step = Item::whole(selecting.address, Cost::units(cost), desk.allocate(costs::ALLOCATE_STEP));
            add(Kind::Allocate, vec![step], fresh && (allocating || is_seen));
        } else {
            add(Kind::Rebalance, to_items(moves::rebalance(snapshot, selecting)), quiet);
            add(Kind::Settle, settle(snapshot, selecting), fresh);
        }
    } else if fresh {
        add(Kind::ClearAddress, clear(snapshot, &desk), quiet);
    }
    if fresh {
        add(Kind::Claim, claims(snapshot, &desk), true);
        add(Kind::Decrease, decrease(snapshot, &desk), quiet && !is_open);
        vault_work(snapshot, &mut add);
    }
    // What could not be looked for may be there.
    is_open |= snapshot.is_blind;
    Plan { epoch, stages, waits_for_rewards: snapshot.rewards_active, is_open, held: 0 }
}

/// All records, pending where they are not of this epoch.
fn update(snapshot: &Snapshot) -> Vec<Item> {
    let item = |(record, index): (&sluice_sdk::staking_pool::types::ValidatorRecord, u32)| {
        let [stake, activating, deactivating] = snapshot.stake_addresses(&record.vote);
        let mut cost = Cost { units: costs::UPDATED, calls: 1, charges: 0 };
        let mut accounts = Vec::new();
        if record.stake_state != 0 {
            accounts.push(AccountMeta::new(stake, false));
        }
        if record.activating > 0 {
            accounts.push(AccountMeta::new(activating, false));
            cost.units += costs::MERGED;
            cost.calls += 1;
        }
        if record.deactivating > 0 {
            accounts.push(AccountMeta::new(deactivating, false));
            cost.units += costs::COLLECTED;
            cost.calls += 1;
        }
        if record.stake_state == 2 {
            cost.units += costs::COLLECTED;
        }
        let pending = record.updated_epoch != snapshot.clock.epoch;
        Item { of: record.vote, pending, cost, part: Part::Record { index, accounts } }
    };
    snapshot.records.iter().zip(0..).map(item).collect()
}

/// All candidates, pending where this epoch's measurements of them are not complete.
fn observe(snapshot: &Snapshot, selecting: &Selecting) -> Vec<Item> {
    let at = places(&snapshot.records);
    let item = |(candidate, index): (&sluice_sdk::validator_selection::types::Candidate, u32)| {
        let pool_index = at.get(&candidate.vote).and_then(|at| u32::try_from(*at).ok());
        let place = Place { index, pool_index: pool_index.unwrap_or(NOT_IN_POOL) };
        Item {
            of: candidate.vote,
            pending: candidate.measured_epoch != snapshot.clock.epoch,
            cost: Cost::units(costs::OBSERVED),
            part: Part::Candidate(place),
        }
    };
    selecting.candidates.iter().zip(0..).map(item).collect()
}

/// All candidates, pending where the bond has not paid for the last epoch.
fn settle(snapshot: &Snapshot, selecting: &Selecting) -> Vec<Item> {
    let epoch = snapshot.clock.epoch;
    let item = |(candidate, index): (&sluice_sdk::validator_selection::types::Candidate, u32)| {
        let pending = candidate.settled_epoch != epoch && candidate.realised_epoch == epoch;
        let may_pay = candidate.earning > 0 && candidate.bond.saturating_add(candidate.bond_leaving) > 0;
        let units = if may_pay { costs::CHARGED } else { costs::SETTLED };
        let cost = Cost { units, calls: 0, charges: u32::from(may_pay) };
        Item { of: candidate.vote, pending, cost, part: Part::Bond(index) }
    };
    selecting.candidates.iter().zip(0..).map(item).collect()
}

fn clear(snapshot: &Snapshot, desk: &Desk) -> Vec<Item> {
    let at = places(&snapshot.records);
    let item = |occupied: &crate::snapshot::Occupied| {
        let index = u32::try_from(*at.get(&occupied.vote)?).ok()?;
        let clear = ClearStakeAddress {
            pool: desk.pool,
            reserve: desk.reserve,
            validator_list: desk.list,
            vote: occupied.vote,
            occupied: occupied.address,
        };
        let cost = Cost { units: 5_846, calls: 2, charges: 0 };
        let instruction = clear.instruction(ClearStakeAddressInstructionArgs { index });
        Some(Item::whole(occupied.address, cost, instruction))
    };
    snapshot.watched.occupied.iter().filter_map(item).collect()
}

/// Tickets that are due, oldest claim first, as far as the reserve can pay.
fn claims(snapshot: &Snapshot, desk: &Desk) -> Vec<Item> {
    let mut due: Vec<_> = snapshot
        .watched
        .tickets
        .iter()
        .filter(|(_, ticket)| ticket.claim_epoch <= snapshot.pool.updated_epoch)
        .collect();
    due.sort_by_key(|(address, ticket)| (ticket.claim_epoch, *address));
    let Ok(mut ledger) = ledger(&snapshot.pool, snapshot.clock.slot) else { return Vec::new() };
    let mut reserve = snapshot.reserve();
    let mut items = Vec::new();
    for (address, ticket) in due {
        let (shares, ordered) = (LstAmount(ticket.shares), Lamports(ticket.ordered_lamports));
        let Ok(outcome) = math::claim(&ledger, snapshot.clock.slot, shares, ordered) else { continue };
        let Some(left) = reserve.checked_sub(outcome.paid.0) else { continue };
        (ledger, reserve) = (outcome.ledger, left);
        let claim =
            ClaimTicket { pool: desk.pool, ticket: *address, owner: ticket.owner, reserve: desk.reserve };
        let cost = Cost { units: costs::CLAIMED, calls: 1, charges: 0 };
        items.push(Item::whole(*address, cost, claim.instruction()));
    }
    items
}

/// For tickets that have lacked SOL too long, where whoever delegates does nothing about it. The operator signs, as
/// anybody could: the instruction is completed by [`crate::pack`].
fn decrease(snapshot: &Snapshot, desk: &Desk) -> Vec<Item> {
    let Some((at, lamports)) = moves::overdue(snapshot) else { return Vec::new() };
    let Some(record) = snapshot.records.get(at) else { return Vec::new() };
    let [canonical, activating, deactivating] = snapshot.stake_addresses(&record.vote);
    let decrease = DecreaseStake {
        pool: desk.pool,
        authority: ANYBODY,
        reserve: desk.reserve,
        validator_list: desk.list,
        vote: record.vote,
        stake: if record.stake_state == 0 { activating } else { canonical },
        deactivating,
    };
    let index = u32::try_from(at).unwrap_or(NOT_IN_POOL);
    let instruction = decrease.instruction(DecreaseStakeInstructionArgs { index, lamports });
    vec![Item::whole(record.vote, Cost { units: 34_138, calls: 5, charges: 0 }, instruction)]
}

/// Stands for whoever pays for a transaction where anybody may sign: no key has this address.
pub const ANYBODY: Address = Address::new_from_array([0xa5; 32]);

fn vault_work(snapshot: &Snapshot, add: &mut impl FnMut(Kind, Vec<Item>, bool)) {
    let epoch = snapshot.clock.epoch;
    let watched = &snapshot.watched;
    let mut allocations: Vec<_> = watched.allocations.iter().collect();
    allocations.sort_by_key(|(address, _)| **address);
    let release = allocations
        .iter()
        .filter(|(_, allocation)| {
            allocation.cooling_amount > 0 && epoch >= allocation.cooled_at && allocation.request_open == 0
        })
        .map(|(address, allocation)| {
            let release = ReleaseAllocation { vault: allocation.vault, allocation: **address };
            Item::whole(**address, Cost { units: 693, calls: 1, charges: 0 }, release.instruction())
        });
    add(Kind::ReleaseAllocation, release.collect(), true);

    let execute = watched.requests.iter().filter_map(|(address, request)| {
        let is_time = epoch >= request.executable_epoch && epoch < request.expiry_epoch;
        let vault = watched.vaults.get(&request.vault).filter(|_| is_time)?;
        let allocation = watched.allocations.get(&request.allocation)?;
        let some = |address: Address| (address != Address::default()).then_some(address);
        let execute = ExecuteSlash {
            vault: request.vault,
            allocation: request.allocation,
            slash_request: *address,
            rent_payer: request.rent_payer,
            collateral_mint: vault.collateral_mint,
            collateral_account: vault.collateral_account,
            beneficiary: some(allocation.beneficiary),
            collateral_token_program: vault.collateral_token_program,
            staking_pool: some(vault.staking_pool),
        };
        let cost = Cost { units: 2_984, calls: 2, charges: 0 };
        Some(Item::whole(*address, cost, execute.instruction()))
    });
    add(Kind::ExecuteSlash, execute.collect(), true);

    let close = watched.requests.iter().filter(|(_, request)| epoch >= request.expiry_epoch).map(
        |(address, request)| {
            let close = CloseSlashRequest {
                vault: request.vault,
                allocation: request.allocation,
                slash_request: *address,
                rent_payer: request.rent_payer,
            };
            Item::whole(*address, Cost { units: 877, calls: 1, charges: 0 }, close.instruction())
        },
    );
    add(Kind::CloseSlashRequest, close.collect(), true);
}

#[cfg(test)]
mod tests;
