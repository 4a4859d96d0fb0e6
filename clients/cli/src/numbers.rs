//! How amounts and yields are written for people. What a validator holds or gets is rounded down, what it needs is
//! rounded up: whoever does as told has done enough.

use sluice_selection_math::{Yield, annual};

const SOL: u64 = 1_000_000_000;
/// One percent, in 10^-12.
const PERCENT: f64 = 1e10;

/// Thousands apart: `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Lamports, or base units of LST, as whole units with two decimals, rounded down; all nine below one.
fn units(amount: u64, cents: u64) -> String {
    if amount < SOL && !amount.is_multiple_of(SOL / 100) {
        return format!("0.{amount:09}").trim_end_matches('0').to_owned();
    }
    format!("{}.{:02}", count(cents / 100), cents % 100)
}

/// `1,234.56 SOL`, rounded down.
pub fn sol(lamports: u64) -> String {
    units(lamports, lamports / (SOL / 100)) + " SOL"
}

/// The same rounded up.
pub fn sol_needed(lamports: u64) -> String {
    units(lamports, lamports.div_ceil(SOL / 100)) + " SOL"
}

/// Base units of LST, rounded down.
pub fn lst(shares: u64) -> String {
    units(shares, shares / (SOL / 100)) + " LST"
}

/// The same rounded up.
pub fn lst_needed(shares: u64) -> String {
    units(shares, shares.div_ceil(SOL / 100)) + " LST"
}

/// Basis points as `5.00 %`.
pub fn bps(bps: u16) -> String {
    format!("{}.{:02} %", bps / 100, bps % 100)
}

/// A length of time in the largest units that say enough: `1 day 3 hours`, `40 minutes`.
pub fn about(seconds: u64) -> String {
    let many = |number: u64, unit: &str| format!("{number} {unit}{}", if number == 1 { "" } else { "s" });
    let pair = |large: u64, unit: &str, small: u64, smaller: &str| match small {
        0 => many(large, unit),
        _ => format!("{} {}", many(large, unit), many(small, smaller)),
    };
    match seconds {
        0..60 => many(seconds, "second"),
        60..3_600 => many(seconds / 60, "minute"),
        3_600..86_400 => pair(seconds / 3_600, "hour", seconds % 3_600 / 60, "minute"),
        86_400..1_000_000_000 => pair(seconds / 86_400, "day", seconds % 86_400 / 3_600, "hour"),
        _ => "decades".into(),
    }
}

/// Yields of an epoch as those of a year, or of the epoch while nobody knows how long that is.
#[derive(Clone, Copy)]
pub struct Yields {
    pub epoch_seconds: u64,
}

impl Yields {
    fn shown(self, yielded: u64) -> f64 {
        let number =
            if self.epoch_seconds == 0 { yielded } else { annual(Yield(yielded), self.epoch_seconds) };
        number as f64 / PERCENT
    }

    fn unit(self) -> &'static str {
        if self.epoch_seconds == 0 { "% an epoch" } else { "% APY" }
    }

    fn decimals(self) -> usize {
        if self.epoch_seconds == 0 { 5 } else { 2 }
    }

    /// `9.31 % APY`.
    pub fn of(self, yielded: u64) -> String {
        format!("{:.*} {}", self.decimals(), self.shown(yielded), self.unit())
    }

    /// Two that differ, with as many decimals as it takes to see it.
    pub fn pair(self, one: u64, other: u64) -> (String, String) {
        let (a, b) = (self.shown(one), self.shown(other));
        let text = |number: f64, decimals| format!("{number:.decimals$}");
        let differ = (self.decimals()..=10).find(|decimals| text(a, *decimals) != text(b, *decimals));
        let decimals = differ.unwrap_or(self.decimals());
        (text(a, decimals) + " " + self.unit(), text(b, decimals) + " " + self.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn what_is_needed_is_rounded_up_and_what_is_held_down() {
        let lamports = 1_234_567_891_234;
        assert_eq!((sol(lamports), sol_needed(lamports)), ("1,234.56 SOL".into(), "1,234.57 SOL".into()));
        assert_eq!(sol_needed(1_999_999_999), "2.00 SOL");
        assert_eq!(
            [0, 1, 20_000_000, 25_000_000].map(sol),
            ["0.00 SOL", "0.000000001 SOL", "0.02 SOL", "0.025 SOL"]
        );
        assert_eq!(sol_needed(1), "0.000000001 SOL");
        assert_eq!(lst_needed(10_000_000_001), "10.01 LST");
        assert_eq!(sol(u64::MAX), "18,446,744,073.70 SOL");
    }

    #[test]
    fn times_are_told_in_units_that_say_enough() {
        let told = [0, 1, 59, 60, 3_599, 3_600, 5_400, 90_000, 172_800, u64::MAX].map(about);
        let expected = [
            "0 seconds",
            "1 second",
            "59 seconds",
            "1 minute",
            "59 minutes",
            "1 hour",
            "1 hour 30 minutes",
            "1 day 1 hour",
            "2 days",
            "decades",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn yields_are_a_years_where_the_epoch_is_known() {
        let daily = Yields { epoch_seconds: 86_400 };
        // 0.02 % a day: (1 + 0.0002)^365.25 - 1.
        assert_eq!(daily.of(200_000_000), "7.58 % APY");
        assert_eq!(Yields { epoch_seconds: 0 }.of(200_000_000), "0.02000 % an epoch");
    }

    #[test]
    fn two_yields_that_differ_look_different() {
        let daily = Yields { epoch_seconds: 86_400 };
        let (one, other) = daily.pair(200_000_000, 200_001_000);
        assert_ne!(one, other);
        assert_eq!(daily.pair(200_000_000, 200_000_000).0, "7.58 % APY");
    }
}
