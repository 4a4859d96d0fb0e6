//! The pool's fees: of rewards, deposits and instant exits, and what liquidity providers leave of theirs.

use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::staking_pool::events::{
    SolDeposited, SolWithdrawn, StakeDeposited, StakingPoolEvent as Event, UpdateFinished,
};
use sluice_sdk::staking_pool::types::{FeeEntry, Fees};
use solana_address::Address;
use solana_signature::Signature;

use super::Step;
use super::rates::{self, Funds, Split};
use super::tally::Tally;
use crate::report::{Line, Lines, Unit};

const SOL: Unit = Unit::Lamports;
const LST: Unit = Unit::Tokens(9);

/// Whether an event that fees depend on is of this pool.
pub fn is_of(event: &Event, pool: &Address) -> bool {
    let of = match event {
        Event::PoolInitialized(event) => event.pool,
        Event::FeesSet(event) => event.pool,
        Event::LimitsSet(event) => event.pool,
        Event::SolDeposited(event) => event.pool,
        Event::StakeDeposited(event) => event.pool,
        Event::SolWithdrawn(event) => event.pool,
        Event::InsuranceFunded(event) => event.pool,
        Event::UnstakeOrdered(event) => event.pool,
        Event::TicketClaimed(event) => event.pool,
        Event::TicketCancelled(event) => event.pool,
        Event::UpdateFinished(event) => event.pool,
        _ => return false,
    };
    of == *pool
}

/// What is recorded now, after all that is told.
pub struct Book<'a> {
    pub recorded: &'a Pool,
    /// What open tickets are owed: the sum of their accounts.
    pub tickets: u64,
    pub reserve_rent: u64,
    /// Transactions that have no whole log.
    pub unheard: usize,
}

/// What the history has come to.
struct Count {
    fees: Fees,
    /// The rates that the last change replaced, and the transaction of it.
    replaced: Option<(Signature, Fees)>,
    /// `None`: set before this history.
    target: Option<u64>,
    /// What tickets are owed.
    tickets: i128,
    /// Shares of the treasury that wait for the next update, and of the insurance fund; `None` until the history says how
    /// many there were.
    treasury: Option<u64>,
    insurance: Option<u64>,
    rewards: Tally,
    deposits: Tally,
    exits: Tally,
    cuts: Tally,
    covered: Tally,
    minted: Tally,
}

impl Book<'_> {
    pub fn lines(&self, pool: &Address, steps: &[Step<'_, Event>]) -> Vec<Line> {
        let mut count = self.begin(steps);
        for step in steps {
            self.add(&mut count, pool, step);
        }
        let mut lines = Lines::of("pool.fees");
        let unheard = self.unheard;
        if let Some(rates) = told_rates(steps) {
            let same = rates.iter().zip(in_order(&self.recorded.fees)).filter(|(told, now)| *told == now);
            let wrong = "the rates in force are not those that events have set";
            let (all, same) = (rates.len() as u64, same.count() as u64);
            if unheard == 0 || same == all {
                lines.equal(
                    ("rates", "rates in force, as the last change set them"),
                    Unit::Count,
                    all,
                    same,
                    wrong,
                );
            }
        }
        let put = |lines: &mut Lines, tally: &Tally, name: &str, what: &str, unit: Unit| {
            tally.line(lines, name, &format!("{what} ({})", tally.events), unit, unheard);
        };
        put(&mut lines, &count.rewards, "rewards", "fees of updates' profits", LST);
        put(&mut lines, &count.covered, "covered", "insurance fund's shares burnt for losses", LST);
        put(&mut lines, &count.deposits, "deposits", "fees of deposits, by owner", LST);
        put(&mut lines, &count.exits, "exits", "fees of instant exits", SOL);
        put(&mut lines, &count.cuts, "cuts", "cuts of what liquidity providers earned by them", LST);
        put(&mut lines, &count.minted, "minted", "fees minted to the treasury by updates", LST);
        let unknown = "the event of the pool's last update is not in the history that the server has";
        let wrong = "is not what fees since the last update come to";
        for (name, what, recorded, recounted) in [
            (
                "treasury",
                "treasury's shares that wait for the next update",
                self.recorded.fee_shares,
                count.treasury,
            ),
            ("insurance", "insurance fund's shares", self.recorded.insurance_shares, count.insurance),
        ] {
            match recounted {
                Some(recounted) if unheard == 0 || recounted == recorded => {
                    lines.equal((name, what), LST, recorded, recounted, wrong);
                }
                Some(recounted) => {
                    let why = format!("{unheard} transactions have no whole log");
                    lines.waiting((name, what), LST, (recorded, recounted), &why);
                }
                None => lines.waiting((name, what), LST, (recorded, 0), unknown),
            }
        }
        lines.lines
    }

    /// Where the history begins, told from where it ends.
    fn begin(&self, steps: &[Step<'_, Event>]) -> Count {
        let first_set = steps.iter().find_map(|step| match step.event {
            Event::FeesSet(event) => Some(event.before.clone()),
            Event::PoolInitialized(event) => Some(event.fees.clone()),
            _ => None,
        });
        let is_limited = steps.iter().any(|step| matches!(step.event, Event::LimitsSet(_)));
        let ordered = steps.iter().fold(0, |sum, step| sum + ordered(step.event));
        Count {
            fees: first_set.unwrap_or_else(|| self.recorded.fees.clone()),
            replaced: None,
            target: (!is_limited).then_some(self.recorded.liquidity_target),
            tickets: i128::from(self.tickets) - ordered,
            treasury: None,
            insurance: None,
            rewards: Tally::default(),
            deposits: Tally::default(),
            exits: Tally::default(),
            cuts: Tally::default(),
            covered: Tally::default(),
            minted: Tally::default(),
        }
    }

    fn add(&self, count: &mut Count, pool: &Address, step: &Step<'_, Event>) {
        let signature = step.signature;
        count.tickets += ordered(step.event);
        match step.event {
            Event::PoolInitialized(event) => {
                count.fees = event.fees.clone();
                (count.treasury, count.insurance) = (Some(0), Some(0));
            }
            Event::FeesSet(event) => {
                count.replaced = Some((signature, std::mem::replace(&mut count.fees, event.after.clone())));
            }
            Event::LimitsSet(event) => count.target = Some(event.liquidity_target),
            Event::SolDeposited(SolDeposited { minted, fee, referrer, .. })
            | Event::StakeDeposited(StakeDeposited { minted, fee, referrer, .. }) => {
                count.deposit(signature, *minted, fee, referrer != pool);
            }
            Event::SolWithdrawn(event) => self.exit(count, step, event),
            Event::InsuranceFunded(event) => grow(&mut count.insurance, event.shares),
            Event::UpdateFinished(event) => count.update(step, event),
            _ => {}
        }
    }

    fn exit(&self, count: &mut Count, step: &Step<'_, Event>, event: &SolWithdrawn) {
        let liquidity = event.liquidity_after.lamports.saturating_add(event.from_liquidity);
        let reserve = event.reserve_after.saturating_add(event.paid).saturating_sub(self.reserve_rent);
        let free = i128::from(reserve.saturating_sub(liquidity)) - count.tickets.max(0);
        let free = u64::try_from(free.max(0)).unwrap_or(u64::MAX);
        let again = count.target.map(|target| {
            let funds = Funds { free, liquidity, target };
            rates::of_exit(&event.before, step.slot, event.shares, funds, &count.fees)
        });
        let fee = again.map(|again| [again.fee]);
        count.exits.add(step.signature, &[event.fee], fee.as_ref().map(|fee| &fee[..]));
        let cut = again.map(|again| [&again.cut.parts()[..], &[again.to_liquidity]].concat());
        let recorded = [&Split::recorded(&event.cut).parts()[..], &[event.to_liquidity]].concat();
        count.cuts.add(step.signature, &recorded, cut.as_deref());
        count.book(&again.map_or(Split::recorded(&event.cut), |again| again.cut));
    }
}

impl Count {
    /// Shares for those who hold theirs unminted.
    fn book(&mut self, fee: &Split) {
        grow(&mut self.treasury, fee.treasury);
        grow(&mut self.insurance, fee.insurance);
    }

    fn deposit(&mut self, signature: Signature, minted: u64, fee: &FeeEntry, is_referred: bool) {
        let recorded = Split::recorded(fee);
        let again = rates::of_deposit(minted.saturating_add(recorded.total()), is_referred, &self.fees);
        self.deposits.add(signature, &recorded.parts(), Some(&again.parts()));
        self.book(&again);
    }

    fn update(&mut self, step: &Step<'_, Event>, event: &UpdateFinished) {
        let recorded = Split::recorded(&event.fee);
        let supply =
            event.after.supply.saturating_sub(recorded.total()).saturating_add(event.insurance_burnt);
        let insurance =
            event.insurance_after.saturating_add(event.insurance_burnt).saturating_sub(recorded.insurance);
        let by = |fees: &Fees| {
            rates::of_update(&event.before, step.slot, supply, event.after.total_lamports, insurance, fees)
        };
        let is_same =
            |again: &rates::UpdateFee| again.fee == recorded && again.fee_lamports == event.fee_lamports;
        // An update charges by the rates it found, and its own event comes after that of the new ones.
        let before = self.replaced.as_ref().filter(|(signature, _)| *signature == step.signature);
        let before = before.map(|(_, fees)| by(fees)).filter(is_same);
        let mut again = before.unwrap_or_else(|| by(&self.fees));
        // Where the treasury cannot receive, the fee is the holders', and so is what waited for it.
        let is_forgone = recorded == Split::default() && event.fee_lamports == 0;
        if is_forgone {
            (again.fee, again.fee_lamports) = (recorded, 0);
        }
        let parts = |fee: &Split, lamports: u64| [&fee.parts()[..], &[lamports]].concat();
        // What lamports were asked is compared, and not summed: they are what the shares are worth.
        let agrees = parts(&again.fee, again.fee_lamports) == parts(&recorded, event.fee_lamports);
        let shown = if agrees { recorded.parts() } else { again.fee.parts() };
        self.rewards.add(step.signature, &recorded.parts(), Some(&shown));
        if !agrees && again.fee == recorded {
            self.rewards.wrong = self.rewards.wrong.saturating_add(1);
            self.rewards.first.get_or_insert(step.signature);
        }
        self.covered.add(step.signature, &[event.insurance_burnt], Some(&[again.insurance_burnt]));

        // What had been charged before the first update of a history only that history would tell.
        if let Some(waiting) = self.treasury {
            let minted = waiting.saturating_sub(event.forgone_shares).saturating_add(again.fee.treasury);
            self.minted.add(step.signature, &[event.minted_shares], Some(&[minted]));
        }
        self.treasury = Some(0);
        let left = |fund: u64| fund.saturating_add(again.fee.insurance).saturating_sub(again.insurance_burnt);
        // A history that begins here takes the event's word for what there was before.
        self.insurance = Some(self.insurance.map_or(event.insurance_after, left));
    }
}

fn grow(shares: &mut Option<u64>, by: u64) {
    *shares = shares.map(|shares| shares.saturating_add(by));
}

/// What an event adds to what tickets are owed.
fn ordered(event: &Event) -> i128 {
    match event {
        Event::UnstakeOrdered(event) => i128::from(event.ordered_lamports),
        Event::TicketClaimed(event) => -i128::from(event.ordered_lamports),
        Event::TicketCancelled(event) => -i128::from(event.ordered_lamports),
        _ => 0,
    }
}

fn in_order(fees: &Fees) -> [u16; 7] {
    [
        fees.reward_bps,
        fees.deposit_bps,
        fees.instant_least_bps,
        fees.instant_most_bps,
        fees.liquidity_cut_bps,
        fees.insurance_bps,
        fees.referral_bps,
    ]
}

/// The rates that the history ends with, where it says so.
fn told_rates(steps: &[Step<'_, Event>]) -> Option<[u16; 7]> {
    steps.iter().rev().find_map(|step| match step.event {
        Event::FeesSet(event) => Some(in_order(&event.after)),
        Event::PoolInitialized(event) => Some(in_order(&event.fees)),
        _ => None,
    })
}
