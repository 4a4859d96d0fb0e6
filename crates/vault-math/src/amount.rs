//! The unit of a vault's collateral.

use sluice_money::MathError;

/// Base units of the token a vault accepts, whichever mint that is. A transparent `u64`.
///
/// Not `LstAmount`: a vault may as well hold the token of another protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct CollateralAmount(pub u64);

impl CollateralAmount {
    pub const ZERO: Self = Self(0);

    /// Exact sum. Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub const fn add(self, other: Self) -> Result<Self, MathError> {
        match self.0.checked_add(other.0) {
            Some(sum) => Ok(Self(sum)),
            None => Err(MathError::Overflow),
        }
    }

    /// Exact difference. Errors: [`MathError::Overflow`] below zero.
    #[inline]
    pub const fn sub(self, other: Self) -> Result<Self, MathError> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Ok(Self(difference)),
            None => Err(MathError::Overflow),
        }
    }

    /// Difference, or zero where `other` is larger.
    #[inline]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    #[inline]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}
