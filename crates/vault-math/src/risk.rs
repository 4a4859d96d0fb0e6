//! What one agreement puts at risk, and how that grows and shrinks by whole epochs.

use crate::CollateralAmount;
use sluice_money::MathError;

/// Collateral of one vault for one operator's work for one service.
///
/// Invariants: `cooling <= amount`; `amount + warming` is the agreement's part of the vault's total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Risk {
    /// Can be slashed, the cooling part included.
    pub amount: CollateralAmount,
    /// Was promised, and cannot be slashed yet.
    pub warming: CollateralAmount,
    /// First epoch in which the warming part can be slashed.
    pub warm_from: u64,
    /// Part of `amount` that is on its way out.
    pub cooling: CollateralAmount,
    /// First epoch in which the cooling part can be released.
    pub cooled_at: u64,
}

impl Risk {
    /// This agreement as of `epoch`: what has warmed up is at risk. Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn at(self, epoch: u64) -> Result<Self, MathError> {
        if self.warming.is_zero() || epoch < self.warm_from {
            return Ok(self);
        }
        Ok(Self { amount: self.amount.add(self.warming)?, warming: CollateralAmount::ZERO, ..self })
    }

    /// Its part of the vault's total. Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub const fn promised(self) -> Result<CollateralAmount, MathError> {
        self.amount.add(self.warming)
    }

    /// What is at risk and not on its way out.
    #[inline]
    pub const fn warm(self) -> CollateralAmount {
        self.amount.saturating_sub(self.cooling)
    }

    /// Promises `more`, at risk from `warm_from` on, together with what is still warming. Call on [`Risk::at`].
    ///
    /// Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn promise(self, more: CollateralAmount, warm_from: u64) -> Result<Self, MathError> {
        Ok(Self { warming: self.warming.add(more)?, warm_from, ..self })
    }

    /// Sends `part` of the warm amount on its way out, together with what is cooling already. Call on [`Risk::at`].
    ///
    /// Errors: [`MathError::Overflow`] above the warm amount.
    #[inline]
    pub fn cool(self, part: CollateralAmount, cooled_at: u64) -> Result<Self, MathError> {
        self.warm().sub(part)?;
        Ok(Self { cooling: self.cooling.add(part)?, cooled_at, ..self })
    }

    /// Sends everything on its way out; what was still warming was never at risk and is free at once. An agreement
    /// with nothing warm keeps the end of the cool-down it has. Call on [`Risk::at`].
    #[inline]
    pub fn leave(self, cooled_at: u64) -> Result<Self, MathError> {
        let warm = self.warm();
        let left = Self { warming: CollateralAmount::ZERO, ..self };
        if warm.is_zero() { Ok(left) } else { left.cool(warm, cooled_at) }
    }

    /// Frees what has been cooling. Errors: [`MathError::Overflow`] if the invariant was broken.
    #[inline]
    pub const fn release(self) -> Result<Self, MathError> {
        match self.amount.sub(self.cooling) {
            Ok(amount) => Ok(Self { amount, cooling: CollateralAmount::ZERO, ..self }),
            Err(error) => Err(error),
        }
    }

    /// Takes `slashed`, out of the warm part first. Errors: [`MathError::Overflow`] above the amount.
    #[inline]
    pub fn slash(self, slashed: CollateralAmount) -> Result<Self, MathError> {
        let amount = self.amount.sub(slashed)?;
        Ok(Self { amount, cooling: self.cooling.min(amount), ..self })
    }
}
