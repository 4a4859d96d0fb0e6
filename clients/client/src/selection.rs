//! One pool's selection as it stands on a cluster: read as of one slot, and what the program answers about a candidate.
//!
//! The answer is computed here by the crates the program computes it with, so it is the program's own `explain`.

use sluice_money::{Bps, Lamports, LstAmount, Rounding};
use sluice_pool_math::Ledger;
use sluice_sdk::staking_pool::accounts::{Pool, ValidatorListHeader};
use sluice_sdk::staking_pool::types::ValidatorRecord;
use sluice_sdk::validator_selection::accounts::{Config, RegistryHeader};
use sluice_sdk::validator_selection::pdas::find_config;
use sluice_sdk::validator_selection::types::{Candidate, Explanation, SeatRecord};
use sluice_sdk::{AccountData, Slab};
use sluice_selection_math::{Bid, Constraint, Prospect, Seat, Yield, annual, outlook};
use solana_address::Address;

use crate::accounts::{CLOCK, Clock, ReadError, decode, decode_slab};
use crate::pool::{self, PoolId, fixed};
use crate::rpc::{Account, Rpc};

/// In place of an epoch: never.
pub const NEVER: u64 = u64::MAX;

/// Everything that says who gets how much, as of one slot.
pub struct Selection {
    pub slot: u64,
    pub epoch: u64,
    pub pool_address: Address,
    pub pool: Pool,
    pub config: Config,
    pub candidates: Vec<Candidate>,
    /// How many candidates there is room for.
    pub capacity: usize,
    pub records: Vec<ValidatorRecord>,
    ledger: Ledger,
}

impl Selection {
    /// Reads it from a cluster: once to learn which accounts there are, then all of them at one slot.
    pub async fn read(rpc: &Rpc, id: &PoolId) -> Result<Self, ReadError> {
        let pool_address = id.address();
        let config_address = find_config(&pool_address).0;
        let (_, found) = rpc.accounts(&[pool_address, config_address]).await?;
        let [pool, config] = fixed(found);
        id.decode(rpc, pool)?;
        let config = config.ok_or(ReadError::NoSelection { pool: pool_address })?;
        let config: Config = decode(&config_address, &config)?;

        let addresses = [CLOCK, pool_address, config_address, config.registry, config.validator_list];
        let (_, found) = rpc.accounts(&addresses).await?;
        let [clock, pool, config, registry, list] = fixed(found);
        let there = |what, address: &Address, account: Option<Account>| {
            account.ok_or(ReadError::Missing { what, address: *address })
        };
        let clock = there("clock sysvar", &CLOCK, clock)?;
        let clock =
            Clock::decode(&clock.data).ok_or(ReadError::Missing { what: "clock sysvar", address: CLOCK })?;
        let pool = id.decode(rpc, pool)?;
        let config: Config = decode(&config_address, &there("selection", &config_address, config)?)?;
        let registry: Slab<RegistryHeader> =
            decode_slab(&config.registry, &there("registry", &config.registry, registry)?)?;
        let list: Slab<ValidatorListHeader> =
            decode_slab(&config.validator_list, &there("validator list", &config.validator_list, list)?)?;
        let ledger = pool::ledger(&pool, clock.slot)?;
        Ok(Self {
            slot: clock.slot,
            epoch: clock.epoch,
            pool_address,
            pool,
            config,
            candidates: registry.records,
            capacity: registry.capacity,
            records: list.records,
            ledger,
        })
    }

    pub fn candidate(&self, vote: &Address) -> Option<&Candidate> {
        self.candidates.iter().find(|candidate| candidate.vote == *vote)
    }

    /// The candidate whose node has that address, as far as the registry remembers it: eight bytes.
    pub fn candidate_of_node(&self, node: &Address) -> Option<&Candidate> {
        let identity = node.as_array().first_chunk().copied().map(u64::from_le_bytes);
        self.candidates.iter().find(|candidate| Some(candidate.identity) == identity)
    }

    /// Whether the pool does what the selection decides.
    pub fn steers(&self) -> bool {
        self.pool.delegation_authority == find_config(&self.pool_address).0
    }

    /// What the pool's list says of a validator.
    pub fn record(&self, vote: &Address) -> Option<&ValidatorRecord> {
        self.records.iter().find(|record| record.vote == *vote)
    }

    /// Lamports that LST is worth at this slot, rounded down; 0 where the pool has no rate.
    pub fn worth(&self, shares: u64) -> u64 {
        self.ledger.lamports_for(LstAmount(shares)).map_or(0, |value| value.0)
    }

    /// The same rounded up.
    pub fn cost(&self, shares: u64) -> u64 {
        pool::cost(&self.ledger, shares)
    }

    /// LST that is worth at least so many lamports at this slot; 0 where the pool has no rate.
    pub fn shares_worth(&self, lamports: u64) -> u64 {
        pool::shares_worth(&self.ledger, lamports)
    }

    /// The least that a part of anybody's stake is worth, in yield, of those that rank and not direction gave.
    fn weakest(&self) -> u64 {
        let ranked = self
            .candidates
            .iter()
            .map(|candidate| &candidate.seat)
            .filter(|seat| seat.ideal > seat.directed && seat.constraint != Constraint::Stale.code());
        let least = |is_new: bool| {
            let scores = ranked.clone().filter(|seat| (seat.ideal > seat.held) == is_new);
            scores.map(|seat| seat.score).min()
        };
        // What is held counts for more by what a move costs.
        let params = &self.config.params;
        let cost = params.move_cost_bps.checked_div(params.horizon_epochs).unwrap_or(0);
        let cost = Bps::saturating(cost.saturating_add(params.hysteresis_bps));
        let held =
            least(false).map(|score| score.saturating_add(cost.of(score, Rounding::Ceil).unwrap_or(0)));
        held.into_iter().chain(least(true)).min().unwrap_or(0)
    }

    /// The program's answer to `explain`, at this slot.
    pub fn explanation(&self, candidate: &Candidate) -> Explanation {
        let config = &self.config;
        let bond = self.worth(candidate.bond);
        let joining = self.cost((config.params.join_bond / 2).saturating_sub(candidate.bond));
        let bid = Bid(candidate.bid);
        let seat = seat(&candidate.seat);
        let has_a_place = config.clearing == 0 || seat.ideal > 0;
        let threshold = if has_a_place { 0 } else { self.weakest().max(config.clearing) };
        let answer = outlook(
            &seat,
            &Prospect {
                clearing: Yield(threshold),
                cap: Lamports(config.cap),
                bond: Lamports(bond),
                bid,
                least_bond: Bps::saturating(config.params.min_bond_bps),
                bond_epochs: config.params.bid_epochs,
            },
        );
        Explanation {
            allocated_epoch: config.allocated_epoch,
            observed_epoch: candidate.observed_epoch,
            score: seat.score,
            expected: candidate.expected,
            extra: candidate.extra,
            bid: bid.yielded().0,
            expected_apy: annual(Yield(candidate.expected), config.epoch_seconds),
            realised: candidate.realised,
            price: candidate.price,
            clearing: config.clearing,
            lacks_yield: answer.lacks_yield.0,
            held: seat.held,
            target: seat.target,
            ideal: seat.ideal,
            arrives_now: answer.arrives_now.0,
            leaves_now: answer.leaves_now.0,
            arrives_later: answer.arrives_later.0,
            leaves_later: answer.leaves_later.0,
            cap: config.cap,
            bound: seat.bound,
            bond,
            lacks_bond: answer.lacks_bond.0.max(joining),
            directed: seat.directed,
            worst_commission_bps: candidate.worst_commission_bps,
            aso: seat.aso,
            country: seat.country,
            constraint: seat.constraint,
            bound_by: seat.bound_by,
            flags: candidate.flags,
        }
    }
}

fn seat(record: &SeatRecord) -> Seat {
    let SeatRecord { score, bound, held, directed, ideal, target, links, .. } = *record;
    let SeatRecord { aso, country, bound_by, constraint, fixed, .. } = *record;
    Seat {
        score,
        bound,
        held,
        directed,
        ideal,
        target,
        links,
        aso,
        country,
        bound_by,
        constraint,
        fixed,
        ..Seat::default()
    }
}

impl Selection {
    /// A pool of a million SOL at a rate of one, with so many candidates of whom nothing is known: what tests of words and
    /// numbers start from.
    #[doc(hidden)]
    pub fn blank(candidates: usize) -> Self {
        use sluice_sdk::slab::SlabHeader;
        fn zeroed<T: AccountData>() -> T {
            let mut data = vec![0; T::SIZE];
            data[..8].copy_from_slice(&T::DISCRIMINATOR);
            T::decode(&data).unwrap()
        }
        let mut data = vec![0; RegistryHeader::space(candidates)];
        data[..8].copy_from_slice(&RegistryHeader::DISCRIMINATOR);
        data[RegistryHeader::SIZE..][..4].copy_from_slice(&(candidates as u32).to_le_bytes());
        let registry: Slab<RegistryHeader> = Slab::decode(&data).unwrap();
        let total = 1_000_000_000_000_000;
        let pool_address = Address::new_from_array([1; 32]);
        let mut pool: Pool = zeroed();
        pool.total_lamports = total;
        pool.supply = total;
        pool.min_delegation = 1_000_000_000;
        pool.delegation_authority = find_config(&pool_address).0;
        Self {
            slot: 0,
            epoch: 0,
            pool_address,
            pool,
            config: zeroed(),
            candidates: registry.records,
            capacity: registry.capacity,
            records: Vec::new(),
            ledger: Ledger {
                total: Lamports(total),
                supply: LstAmount(total),
                locked_profit: Lamports(0),
                profit_slot: 0,
                profit_end_slot: 0,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bond_lacks_what_joining_takes_or_what_the_cap_takes() {
        let mut selection = Selection::blank(1);
        selection.config.params.join_bond = 10_000_000_000;
        selection.config.params.min_bond_bps = 10;
        selection.config.cap = 1_000_000_000_000;
        selection.candidates[0].bond = 200_000_000;
        // The cap takes one SOL; competing takes five, half of what joining does.
        assert_eq!(selection.explanation(&selection.candidates[0]).lacks_bond, 4_800_000_000);
        selection.config.cap = 10_000_000_000_000;
        assert_eq!(selection.explanation(&selection.candidates[0]).lacks_bond, 9_800_000_000);
        selection.candidates[0].bond = 10_000_000_000;
        assert_eq!(selection.explanation(&selection.candidates[0]).lacks_bond, 0);
    }

    #[test]
    fn who_has_no_place_has_to_displace_the_weakest_and_what_a_move_from_it_costs() {
        let mut selection = Selection::blank(4);
        selection.config.clearing = 90_000;
        selection.config.params.move_cost_bps = 10_000;
        selection.config.params.horizon_epochs = 100;
        let places = [(150_001, 7, 7), (200_000, 8, 7), (10_000, 5, 5)];
        for (candidate, (score, ideal, held)) in selection.candidates.iter_mut().zip(places) {
            (candidate.seat.score, candidate.seat.ideal, candidate.seat.held) = (score, ideal, held);
        }
        // Of the third one all was directed.
        selection.candidates[2].seat.directed = 5;
        selection.candidates[3].seat.score = 1_000;
        let lacks =
            |selection: &Selection, of: usize| selection.explanation(&selection.candidates[of]).lacks_yield;
        assert_eq!(lacks(&selection, 3), 150_001 + 1_501 - 1_000, "a hundredth more, rounded up");
        assert_eq!([0, 1, 2].map(|of| lacks(&selection, of)), [0; 3], "they have a place");
        selection.candidates[1].seat.score = 120_000;
        assert_eq!(lacks(&selection, 3), 120_000 - 1_000, "what is not there yet costs no move");
        selection.config.clearing = 130_000;
        assert_eq!(lacks(&selection, 3), 130_000 - 1_000);
        selection.config.clearing = 0;
        assert_eq!(lacks(&selection, 3), 0, "there was enough for all");
    }

    #[test]
    fn shares_for_an_amount_are_worth_at_least_that() {
        let mut selection = Selection::blank(0);
        selection.ledger.total = Lamports(1_100_000_000_000_001);
        for lamports in [1, 999, 1_234_567_890] {
            let shares = selection.shares_worth(lamports);
            assert!(
                selection.worth(shares) >= lamports && selection.worth(shares - 1) < lamports,
                "{lamports}"
            );
        }
        selection.ledger.supply = LstAmount(0);
        assert_eq!((selection.worth(7), selection.cost(7)), (0, 0));
    }

    #[test]
    fn a_node_is_found_by_what_the_registry_remembers_of_it() {
        let mut selection = Selection::blank(2);
        let node = Address::new_from_array([6; 32]);
        selection.candidates[1].identity = u64::from_le_bytes([6; 8]);
        selection.candidates[1].vote = Address::new_from_array([2; 32]);
        assert_eq!(selection.candidate_of_node(&node).unwrap().vote, selection.candidates[1].vote);
        assert!(selection.candidate_of_node(&Address::new_from_array([7; 32])).is_none());
    }
}
