//! Basis points: parts of ten thousand, never above the whole.

use crate::{MathError, Rounding, mul_div};

/// One whole, in basis points.
pub const BPS_DENOMINATOR: u16 = 10_000;

/// A share between 0 and 10,000 basis points. The bound is kept by construction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Bps(u16);

impl Bps {
    pub const ZERO: Self = Self(0);
    pub const ONE: Self = Self(BPS_DENOMINATOR);

    /// `None` above one whole.
    #[inline]
    pub const fn new(value: u16) -> Option<Self> {
        if value <= BPS_DENOMINATOR { Some(Self(value)) } else { None }
    }

    /// The nearest legal share: anything above one whole becomes one whole. For numbers read from the chain
    /// (a vote account may hold any `u16` as its commission).
    #[inline]
    pub const fn saturating(value: u16) -> Self {
        if value <= BPS_DENOMINATOR { Self(value) } else { Self::ONE }
    }

    #[inline]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// What is left of one whole.
    #[inline]
    pub const fn complement(self) -> Self {
        Self(BPS_DENOMINATOR.saturating_sub(self.0))
    }

    /// This share of `amount`, in the unit of `amount`. Never overflows, because the share is at most one whole.
    #[inline]
    pub fn of(self, amount: u64, rounding: Rounding) -> Result<u64, MathError> {
        mul_div(amount, u64::from(self.0), u64::from(BPS_DENOMINATOR), rounding)
    }
}
