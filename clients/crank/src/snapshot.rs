//! What an epoch's work is planned from, read from a cluster.
//!
//! The pool, its list and its selection are of one slot. What is watched beside (vote accounts, tickets, vaults) is read
//! less often and may be of other slots; a plan made of it is at worst refused by a simulation.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sluice_chain_views::vote::VoteView;
use sluice_client::accounts::{CLOCK, Clock, ReadError, decode, decode_slab};
use sluice_client::pool::PoolId;
use sluice_client::{Account, Rpc};
use sluice_sdk::AccountData;
use sluice_sdk::pda::staking_pool as pool_pda;
use sluice_sdk::restaking_vault::accounts::{Allocation, SlashRequest, Vault};
use sluice_sdk::staking_pool::accounts::{Pool, Ticket, ValidatorListHeader};
use sluice_sdk::staking_pool::types::ValidatorRecord;
use sluice_sdk::validator_selection::accounts::{Config, RegistryHeader};
use sluice_sdk::validator_selection::pdas::find_config;
use sluice_sdk::validator_selection::types::Candidate;
use solana_address::Address;

use crate::cluster::Cluster;
use crate::error::CrankError;

/// Offsets of a ticket's pool and a vault's collateral mint.
const TICKET_POOL: usize = 8;
const VAULT_COLLATERAL: usize = 8 + 6 * 32;
/// Where the sysvar says whether an epoch's rewards are still being paid.
const REWARDS_ACTIVE: usize = 80;
/// Bytes of a stake account.
const STAKE_SPACE: usize = 200;

/// Canonical, activating and deactivating stake account of a validator.
pub type StakeAddresses = [Address; 3];

/// What a vote account says; `None` in a map: it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    pub last_vote_slot: u64,
    pub commission_bps: u16,
}

/// The selection that delegates the pool's stake.
#[derive(Clone, Debug)]
pub struct Selecting {
    pub address: Address,
    pub config: Config,
    pub candidates: Vec<Candidate>,
}

/// An address for a stake account that somebody keeps occupied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occupied {
    pub vote: Address,
    pub address: Address,
}

/// What is looked for from time to time.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// Vote accounts of validators that hold stake of the pool.
    pub votes: HashMap<Address, Option<Sighting>>,
    pub occupied: Vec<Occupied>,
    pub tickets: Vec<(Address, Ticket)>,
    /// Vaults whose collateral is one of the pool's tokens, with what is open in them.
    pub vaults: HashMap<Address, Vault>,
    pub allocations: HashMap<Address, Allocation>,
    pub requests: Vec<(Address, SlashRequest)>,
}

/// A pool and all that its crank is planned from.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub clock: Clock,
    /// The chain still pays the epoch's rewards: stake instructions fail.
    pub rewards_active: bool,
    pub pool_address: Address,
    pub pool: Pool,
    /// Lamports of the reserve account, its rent included.
    pub reserve_lamports: u64,
    pub reserve_rent: u64,
    pub stake_rent: u64,
    pub records: Vec<ValidatorRecord>,
    /// How many records there is room for.
    pub capacity: usize,
    /// `None`: somebody else delegates.
    pub selection: Option<Selecting>,
    /// What is watched could not be read.
    pub is_blind: bool,
    /// By vote account.
    pub stakes: Arc<HashMap<Address, StakeAddresses>>,
    pub watched: Arc<Watched>,
}

impl Snapshot {
    /// Whether the pool's rate is of this epoch.
    pub fn is_fresh(&self) -> bool {
        self.pool.updated_epoch == self.clock.epoch
    }

    /// Lamports of the reserve that are the pool's, above its rent.
    pub fn reserve(&self) -> u64 {
        self.reserve_lamports.saturating_sub(self.reserve_rent).saturating_sub(self.pool.liquidity_lamports)
    }

    /// First slot of the epoch, as the pool knows the length of epochs.
    pub fn epoch_start(&self) -> u64 {
        let epochs = self.clock.epoch.saturating_sub(self.pool.updated_epoch);
        self.pool.epoch_start_slot.saturating_add(epochs.saturating_mul(self.pool.epoch_slots))
    }

    pub fn stake_addresses(&self, vote: &Address) -> StakeAddresses {
        self.stakes.get(vote).copied().unwrap_or_else(|| stake_addresses(&self.pool_address, vote))
    }
}

/// Where the stake accounts of a validator of a pool are.
pub fn stake_addresses(pool: &Address, vote: &Address) -> StakeAddresses {
    [
        pool_pda::find_stake(pool, vote).0,
        pool_pda::find_activating_stake(pool, vote).0,
        pool_pda::find_deactivating_stake(pool, vote).0,
    ]
}

/// Reads one pool again and again.
pub struct Reader {
    cluster: Cluster,
    id: PoolId,
    /// Says which cluster is meant where there is no such pool.
    rpc: Rpc,
    places: Option<Places>,
    stakes: HashMap<Address, StakeAddresses>,
    shared: Arc<HashMap<Address, StakeAddresses>>,
    watched: Arc<Watched>,
    watched_at: Option<(u64, Instant)>,
    occupied_epoch: Option<u64>,
    /// Why the last snapshot was blind.
    unseen: Option<CrankError>,
}

/// Where the accounts of a pool are, and rents, none of which ever changes.
#[derive(Clone, Copy)]
struct Places {
    reserve: Address,
    list: Address,
    config: Address,
    registry: Option<Address>,
    reserve_rent: u64,
    stake_rent: u64,
}

impl Reader {
    pub fn new(cluster: Cluster, rpc: Rpc, id: PoolId) -> Self {
        Self {
            cluster,
            id,
            rpc,
            places: None,
            stakes: HashMap::new(),
            shared: Arc::default(),
            watched: Arc::default(),
            watched_at: None,
            occupied_epoch: None,
            unseen: None,
        }
    }

    /// What is watched has changed: the next reading looks again.
    pub fn look_again(&mut self) {
        self.watched_at = None;
    }

    /// Why what is watched was not read for that snapshot.
    pub fn blindness(&mut self, of: &Snapshot) -> Option<CrankError> {
        self.unseen.take().filter(|_| of.is_blind)
    }

    /// The pool now; what is watched as of at most `watch` ago.
    pub async fn read(&mut self, watch: Duration) -> Result<Snapshot, CrankError> {
        let places = match self.places {
            Some(places) => places,
            None => self.find().await?,
        };
        let address = self.id.address();
        let rewards = solana_sdk_ids::sysvar::epoch_rewards::ID;
        let mut addresses = vec![CLOCK, rewards, address, places.reserve, places.list, places.config];
        addresses.extend(places.registry);
        let (_, found) = self.cluster.accounts(&addresses).await?;
        let mut found = found.into_iter();
        let mut next = || found.next().flatten();
        let missing = |what, address: &Address| ReadError::Missing { what, address: *address };

        let clock = next().and_then(|account| Clock::decode(&account.data));
        let clock = clock.ok_or_else(|| missing("clock sysvar", &CLOCK))?;
        let rewards_active =
            next().is_some_and(|account| account.data.get(REWARDS_ACTIVE).is_some_and(|active| *active != 0));
        let pool = self.id.decode(&self.rpc, next())?;
        let reserve = next().ok_or_else(|| missing("reserve", &places.reserve))?;
        let list = next().ok_or_else(|| missing("validator list", &places.list))?;
        let list = decode_slab::<ValidatorListHeader>(&places.list, &list)?;
        let selection = match (next(), places.registry) {
            (Some(config), Some(registry)) if pool.delegation_authority == places.config => {
                let candidates = next().ok_or_else(|| missing("registry", &registry))?;
                Some(Selecting {
                    address: places.config,
                    config: decode(&places.config, &config)?,
                    candidates: decode_slab::<RegistryHeader>(&registry, &candidates)?.records,
                })
            }
            // A selection that was made since the last look is found by the next one.
            (Some(_), None) => {
                self.places = None;
                None
            }
            _ => None,
        };
        let votes = list.records.iter().map(|record| record.vote);
        let votes = votes.chain(selection.iter().flat_map(|selection| {
            let chosen = selection.candidates.iter().filter(|candidate| candidate.seat.target > 0);
            chosen.map(|candidate| candidate.vote)
        }));
        let mut grown = false;
        for vote in votes {
            self.stakes.entry(vote).or_insert_with(|| {
                grown = true;
                stake_addresses(&address, &vote)
            });
        }
        if grown {
            self.shared = Arc::new(self.stakes.clone());
        }
        let mut snapshot = Snapshot {
            clock,
            rewards_active,
            pool_address: address,
            pool,
            reserve_lamports: reserve.lamports,
            reserve_rent: places.reserve_rent,
            stake_rent: places.stake_rent,
            records: list.records,
            capacity: list.capacity,
            selection,
            is_blind: false,
            stakes: Arc::clone(&self.shared),
            watched: Arc::clone(&self.watched),
        };
        let is_old =
            self.watched_at.is_none_or(|(epoch, at)| epoch != snapshot.clock.epoch || at.elapsed() >= watch);
        if snapshot.is_fresh() && is_old {
            match self.watch(&snapshot).await {
                Ok(watched) => {
                    self.watched = Arc::new(watched);
                    self.watched_at = Some((snapshot.clock.epoch, Instant::now()));
                    snapshot.watched = Arc::clone(&self.watched);
                }
                // The epoch's own work needs none of it.
                Err(error) => {
                    tracing::warn!(%error, "tickets, vaults and votes are not seen: going on with what was seen last");
                    snapshot.is_blind = true;
                    self.unseen = Some(error);
                }
            }
        }
        Ok(snapshot)
    }

    async fn find(&mut self) -> Result<Places, CrankError> {
        let address = self.id.address();
        let config = find_config(&address).0;
        let (_, found) = self.cluster.accounts(&[address, config]).await?;
        let [pool, selection] = <[_; 2]>::try_from(found).unwrap_or_default();
        let pool = self.id.decode(&self.rpc, pool)?;
        let registry = match selection {
            Some(account) => Some(decode::<Config>(&config, &account)?.registry),
            None => None,
        };
        let reserve_space = self
            .cluster
            .accounts(&[pool.reserve])
            .await?
            .1
            .pop()
            .flatten()
            .map_or(0, |found| found.data.len());
        let places = Places {
            reserve: pool.reserve,
            list: pool.validator_list,
            config,
            registry,
            reserve_rent: self.cluster.minimum_balance(reserve_space).await?,
            stake_rent: self.cluster.minimum_balance(STAKE_SPACE).await?,
        };
        self.places = Some(places);
        Ok(places)
    }

    async fn watch(&mut self, snapshot: &Snapshot) -> Result<Watched, CrankError> {
        let holds = |record: &&ValidatorRecord| record.stake > 0 || record.activating > 0;
        let votes: Vec<Address> = snapshot.records.iter().filter(holds).map(|record| record.vote).collect();
        let (_, found) = self.cluster.accounts(&votes).await?;
        let votes = votes.into_iter().zip(found.into_iter().map(|account| sight(account.as_ref()))).collect();

        // An update empties accounts: once after it is when addresses can have been kept occupied.
        let occupied = if self.occupied_epoch == Some(snapshot.clock.epoch) {
            let still = self.watched.occupied.iter().map(|occupied| (occupied.vote, occupied.address));
            self.occupied(still.collect()).await?
        } else {
            let unused = snapshot.records.iter().flat_map(|record| {
                let [stake, activating, deactivating] = snapshot.stake_addresses(&record.vote);
                let unused = [
                    (record.stake_state == 0, stake),
                    (record.activating == 0, activating),
                    (record.deactivating == 0, deactivating),
                ];
                unused
                    .into_iter()
                    .filter(|(is_unused, _)| *is_unused)
                    .map(|(_, address)| (record.vote, address))
            });
            let unused = unused.collect();
            self.occupied(unused).await?
        };
        self.occupied_epoch = Some(snapshot.clock.epoch);

        let tickets = self.all::<Ticket>(&[(TICKET_POOL, snapshot.pool_address.as_ref())]).await?;
        let mut watched = Watched { votes, occupied, tickets, ..Watched::default() };
        for mint in [snapshot.pool.lst_mint, snapshot.pool.lp_mint] {
            if mint != Address::default() {
                watched.vaults.extend(self.all::<Vault>(&[(VAULT_COLLATERAL, mint.as_ref())]).await?);
            }
        }
        // Anybody may open vaults: what is asked must not grow with their number.
        if !watched.vaults.is_empty() {
            let requests = self.all::<SlashRequest>(&[]).await?;
            let allocations = self.all::<Allocation>(&[]).await?;
            let is_ours = |vault: &Address| watched.vaults.contains_key(vault);
            watched.requests = requests.into_iter().filter(|(_, request)| is_ours(&request.vault)).collect();
            watched.allocations =
                allocations.into_iter().filter(|(_, allocation)| is_ours(&allocation.vault)).collect();
        }
        Ok(watched)
    }

    async fn occupied(&self, unused: Vec<(Address, Address)>) -> Result<Vec<Occupied>, CrankError> {
        let addresses: Vec<Address> = unused.iter().map(|(_, address)| *address).collect();
        let (_, found) = self.cluster.accounts(&addresses).await?;
        let is_kept = |account: &Option<Account>| {
            account
                .as_ref()
                .is_some_and(|account| account.lamports > 0 && account.owner == solana_sdk_ids::stake::ID)
        };
        let kept = unused.into_iter().zip(found).filter(|(_, account)| is_kept(account));
        Ok(kept.map(|((vote, address), _)| Occupied { vote, address }).collect())
    }

    /// Accounts of a type that have these bytes at their offsets. What is no such account is left out: anybody may make one.
    async fn all<T: AccountData>(&self, at: &[(usize, &[u8])]) -> Result<Vec<(Address, T)>, CrankError> {
        let filters = [&[(0, &T::DISCRIMINATOR[..])], at].concat();
        let found = self.cluster.program_accounts(&T::PROGRAM, &filters).await?;
        Ok(found
            .into_iter()
            .filter_map(|(address, account)| Some((address, decode(&address, &account).ok()?)))
            .collect())
    }
}

fn sight(vote: Option<&Account>) -> Option<Sighting> {
    let vote = vote.filter(|account| account.owner == solana_sdk_ids::vote::ID)?;
    let view = VoteView::parse(&vote.data).ok()?;
    Some(Sighting {
        last_vote_slot: view.last_vote_slot().unwrap_or(0),
        commission_bps: view.inflation_commission_bps(),
    })
}
