//! What stake has earned since the epoch began.

use sluice_money::{Bps, Lamports, MathError, Rounding, mul_div};

use crate::PoolMathError;

/// A yield of 100 % per epoch.
pub const YIELD_ONE: u64 = 1_000_000_000_000;
/// The most that stake leaves behind for the running epoch: 0.2 % of its value.
pub const MAX_ACCRUED: Bps = match Bps::new(20) {
    Some(bps) => bps,
    None => Bps::ZERO,
};

/// The same in parts of [`YIELD_ONE`]: what an epoch is taken to yield until it was measured.
pub const MAX_EPOCH_YIELD: u64 = 2_000_000_000;

/// Rewards of the running epoch that stake has earned and not been paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrual {
    /// What an epoch yields, in parts of [`YIELD_ONE`].
    pub epoch_yield: u64,
    /// Slots of the epoch that have passed.
    pub elapsed: u64,
    /// Slots of the epoch.
    pub slots: u64,
}

impl Accrual {
    /// The part of `value` that the passed slots are expected to have earned, rounded up, at most [`MAX_ACCRUED`] of it.
    /// Zero where the epoch has no slots.
    pub fn of(&self, value: Lamports) -> Result<Lamports, PoolMathError> {
        if self.slots == 0 {
            return Ok(Lamports::ZERO);
        }
        let elapsed = if self.elapsed < self.slots { self.elapsed } else { self.slots };
        let earned = mul_div(self.epoch_yield, elapsed, self.slots, Rounding::Ceil)?;
        // Capped before it is multiplied: a yield too large for that must not keep stake from leaving.
        let earned = if earned < MAX_EPOCH_YIELD { earned } else { MAX_EPOCH_YIELD };
        Ok(value.scale(earned, YIELD_ONE, Rounding::Ceil)?)
    }
}

/// What an epoch yields, in parts of [`YIELD_ONE`]: `growth / earning / epochs`, rounded up, zero for a
/// loss. `None` where nothing could earn, which teaches nothing.
pub fn epoch_yield(growth: i64, earning: u64, epochs: u64) -> Option<u64> {
    let growth = u64::try_from(growth).unwrap_or(0);
    let whole = mul_div(growth, YIELD_ONE, earning, Rounding::Ceil);
    match whole {
        Err(MathError::DivisionByZero) => None,
        Err(MathError::Overflow) => Some(u64::MAX),
        Ok(whole) => mul_div(whole, 1, epochs, Rounding::Ceil).ok(),
    }
}
