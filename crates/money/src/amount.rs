//! The unit types. Each is a transparent `u64`, so it costs nothing on chain.

use crate::{MathError, Rounding, mul_div};

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(transparent)]
        pub struct $name(pub u64);

        impl $name {
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

            /// `self * numerator / denominator` in the same unit, rounded as told.
            #[inline]
            pub fn scale(self, numerator: u64, denominator: u64, rounding: Rounding) -> Result<Self, MathError> {
                mul_div(self.0, numerator, denominator, rounding).map(Self)
            }

            #[inline]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
    };
}

unit!(
    /// Native SOL, 10^-9 each.
    Lamports
);
unit!(
    /// Base units of the liquid staking token (9 decimals): shares of the staking pool.
    LstAmount
);
unit!(
    /// Base units of a staking pool's liquidity token (9 decimals): shares of its liquidity.
    LpAmount
);
unit!(
    /// Base units of a vault receipt token: shares of a restaking vault.
    VrtAmount
);
