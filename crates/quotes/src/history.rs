//! What the rate did between two updates.

use sluice_money::{Rounding, mul_div};
use sluice_selection_math::{YEAR_SECONDS, YIELD_ONE, Yield, annual};

use crate::refusal::fits;
use crate::words::numbers;
use crate::{PoolRefusal, Refusal};

numbers! {
    /// An entry of a pool's rate history.
    pub struct RateEntry {
        pub epoch: u64,
        /// Seconds since 1970, by the chain's clock.
        pub unix_timestamp: i64,
        /// Total less locked profit at that update, in lamports.
        pub value: u64,
        pub total: u64,
        /// In base units of LST.
        pub supply: u64,
    }

    /// How the rate grew from one update to another.
    pub struct Growth {
        /// Of the rate, in 10^-12; negative for a loss.
        pub growth: i64,
        /// The same for a year of 365.25 days, when what is earned earns on: the effective annual rate. A loss is not
        /// compounded.
        pub apy: i64,
        /// The same in proportion to the time alone.
        pub apr: i64,
        pub epochs: u64,
        pub seconds: u64,
    }
}

/// The growth of `value / supply` between two entries; nothing where no time lies between them.
///
/// Errors: `Insolvent` where an entry has no supply or the older no value; `Overflow`.
pub fn growth(older: &RateEntry, newer: &RateEntry) -> Result<Growth, Refusal> {
    let rate = |entry: &RateEntry| {
        mul_div(entry.value, YIELD_ONE, entry.supply, Rounding::Floor).map_err(|_| PoolRefusal::Insolvent)
    };
    let seconds = newer.unix_timestamp.saturating_sub(older.unix_timestamp);
    let seconds = u64::try_from(seconds).unwrap_or(0);
    let epochs = newer.epoch.saturating_sub(older.epoch);
    if seconds == 0 {
        return Ok(Growth { epochs, ..Growth::default() });
    }
    let factor = mul_div(rate(newer)?, YIELD_ONE, rate(older)?, Rounding::Floor)
        .map_err(|_| Refusal::Pool(PoolRefusal::Insolvent))?;
    let change = factor.abs_diff(YIELD_ONE);
    let yearly = mul_div(change, YEAR_SECONDS, seconds, Rounding::Floor).unwrap_or(u64::MAX);
    let signed = |amount: u64| {
        let amount = i64::try_from(amount).unwrap_or(i64::MAX);
        if factor < YIELD_ONE { amount.checked_neg() } else { Some(amount) }
    };
    let apr = fits(signed(yearly))?;
    let apy = if factor < YIELD_ONE { apr } else { fits(signed(annual(Yield(change), seconds)))? };
    Ok(Growth { growth: fits(signed(change))?, apy, apr, epochs, seconds })
}
