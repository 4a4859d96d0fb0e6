//! The move: what of the distance between a validator's target and its stake can be covered now.

use sluice_money::Lamports;

/// What the pool holds with a validator, in lamports of delegation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// In the canonical stake account.
    pub stake: Lamports,
    /// In the account that warms up beside it.
    pub activating: Lamports,
    /// In the account that cools down beside it.
    pub deactivating: Lamports,
    /// The canonical account as a whole is cooling down.
    pub leaving: bool,
}

impl Holding {
    /// What is not cooling down beside: active and activating. Saturates, which cannot happen: all SOL fit 64 bits.
    #[inline(always)]
    pub const fn held(&self) -> Lamports {
        Lamports(self.stake.0.saturating_add(self.activating.0))
    }
}

/// What bounds a move, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The chain's minimum: of a delegation, of what is split off, and of what a split leaves.
    pub min_delegation: Lamports,
    /// Smaller moves are not worth an epoch's yield. A full exit always is.
    pub min_move: Lamports,
    /// What the reserve can give.
    pub available: Lamports,
    /// What may still go to validators this epoch.
    pub up: Lamports,
    /// What may still come back from validators this epoch.
    pub down: Lamports,
}

/// What the reserve lacks, for which stake must come home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lack {
    /// What tickets are owed beyond what the reserve has and what is on its way there. While it is above zero, the
    /// minimum move holds for no decrease.
    pub tickets: Lamports,
    /// It cannot lay out the rent of a split: what leaves a validator is the whole or nothing.
    pub split_rent: bool,
}

/// What to do with a validator now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    None,
    Increase(Lamports),
    Decrease(Lamports),
}

/// The move that brings `holding` nearest to `target` within the limits.
///
/// - never past the target (but for what tickets lack, [`decide_lacking`]); nothing while a move in the same direction
///   is under way, or the whole is leaving
/// - what moves is at least the minimum delegation and, unless it is a full exit, the minimum move
/// - what a decrease leaves in the canonical account is nothing (only for a target of zero, with nothing warming up)
///   or at least the minimum delegation; without a canonical account the warming one goes whole or not at all
/// - an increase is cut to what the reserve and the epoch allow, a decrease to what the epoch allows
#[inline]
pub fn decide(target: Lamports, holding: &Holding, limits: &Limits) -> Move {
    decide_lacking(target, holding, limits, &Lack::default())
}

/// [`decide`] with a reserve that may lack something.
///
/// - while tickets lack lamports, a decrease ignores the minimum move and is rounded up: to the minimum delegation, and
///   to the whole where less than that would stay
/// - without rent for a split a decrease is of the whole; for tickets even where a part was wanted, which alone may
///   exceed what the epoch allows
#[inline]
pub fn decide_lacking(target: Lamports, holding: &Holding, limits: &Limits, lack: &Lack) -> Move {
    if holding.leaving {
        return Move::None;
    }
    let held = holding.held();
    if target > held {
        if !holding.activating.is_zero() {
            return Move::None;
        }
        let amount = target.saturating_sub(held).min(limits.available).min(limits.up);
        return if enough(amount, limits) { Move::Increase(amount) } else { Move::None };
    }
    if target == held || !holding.deactivating.is_zero() {
        return Move::None;
    }
    let in_one_account = holding.activating.is_zero() || holding.stake.is_zero();
    if target.is_zero() && in_one_account && held <= limits.down {
        return Move::Decrease(held);
    }
    let urgent = !lack.tickets.is_zero();
    let excess = held.saturating_sub(target);
    let wanted = if urgent { excess.max(limits.min_delegation) } else { excess };
    let splittable =
        if lack.split_rent { Lamports::ZERO } else { holding.stake.saturating_sub(limits.min_delegation) };
    if urgent && in_one_account && wanted > splittable && (lack.split_rent || held <= limits.down) {
        return Move::Decrease(held);
    }
    let amount = wanted.min(limits.down).min(splittable);
    let min_move = if urgent { Lamports::ZERO } else { limits.min_move };
    if enough(amount, &Limits { min_move, ..*limits }) { Move::Decrease(amount) } else { Move::None }
}

#[inline(always)]
fn enough(amount: Lamports, limits: &Limits) -> bool {
    !amount.is_zero() && amount >= limits.min_delegation && amount >= limits.min_move
}
