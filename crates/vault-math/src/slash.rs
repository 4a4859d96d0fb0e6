//! How much one execution of a slash request may take.

use crate::CollateralAmount;
use sluice_money::{Bps, MathError, Rounding};

/// What the vault has lost to slashes in the current epoch, of what it held when the epoch began.
///
/// Invariants, kept by [`SlashLimits::bound`], over all services together: `slashed <= cap * assets_at_start`,
/// so deposits do not raise an epoch's cap; and `slashed <= cap * (assets + slashed)`, so that those who stay lose
/// no larger a part when others leave first. With a cap below one whole no slash takes the last unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpochCap {
    pub epoch: u64,
    pub assets_at_start: CollateralAmount,
    pub slashed: CollateralAmount,
}

impl EpochCap {
    /// This record as of `epoch`. A new epoch starts from `assets`, which therefore must be the vault's assets
    /// before the first change of that epoch.
    #[inline]
    pub const fn at(self, epoch: u64, assets: CollateralAmount) -> Self {
        if epoch > self.epoch {
            Self { epoch, assets_at_start: assets, slashed: CollateralAmount::ZERO }
        } else {
            self
        }
    }

    /// What may still be slashed in this epoch of a vault that now holds `assets`, the cap rounded down.
    ///
    /// Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn left(self, cap: Bps, assets: CollateralAmount) -> Result<CollateralAmount, MathError> {
        let base = self.assets_at_start.min(assets.add(self.slashed)?);
        let whole = cap.of(base.0, Rounding::Floor)?;
        Ok(CollateralAmount(whole).saturating_sub(self.slashed))
    }

    /// The record after a slash of `amount`. Errors: [`MathError::Overflow`] above `u64::MAX`.
    #[inline]
    pub fn record(self, amount: CollateralAmount) -> Result<Self, MathError> {
        Ok(Self { slashed: self.slashed.add(amount)?, ..self })
    }
}

/// Everything that limits one execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlashLimits {
    /// What the request asked for and no execution has taken yet.
    pub requested: CollateralAmount,
    /// What the allocation still puts at risk, its cooling part included.
    pub allocation: CollateralAmount,
    /// What of the vault can be slashed at all: what it holds, less a shielded principal.
    pub exposed: CollateralAmount,
    /// What this epoch's cap still allows ([`EpochCap::left`]).
    pub cap_left: CollateralAmount,
}

impl SlashLimits {
    /// The smallest of the limits.
    #[inline]
    pub fn bound(self) -> CollateralAmount {
        self.requested.min(self.allocation).min(self.exposed).min(self.cap_left)
    }
}
