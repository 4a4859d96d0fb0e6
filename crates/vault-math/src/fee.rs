//! Fees that rise on notice and in steps, and fall at once.

use sluice_money::{Bps, MathError};

/// A fee, and the one that replaces it. Changes by the clock alone: nobody has to call anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScheduledFee {
    pub now: Bps,
    pub next: Bps,
    /// First epoch in which `next` is charged; zero: no change is scheduled.
    pub next_epoch: u64,
}

/// What a fee may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeRules {
    pub cap: Bps,
    /// Most that it may rise by at once.
    pub step: Bps,
    /// Epoch boundaries between the decision to raise it and its effect.
    pub notice_epochs: u64,
}

/// Why a fee is not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeeRefusal {
    AboveCap,
    StepTooLarge,
    Overflow,
}

impl From<MathError> for FeeRefusal {
    fn from(_: MathError) -> Self {
        Self::Overflow
    }
}

impl ScheduledFee {
    /// This fee as of `epoch`.
    #[inline]
    pub const fn at(self, epoch: u64) -> Self {
        if self.next_epoch != 0 && epoch >= self.next_epoch {
            Self { now: self.next, next: Bps::ZERO, next_epoch: 0 }
        } else {
            self
        }
    }

    /// Sets the fee to `to`: at once if that is no rise, else after the notice. The last change counts.
    #[inline]
    pub fn change(self, to: Bps, epoch: u64, rules: FeeRules) -> Result<Self, FeeRefusal> {
        if to > rules.cap {
            return Err(FeeRefusal::AboveCap);
        }
        let now = self.at(epoch).now;
        if to <= now {
            return Ok(Self { now: to, next: Bps::ZERO, next_epoch: 0 });
        }
        if to.get().saturating_sub(now.get()) > rules.step.get() {
            return Err(FeeRefusal::StepTooLarge);
        }
        let next_epoch = epoch.checked_add(rules.notice_epochs).ok_or(FeeRefusal::Overflow)?;
        Ok(Self { now, next: to, next_epoch })
    }
}
