//! Amounts in the file are decimal numbers in quotes, in whole SOL or tokens: `"1.5"`. They become base units exactly or
//! not at all; there is no rounding and no floating point.

use serde::{Deserialize, Deserializer, de};

/// A decimal number as it was written, checked to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal(String);

impl Decimal {
    /// Digits, at most one point, underscores between digits.
    pub fn new(text: &str) -> Result<Self, String> {
        let digits = text.replace('_', "");
        let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
        let are_digits = |text: &str| text.chars().all(|letter| letter.is_ascii_digit());
        let is_one = !whole.is_empty() && are_digits(whole) && are_digits(part) && !digits.ends_with('.');
        if is_one { Ok(Self(digits)) } else { Err(format!("{text:?} is no amount such as \"1.5\"")) }
    }

    /// As base units of a token with so many decimals. Errors: more decimals than the token has, or more than 64 bits.
    pub fn units(&self, decimals: u8) -> Result<u64, String> {
        let (whole, part) = self.0.split_once('.').unwrap_or((&self.0, ""));
        let part = part.trim_end_matches('0');
        let places = usize::from(decimals);
        if part.len() > places {
            return Err(format!("{} has more than {decimals} decimals", self.0));
        }
        let digits = format!("{whole}{part}{}", "0".repeat(places - part.len()));
        digits.parse().map_err(|_| format!("{} is more than there can be", self.0))
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(de::Error::custom)
    }
}

/// SOL in the file, lamports in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sol(pub u64);

impl<'de> Deserialize<'de> for Sol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decimal = Decimal::deserialize(deserializer)?;
        decimal.units(9).map(Self).map_err(de::Error::custom)
    }
}

/// Base units as whole units, all decimals that are not zero: what is shown of amounts that must be exact.
pub fn exact(units: u64, decimals: u8) -> String {
    let one = 10u64.checked_pow(u32::from(decimals)).unwrap_or(1);
    let (whole, part) = (units / one, units % one);
    if part == 0 {
        return whole.to_string();
    }
    let part = format!("{part:0width$}", width = usize::from(decimals));
    format!("{whole}.{}", part.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_becomes_base_units_exactly() {
        let units = |text: &str, decimals| Decimal::new(text).unwrap().units(decimals);
        assert_eq!(units("1.5", 9), Ok(1_500_000_000));
        assert_eq!(units("0.000000001", 9), Ok(1));
        assert_eq!(units("1_000_000", 9), Ok(1_000_000_000_000_000));
        assert_eq!(units("2.50", 1), Ok(25), "a zero behind the last digit says nothing");
        assert!(units("0.25", 1).unwrap_err().contains("more than 1 decimals"));
        assert!(units("18446744074", 9).unwrap_err().contains("more than there can be"));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "1.", ".5", "-1", "1e9", "1,5", "1.2.3", "SOL"] {
            assert!(Decimal::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn base_units_are_shown_with_all_their_decimals() {
        assert_eq!([0, 1, 1_500_000_000].map(|units| exact(units, 9)), ["0", "0.000000001", "1.5"]);
        assert_eq!(exact(7, 0), "7");
    }
}
