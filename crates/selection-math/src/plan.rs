//! The allocation: who gets how much, in O(N), in as many steps as fit a transaction.
//!
//! Stake goes to the parts of validators that are worth most. Each candidate has up to three parts, each worth less than
//! the one before: what holders directed to it; what it holds, which counts for more than its score by what a move would
//! cost; and what it could get beyond that. Every candidate's parts enter a bucket by their worth; from the best bucket
//! down, each gets what the caps leave. Most epochs that is what everybody holds: so all that is held is given at once,
//! and taken back for the ranking only where something better wants it. Where a group's cap was in the way, that order
//! is not the best one, and stake is exchanged between groups until no exchange gains, or the rounds are used up. Then
//! what has to move is ranked, by worth less what room in its groups is worth to others: increases are promised this epoch's funds, from the best down, and stake that has no place
//! any more is told to leave, from the worst up, as far as the movement limit goes.
//! The order is exact to a bucket, 0.03 % of the best worth (0.2 % for what is worth less than half of it), and by index
//! within one. So the outcome depends on the numbers alone, whoever sends the steps, and however many at a time.

mod give;
mod moves;
mod ranking;
mod swap;

use sluice_money::{Bps, Lamports, Rounding, mul_div};

use crate::{Budget, Constraint, Seat, Standing, Yield};
use ranking::Part;

/// Buckets of the ranking. The last is for what was directed.
pub const BUCKETS: usize = 2_048;
/// Hosting providers and countries that have numbers, the zero of "not grouped" included. A number beyond is not
/// grouped either.
pub const PROVIDERS: usize = 256;
pub const COUNTRIES: usize = 64;

/// One whole in the fixed point of shares, 2^20, and its bits.
const SHARE_BITS: u32 = 20;
const SHARE_ONE: u64 = 1 << SHARE_BITS;
/// A visit to a candidate costs as much as looking at so many empty buckets.
const VISIT: u32 = 8;

/// How far an allocation has come. Codes are append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// None was begun.
    Idle,
    /// Candidates enter the ranking.
    Enter,
    /// What was given at once is taken back.
    Reset,
    /// The best get.
    Give,
    /// Groups exchange what their caps cut off.
    Swap,
    /// What moves is ranked anew, because groups exchanged.
    Rank,
    /// Increases are promised funds.
    Fund,
    /// The worst lose.
    Take,
    /// All is decided.
    Done,
}

impl Stage {
    /// The number stored on chain.
    #[inline(always)]
    #[allow(clippy::as_conversions)] // A fieldless enum of fewer than 256 variants.
    const fn code(self) -> u8 {
        self as u8
    }
}

/// What the members of a group have, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Group {
    /// Given so far.
    pub ideal: u64,
    /// Held, and promised of this epoch's funds.
    pub target: u64,
}

/// What an allocation is made under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanTerms {
    pub budget: Budget,
    pub min_delegation: Lamports,
    /// Smaller moves are not made.
    pub min_move: Lamports,
    /// What moving stake costs, as a share of the yield of the whole horizon: cost / horizon, and what is asked beyond.
    pub move_cost: Bps,
    /// The highest score that is told apart, in [`Yield`]'s units: what is above counts as equal in the order. The one of
    /// the best candidate, unless that is far above the others: what is below half of it has coarse buckets.
    pub best: Yield,
    /// All that holders directed, in lamports.
    pub directed: Lamports,
    /// What tickets are owed beyond what the reserve has and what is on its way there.
    pub lack: Lamports,
    /// At most 21,845.
    pub candidates: u32,
}

/// An allocation under way. Nothing of it changes from outside until it is done.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct Plan {
    /// To be given in all; held by all, and what of that was not given when they entered; kept by those nobody looked at. In
    /// lamports.
    funds: u64,
    held: u64,
    withheld: u64,
    kept: u64,
    /// The best bucket that wants something, and the worst with something held.
    best_wanted: u64,
    worst_held: u64,
    /// Still to be given, still to be given at once, still to be moved away, in lamports.
    pub delegable: u64,
    pub cash: u64,
    pub moves: u64,
    /// What tickets lack, as far as no stake was told to leave for it, in lamports.
    lack: u64,
    cap: u64,
    aso_cap: u64,
    country_cap: u64,
    min_delegation: u64,
    /// The least that is moved, but for a whole that leaves.
    min_step: u64,
    /// Held beyond ideals, in lamports: what has to leave in the end.
    pub excess: u64,
    /// Ideals beyond what is held, in lamports: what has to arrive in the end.
    pub wanted: u64,
    /// Sums of what was decided, in lamports.
    pub ideals: u64,
    pub targets: u64,
    /// Score of the best, by worth, that would have got more with more funds; zero while there were enough.
    pub clearing: u64,
    /// Of `wanted` or `excess`, what the stage has not come to yet.
    ahead: u64,
    /// Half of the best worth, and buckets per worth below and above it, in 2^-32.
    half: u64,
    low_scale: u64,
    high_scale: u64,
    /// Shares in 2^-20: what held stake counts for beyond its score, and what of the directed amounts is followed.
    bonus: u64,
    followed: u64,
    /// The best worth and its score that funds refused in this round of exchanges.
    refused_worth: u64,
    refused: u64,
    /// Candidates that enter next, and all of them.
    pub left: u32,
    pub candidates: u32,
    /// Candidates with an ideal above zero, and those nobody observed in time.
    pub chosen: u32,
    pub stale: u32,
    bucket: u32,
    /// Above this bucket nothing wants more than it was given.
    top: u32,
    /// The best bucket that wants something, and the worst with something held.
    /// Where a stage that goes over all candidates is, and visits that exchanges may still make.
    cursor: u32,
    visits: u32,
    node: u16,
    /// Candidates with stake that has no place: the first of a list.
    leavers: u16,
    stage: u8,
    /// One if what is held could not all be given at once, if a group's cap was in the way, and if this round of exchanges
    /// changed a value.
    crowded: u8,
    tight: u8,
    changed: u8,
    heads: [u16; BUCKETS],
    providers: [Group; PROVIDERS],
    countries: [Group; COUNTRIES],
    /// What a unit of stake is worth at a place of exchange, and the way it came; see [`swap`].
    values: [i64; swap::PLACES],
    ways: [u16; swap::PLACES],
    _padding: [u8; 4],
}

impl Plan {
    #[inline]
    pub const fn stage(&self) -> Stage {
        match self.stage {
            1 => Stage::Enter,
            2 => Stage::Reset,
            3 => Stage::Give,
            4 => Stage::Swap,
            5 => Stage::Rank,
            6 => Stage::Fund,
            7 => Stage::Take,
            8 => Stage::Done,
            _ => Stage::Idle,
        }
    }

    /// Forgets the allocation before and begins another.
    pub fn begin(&mut self, terms: &PlanTerms) {
        // In place: a copy is larger than a stack frame on chain.
        bytemuck::bytes_of_mut(self).fill(0);
        let budget = &terms.budget;
        self.funds = budget.delegable.0;
        self.delegable = budget.delegable.0;
        self.cash = budget.cash.0;
        self.moves = budget.moved.0;
        self.lack = terms.lack.0;
        self.cap = budget.cap.0;
        self.aso_cap = budget.aso.0;
        self.country_cap = budget.country.0;
        self.min_delegation = terms.min_delegation.0.max(1);
        self.min_step = terms.min_move.max(terms.min_delegation).0.max(1);
        self.bonus = terms.move_cost.of(SHARE_ONE, Rounding::Floor).unwrap_or(0);
        self.followed = if terms.directed <= budget.directed {
            SHARE_ONE
        } else {
            mul_div(SHARE_ONE, budget.directed.0, terms.directed.0, Rounding::Floor).unwrap_or(0)
        };
        self.scale(terms.best.0);
        self.candidates = terms.candidates.min(ranking::MOST_CANDIDATES);
        self.visits = self.candidates.saturating_mul(swap::ROUNDS).max(swap::LEAST_VISITS);
        self.worst_held = u64::MAX;
        self.left = self.candidates;
        self.stage = if self.candidates == 0 { Stage::Done } else { Stage::Enter }.code();
    }

    /// Enters the candidate of index `self.left - 1`: the last comes first, so that a bucket's list is in the order of
    /// indexes. The caller goes on until [`Plan::left`] is zero.
    #[inline(always)]
    pub fn enter(&mut self, seat: &mut Seat, standing: Standing) {
        let Some(index) = self.left.checked_sub(1) else { return };
        self.left = index;
        let held = seat.held;
        seat.ideal = 0;
        seat.target = held;
        seat.fixed = 0;
        if held > 0 {
            // All SOL there is fits: nothing wraps.
            self.held = self.held.wrapping_add(held);
            self.hold(seat, held);
        }
        match standing {
            Standing::Competes => self.compete(seat, index),
            Standing::Out(reason) => self.exclude(seat, reason.code()),
            Standing::Keeps(kept) => self.keep(seat, kept),
        }
        if index == 0 {
            self.begin_to_give();
        }
    }

    /// Enters the parts of a candidate that competes, and gives it at once what it holds, in the hope that nothing better
    /// wants it. Most of what an allocation costs is here: sums are made when all have entered.
    #[inline(always)]
    fn compete(&mut self, seat: &mut Seat, index: u32) {
        let (held, most) = (seat.held, self.most(seat));
        if most < self.min_delegation {
            return self.exclude(seat, seat.bound_by);
        }
        if seat.score == 0 {
            return self.exclude(seat, Constraint::Score.code());
        }
        if seat.directed > 0 {
            self.crowded = 1;
            self.push(seat, index, Part::Directed, ranking::DIRECTED_BUCKET);
        }
        if held > 0 {
            let bucket = self.bucket_of(self.held_worth(seat.score)).wrapping_add(ranking::HELD_ABOVE);
            self.push(seat, index, Part::Held, bucket);
            self.worst_held = self.worst_held.min(bucket);
            self.chosen = self.chosen.wrapping_add(1);
            if most < held || held < self.min_delegation || seat.aso | seat.country != 0 {
                if !self.give_in_bounds(seat, most) {
                    return;
                }
            } else {
                seat.ideal = held;
            }
        }
        if most.saturating_sub(held) >= self.min_step {
            let bucket = self.bucket_of(seat.score);
            self.push(seat, index, Part::Beyond, bucket);
            self.best_wanted = self.best_wanted.max(bucket);
            seat.constraint = Constraint::Score.code();
        } else {
            seat.constraint = self.limit_of(seat);
        }
    }

    /// Gives a candidate that something bounds what it may keep of what it holds; false if some of it has to leave, and it
    /// gets nothing beyond. Apart from the others, who pay nothing for it.
    #[inline(never)]
    fn give_in_bounds(&mut self, seat: &mut Seat, most: u64) -> bool {
        let kept = seat.held.min(most);
        if kept >= self.min_delegation && self.has_room(seat, kept) {
            self.grant(seat, kept);
        } else {
            self.withheld = self.withheld.wrapping_add(seat.held);
            self.chosen = self.chosen.wrapping_sub(1);
            self.crowded = 1;
        }
        if most < seat.held {
            seat.constraint = self.limit_of(seat);
            self.leave(seat);
        }
        most >= seat.held
    }

    /// Whether the groups of a candidate that has nothing yet have room for so much.
    #[inline]
    fn has_room(&self, seat: &Seat, lamports: u64) -> bool {
        let (provider, country) = self.rooms(seat, |group| group.ideal);
        lamports <= provider && lamports <= country
    }

    /// Gives a candidate that enters so much of what it holds.
    #[inline]
    fn grant(&mut self, seat: &mut Seat, lamports: u64) {
        seat.ideal = lamports;
        self.withheld = self.withheld.wrapping_add(seat.held.saturating_sub(lamports));
        if let Some(group) = self.provider_mut(seat) {
            group.ideal = group.ideal.saturating_add(lamports);
        }
        if let Some(group) = self.country_mut(seat) {
            group.ideal = group.ideal.saturating_add(lamports);
        }
    }

    /// Everybody has entered. If all that is held is worth more than all that is wanted beyond, it was given rightly.
    fn begin_to_give(&mut self) {
        let given = self.held.saturating_sub(self.withheld);
        self.targets = self.held;
        self.ideals = given;
        self.excess = self.withheld;
        self.delegable = self.funds.saturating_sub(given);
        let whole = u32::try_from(BUCKETS).unwrap_or(u32::MAX);
        let is_right = self.crowded == 0 && given <= self.funds && self.worst_held > self.best_wanted;
        self.top = if is_right { ranking::bucket(self.best_wanted).saturating_add(1) } else { whole };
        self.stage = if is_right { Stage::Give } else { Stage::Reset }.code();
        self.cursor = self.candidates;
        self.start_at_top();
    }

    /// Goes on until about `work` visits are made or all is decided; true if it is.
    #[inline(never)]
    pub fn advance<C: AsMut<Seat>>(&mut self, seats: &mut [C], work: u32) -> bool {
        let mut work = work.saturating_mul(VISIT);
        loop {
            let stage = self.stage();
            match stage {
                Stage::Done => return true,
                Stage::Idle | Stage::Enter => return false,
                _ => {}
            }
            if self.is_over(stage) {
                self.turn(stage);
                continue;
            }
            if work == 0 {
                return false;
            }
            let goes_by_list = matches!(stage, Stage::Give | Stage::Fund | Stage::Take);
            if goes_by_list && self.node == 0 {
                work = work.saturating_sub(self.open(stage, work));
                continue;
            }
            let price = if stage == Stage::Swap { self.exchange_price() } else { VISIT };
            let Some(rest) = work.checked_sub(price) else { return false };
            work = rest;
            match stage {
                Stage::Swap => self.exchange(seats),
                Stage::Rank => self.rank_again(seats),
                Stage::Reset => self.take_back(seats),
                _ => self.visit(seats, stage),
            }
        }
    }

    /// Whether a stage has nothing more to do.
    #[inline(always)]
    fn is_over(&self, stage: Stage) -> bool {
        let has_list = self.node != 0;
        let least = if self.lack > 0 { 1 } else { self.min_delegation };
        match stage {
            Stage::Give => {
                (self.clearing > 0 && self.delegable < self.min_delegation) || (!has_list && self.bucket == 0)
            }
            Stage::Fund => self.ahead == 0 || (!has_list && self.bucket == 0),
            Stage::Take => self.ahead == 0 || self.moves < least || (!has_list && self.is_past_the_top()),
            Stage::Swap => self.tight == 0,
            Stage::Reset | Stage::Rank => self.cursor == 0,
            _ => false,
        }
    }

    /// From one stage to the next that has something to do.
    #[inline(always)]
    fn turn(&mut self, stage: Stage) {
        let moves = self.wanted > 0 || self.excess > 0;
        let next = match stage {
            Stage::Reset => Stage::Give,
            Stage::Give if self.tight > 0 => Stage::Swap,
            // Without an exchange the lists are in the order of what moves as they are.
            Stage::Give if moves => Stage::Fund,
            Stage::Swap if moves => Stage::Rank,
            Stage::Rank => Stage::Fund,
            Stage::Fund => Stage::Take,
            _ => Stage::Done,
        };
        self.stage = next.code();
        match next {
            Stage::Give => self.delegable = self.funds.saturating_sub(self.kept),
            Stage::Swap => self.cursor = 0,
            Stage::Rank => {
                self.heads = [0; BUCKETS];
                self.top = u32::try_from(BUCKETS).unwrap_or(u32::MAX);
                self.cursor = self.candidates;
            }
            Stage::Fund => {
                self.ahead = self.wanted;
                self.start_at_top();
            }
            Stage::Take => {
                self.ahead = self.excess;
                self.start_at_bottom();
            }
            _ => {}
        }
    }

    /// Takes back from the next candidate what it was given at once.
    #[inline(always)]
    fn take_back<C: AsMut<Seat>>(&mut self, seats: &mut [C]) {
        self.cursor = self.cursor.saturating_sub(1);
        let at = usize::try_from(self.cursor).unwrap_or(usize::MAX);
        let Some(seat) = seats.get_mut(at).map(AsMut::as_mut) else { return };
        if seat.fixed == 0 && seat.held > 0 {
            seat.constraint = Constraint::Score.code();
            self.set_ideal(seat, 0);
        }
    }

    #[inline(always)]
    fn visit<C: AsMut<Seat>>(&mut self, seats: &mut [C], stage: Stage) {
        let Some((seat, part)) = ranking::seat_of(seats, self.node) else {
            self.node = 0;
            return;
        };
        self.node = seat.links.get(part.link()).copied().unwrap_or(0);
        match stage {
            Stage::Give => self.give(seat, part),
            Stage::Fund => self.fund(seat, part),
            _ => self.take(seat, part),
        }
    }

    /// A candidate that gets nothing: what it holds has to leave.
    #[inline(always)]
    fn exclude(&mut self, seat: &mut Seat, reason: u8) {
        self.withheld = self.withheld.wrapping_add(seat.held);
        seat.constraint = reason;
        seat.bound = 0;
        seat.fixed = 1;
        self.leave(seat);
    }

    /// A candidate that nobody looked at keeps `kept` of what it holds, as far as the cap and the funds go; the rest has
    /// to leave.
    #[inline]
    fn keep(&mut self, seat: &mut Seat, kept: u64) {
        // Before all others, whatever those were given at once, and whatever its groups have room for.
        let kept = kept.min(seat.held).min(self.cap).min(self.funds.saturating_sub(self.kept));
        let kept = if kept < self.min_delegation && kept < seat.held { 0 } else { kept };
        seat.constraint = Constraint::Stale.code();
        seat.bound = kept;
        seat.fixed = 1;
        self.stale = self.stale.saturating_add(1);
        self.kept = self.kept.saturating_add(kept);
        if !self.has_room(seat, kept) {
            self.crowded = 1;
        }
        self.grant(seat, kept);
        self.chosen = self.chosen.wrapping_add(u32::from(kept > 0));
        if kept < seat.held {
            self.leave(seat);
        }
    }

    /// Changes an ideal, and every sum it is part of.
    #[inline(always)]
    fn set_ideal(&mut self, seat: &mut Seat, ideal: u64) {
        let (before, held) = (seat.ideal, seat.held);
        seat.ideal = ideal;
        let change = |sum: u64, old: u64, new: u64| sum.saturating_sub(old).saturating_add(new);
        self.ideals = change(self.ideals, before, ideal);
        // What was given comes back, what is given goes.
        self.delegable = self.delegable.saturating_add(before).saturating_sub(ideal);
        self.excess = change(self.excess, held.saturating_sub(before), held.saturating_sub(ideal));
        self.wanted = change(self.wanted, before.saturating_sub(held), ideal.saturating_sub(held));
        self.chosen = self
            .chosen
            .saturating_add(u32::from(before == 0 && ideal > 0))
            .saturating_sub(u32::from(before > 0 && ideal == 0));
        if let Some(group) = self.provider_mut(seat) {
            group.ideal = change(group.ideal, before, ideal);
        }
        if let Some(group) = self.country_mut(seat) {
            group.ideal = change(group.ideal, before, ideal);
        }
    }

    /// Counts what a seat holds in its groups.
    #[inline(always)]
    fn hold(&mut self, seat: &Seat, lamports: u64) {
        if seat.aso | seat.country == 0 {
            return;
        }
        if let Some(group) = self.provider_mut(seat) {
            group.target = group.target.saturating_add(lamports);
        }
        if let Some(group) = self.country_mut(seat) {
            group.target = group.target.saturating_add(lamports);
        }
    }

    /// The hosting provider's sums; `None` for one that is not grouped.
    #[inline(always)]
    fn provider_mut(&mut self, seat: &Seat) -> Option<&mut Group> {
        if seat.aso == 0 { None } else { self.providers.get_mut(usize::from(seat.aso)) }
    }

    #[inline(always)]
    fn country_mut(&mut self, seat: &Seat) -> Option<&mut Group> {
        if seat.country == 0 { None } else { self.countries.get_mut(usize::from(seat.country)) }
    }

    /// What the caps on its groups leave, of what `sum` reads in a group: hosting provider and country.
    #[inline(always)]
    fn rooms(&self, seat: &Seat, sum: impl Fn(&Group) -> u64) -> (u64, u64) {
        let provider = if seat.aso == 0 { None } else { self.providers.get(usize::from(seat.aso)) };
        let country = if seat.country == 0 { None } else { self.countries.get(usize::from(seat.country)) };
        (
            provider.map_or(u64::MAX, |group| self.aso_cap.saturating_sub(sum(group))),
            country.map_or(u64::MAX, |group| self.country_cap.saturating_sub(sum(group))),
        )
    }

    /// The most a seat may hold, whatever others do.
    #[inline(always)]
    fn most(&self, seat: &Seat) -> u64 {
        seat.bound.min(self.cap)
    }

    /// What bounds a seat that has all it may have.
    #[inline(always)]
    fn limit_of(&self, seat: &Seat) -> u8 {
        if seat.bound < self.cap { seat.bound_by } else { Constraint::Cap.code() }
    }

    /// What of a directed amount is followed, rounded down.
    #[inline]
    fn followed(&self, directed: u64) -> u64 {
        if directed == 0 || self.followed == SHARE_ONE {
            return directed;
        }
        mul_div(directed, self.followed, SHARE_ONE, Rounding::Floor).unwrap_or(directed)
    }

    /// A score with what a move would cost, rounded down.
    #[inline(always)]
    fn held_worth(&self, score: u64) -> u64 {
        // A score is at most 2^41, a share at most 2^20: nothing wraps.
        score.wrapping_add(score.wrapping_mul(self.bonus) >> SHARE_BITS)
    }
}
