//! Amounts of money on the command line: decimal text, or all there is, exactly to base units. No floats, and nothing is
//! rounded: what does not fit is refused.

use std::fmt;

/// Decimals of SOL, of an LST, and of what a vault issues for it.
pub const DECIMALS: u8 = 9;

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Everything that can be spent.
    All,
    Exactly(Decimal),
}

/// A number as it was written: `digits / 10^places`, without zeros at the end of its fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    digits: u128,
    places: u8,
}

/// Why an amount cannot be had.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("{amount} has more than {decimals} decimals, which is all there are")]
    TooFine { amount: Decimal, decimals: u8 },
    #[error("{0} is more than there can be of anything")]
    TooLarge(Decimal),
    #[error("{} {unit} were asked for, and there are {} {unit} to take them from", exact(*asked, *decimals), exact(*held, *decimals))]
    NotEnough { asked: u64, held: u64, decimals: u8, unit: String },
    #[error("there is no {unit} to take anything from")]
    Nothing { unit: String },
}

impl Amount {
    /// Base units of something with so many decimals, of which `held` can be spent. `unit` names it.
    pub fn of(self, held: u64, decimals: u8, unit: &str) -> Result<u64, AmountError> {
        match self {
            Self::All if held == 0 => Err(AmountError::Nothing { unit: unit.to_owned() }),
            Self::All => Ok(held),
            Self::Exactly(decimal) => match decimal.units(decimals)? {
                asked if asked > held => {
                    Err(AmountError::NotEnough { asked, held, decimals, unit: unit.to_owned() })
                }
                asked => Ok(asked),
            },
        }
    }
}

impl Decimal {
    /// So many base units.
    pub fn of(units: u64, decimals: u8) -> Self {
        let mut this = Self { digits: units.into(), places: decimals };
        while this.places > 0 && this.digits.is_multiple_of(10) {
            this.digits /= 10;
            this.places -= 1;
        }
        this
    }

    /// Base units, where one whole has so many decimals.
    pub fn units(self, decimals: u8) -> Result<u64, AmountError> {
        let finer = decimals.checked_sub(self.places);
        let finer = finer.ok_or(AmountError::TooFine { amount: self, decimals })?;
        let units = 10u128.checked_pow(finer.into()).and_then(|scale| self.digits.checked_mul(scale));
        units.and_then(|units| u64::try_from(units).ok()).ok_or(AmountError::TooLarge(self))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = usize::from(self.places);
        let digits = format!("{:0>width$}", self.digits, width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        if fraction.is_empty() { f.write_str(whole) } else { write!(f, "{whole}.{fraction}") }
    }
}

/// Base units as a number of wholes with as many decimals as it takes: `1234.5`.
pub fn exact(units: u64, decimals: u8) -> String {
    Decimal::of(units, decimals).to_string()
}

/// A number above zero: `1`, `0.25`, `.5`.
pub fn decimal(text: &str) -> Result<Decimal, String> {
    let refused = || format!("{text:?} is no amount, which is a number such as 1.5");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
        return Err(refused());
    }
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("0{whole}{fraction}").parse().map_err(|_| refused())?;
    let places = u8::try_from(fraction.len()).map_err(|_| refused())?;
    if digits == 0 {
        return Err("an amount is above zero".into());
    }
    Ok(Decimal { digits, places })
}

/// What clap reads an amount with whose decimals are known only later.
pub fn any_amount(text: &str) -> Result<Amount, String> {
    if matches!(text.to_ascii_lowercase().as_str(), "all" | "max") {
        return Ok(Amount::All);
    }
    decimal(text).map(Amount::Exactly).map_err(|error| format!("{error}, or all"))
}

/// What clap reads an amount with of SOL, or of something else with nine decimals.
pub fn amount(text: &str) -> Result<Amount, String> {
    let amount = any_amount(text)?;
    if let Amount::Exactly(decimal) = amount {
        decimal.units(DECIMALS).map_err(|error| error.to_string())?;
    }
    Ok(amount)
}

/// The same without "all": base units of SOL, or of something else with nine decimals.
pub fn units(text: &str) -> Result<u64, String> {
    decimal(text)?.units(DECIMALS).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_meant_to_the_unit() {
        for (text, base) in [
            ("1", 1_000_000_000),
            ("1.5", 1_500_000_000),
            (".5", 500_000_000),
            ("2.", 2_000_000_000),
            ("0.000000001", 1),
            ("007.10", 7_100_000_000),
            ("1.500000000000", 1_500_000_000),
            ("18446744073.709551615", u64::MAX),
            // Of which no double is.
            ("9007199.254740993", 9_007_199_254_740_993),
        ] {
            assert_eq!(units(text), Ok(base), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["", ".", "-1", "+1", "1e9", "1,5", "1_000", " 1", "1.2.3", "0x10", "NaN", "all1"] {
            assert!(units(text).unwrap_err().contains("is no amount"), "{text}");
        }
        for text in ["0", "0.0", ".000"] {
            assert_eq!(units(text), Err("an amount is above zero".into()), "{text}");
        }
        assert_eq!(
            units("0.0000000001"),
            Err("0.0000000001 has more than 9 decimals, which is all there are".into())
        );
        for text in ["18446744073.709551616", "99999999999999999999999999999999999999"] {
            assert!(units(text).unwrap_err().contains("more than there can be"), "{text}");
        }
        assert!(units(&"9".repeat(40)).is_err() && amount("nothing").unwrap_err().ends_with("or all"));
    }

    #[test]
    fn everything_is_what_can_be_spent_and_no_more_is_had() {
        assert_eq!(amount("ALL"), Ok(Amount::All));
        assert_eq!(amount("max").unwrap().of(7, DECIMALS, "SOL"), Ok(7));
        assert_eq!(
            Amount::All.of(0, DECIMALS, "LST").unwrap_err().to_string(),
            "there is no LST to take anything from"
        );
        let two = amount("2").unwrap();
        assert_eq!(two.of(2_000_000_000, DECIMALS, "LST"), Ok(2_000_000_000));
        assert_eq!(
            two.of(1_999_999_999, DECIMALS, "LST").unwrap_err().to_string(),
            "2 LST were asked for, and there are 1.999999999 LST to take them from"
        );
        // Six decimals, as tokens of others may have.
        assert_eq!(any_amount("1.5").unwrap().of(u64::MAX, 6, "USDC"), Ok(1_500_000));
        assert!(matches!(
            any_amount("0.0000001").unwrap().of(9, 6, "USDC"),
            Err(AmountError::TooFine { decimals: 6, .. })
        ));
    }

    #[test]
    fn an_exact_number_has_the_decimals_it_needs() {
        let shown = [(0, "0"), (1, "0.000000001"), (1_500_000_000, "1.5"), (12_000_000_000, "12")];
        for (base, text) in shown {
            assert_eq!(exact(base, DECIMALS), text);
        }
        assert_eq!(exact(1_500_000, 6), "1.5");
        assert_eq!(exact(u64::MAX, DECIMALS), "18446744073.709551615");
    }
}
