//! The pool's fees: of rewards, deposits and instant exits, and what liquidity providers leave of theirs.

use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::staking_pool::events::{
    SolDeposited, SolWithdrawn, StakeDeposited, StakingPoolEvent as Event, UpdateFinished,
};
use sluice_sdk::staking_pool::types::{FeeEntry, Fees, LedgerEntry};
use solana_address::Address;
use solana_signature::Signature;

use super::rates::{self, Funds, Split};
use super::tally::Tally;
use super::{Silences, Step};
use crate::Events;
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
        Event::StakeWithdrawn(event) => event.pool,
        Event::InsuranceFunded(event) => event.pool,
        Event::UnstakeOrdered(event) => event.pool,
        Event::TicketClaimed(event) => event.pool,
        Event::TicketCancelled(event) => event.pool,
        Event::UpdateFinished(event) => event.pool,
        _ => return false,
    };
    of == *pool
}

/// Whether the history has the event that it must begin with, or one before it.
pub fn is_begun(steps: &[Step<'_, Event>], pool: &Pool, events: Events) -> bool {
    steps.iter().any(|step| match step.event {
        Event::PoolInitialized(_) => true,
        Event::UpdateFinished(event) => events == Events::SinceUpdate && event.epoch == pool.updated_epoch,
        _ => false,
    })
}

/// What is recorded, as of the end of what is told.
pub struct Book<'a> {
    pub recorded: &'a Pool,
    pub reserve_rent: u64,
    pub silent: Silences,
}

/// What the history has come to.
struct Count {
    /// The rates in force, and whether an event has said so.
    fees: Fees,
    is_told: bool,
    /// What the event just before set in place of what.
    replaced: Option<(Signature, Fees)>,
    /// `None`: set before this history.
    target: Option<u64>,
    /// What tickets are owed.
    tickets: i128,
    /// Shares of the treasury that wait for the next update, and of the insurance fund; `None` until the history says how
    /// many there were.
    treasury: Option<u64>,
    insurance: Option<u64>,
    /// The slot of the last update, from which both are counted.
    since: u64,
    /// Total and supply after the last event that has them.
    ended: Option<(u64, u64)>,
    rates: Tally,
    joined: Tally,
    rewards: Tally,
    covered: Tally,
    minted: Tally,
    deposits: Tally,
    exits: Tally,
    cuts: Tally,
}

impl Book<'_> {
    pub fn lines(&self, pool: &Address, steps: &[Step<'_, Event>]) -> Vec<Line> {
        let mut count = self.begin(steps);
        for step in steps {
            self.add(&mut count, pool, step);
        }
        let mut lines = Lines::of("pool.fees");
        for (tally, name, what, unit) in [
            (&count.rewards, "rewards", "fees of updates' profits", LST),
            (&count.covered, "covered", "insurance fund's shares burnt for losses", LST),
            (&count.minted, "minted", "fees minted to the treasury by updates", LST),
            (&count.deposits, "deposits", "fees of deposits, by owner", LST),
            (&count.exits, "exits", "fees of instant exits", SOL),
            (&count.cuts, "cuts", "cuts of what liquidity providers earned by them", LST),
            (&count.joined, "joined", "events that begin where the one before ended", Unit::Count),
        ] {
            tally.line(&mut lines, name, what, unit);
        }
        let is_silent = self.silent.is_since(count.since);
        let unheard = "a transaction since the last update has no whole log";
        let (told, now) = (in_order(&count.fees), in_order(&self.recorded.fees));
        let same = told.iter().zip(now).filter(|(told, now)| *told == now).count();
        let rates = ("rates", "rates in force, as events set them");
        if same == RATES || self.silent.count() == 0 {
            let wrong = "the rates in force are not those that events have set";
            lines.equal(rates, Unit::Count, RATES as u64, same as u64, wrong);
        } else {
            let why = "a transaction has no whole log";
            lines.waiting(rates, Unit::Count, (RATES as u64, same as u64), why);
        }
        count.rates.line(&mut lines, "changes", "changes of rates, each of those before", Unit::Count);
        let wrong = "is not what was charged and given since the last update";
        let recorded = [self.recorded.fee_shares, self.recorded.insurance_shares];
        for ((name, what, recounted), recorded) in [
            ("treasury", "treasury's shares that wait for the next update", count.treasury),
            ("insurance", "insurance fund's shares", count.insurance),
        ]
        .into_iter()
        .zip(recorded)
        {
            match recounted {
                Some(recounted) if !is_silent || recounted == recorded => {
                    lines.equal((name, what), LST, recorded, recounted, wrong);
                }
                recounted => {
                    lines.waiting((name, what), LST, (recorded, recounted.unwrap_or(0)), unheard);
                }
            }
        }
        lines.lines
    }

    /// Where the history begins, told from where it ends.
    fn begin(&self, steps: &[Step<'_, Event>]) -> Count {
        let first = steps.iter().find_map(|step| match step.event {
            Event::FeesSet(event) => Some(event.before.clone()),
            Event::PoolInitialized(event) => Some(event.fees.clone()),
            _ => None,
        });
        let is_limited = steps.iter().any(|step| matches!(step.event, Event::LimitsSet(_)));
        let ordered = steps.iter().fold(0, |sum, step| sum + ordered(step.event));
        Count {
            fees: first.unwrap_or_else(|| self.recorded.fees.clone()),
            is_told: false,
            replaced: None,
            target: (!is_limited).then_some(self.recorded.liquidity_target),
            tickets: i128::from(self.recorded.ticket_lamports) - ordered,
            treasury: None,
            insurance: None,
            since: 0,
            ended: None,
            rates: Tally::default(),
            joined: Tally::default(),
            rewards: Tally::default(),
            covered: Tally::default(),
            minted: Tally::default(),
            deposits: Tally::default(),
            exits: Tally::default(),
            cuts: Tally::default(),
        }
    }

    fn add(&self, count: &mut Count, pool: &Address, step: &Step<'_, Event>) {
        let signature = step.signature;
        let is_doubtful = self.silent.is_before(step.slot);
        count.join(step, is_doubtful);
        // What a change set counts for the event right behind it, which may have been charged before.
        let replaced = count.replaced.take();
        match step.event {
            Event::PoolInitialized(event) => {
                (count.fees, count.is_told) = (event.fees.clone(), true);
                (count.treasury, count.insurance) = (Some(0), Some(0));
            }
            Event::FeesSet(event) => {
                if count.is_told {
                    let same = [u64::from(event.before == count.fees)];
                    count.rates.add(signature, &[1], Some(&same), is_doubtful);
                }
                count.replaced = Some((signature, event.before.clone()));
                (count.fees, count.is_told) = (event.after.clone(), true);
            }
            Event::LimitsSet(event) => count.target = Some(event.liquidity_target),
            Event::SolDeposited(SolDeposited { minted, fee, referrer, .. })
            | Event::StakeDeposited(StakeDeposited { minted, fee, referrer, .. }) => {
                count.deposit(signature, *minted, fee, referrer != pool, is_doubtful);
            }
            Event::SolWithdrawn(event) => self.exit(count, step, event),
            Event::InsuranceFunded(event) => grow(&mut count.insurance, event.shares),
            Event::UpdateFinished(event) => {
                // An update charges by the rates it found, and only then puts in force what was scheduled: a rise.
                let found = replaced.filter(|(one, fees)| *one == signature && are_raised(fees, &count.fees));
                count.update(step, event, found.map(|(_, fees)| fees), is_doubtful);
            }
            _ => {}
        }
        count.tickets += ordered(step.event);
    }

    fn exit(&self, count: &mut Count, step: &Step<'_, Event>, event: &SolWithdrawn) {
        // What tickets were owed is told from the end: what was not heard since then counts too.
        let is_doubtful = self.silent.count() > 0;
        let liquidity = event.liquidity_after.lamports.saturating_add(event.from_liquidity);
        let reserve = event.reserve_after.saturating_add(event.paid).saturating_sub(self.reserve_rent);
        let free = i128::from(reserve.saturating_sub(liquidity)) - count.tickets.max(0);
        let free = u64::try_from(free.max(0)).unwrap_or(u64::MAX);
        let again = count.target.map(|target| {
            let funds = Funds { free, liquidity, target };
            rates::of_exit(&event.before, step.slot, event.shares, funds, &count.fees)
        });
        let fee = again.map(|again| [again.fee]);
        count.exits.add(step.signature, &[event.fee], fee.as_ref().map(|fee| &fee[..]), is_doubtful);
        let cut = again.map(|again| again.cut.parts());
        let recorded = Split::recorded(&event.cut);
        count.cuts.add(step.signature, &recorded.parts(), cut.as_ref().map(|cut| &cut[..]), is_doubtful);
        if again.is_some_and(|again| again.cut == recorded && again.to_liquidity != event.to_liquidity) {
            count.cuts.differs(step.signature, is_doubtful);
        }
        count.book(&again.map_or(recorded, |again| again.cut));
    }
}

impl Count {
    /// Compares the price inputs before an event with those after the last one that has them.
    fn join(&mut self, step: &Step<'_, Event>, is_doubtful: bool) {
        let Some((before, after)) = price_inputs(step.event) else { return };
        let ended = self.ended.replace((after.total_lamports, after.supply));
        if let (Some(ended), Some(before)) = (ended, before) {
            let same = [u64::from(ended == (before.total_lamports, before.supply))];
            self.joined.add(step.signature, &[1], Some(&same), is_doubtful);
        }
    }

    /// Shares for those who hold theirs unminted.
    fn book(&mut self, fee: &Split) {
        grow(&mut self.treasury, fee.treasury);
        grow(&mut self.insurance, fee.insurance);
    }

    fn deposit(
        &mut self,
        signature: Signature,
        minted: u64,
        fee: &FeeEntry,
        is_referred: bool,
        is_doubtful: bool,
    ) {
        let recorded = Split::recorded(fee);
        let again = rates::of_deposit(minted.saturating_add(recorded.total()), is_referred, &self.fees);
        self.deposits.add(signature, &recorded.parts(), Some(&again.parts()), is_doubtful);
        self.book(&again);
    }

    /// `found`: the rates that it has just replaced.
    fn update(
        &mut self,
        step: &Step<'_, Event>,
        event: &UpdateFinished,
        found: Option<Fees>,
        is_doubtful: bool,
    ) {
        let recorded = Split::recorded(&event.fee);
        let supply =
            event.after.supply.saturating_sub(recorded.total()).saturating_add(event.insurance_burnt);
        let insurance =
            event.insurance_after.saturating_add(event.insurance_burnt).saturating_sub(recorded.insurance);
        let fees = found.as_ref().unwrap_or(&self.fees);
        let mut again =
            rates::of_update(&event.before, step.slot, supply, event.after.total_lamports, insurance, fees);
        // Where the treasury cannot receive, nothing is minted to it: the fee is the holders', and so is what waited for it.
        if recorded == Split::default() && event.fee_lamports == 0 && event.minted_shares == 0 {
            (again.fee, again.fee_lamports) = (recorded, 0);
        }
        self.rewards.add(step.signature, &recorded.parts(), Some(&again.fee.parts()), is_doubtful);
        if again.fee == recorded && again.fee_lamports != event.fee_lamports {
            self.rewards.differs(step.signature, is_doubtful);
        }
        self.covered.add(
            step.signature,
            &[event.insurance_burnt],
            Some(&[again.insurance_burnt]),
            is_doubtful,
        );
        // What had been charged before the first update of a history only that history would tell.
        if let Some(waiting) = self.treasury {
            let minted = waiting.saturating_sub(event.forgone_shares).saturating_add(again.fee.treasury);
            self.minted.add(step.signature, &[event.minted_shares], Some(&[minted]), is_doubtful);
        }
        self.treasury = Some(0);
        let left = |fund: u64| fund.saturating_add(again.fee.insurance).saturating_sub(again.insurance_burnt);
        // So is what the fund had; after a gap the event's word is taken.
        let known = self.insurance.filter(|_| !is_doubtful);
        self.insurance = Some(known.map_or(event.insurance_after, left));
        self.since = step.slot;
    }
}

/// Price inputs before and after, of events that have both; of a pool's first the latter alone.
fn price_inputs(event: &Event) -> Option<(Option<&LedgerEntry>, &LedgerEntry)> {
    Some(match event {
        Event::PoolInitialized(event) => (None, &event.after),
        Event::SolDeposited(event) => (Some(&event.before), &event.after),
        Event::StakeDeposited(event) => (Some(&event.before), &event.after),
        Event::SolWithdrawn(event) => (Some(&event.before), &event.after),
        Event::StakeWithdrawn(event) => (Some(&event.before), &event.after),
        Event::TicketClaimed(event) => (Some(&event.before), &event.after),
        Event::TicketCancelled(event) => (Some(&event.before), &event.after),
        Event::UpdateFinished(event) => (Some(&event.before), &event.after),
        _ => return None,
    })
}

/// Whether `to` charges more of anything than `from`; what only divides a fee is no charge.
fn are_raised(from: &Fees, to: &Fees) -> bool {
    in_order(from).iter().zip(in_order(to)).take(CHARGES).any(|(from, to)| to > *from)
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

/// How many rates there are; the first of them are charges, the others divide them.
const RATES: usize = 7;
const CHARGES: usize = 5;

fn in_order(fees: &Fees) -> [u16; RATES] {
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
