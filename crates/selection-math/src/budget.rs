//! The epoch's amounts: what may be delegated, and how much of it to one validator, one group, one move.

use sluice_money::{Bps, Lamports, MathError, Rounding};

/// What the pool has, in lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Funds {
    /// Everything that backs the LST.
    pub total: Lamports,
    /// The most that open tickets will be paid.
    pub tickets: Lamports,
    /// Laid out as rent of stake accounts: backing that cannot be delegated.
    pub stake_rent: Lamports,
    /// The reserve above its rent, without what is the liquidity providers'.
    pub reserve: Lamports,
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
    /// The most the validators of one hosting provider (ASO) may hold.
    pub aso: Bps,
    /// The most the validators of one country may hold.
    pub country: Bps,
    /// The most that holders may direct.
    pub directed: Bps,
}

/// An epoch's amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// To be delegated in all: the total less the reserve target, what tickets are owed, and rent.
    pub delegable: Lamports,
    /// Of it, what lies in the reserve beyond `reserve` and tickets, and may be delegated now: at most `moved`.
    pub cash: Lamports,
    /// Kept liquid, rounded up.
    pub reserve: Lamports,
    /// The most for one validator, rounded down; never below the minimum delegation, so that a small pool can
    /// delegate at all.
    pub cap: Lamports,
    /// The most that may move in either direction, rounded down; never below twice the minimum delegation, so that
    /// every validator of a small pool can be split or left.
    pub moved: Lamports,
    /// The most for one hosting provider and one country, rounded down; like `cap` never below the minimum.
    pub aso: Lamports,
    pub country: Lamports,
    /// The most that holders may direct, rounded down.
    pub directed: Lamports,
}

/// Divides the pool's funds under the terms. Errors: none in practice, a share of a `u64` is one.
#[inline]
pub fn budget(funds: &Funds, terms: &Terms) -> Result<Budget, MathError> {
    let total = funds.total.0;
    let share = |of: Bps| of.of(total, Rounding::Floor).map(|part| Lamports(part).max(funds.min_delegation));
    let reserve = Lamports(terms.reserve.of(total, Rounding::Ceil)?);
    let kept = reserve.0.saturating_add(funds.tickets.0).saturating_add(funds.stake_rent.0);
    let delegable = funds.total.saturating_sub(Lamports(kept));
    let twice = Lamports(funds.min_delegation.0.saturating_mul(2));
    let moved = Lamports(terms.moved.of(total, Rounding::Floor)?).max(twice);
    let free = funds.reserve.saturating_sub(funds.tickets).saturating_sub(reserve);
    Ok(Budget {
        delegable,
        cash: free.min(moved).min(delegable),
        reserve,
        cap: share(terms.cap)?,
        moved,
        aso: share(terms.aso)?,
        country: share(terms.country)?,
        directed: Lamports(terms.directed.of(total, Rounding::Floor)?),
    })
}
