//! From the yield of an epoch to that of a year.

use sluice_money::{Rounding, mul_div};

use crate::{YIELD_ONE, Yield};

/// A year of 365.25 days, in seconds.
pub const YEAR_SECONDS: u64 = 31_557_600;

/// The yield of a year, in [`Yield`]'s units, when every epoch of `epoch_seconds` brings `per_epoch` and what is earned
/// earns on: `(1 + y)^n - 1` for the `n` whole epochs of a year, and the rest of the year in proportion. Rounded down
/// at each step, which in all takes less than 2n 10^-12; `u64::MAX` where it does not fit, zero for epochs of no length.
///
/// Source: annual percentage yield, the effective annual rate, by repeated squaring.
pub fn annual(per_epoch: Yield, epoch_seconds: u64) -> u64 {
    if epoch_seconds == 0 {
        return 0;
    }
    compounded(per_epoch, epoch_seconds).unwrap_or(u64::MAX)
}

fn compounded(per_epoch: Yield, epoch_seconds: u64) -> Option<u64> {
    let times = |a: u64, b: u64| mul_div(a, b, YIELD_ONE, Rounding::Floor).ok();
    let mut epochs = YEAR_SECONDS.checked_div(epoch_seconds)?;
    let rest = YEAR_SECONDS.checked_rem(epoch_seconds)?;
    let (mut grown, mut factor) = (YIELD_ONE, YIELD_ONE.checked_add(per_epoch.0)?);
    while epochs > 0 {
        if epochs & 1 == 1 {
            grown = times(grown, factor)?;
        }
        epochs >>= 1;
        if epochs > 0 {
            factor = times(factor, factor)?;
        }
    }
    let partial = mul_div(per_epoch.0, rest, epoch_seconds, Rounding::Floor).ok()?;
    times(grown, YIELD_ONE.checked_add(partial)?)?.checked_sub(YIELD_ONE)
}
