//! The allocation: the pool's stake goes to the highest scores, as much to each as the cap allows.
//!
//! Every lamport earns the yield of its validator, so with a cap for each the greedy order is the best one. It takes a
//! selection, not a sort: O(N).

use sluice_money::{Bps, Lamports, MathError, Rounding};

use crate::Yield;

/// What decided a candidate's target: the reason it did not get more. Codes are append-only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// Never allocated yet.
    None,
    /// It got all that one validator may hold.
    Cap,
    /// Others offer more, and took all there was.
    Score,
    /// It earned no credits in the last epoch, or its vote account is gone.
    Delinquent,
    /// The pool's authority banned it.
    Banned,
    /// What was left is below the chain's minimum delegation.
    TooSmall,
    /// Its vote account has too few epochs with credits.
    NewNoHistory,
    /// Its worst commission of the window is above the limit.
    Commission,
    /// It is not in the pool's list, which is full.
    PoolFull,
    /// Its validator asked to leave.
    Left,
    /// Nobody observed it this epoch: it keeps what it had and gets no more.
    Stale,
    /// It got the last of what there was.
    Funds,
}

impl Constraint {
    /// The number stored on chain.
    #[inline]
    pub const fn code(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Cap => 1,
            Self::Score => 2,
            Self::Delinquent => 3,
            Self::Banned => 4,
            Self::TooSmall => 5,
            Self::NewNoHistory => 6,
            Self::Commission => 7,
            Self::PoolFull => 8,
            Self::Left => 9,
            Self::Stale => 10,
            Self::Funds => 11,
        }
    }

    /// `None` for a number this version does not know.
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::None,
            1 => Self::Cap,
            2 => Self::Score,
            3 => Self::Delinquent,
            4 => Self::Banned,
            5 => Self::TooSmall,
            6 => Self::NewNoHistory,
            7 => Self::Commission,
            8 => Self::PoolFull,
            9 => Self::Left,
            10 => Self::Stale,
            11 => Self::Funds,
            _ => return None,
        })
    }
}

/// What the pool has, in lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funds {
    /// Everything that backs the LST.
    pub total: Lamports,
    /// The most that open tickets will be paid.
    pub tickets: Lamports,
    /// Laid out as rent of stake accounts: backing that cannot be delegated.
    pub stake_rent: Lamports,
    /// The chain's minimum delegation.
    pub min_delegation: Lamports,
}

/// What the pool's authority has set, as shares of the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The most one validator may hold.
    pub cap: Bps,
    /// Kept liquid.
    pub reserve: Bps,
    /// The most that may be moved in an epoch, to validators and from them, each.
    pub moved: Bps,
}

/// An epoch's amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// To be delegated in all: the total less the reserve target, what tickets are owed, and rent.
    pub delegable: Lamports,
    /// Kept liquid, rounded up.
    pub reserve: Lamports,
    /// The most for one validator, rounded down; never below the minimum delegation, so that a small pool can
    /// delegate at all.
    pub cap: Lamports,
    /// The most that may move in either direction, rounded down; never below twice the minimum delegation, so that
    /// every validator of a small pool can be split or left.
    pub moved: Lamports,
}

/// Divides the pool's funds under the terms. Errors: none in practice, a share of a `u64` is one.
#[inline]
pub fn budget(funds: &Funds, terms: &Terms) -> Result<Budget, MathError> {
    let total = funds.total.0;
    let reserve = Lamports(terms.reserve.of(total, Rounding::Ceil)?);
    let kept = reserve.0.saturating_add(funds.tickets.0).saturating_add(funds.stake_rent.0);
    Ok(Budget {
        delegable: funds.total.saturating_sub(Lamports(kept)),
        reserve,
        cap: Lamports(terms.cap.of(total, Rounding::Floor)?).max(funds.min_delegation),
        moved: Lamports(
            terms.moved.of(total, Rounding::Floor)?.max(funds.min_delegation.0.saturating_mul(2)),
        ),
    })
}

/// A candidate's place in the order, in eight bytes: the higher score first, of equal scores those who have stake
/// already, of those the lower index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Rank(u64);

const INDEX_BITS: u32 = 23;
const INDEX_MASK: u64 = (1 << INDEX_BITS) - 1;

impl Rank {
    /// The highest index that has a place.
    pub const MAX_INDEX: u32 = (1 << INDEX_BITS) - 1;

    /// A score above [`crate::YIELD_ONE`] counts as that, an index above [`Self::MAX_INDEX`] likewise.
    #[inline]
    pub fn new(score: Yield, incumbent: bool, index: u32) -> Self {
        let score = score.0.min(crate::YIELD_ONE);
        let index = u64::from(Self::MAX_INDEX.saturating_sub(index));
        Self((score << (INDEX_BITS + 1)) | (u64::from(incumbent) << INDEX_BITS) | index)
    }

    /// The index it was made with.
    #[inline]
    pub fn index(self) -> u32 {
        // Both are below 2^23.
        Self::MAX_INDEX.saturating_sub(u32::try_from(self.0 & INDEX_MASK).unwrap_or(0))
    }
}

const _: () = assert!(crate::YIELD_ONE < 1 << (64 - INDEX_BITS - 1));

/// Reorders `ranks` so that the best `count` come first, in no order among themselves. Nothing for fewer.
#[inline]
pub fn best_first(ranks: &mut [Rank], count: usize) {
    if count < ranks.len() {
        ranks.select_nth_unstable_by(count, |a, b| b.cmp(a));
    }
}

/// Who gets what, of the ranks [`select`] reordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The first so many get the cap each.
    pub full: usize,
    /// The one after them gets this; zero where it would be below the minimum delegation.
    pub partial: Lamports,
}

/// Orders `ranks` so that the best come first, as far as `delegable` goes.
///
/// Invariant: `full * cap + partial <= delegable`, and no rank behind `full` is above one before it.
#[inline]
pub fn select(ranks: &mut [Rank], delegable: Lamports, cap: Lamports, min_delegation: Lamports) -> Selection {
    let wanted = delegable.0.checked_div(cap.0).and_then(|full| usize::try_from(full).ok()).unwrap_or(0);
    let full = wanted.min(ranks.len());
    if full >= ranks.len() {
        return Selection { full, partial: Lamports::ZERO };
    }
    best_first(ranks, full);
    let spent = u64::try_from(full).unwrap_or(0).saturating_mul(cap.0);
    let left = delegable.saturating_sub(Lamports(spent)).min(cap);
    Selection { full, partial: if left < min_delegation { Lamports::ZERO } else { left } }
}
