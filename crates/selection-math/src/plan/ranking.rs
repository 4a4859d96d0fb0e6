//! The ranking: a list of parts for each bucket of worth, linked through the seats.

use super::{BUCKETS, Plan, Stage};
use crate::Seat;

pub(super) const DIRECTED_BUCKET: u64 = 2_047;
/// The highest by worth.
const TOP_SCORE_BUCKET: u64 = 2_045;
/// What is held is so many buckets above its worth, however little a move costs: where scores are equal, who has stake
/// keeps it.
pub(super) const HELD_ABOVE: u64 = 1;
/// Buckets for what is worth less than half of the best.
const LOW_BUCKETS: u64 = 256;

/// Candidates all of whose parts have a number.
pub(super) const MOST_CANDIDATES: u32 = 21_845;
/// Parts of a candidate.
const PARTS: u16 = 3;

const _: () = assert!(MOST_CANDIDATES * 3 == 0xffff);

/// A part of a candidate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Directed,
    Held,
    /// What it could get beyond what it holds. One that must give some up has no such part: in its place, it is in the
    /// list of leavers.
    Beyond,
}

impl Part {
    /// Its number among those of a candidate, from one on.
    #[inline(always)]
    const fn number(self) -> u32 {
        match self {
            Self::Directed => 1,
            Self::Held => 2,
            Self::Beyond => 3,
        }
    }

    /// Its place among a seat's links.
    #[inline(always)]
    pub(super) const fn link(self) -> usize {
        match self {
            Self::Directed => 0,
            Self::Held => 1,
            Self::Beyond => 2,
        }
    }
}

impl Plan {
    /// Sets the buckets so that `best`, the highest score, and all that is worth less have one.
    #[inline]
    pub(super) fn scale(&mut self, best: u64) {
        self.half = self.held_worth(best) / 2;
        let scale = |buckets: u64| (buckets << 32).checked_div(self.half.saturating_add(1)).unwrap_or(0);
        let (low, high) = (scale(LOW_BUCKETS), scale(TOP_SCORE_BUCKET.saturating_sub(LOW_BUCKETS)));
        self.low_scale = low;
        self.high_scale = high;
    }

    /// The bucket of a worth: 256 up to half of the best, the others above it.
    #[inline(always)]
    pub(super) fn bucket_of(&self, worth: u64) -> u64 {
        // What is not above half of the best, times buckets per worth, is at most all buckets, in 2^-32: nothing wraps.
        match worth.checked_sub(self.half) {
            Some(above) => LOW_BUCKETS.wrapping_add(above.min(self.half).wrapping_mul(self.high_scale) >> 32),
            None => worth.wrapping_mul(self.low_scale) >> 32,
        }
    }

    /// Puts a part of the candidate of an index before the others of its bucket.
    #[inline(always)]
    pub(super) fn push(&mut self, seat: &mut Seat, index: u32, part: Part, bucket: u64) {
        let at = usize::try_from(bucket).unwrap_or(0);
        if let (Some(head), Some(link)) = (self.heads.get_mut(at), seat.links.get_mut(part.link())) {
            *link = *head;
            *head = node_of(index, part);
        }
    }

    /// Remembers a candidate with stake that has no place.
    #[inline(always)]
    pub(super) fn leave(&mut self, seat: &mut Seat) {
        if seat.held > 0
            && let Some(link) = seat.links.get_mut(Part::Beyond.link())
        {
            *link = self.leavers;
            self.leavers = node_of(self.left, Part::Beyond);
        }
    }

    /// Ranks what moves of the next candidate, the last first: by worth, less what room in its groups is worth.
    #[inline(always)]
    pub(super) fn rank_again<C: AsMut<Seat>>(&mut self, seats: &mut [C]) {
        self.cursor = self.cursor.saturating_sub(1);
        let index = self.cursor;
        let Some(seat) = usize::try_from(index).ok().and_then(|at| seats.get_mut(at)).map(AsMut::as_mut)
        else {
            return;
        };
        if seat.ideal > seat.held {
            if seat.directed > 0 {
                self.push(seat, index, Part::Directed, DIRECTED_BUCKET);
            }
            self.push(seat, index, Part::Beyond, self.bucket_in_groups(seat, seat.score));
        } else if seat.ideal < seat.held.min(self.most(seat)) {
            let bucket = self.bucket_in_groups(seat, self.held_worth(seat.score));
            self.push(seat, index, Part::Held, bucket);
        }
    }

    /// The bucket of a worth less what room in the seat's groups is worth, which is at most twice the best worth: so much
    /// is added, and a third of it all has a bucket.
    #[inline(always)]
    fn bucket_in_groups(&self, seat: &Seat, worth: u64) -> u64 {
        let most = self.half.saturating_mul(4);
        self.bucket_of(worth.saturating_add(most).saturating_sub(self.price_of_room(seat)) / 3)
    }

    #[inline(always)]
    pub(super) fn start_at_top(&mut self) {
        self.node = 0;
        self.bucket = self.top;
    }

    /// First those without a place.
    #[inline(always)]
    pub(super) fn start_at_bottom(&mut self) {
        self.node = self.leavers;
        self.bucket = 0;
    }

    #[inline(always)]
    pub(super) fn is_past_the_top(&self) -> bool {
        usize::try_from(self.bucket).map_or(true, |bucket| bucket >= BUCKETS)
    }

    /// The next bucket that has a list, up while taking, else down, of as many as `most`; how many were looked at. A loop
    /// of its own, because most buckets are empty.
    #[inline(always)]
    pub(super) fn open(&mut self, stage: Stage, most: u32) -> u32 {
        let at = usize::try_from(self.bucket).unwrap_or(BUCKETS);
        let most = usize::try_from(most).unwrap_or(BUCKETS);
        let (below, above) = self.heads.split_at_checked(at).unwrap_or((&self.heads, &[]));
        let taken = |head: &u16| *head != 0;
        let (found, ahead) = if stage == Stage::Take {
            (above.iter().take(most).position(taken), above)
        } else {
            (below.iter().rev().take(most).position(taken), below)
        };
        let looked = found.map_or(most.min(ahead.len()), |empty| empty.saturating_add(1));
        let looked = u32::try_from(looked).unwrap_or(u32::MAX);
        // The last one looked at is the one that was found.
        let list = if stage == Stage::Take {
            self.bucket = self.bucket.saturating_add(looked);
            self.bucket.saturating_sub(1)
        } else {
            self.bucket = self.bucket.saturating_sub(looked);
            self.bucket
        };
        if found.is_some() {
            self.node = usize::try_from(list).ok().and_then(|at| self.heads.get(at)).copied().unwrap_or(0);
        }
        looked
    }
}

/// A bucket as it is counted with.
#[inline(always)]
pub(super) fn bucket(bucket: u64) -> u32 {
    u32::try_from(bucket).unwrap_or(u32::MAX)
}

/// The number of a part in the lists: above zero, which is the end of a list.
#[inline(always)]
fn node_of(index: u32, part: Part) -> u16 {
    // Below 2^16 for every index there is.
    let place = index.wrapping_mul(u32::from(PARTS));
    u16::try_from(place.wrapping_add(part.number())).unwrap_or(0)
}

/// The candidate and the part of a number; `None` for one there is not.
#[inline(always)]
pub(super) fn seat_of<C: AsMut<Seat>>(seats: &mut [C], node: u16) -> Option<(&mut Seat, Part)> {
    let place = node.checked_sub(1)?;
    let part = match place % PARTS {
        0 => Part::Directed,
        1 => Part::Held,
        _ => Part::Beyond,
    };
    let seat = seats.get_mut(usize::from(place / PARTS))?;
    Some((seat.as_mut(), part))
}
