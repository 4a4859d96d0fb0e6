//! Bids and bonds: what validators offer beside what they earn, and how much stake their bond stands for.
//!
//! Every candidate is ranked by what the pool would get from it: its expected yield and its bid. All winners give the
//! same for it: the yield of the best who did not get all it wanted, the clearing yield. A winner whose stake alone
//! earns that much pays nothing; the others pay the difference, never more than they bid. So nobody gains by bidding
//! other than what the stake is worth to it. Source: uniform-price auction (last rejected bid), as in Marinade's
//! stake auction market.

use sluice_money::{Bps, Lamports, Rounding, mul_div};

use crate::{YIELD_ONE, Yield};

/// Lamports a validator offers per SOL of stake and epoch: 10^-9. A thousandth of a SOL per thousand SOL ("per mille
/// per epoch", PMPE, of 1) is a million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Bid(pub u32);

impl Bid {
    /// The highest bid: 0.1 % of the stake an epoch, several times what stake earns.
    pub const MAX: Self = Self(1_000_000);

    /// As a yield of the stake.
    #[inline(always)]
    pub fn yielded(self) -> Yield {
        Yield(u64::from(self.0).saturating_mul(1_000))
    }
}

/// What a winner pays per epoch: as much as its `expected` yield lacks to the `clearing` one, at most its `bid`.
#[inline(always)]
pub fn price(clearing: Yield, expected: Yield, bid: Bid) -> Yield {
    Yield(clearing.0.saturating_sub(expected.0).min(bid.yielded().0))
}

/// The most stake a bond stands for, rounded down.
///
/// A bond covers `least` of the stake and the whole bid of so many `epochs`. `u64::MAX` where nothing is asked.
#[inline]
pub fn bonded_stake(bond: Lamports, least: Bps, bid: Bid, epochs: u16) -> Lamports {
    let asked = bond_rate(least, bid, epochs);
    if asked == 0 {
        return Lamports(u64::MAX);
    }
    Lamports(mul_div(bond.0, YIELD_ONE, asked, Rounding::Floor).unwrap_or(u64::MAX))
}

/// The bond that stands for `stake`, rounded up: the inverse of [`bonded_stake`].
#[inline]
pub fn bond_for(stake: Lamports, least: Bps, bid: Bid, epochs: u16) -> Lamports {
    let asked = bond_rate(least, bid, epochs);
    Lamports(mul_div(stake.0, asked, YIELD_ONE, Rounding::Ceil).unwrap_or(u64::MAX))
}

/// Bond per stake, in 10^-12.
#[inline(always)]
fn bond_rate(least: Bps, bid: Bid, epochs: u16) -> u64 {
    let least = u64::from(least.get()).saturating_mul(YIELD_ONE / 10_000);
    least.saturating_add(bid.yielded().0.saturating_mul(u64::from(epochs)))
}
