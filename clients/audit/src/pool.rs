//! The pool: what backs the LST, how much of it there is, and what the pool owes.

use std::collections::HashMap;

use sluice_client::accounts::{ReadError, decode, decode_slab};
use sluice_client::{Account, Rpc};
use sluice_sdk::Slab;
use sluice_sdk::pda::staking_pool as pda;
use sluice_sdk::staking_pool::accounts::{Pool, Ticket, ValidatorListHeader};
use sluice_sdk::staking_pool::types::ValidatorRecord;
use solana_address::Address;

use crate::raw::{Mint, Stake, tokens};
use crate::report::{Lines, Section, Unit};
use crate::{Error, steady};

const SOL: Unit = Unit::Lamports;
const LST: Unit = Unit::Tokens(9);

/// Bytes of a stake account and of the reserve.
const STAKE_SPACE: usize = 200;
const RESERVE_SPACE: usize = 40;
/// What the program asks of a new pool and of a new liquidity pool: so much is nobody's, at least.
const LEAST_SEED: u64 = 1_000_000_000;
const LEAST_LIQUIDITY_SEED: u64 = 100_000_000;
/// What an epoch's rewards are at most taken to be of a stake: one in so many.
const REWARDS_AT_MOST: u64 = 100;

/// All that is read of a pool, as of one moment.
struct View {
    epoch: u64,
    pool: Pool,
    records: Vec<ValidatorRecord>,
    stakes: HashMap<Address, Account>,
    tickets: Vec<(Address, Ticket)>,
    reserve: u64,
    reserve_rent: u64,
    /// The least lamports beside a delegation that are taken for rent.
    stake_rent: u64,
    mint: Option<Mint>,
    escrow: Option<u64>,
    lp: Option<Mint>,
}

pub async fn section(rpc: &Rpc, address: &Address, pool: &Pool) -> Result<Section, Error> {
    // Whatever of the total the program moves between reserve and stake accounts it writes into the pool, the list or both;
    // what it takes out of an address that is not in use was in neither.
    let anchors = [*address, pool.validator_list];
    let (slot, view) = steady(rpc, "the pool", &anchors, async || View::read(rpc, address).await).await?;
    let mut lines = Lines::of("pool");
    view.validators(address, &mut lines);
    view.backing(address, &mut lines);
    view.supply(address, &mut lines);
    view.promises(&mut lines);
    Ok(Section { title: "Pool".into(), address: address.to_string(), slot, lines: lines.lines })
}

/// What the stake accounts of a pool come to.
#[derive(Default)]
struct Backing {
    delegated: u64,
    rent: u64,
    strays: u64,
}

impl View {
    async fn read(rpc: &Rpc, address: &Address) -> Result<Self, Error> {
        // Where things are; what they say is read below, by one request: what the pool recorded, and the accounts beside
        // which it is put and to which anybody may give, as of one slot.
        let places: Pool = rpc.get(address).await?;
        let reserve = pda::find_reserve(address).0;
        let one_slot =
            [*address, places.validator_list, reserve, places.lst_mint, places.escrow, places.lp_mint];
        let around = rpc.account_map(&one_slot).await?;
        let there = |what: &'static str, address: &Address| {
            around.get(address).ok_or(ReadError::Missing { what, address: *address })
        };
        let pool: Pool = decode(address, there("pool", address)?)?;
        let list: Slab<ValidatorListHeader> =
            decode_slab(&places.validator_list, there("validator list", &places.validator_list)?)?;
        let stakes: Vec<_> =
            list.records.iter().flat_map(|record| stake_addresses(address, &record.vote)).collect();
        let rent = rpc.minimum_balance(STAKE_SPACE).await?;
        Ok(Self {
            epoch: rpc.clock().await?.epoch,
            stakes: rpc.account_map(&stakes).await?,
            tickets: rpc.all::<Ticket>(&[(8, address.as_ref())]).await?,
            reserve: around.get(&reserve).map_or(0, |account| account.lamports),
            reserve_rent: rpc.minimum_balance(RESERVE_SPACE).await?,
            stake_rent: rent.max(pool.stake_account_rent),
            mint: around.get(&pool.lst_mint).and_then(Mint::read),
            escrow: tokens(around.get(&pool.escrow), &pool.lst_mint, address),
            lp: around.get(&pool.lp_mint).and_then(Mint::read),
            records: list.records,
            pool,
        })
    }

    /// What one of the pool's stake accounts holds: delegated to that validator or not at all, and the pool's own.
    fn held(&self, pool: &Address, vote: &Address, address: &Address) -> Backing {
        let stake = self.stakes.get(address).and_then(Stake::read);
        let is_ours = |stake: &Stake| {
            let voted = stake.delegation.is_none_or(|(voter, _)| voter == *vote);
            stake.withdrawer == *pool && stake.staker == *pool && voted
        };
        let Some(stake) = stake.filter(is_ours) else { return Backing::default() };
        let delegated = stake.delegation.map(|(_, lamports)| lamports);
        let delegated =
            delegated.unwrap_or(stake.lamports.saturating_sub(self.stake_rent)).min(stake.lamports);
        let rent = stake.lamports.saturating_sub(delegated).min(self.stake_rent);
        Backing { delegated, rent, strays: stake.lamports.saturating_sub(delegated).saturating_sub(rent) }
    }

    fn all_held(&self, pool: &Address) -> Backing {
        let mut all = Backing::default();
        for record in &self.records {
            for address in stake_addresses(pool, &record.vote) {
                let held = self.held(pool, &record.vote, &address);
                all.delegated = all.delegated.saturating_add(held.delegated);
                all.rent = all.rent.saturating_add(held.rent);
                all.strays = all.strays.saturating_add(held.strays);
            }
        }
        all
    }

    fn is_fresh(&self) -> bool {
        self.pool.updated_epoch == self.epoch
    }

    /// Every record against its three stake accounts: a line for all, and one for each that is wrong.
    fn validators(&self, pool: &Address, lines: &mut Lines) {
        let mut kinds = [("stake", 0u64, 0u64), ("activating", 0, 0), ("deactivating", 0, 0)];
        let (mut waits, mut most) = (true, 0u64);
        let mut wrong = Lines::of("pool.validator");
        for record in &self.records {
            let recorded = [record.stake, record.activating, record.deactivating];
            let epochs = self.epoch.saturating_sub(record.updated_epoch);
            waits &= epochs > 0 || !self.is_fresh();
            for ((kind, recorded), address) in
                kinds.iter_mut().zip(recorded).zip(stake_addresses(pool, &record.vote))
            {
                let recounted = self.held(pool, &record.vote, &address).delegated;
                kind.1 = kind.1.saturating_add(recorded);
                kind.2 = kind.2.saturating_add(recounted);
                let rewards = recorded / REWARDS_AT_MOST * epochs;
                most = most.saturating_add(rewards);
                let name = format!("{}.{}", record.vote, kind.0);
                let what = format!("{} of {} in {address}", kind.0, record.vote);
                let why = (rewards, "rewards of the epochs since its last update");
                let reason = self.what_is_wrong(pool, &record.vote, &address, recorded);
                wrong.growing((&name, &what), SOL, recorded, recounted, Some(why), &reason);
            }
        }
        for (kind, recorded, recounted) in kinds {
            let what = match kind {
                "stake" => "delegated, in canonical accounts",
                "activating" => "delegated, warming up beside them",
                _ => "cooling down beside them",
            };
            let why = "rewards, to be counted by the next update; at most 1 % an epoch";
            let waits = waits.then_some((most, why));
            let reason = "records and stake accounts differ: see the validators below";
            lines.growing((kind, what), SOL, recorded, recounted, waits, reason);
        }
        lines.equal(
            ("validators", "validators whose three accounts are as recorded, or grew by rewards"),
            Unit::Count,
            self.records.len() as u64,
            self.records.len() as u64 - wrong_validators(&wrong),
            "of some validators more or less is there than recorded",
        );
        lines.lines.extend(wrong.lines.into_iter().filter(|line| line.verdict == crate::Verdict::Wrong));
    }

    fn what_is_wrong(&self, pool: &Address, vote: &Address, address: &Address, recorded: u64) -> String {
        let Some(account) = self.stakes.get(address) else {
            return "there is no such stake account: the next update counts this as lost".into();
        };
        let Some(stake) = Stake::read(account) else {
            return format!("it is no stake account any more, but {}'s", account.owner);
        };
        if stake.withdrawer != *pool || stake.staker != *pool {
            return format!("it is not the pool's any more, but {}'s", stake.withdrawer);
        }
        match stake.delegation {
            Some((voter, _)) if voter != *vote => format!("it is delegated to {voter}"),
            Some((_, there)) if there > recorded => "more is there than rewards can have brought".into(),
            _ => "less is there than recorded".into(),
        }
    }

    /// What backs the LST against the total that the rate is made of.
    fn backing(&self, address: &Address, lines: &mut Lines) {
        let (pool, held) = (&self.pool, self.all_held(address));
        let fresh = self.is_fresh();
        let rents = (!fresh).then_some((u64::MAX, "to be counted by the next update"));
        lines.growing(
            ("stake_rent", "rent in stake accounts"),
            SOL,
            pool.stake_rent,
            held.rent,
            rents,
            "rent in the stake accounts is not what was recorded",
        );
        lines.growing(
            ("strays", "tips and gifts on stake accounts"),
            SOL,
            0,
            held.strays,
            Some((
                u64::MAX,
                "an update sweeps them into the reserve once they reach the threshold; no price until then",
            )),
            "",
        );
        let reserve = self.reserve.saturating_sub(self.reserve_rent);
        lines.covered(
            ("liquidity_covered", "liquidity providers' part of the reserve"),
            SOL,
            pool.liquidity_lamports,
            reserve,
            "the rest of the reserve is the pool's",
            "less is in the reserve than belongs to liquidity providers",
        );
        let free = reserve.saturating_sub(pool.liquidity_lamports);
        let counted = held.delegated.saturating_add(held.rent).saturating_add(free);
        let why = if fresh {
            "more than recorded: the next update counts gifts to the reserve as profit"
        } else {
            "rewards and gifts since the last update, to be counted as profit by the next"
        };
        lines.growing(
            ("total", "total that the rate is made of: delegated, rent, reserve"),
            SOL,
            pool.total_lamports,
            counted,
            Some((u64::MAX, why)),
            "less backs the LST than the pool recorded",
        );
        lines.within(
            ("locked_profit", "profit not yet released"),
            SOL,
            pool.total_lamports,
            pool.locked_profit,
            "a part of the total",
            "more profit is locked than there is",
        );
    }

    /// The LST there is against what the rate is divided by.
    fn supply(&self, address: &Address, lines: &mut Lines) {
        let pool = &self.pool;
        let supply = self.mint.map_or(0, |mint| mint.supply);
        let unminted = [pool.insurance_shares, pool.fee_shares, pool.liquidity_shares];
        let counted = unminted.into_iter().fold(supply, u64::saturating_add);
        lines.shrinking(
            ("supply", "LST: the mint's, insurance's, fees not minted yet, liquidity providers'"),
            LST,
            pool.supply.saturating_add(pool.pending_burn),
            counted,
            "burnt by holders, or by bonds that paid: the next update gives it to those who stayed",
            "more LST is there than the rate is divided by",
        );
        let is_the_pools =
            self.mint.is_some_and(|mint| mint.authority == Some(*address) && mint.freeze_authority.is_none());
        lines.equal(
            ("mint", "mint that only the pool issues from, and nobody freezes"),
            Unit::Count,
            1,
            u64::from(is_the_pools),
            "somebody else can issue LST, or freeze it",
        );
    }

    /// What tickets and liquidity providers are owed.
    fn promises(&self, lines: &mut Lines) {
        let pool = &self.pool;
        let sum = |of: fn(&Ticket) -> u64| {
            self.tickets.iter().map(|(_, ticket)| of(ticket)).fold(0, u64::saturating_add)
        };
        let wrong = "the sum of all ticket accounts is not what the pool recorded";
        let shares = sum(|ticket| ticket.shares);
        lines.equal(("ticket_shares", "LST of open tickets"), LST, pool.ticket_shares, shares, wrong);
        let owed = sum(|ticket| ticket.ordered_lamports);
        lines.equal(
            ("ticket_lamports", "what open tickets are owed"),
            SOL,
            pool.ticket_lamports,
            owed,
            wrong,
        );
        let needed = pool.ticket_shares.saturating_add(pool.pending_burn).saturating_add(LEAST_SEED);
        lines.covered(
            ("escrow", "escrow: tickets, what waits to be burnt, the seed"),
            LST,
            needed,
            self.escrow.unwrap_or(0),
            "a larger seed, or gifts",
            "less LST is in the escrow than tickets have put there",
        );
        if pool.lp_mint != Address::default() {
            let issued = self.lp.map_or(0, |mint| mint.supply);
            lines.within(
                ("lp_supply", "LP tokens that were issued, and the least seed"),
                Unit::Tokens(9),
                pool.liquidity_supply,
                issued.saturating_add(LEAST_LIQUIDITY_SEED),
                "a larger seed, or tokens that holders burnt",
                "more LP tokens are there than the liquidity is divided by",
            );
        }
    }
}

/// How many validators have a wrong line.
fn wrong_validators(lines: &Lines) -> u64 {
    let each = lines.lines.chunks(3);
    each.filter(|lines| lines.iter().any(|line| line.verdict == crate::Verdict::Wrong)).count() as u64
}

/// Canonical, activating, deactivating.
fn stake_addresses(pool: &Address, vote: &Address) -> [Address; 3] {
    [
        pda::find_stake(pool, vote).0,
        pda::find_activating_stake(pool, vote).0,
        pda::find_deactivating_stake(pool, vote).0,
    ]
}
