//! What tests of planning and packing start from: a pool as it would be read in the middle of its life.

use std::collections::HashMap;
use std::sync::Arc;

use sluice_client::accounts::Clock;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::staking_pool::accounts::{Pool, ValidatorListHeader};
use sluice_sdk::validator_selection::accounts::{Config, RegistryHeader};
use sluice_sdk::{AccountData, Slab};
use solana_address::Address;

use crate::job::{Desk, Kind};
use crate::plan::{Plan, plan};
use crate::snapshot::{Selecting, Sighting, Snapshot, Watched, stake_addresses};

pub const EPOCH: u64 = 10;
pub const SOL: u64 = 1_000_000_000;

pub fn zeroed<T: AccountData>() -> T {
    let mut data = vec![0; T::SIZE];
    data[..8].copy_from_slice(&T::DISCRIMINATOR);
    T::decode(&data).unwrap()
}

fn records<H: SlabHeader>(count: usize) -> Vec<H::Record> {
    let mut data = vec![0; H::space(count)];
    data[..8].copy_from_slice(&H::DISCRIMINATOR);
    data[H::SIZE..][..4].copy_from_slice(&(count as u32).to_le_bytes());
    Slab::<H>::decode(&data).unwrap().records
}

pub fn address(of: usize) -> Address {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&(of as u64).to_le_bytes());
    Address::new_from_array(bytes)
}

/// So many validators, each with ten SOL, of the epoch before; all candidates, with a target of what they hold.
pub fn snapshot(validators: usize) -> Snapshot {
    let pool_address = address(1_000_001);
    let mut pool: Pool = zeroed();
    pool.total_lamports = (validators as u64 + 2) * 10 * SOL;
    pool.supply = pool.total_lamports;
    pool.min_delegation = SOL;
    pool.movement_cap_bps = 10_000;
    pool.updated_epoch = EPOCH - 1;
    pool.validator_list = address(1_000_002);
    pool.reserve = address(1_000_003);
    pool.epoch_slots = 432_000;
    let mut config: Config = zeroed();
    config.registry = address(1_000_004);
    config.ranking = address(1_000_005);
    config.allocated_epoch = EPOCH - 1;
    config.allocating_epoch = EPOCH - 1;
    config.move_limit = u64::MAX;
    config.params.max_commission_bps = 10_000;
    config.params.delinquent_slots = 1_000;
    config.params.emergency_bps = 10_000;
    let mut list = records::<ValidatorListHeader>(validators);
    let mut candidates = records::<RegistryHeader>(validators);
    for (at, (record, candidate)) in list.iter_mut().zip(&mut candidates).enumerate() {
        record.vote = address(at);
        record.stake = 10 * SOL;
        record.stake_state = 1;
        record.updated_epoch = EPOCH - 1;
        candidate.vote = record.vote;
        candidate.measured_epoch = EPOCH - 1;
        candidate.realised_epoch = EPOCH - 1;
        candidate.settled_epoch = EPOCH - 1;
        candidate.seat.target = 10 * SOL;
        candidate.seat.ideal = 10 * SOL;
    }
    let stakes: HashMap<_, _> =
        list.iter().map(|record| (record.vote, stake_addresses(&pool_address, &record.vote))).collect();
    Snapshot {
        clock: Clock { slot: 4_320_100, epoch: EPOCH, unix_timestamp: 0 },
        rewards_active: false,
        pool_address,
        reserve_lamports: 20 * SOL + 1,
        pool,
        reserve_rent: 1,
        stake_rent: 2_000_000,
        records: list,
        capacity: validators + 10,
        selection: Some(Selecting { address: address(1_000_006), config, candidates }),
        stakes: Arc::new(stakes),
        is_blind: false,
        watched: Arc::new(Watched::default()),
    }
}

/// The pool's update, the observations and the allocation of this epoch are done.
pub fn updated(snapshot: &mut Snapshot) {
    snapshot.pool.updated_epoch = EPOCH;
    snapshot.records.iter_mut().for_each(|record| record.updated_epoch = EPOCH);
}

pub fn observed(snapshot: &mut Snapshot) {
    let selecting = snapshot.selection.as_mut().unwrap();
    for candidate in &mut selecting.candidates {
        candidate.measured_epoch = EPOCH;
        candidate.realised_epoch = EPOCH;
    }
}

pub fn allocated(snapshot: &mut Snapshot) {
    let config = &mut snapshot.selection.as_mut().unwrap().config;
    (config.allocating_epoch, config.allocated_epoch) = (EPOCH, EPOCH);
}

pub fn settled(snapshot: &mut Snapshot) {
    let selecting = snapshot.selection.as_mut().unwrap();
    selecting.candidates.iter_mut().for_each(|candidate| candidate.settled_epoch = EPOCH);
}

/// All of it.
pub fn finished(validators: usize) -> Snapshot {
    let mut snapshot = snapshot(validators);
    updated(&mut snapshot);
    observed(&mut snapshot);
    allocated(&mut snapshot);
    settled(&mut snapshot);
    snapshot
}

/// How a validator was seen.
pub fn seen(snapshot: &mut Snapshot, of: usize, sighting: Option<Sighting>) {
    Arc::make_mut(&mut snapshot.watched).votes.insert(address(of), sighting);
}

/// Stages that have something to do: kind, items, and whether it is their time.
pub fn stages(plan: &Plan) -> Vec<(Kind, usize, bool)> {
    plan.stages.iter().map(|stage| (stage.kind, stage.pending(), stage.ready)).collect()
}

pub fn planned(snapshot: &Snapshot) -> Vec<(Kind, usize, bool)> {
    stages(&plan(snapshot))
}

pub fn desk(snapshot: &Snapshot) -> Desk {
    Desk::new(snapshot)
}
