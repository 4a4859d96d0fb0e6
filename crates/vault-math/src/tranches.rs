//! Two classes of shares over one collateral: the junior one bears losses first and is paid for it.

use crate::CollateralAmount;
use sluice_money::{Bps, MathError, Rounding, mul_div};

/// What stands behind each class. A vault without a junior class keeps `junior` at zero.
///
/// Invariants, kept by [`Tranches::slash`] and [`Tranches::reward`]: `senior + junior` changes by exactly what was
/// taken or paid; the senior class loses nothing while the junior one has anything; and within an epoch the order of
/// slashes and rewards makes no difference, because what the junior class earns in an epoch first makes good what the
/// senior class lost in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tranches {
    pub senior: CollateralAmount,
    pub junior: CollateralAmount,
    /// What the senior class has lost in this epoch and not got back. Above zero only while `junior` is zero.
    pub deficit: CollateralAmount,
}

/// How a reward is divided, fixed for an epoch: by what each class had when it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    pub senior: CollateralAmount,
    pub junior: CollateralAmount,
    /// Part of the senior class's share that goes to the junior one, for bearing losses first.
    pub premium: Bps,
}

impl Split {
    /// The junior class's part of `reward`: its own share, and the premium, which is never more than that share, so
    /// that a class nearly wiped out is not paid as if it still covered anything. Both rounded down.
    ///
    /// Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn junior_part(self, reward: CollateralAmount) -> Result<CollateralAmount, MathError> {
        if self.junior.is_zero() {
            return Ok(CollateralAmount::ZERO);
        }
        let both = self.senior.add(self.junior)?;
        let own = mul_div(reward.0, self.junior.0, both.0, Rounding::Floor)?;
        let rest = reward.sub(CollateralAmount(own))?;
        let premium = self.premium.of(rest.0, Rounding::Floor)?.min(own);
        CollateralAmount(own).add(CollateralAmount(premium))
    }
}

impl Tranches {
    /// Both classes together. Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub const fn total(self) -> Result<CollateralAmount, MathError> {
        self.senior.add(self.junior)
    }

    /// Takes `amount`, from the junior class as far as it reaches.
    ///
    /// Errors: [`MathError::Overflow`] above what both have.
    #[inline]
    pub fn slash(self, amount: CollateralAmount) -> Result<Self, MathError> {
        let of_junior = amount.min(self.junior);
        let of_senior = amount.sub(of_junior)?;
        let deficit = if of_senior.is_zero() { self.deficit } else { self.deficit.add(of_senior)? };
        Ok(Self { senior: self.senior.sub(of_senior)?, junior: self.junior.sub(of_junior)?, deficit })
    }

    /// Pays `reward` to both classes. Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn reward(self, reward: CollateralAmount, split: Split) -> Result<Self, MathError> {
        let earned = split.junior_part(reward)?;
        let made_good = earned.min(self.deficit);
        let of_junior = earned.sub(made_good)?;
        Ok(Self {
            senior: self.senior.add(reward.sub(of_junior)?)?,
            junior: self.junior.add(of_junior)?,
            deficit: self.deficit.sub(made_good)?,
        })
    }

    /// What would be left if all that is `promised` were slashed: whoever leaves without waiting is paid by this.
    #[inline]
    pub const fn at_worst(self, promised: CollateralAmount) -> Self {
        let left = promised.saturating_sub(self.junior);
        Self {
            senior: self.senior.saturating_sub(left),
            junior: self.junior.saturating_sub(promised),
            deficit: self.deficit,
        }
    }
}
