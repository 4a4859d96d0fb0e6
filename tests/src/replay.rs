//! A pool's whole ledger, rebuilt from its events alone.
//!
//! Knows nothing of the pool's accounts until [`Replay::assert_is`] compares what it has made of the events with them.

use std::collections::BTreeMap;

use sluice_sdk::AccountData;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::events::StakingPoolEvent as E;
use sluice_sdk::staking_pool::types::{FeeEntry, Fees, LedgerEntry, LiquidityEntry};
use solana_address::Address;

use crate::chain::{Chain, Sent};
use crate::pool::PoolFixture;
use crate::token;

/// Everything events say of one pool.
pub struct Replay {
    pub events: u64,
    ledger: Option<LedgerEntry>,
    liquidity: LiquidityEntry,
    reserve: u64,
    insurance: u64,
    fee_shares: u64,
    pending_burn: u64,
    /// LST that the treasury got since the pool opened.
    treasury: u64,
    /// Vote account and everything held with it, in the order of the list.
    validators: Vec<(Address, u64)>,
    /// Owner, shares, and what they were ordered for.
    tickets: BTreeMap<Address, (Address, u64, u64)>,
    fees: Option<Fees>,
    admin: Address,
    delegation_authority: Address,
}

impl Default for Replay {
    fn default() -> Self {
        Self::new()
    }
}

impl Replay {
    /// Of a pool of which no event was seen yet.
    pub fn new() -> Self {
        Self {
            events: 0,
            ledger: None,
            liquidity: LiquidityEntry { lamports: 0, shares: 0, supply: 0 },
            reserve: 0,
            insurance: 0,
            fee_shares: 0,
            pending_burn: 0,
            treasury: 0,
            validators: Vec::new(),
            tickets: BTreeMap::new(),
            fees: None,
            admin: Address::default(),
            delegation_authority: Address::default(),
        }
    }

    pub fn read(&mut self, sent: &Sent) {
        for event in sent.events() {
            if let Event::StakingPool(event) = event {
                self.events += 1;
                self.apply(event);
            }
        }
    }

    /// Each event starts from the price inputs the one before ended with: nothing happens between events.
    fn step(&mut self, before: &LedgerEntry, after: &LedgerEntry) {
        if let Some(ledger) = &self.ledger {
            assert_eq!(before, ledger, "an event is missing");
        }
        self.ledger = Some(after.clone());
    }

    fn take(&mut self, fee: &FeeEntry) {
        self.insurance += fee.insurance;
        self.fee_shares += fee.treasury;
    }

    fn hold(&mut self, vote: &Address, held: u64) {
        let known = self.validators.iter_mut().find(|(known, _)| known == vote).expect("a listed validator");
        known.1 = held;
    }

    fn apply(&mut self, event: E) {
        match event {
            E::PoolInitialized(event) => {
                self.ledger = Some(event.after);
                self.fees = Some(event.fees);
                (self.admin, self.delegation_authority) = (event.admin, event.delegation_authority);
            }
            E::SolDeposited(event) => {
                self.step(&event.before, &event.after);
                self.take(&event.fee);
                (self.liquidity, self.reserve) = (event.liquidity_after, event.reserve_after);
            }
            E::StakeDeposited(event) => {
                self.step(&event.before, &event.after);
                self.take(&event.fee);
                self.hold(&event.vote, event.held_after);
                self.reserve = event.reserve_after;
            }
            E::SolWithdrawn(event) => {
                self.step(&event.before, &event.after);
                self.take(&event.cut);
                (self.liquidity, self.reserve) = (event.liquidity_after, event.reserve_after);
            }
            E::StakeWithdrawn(event) => {
                self.step(&event.before, &event.after);
                self.hold(&event.vote, event.held_after);
            }
            E::LiquidityPoolOpened(event) => {
                (self.liquidity, self.reserve) = (event.liquidity_after, event.reserve_after);
            }
            E::LiquidityAdded(event) => {
                assert_eq!(Some(&event.ledger), self.ledger.as_ref());
                assert_eq!(event.liquidity_before, self.liquidity);
                (self.liquidity, self.reserve) = (event.liquidity_after, event.reserve_after);
            }
            E::LiquidityRemoved(event) => {
                assert_eq!(event.liquidity_before, self.liquidity);
                (self.liquidity, self.reserve) = (event.liquidity_after, event.reserve_after);
            }
            E::InsuranceFunded(event) => {
                self.insurance += event.shares;
                assert_eq!(self.insurance, event.insurance_after);
            }
            E::UnstakeOrdered(event) => {
                self.tickets.insert(event.ticket, (event.owner, event.shares, event.ordered_lamports));
                assert_eq!(self.owed(), (event.ticket_shares_after, event.ticket_lamports_after));
            }
            E::TicketTransferred(event) => {
                let ticket = self.tickets.get_mut(&event.ticket).expect("an open ticket");
                assert_eq!(ticket.0, event.before);
                ticket.0 = event.after;
            }
            E::TicketSplit(event) => {
                let ticket = self.tickets.get_mut(&event.ticket).expect("an open ticket");
                let whole =
                    (event.part_shares + event.rest_shares, event.part_lamports + event.rest_lamports);
                assert_eq!((ticket.1, ticket.2), whole);
                (ticket.1, ticket.2) = (event.rest_shares, event.rest_lamports);
                let owner = ticket.0;
                self.tickets.insert(event.part, (owner, event.part_shares, event.part_lamports));
            }
            E::TicketCancelled(event) => {
                self.step(&event.before, &event.after);
                self.tickets.remove(&event.ticket).expect("an open ticket");
                self.pending_burn += event.shares - event.returned;
            }
            E::TicketClaimed(event) => {
                self.step(&event.before, &event.after);
                self.tickets.remove(&event.ticket).expect("an open ticket");
                self.pending_burn += event.shares;
                self.reserve = event.reserve_after;
            }
            E::ValidatorAdded(event) => {
                assert_eq!(event.index, self.validators.len() as u64);
                self.validators.push((event.vote, 0));
            }
            E::ValidatorRemoved(event) => {
                assert_eq!(self.validators.swap_remove(event.index as usize), (event.vote, 0));
            }
            E::StakeIncreased(event) => {
                self.hold(&event.vote, event.held_after);
                self.reserve = event.reserve_after;
            }
            E::StakeDecreased(event) => self.reserve = event.reserve_after,
            E::StakeAddressCleared(event) => self.reserve = event.reserve_after,
            E::ValidatorsUpdated(event) => {
                for (index, held) in (event.start as usize..).zip(event.held) {
                    self.validators[index].1 = held;
                }
                self.reserve = event.reserve_after;
            }
            E::UpdateFinished(event) => {
                self.step(&event.before, &event.after);
                self.insurance = self.insurance + event.fee.insurance - event.insurance_burnt;
                assert_eq!(self.insurance, event.insurance_after);
                self.fee_shares += event.fee.treasury;
                assert_eq!(self.fee_shares, event.minted_shares + event.forgone_shares);
                self.fee_shares = 0;
                self.treasury += event.minted_shares;
                assert_eq!(self.pending_burn, event.burnt_shares);
                self.pending_burn = 0;
                let held: u64 = self.validators.iter().map(|(_, held)| held).sum();
                assert_eq!(held, event.validator_lamports);
            }
            E::FeesSet(event) => self.fees = Some(event.after),
            E::AdminChanged(event) => self.admin = event.after,
            E::DelegationAuthoritySet(event) => self.delegation_authority = event.after,
            E::ValidatorMoved(_) | E::ValidatorRetired(_) | E::LstConverted(_) => {}
            E::AdminProposed(_) | E::RolesSet(_) | E::TreasurySet(_) | E::LimitsSet(_) => {}
            E::FeesScheduled(_) | E::DelegationAuthorityScheduled(_) => {}
            E::PreferredValidatorSet(_) | E::Paused(_) | E::Resumed(_) => {}
        }
    }

    /// Shares and lamports of all open tickets.
    fn owed(&self) -> (u64, u64) {
        self.tickets.values().fold((0, 0), |sum, ticket| (sum.0 + ticket.1, sum.1 + ticket.2))
    }

    /// The chain is as the events say: the pool, its validators, its tickets, its mint, its treasury and its reserve. Right
    /// after an update, which finds what strangers sent and what holders burnt.
    #[track_caller]
    pub fn assert_is<C: Chain>(&self, chain: &C, fixture: &PoolFixture) {
        let pool = fixture.state(chain);
        let ledger = LedgerEntry {
            total_lamports: pool.total_lamports,
            supply: pool.supply,
            locked_profit: pool.locked_profit,
            profit_slot: pool.profit_slot,
            profit_end_slot: pool.profit_end_slot,
        };
        assert_eq!(self.ledger.as_ref(), Some(&ledger));
        let liquidity = LiquidityEntry {
            lamports: pool.liquidity_lamports,
            shares: pool.liquidity_shares,
            supply: pool.liquidity_supply,
        };
        assert_eq!(self.liquidity, liquidity);
        assert_eq!(self.reserve, chain.lamports(&fixture.reserve), "reserve");
        assert_eq!((self.insurance, self.fee_shares), (pool.insurance_shares, pool.fee_shares));
        assert_eq!(self.pending_burn, pool.pending_burn);
        assert_eq!(self.owed(), (pool.ticket_shares, pool.ticket_lamports));
        assert_eq!(self.treasury, token::balance(chain, &fixture.treasury), "treasury");
        let unminted = self.insurance + self.fee_shares + self.liquidity.shares;
        assert_eq!(ledger.supply + self.pending_burn - unminted, token::supply(chain, &fixture.mint), "mint");
        assert_eq!(self.fees.as_ref(), Some(&pool.fees));
        assert_eq!((self.admin, self.delegation_authority), (pool.admin, pool.delegation_authority));
        let list: Vec<_> = fixture
            .list(chain)
            .records
            .iter()
            .map(|record| (record.vote, record.stake + record.activating + record.deactivating))
            .collect();
        assert_eq!(self.validators, list);
        for (address, (owner, shares, ordered)) in &self.tickets {
            let ticket = chain.account(address).expect("an open ticket has an account");
            let ticket = Ticket::decode(&ticket.data).expect("a ticket");
            assert_eq!((ticket.owner, ticket.shares, ticket.ordered_lamports), (*owner, *shares, *ordered));
        }
    }
}
