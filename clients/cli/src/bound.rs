//! How much less than the preview said a person still takes.

use clap::Args;

use crate::amount::{AmountError, DECIMALS, decimal, exact, units};

/// One whole, in basis points.
const ONE: u16 = 10_000;

/// As a part of what was shown.
#[derive(Args, Clone)]
pub struct Slippage {
    /// How much less than previewed you still take, in basis points
    #[arg(long, value_name = "BPS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=i64::from(ONE)))]
    slippage_bps: u16,
}

/// As a part of what was shown, or as an amount of what has nine decimals.
#[derive(Args, Clone)]
pub struct Bound {
    #[command(flatten)]
    slippage: Slippage,
    /// The least you take, instead
    #[arg(long, value_name = "AMOUNT", value_parser = units, conflicts_with = "slippage_bps")]
    at_least: Option<u64>,
}

impl Slippage {
    /// The least that is taken where a simulation came to `out`, in the same units; what is granted is rounded down.
    pub fn least(&self, out: u64) -> u64 {
        let granted = u128::from(out) * u128::from(self.slippage_bps) / u128::from(ONE);
        // At most `out`, as the argument is at most one whole.
        out - u64::try_from(granted).unwrap_or(out)
    }
}

impl Bound {
    /// The least that is taken where a simulation came to `out`, in the same units.
    pub fn least(&self, out: u64) -> u64 {
        self.at_least.unwrap_or_else(|| self.slippage.least(out))
    }

    /// The same of something that has not nine decimals.
    pub fn least_with(&self, out: u64, decimals: u8) -> Result<u64, AmountError> {
        // What was read is above zero and reads as the same again.
        let named = self.at_least.and_then(|least| decimal(&exact(least, DECIMALS)).ok());
        named.map_or(Ok(self.least(out)), |least| least.units(decimals))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_granted_is_a_part_of_what_was_shown() {
        let bound = |slippage_bps, at_least| Bound { slippage: Slippage { slippage_bps }, at_least };
        assert_eq!(bound(10, None).least(1_000_000_000), 999_000_000);
        assert_eq!(bound(10, None).least(999), 999, "less than one unit is granted");
        assert_eq!((bound(0, None).least(7), bound(ONE, None).least(u64::MAX)), (7, 0));
        assert_eq!(bound(10, Some(3)).least(1_000), 3);
        assert_eq!(bound(10, Some(2_500_000_000)).least_with(9, 6), Ok(2_500_000));
        assert_eq!(bound(10, None).least_with(1_000, 6), Ok(999));
        assert!(bound(10, Some(1)).least_with(9, 6).is_err(), "finer than there is");
    }
}
