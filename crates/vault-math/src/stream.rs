//! Rewards on their way into the share price, a little with every slot.

use crate::CollateralAmount;
use sluice_money::{MathError, Rounding, mul_div};

/// Collateral that belongs to nobody yet: it joins the assets linearly until `end_slot`.
///
/// Invariant: what was added = what was released + `locked`. Whoever buys shares just before rewards are paid and
/// sells them right after has earned one slot's part of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    pub locked: CollateralAmount,
    /// Everything due up to this slot has been released.
    pub slot: u64,
    /// The slot at which all of it is released.
    pub end_slot: u64,
}

/// A release's outcome: `after.locked = before.locked - released`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    pub after: Stream,
    pub released: CollateralAmount,
}

impl Stream {
    /// Releases what is due at `slot`, rounded down; everything from `end_slot` on. A slot in the past releases
    /// nothing.
    ///
    /// Errors: those of [`mul_div`], which the invariant rules out.
    #[inline]
    pub fn release(self, slot: u64) -> Result<Released, MathError> {
        if self.locked.is_zero() || slot <= self.slot {
            return Ok(Released { after: self, released: CollateralAmount::ZERO });
        }
        let released = if slot >= self.end_slot {
            self.locked
        } else {
            let (elapsed, whole) = (slot.saturating_sub(self.slot), self.end_slot.saturating_sub(self.slot));
            CollateralAmount(mul_div(self.locked.0, elapsed, whole, Rounding::Floor)?)
        };
        let after = Self { locked: self.locked.sub(released)?, slot, end_slot: self.end_slot };
        Ok(Released { after, released })
    }

    /// Adds `amount`, to be released over `slots` from `slot` on. Call on what [`Stream::release`] left at `slot`.
    ///
    /// What was locked before and what is added now end together, at the mean of their two ends weighted by amount:
    /// `left + (slots - left) * amount / all`. Rounded down, so that dust, however often it is paid, puts off nothing of
    /// what others paid.
    ///
    /// Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn add(self, slot: u64, amount: CollateralAmount, slots: u64) -> Result<Self, MathError> {
        let locked = self.locked.add(amount)?;
        if locked.is_zero() {
            return Ok(Self { locked, slot, end_slot: slot });
        }
        let left = self.end_slot.saturating_sub(slot);
        let more = mul_div(slots.saturating_sub(left), amount.0, locked.0, Rounding::Floor)?;
        let end_slot =
            slot.checked_add(left).and_then(|end| end.checked_add(more)).ok_or(MathError::Overflow)?;
        Ok(Self { locked, slot, end_slot })
    }
}
