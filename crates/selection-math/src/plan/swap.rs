//! Exchanges between groups: what is better than giving to the best first, where caps of groups are in the way.
//!
//! One candidate of a full hosting provider may keep out two others that would fit beside each other. So stake is seen
//! to go round: from the funds to a hosting provider, through a candidate to its country, and from there among the
//! placed, as far as each has room; back along the same ways where it is taken away. A way round that gains is taken
//! as far as it goes, until there is none: then no allocation is better. Nothing is exchanged for a gain of less than
//! 0.02 % of the best worth, nor in smaller amounts than can be moved, and the visits are bounded.
//!
//! Source: negative cycle cancelling (Klein, 1967), cycles found by Bellman and Ford's relaxation.

use super::{COUNTRIES, PROVIDERS, Plan, VISIT};
use crate::{Constraint, Seat};

/// Countries, the placed, the funds, hosting providers.
pub(super) const PLACES: usize = COUNTRIES + 2 + PROVIDERS;
const PLACED: usize = COUNTRIES;
const FUNDS: usize = COUNTRIES + 1;
const FIRST_PROVIDER: usize = COUNTRIES + 2;
/// The same number, to count with.
const ALL_PLACES: u32 = 322;
const _: () = assert!(PLACES == 322);

/// Rounds over all candidates after which an allocation is good enough, and visits that are always made if needed.
pub(super) const ROUNDS: u32 = 16;
pub(super) const LEAST_VISITS: u32 = 1 << 13;
/// The longest way round that is taken.
const LONGEST: usize = 32;

/// How a place was reached: not at all, by a candidate or from a group of the number less one, or between the funds,
/// the placed and their groups.
const NO_WAY: u16 = 0;
const DIRECT: u16 = u16::MAX;

/// A step of a way round.
enum Step {
    /// The candidate of an index gets more, or less.
    Up(usize),
    Down(usize),
    /// Between the funds, the placed and their groups, where there is room for so much.
    Through(u64),
}

impl Plan {
    /// What the next step of a round costs.
    #[inline(always)]
    pub(super) const fn exchange_price(&self) -> u32 {
        if self.cursor < self.candidates || self.cursor >= self.candidates.saturating_add(ALL_PLACES) {
            VISIT
        } else {
            1
        }
    }

    /// The next step of a round: over all candidates, over all places, then along the ways round that were found.
    #[inline(always)]
    pub(super) fn exchange<C: AsMut<Seat>>(&mut self, seats: &mut [C]) {
        let at = self.cursor;
        self.cursor = at.saturating_add(1);
        match at.checked_sub(self.candidates) {
            None => {
                self.visits = self.visits.saturating_sub(1);
                let index = usize::try_from(at).unwrap_or(usize::MAX);
                if let Some(seat) = seats.get_mut(index) {
                    self.pass(index, seat.as_mut());
                }
            }
            Some(place @ ..ALL_PLACES) => self.connect(usize::try_from(place).unwrap_or(PLACED)),
            Some(_) => self.close(seats),
        }
    }

    /// The end of a round: exchanges along the ways round, if there are any.
    #[inline]
    fn close<C: AsMut<Seat>>(&mut self, seats: &mut [C]) {
        if self.changed == 0 || self.visits == 0 {
            self.clearing = if self.delegable < self.min_step { self.refused } else { 0 };
            self.tight = 0;
            return;
        }
        self.find(seats);
        self.cursor = 0;
        self.changed = 0;
        self.refused_worth = 0;
        self.refused = 0;
    }

    /// A candidate connects its hosting provider and its country. What decided its ideal is noted on the way.
    #[inline(always)]
    fn pass(&mut self, index: usize, seat: &mut Seat) {
        if seat.fixed > 0 {
            return;
        }
        let (provider, country) = self.rooms(seat, |group| group.ideal);
        let (up, gain) = self.upward(seat);
        let (down, loss) = self.downward(seat);
        seat.constraint = if self.most(seat).saturating_sub(seat.ideal) < self.min_step {
            self.limit_of(seat)
        } else if provider < self.min_step {
            Constraint::Aso.code()
        } else if country < self.min_step {
            Constraint::Country.code()
        } else if seat.ideal > 0 {
            Constraint::Funds.code()
        } else {
            Constraint::Score.code()
        };
        let margin = self.margin();
        let (from, to) = (provider_of(seat), country_of(seat));
        let way = u16::try_from(index).unwrap_or(u16::MAX).saturating_add(1);
        if up >= self.min_step {
            self.reach(from, to, signed(gain), margin, way);
            if provider >= self.min_step && country >= self.min_step && gain > self.refused_worth {
                self.refused_worth = gain;
                self.refused = seat.score;
            }
        }
        if down >= self.min_step {
            self.reach(to, from, signed(loss).saturating_neg(), margin, way);
        }
    }

    /// A place is connected with the funds or the placed.
    #[inline(always)]
    fn connect(&mut self, place: usize) {
        if let Some(provider) = place.checked_sub(FIRST_PROVIDER) {
            let (room, used) = self.provider_room(provider);
            if room >= self.min_step {
                self.reach(FUNDS, place, 0, 0, DIRECT);
            }
            if used {
                self.reach(place, FUNDS, 0, 0, number(provider));
            }
        } else if place == FUNDS {
            self.reach(FUNDS, PLACED, 0, 0, DIRECT);
        } else if place == PLACED {
            if self.delegable >= self.min_step {
                self.reach(PLACED, FUNDS, 0, 0, DIRECT);
            }
        } else {
            let (room, used) = self.country_room(place);
            if room >= self.min_step {
                self.reach(place, PLACED, 0, 0, number(place));
            }
            if used {
                self.reach(PLACED, place, 0, 0, DIRECT);
            }
        }
    }

    /// Notes that `to` is reached from `from`, if by more than a `margin` over what was known.
    #[inline(always)]
    fn reach(&mut self, from: usize, to: usize, gain: i64, margin: i64, way: u16) {
        let Some(start) = self.values.get(from).copied() else { return };
        let reached = start.saturating_add(gain);
        if let (Some(value), Some(old)) = (self.values.get_mut(to), self.ways.get_mut(to))
            && reached > value.saturating_add(margin)
        {
            *value = reached;
            *old = way;
            self.changed = 1;
        }
    }

    /// Looks for ways round, from each place back to where it was reached from, and takes them.
    #[inline(never)]
    fn find<C: AsMut<Seat>>(&mut self, seats: &mut [C]) {
        let mut seen = [0u16; PLACES];
        for start in 0..PLACES {
            let mark = number(start);
            let mut place = start;
            while let Some((before, _)) = self.step(seats, place) {
                let Some(met) = seen.get_mut(place) else { break };
                if *met == mark {
                    self.go_round(seats, place);
                    break;
                }
                if *met > 0 {
                    break;
                }
                *met = mark;
                place = before;
            }
        }
    }

    /// Where a place was reached from, and how; `None` where it was not.
    #[inline]
    fn step<C: AsMut<Seat>>(&self, seats: &mut [C], place: usize) -> Option<(usize, Step)> {
        let way = self.ways.get(place).copied().filter(|way| *way != NO_WAY)?;
        let group = usize::from(way).saturating_sub(1);
        let from_a_candidate = way != DIRECT && place != PLACED && place != FUNDS;
        if from_a_candidate {
            let seat = seats.get_mut(group)?.as_mut();
            return Some(if place < COUNTRIES {
                (provider_of(seat), Step::Up(group))
            } else {
                (country_of(seat), Step::Down(group))
            });
        }
        let free = Step::Through(u64::MAX);
        Some(match place {
            PLACED if way == DIRECT => (FUNDS, free),
            PLACED => (group, Step::Through(self.country_room(group).0)),
            FUNDS if way == DIRECT => (PLACED, Step::Through(self.delegable)),
            FUNDS => (FIRST_PROVIDER.saturating_add(group), free),
            country if country < COUNTRIES => (PLACED, free),
            provider => (FUNDS, Step::Through(self.provider_room(provider.saturating_sub(FIRST_PROVIDER)).0)),
        })
    }

    /// Takes the way round through `place`, as far as it goes, if it still gains. It is forgotten then.
    #[inline(never)]
    fn go_round<C: AsMut<Seat>>(&mut self, seats: &mut [C], place: usize) {
        let mut ups = [0u16; LONGEST];
        let mut downs = [0u16; LONGEST];
        let (mut up_count, mut down_count) = (0usize, 0usize);
        let (mut amount, mut gain) = (u64::MAX, 0i64);
        let mut at = place;
        let mut is_whole = true;
        while let Some((before, step)) = self.step(seats, at) {
            if let Some(way) = self.ways.get_mut(at) {
                *way = NO_WAY;
            }
            let (list, count, index) = match step {
                Step::Through(room) => {
                    amount = amount.min(room);
                    at = before;
                    continue;
                }
                Step::Up(index) => (&mut ups, &mut up_count, index),
                Step::Down(index) => (&mut downs, &mut down_count, index),
            };
            match list.get_mut(*count) {
                Some(entry) => *entry = u16::try_from(index).unwrap_or(u16::MAX),
                None => is_whole = false,
            }
            *count = count.saturating_add(1);
            if let Some(seat) = seats.get_mut(index) {
                let seat = seat.as_mut();
                let (room, worth) = if matches!(step, Step::Up(_)) {
                    let (room, worth) = self.upward(seat);
                    (room, signed(worth))
                } else {
                    let (room, worth) = self.downward(seat);
                    (room, signed(worth).saturating_neg())
                };
                amount = amount.min(if seat.fixed > 0 { 0 } else { room });
                gain = gain.saturating_add(worth);
            }
            at = before;
        }
        let (ups, downs) = (ups.get(..up_count).unwrap_or(&[]), downs.get(..down_count).unwrap_or(&[]));
        if !is_whole || at != place || gain <= self.margin() || amount < self.min_step {
            return;
        }
        let Some(amount) = self.fit(seats, ups, downs, amount) else { return };
        // First what frees room, then what takes it.
        for (list, is_up) in [(downs, false), (ups, true)] {
            for index in list {
                if let Some(seat) = seats.get_mut(usize::from(*index)) {
                    let seat = seat.as_mut();
                    let ideal = if is_up {
                        seat.ideal.saturating_add(amount)
                    } else {
                        seat.ideal.saturating_sub(amount)
                    };
                    self.set_ideal(seat, ideal);
                }
            }
        }
    }

    /// What room for a unit of stake in a candidate's groups is worth, beyond the funds: zero where there is enough.
    #[inline(always)]
    pub(super) fn price_of_room(&self, seat: &Seat) -> u64 {
        let value = |place: usize| self.values.get(place).copied().unwrap_or(0);
        let above = |high: i64, low: i64| u64::try_from(high.saturating_sub(low)).unwrap_or(0);
        let provider = above(value(FUNDS), value(provider_of(seat)));
        provider.saturating_add(above(value(country_of(seat)), value(PLACED)))
    }

    /// The most up to `amount` that leaves no candidate with less than a delegation, nor with less beyond what it holds
    /// than is moved. A candidate for which there is none is exchanged no more.
    #[inline]
    fn fit<C: AsMut<Seat>>(&self, seats: &mut [C], ups: &[u16], downs: &[u16], amount: u64) -> Option<u64> {
        let mut fitted = amount;
        loop {
            let before = fitted;
            for (list, is_up) in [(downs, false), (ups, true)] {
                for index in list {
                    let seat = seats.get_mut(usize::from(*index))?.as_mut();
                    fitted = if is_up { self.fit_up(seat, fitted) } else { self.fit_down(seat, fitted) };
                    if fitted < self.min_step {
                        seat.fixed = 1;
                        return None;
                    }
                }
            }
            if fitted == before {
                return Some(fitted);
            }
        }
    }

    #[inline]
    const fn fit_up(&self, seat: &Seat, amount: u64) -> u64 {
        let beyond = seat.ideal.saturating_add(amount).saturating_sub(seat.held);
        if beyond > 0 && beyond < self.min_step { seat.held.saturating_sub(seat.ideal) } else { amount }
    }

    #[inline]
    const fn fit_down(&self, seat: &Seat, amount: u64) -> u64 {
        let left = seat.ideal.saturating_sub(amount);
        let beyond = left.saturating_sub(seat.held);
        if beyond > 0 && beyond < self.min_step {
            seat.ideal.saturating_sub(seat.held).saturating_sub(self.min_step)
        } else if left > 0 && left < self.min_delegation {
            seat.ideal.saturating_sub(self.min_delegation)
        } else {
            amount
        }
    }

    /// What an exchange has to gain at least, a unit.
    #[inline(always)]
    fn margin(&self) -> i64 {
        signed((self.half >> 11).max(1))
    }

    /// How far an ideal may rise, and what that is worth.
    #[inline(always)]
    fn upward(&self, seat: &Seat) -> (u64, u64) {
        let most = self.most(seat);
        let returns = seat.held.min(most).saturating_sub(seat.ideal);
        if returns >= self.min_step || most.saturating_sub(seat.held) < self.min_step {
            (returns, self.held_worth(seat.score))
        } else {
            (most.saturating_sub(seat.ideal), seat.score)
        }
    }

    /// How far an ideal may fall, and what that costs. What was directed stays.
    #[inline(always)]
    fn downward(&self, seat: &Seat) -> (u64, u64) {
        let directed = self.followed(seat.directed).min(seat.ideal);
        let beyond = seat.ideal.saturating_sub(seat.held.max(directed));
        if beyond > 0 {
            (beyond, seat.score)
        } else {
            (seat.ideal.saturating_sub(directed), self.held_worth(seat.score))
        }
    }

    /// What a hosting provider's cap leaves, and whether anything was given to it.
    #[inline(always)]
    fn provider_room(&self, provider: usize) -> (u64, bool) {
        match self.providers.get(provider) {
            Some(group) if provider > 0 => (self.aso_cap.saturating_sub(group.ideal), group.ideal > 0),
            _ => (u64::MAX, true),
        }
    }

    /// What a country's cap leaves, and whether anything was given to it.
    #[inline(always)]
    fn country_room(&self, country: usize) -> (u64, bool) {
        match self.countries.get(country) {
            Some(group) if country > 0 => (self.country_cap.saturating_sub(group.ideal), group.ideal > 0),
            _ => (u64::MAX, true),
        }
    }
}

#[inline(always)]
fn provider_of(seat: &Seat) -> usize {
    let provider = usize::from(seat.aso);
    FIRST_PROVIDER.saturating_add(if provider < PROVIDERS { provider } else { 0 })
}

#[inline(always)]
fn country_of(seat: &Seat) -> usize {
    let country = usize::from(seat.country);
    if country < COUNTRIES { country } else { 0 }
}

/// A group's number as a way.
#[inline(always)]
fn number(group: usize) -> u16 {
    u16::try_from(group).unwrap_or(u16::MAX).saturating_add(1)
}

/// A worth as a signed number, so that sums of a few do not overflow.
#[inline(always)]
fn signed(worth: u64) -> i64 {
    const MOST: u64 = 1 << 56;
    i64::try_from(worth.min(MOST)).unwrap_or(0)
}
