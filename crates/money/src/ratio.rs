//! Multiply, then divide, without losing a bit in between.

use crate::MathError;

/// Which way an inexact quotient goes. Every division of the protocol names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Toward zero: what the pool pays out or mints.
    Floor,
    /// Away from zero: what the pool charges.
    Ceil,
}

/// `a * b / denominator` with a 128-bit product.
///
/// Errors: [`MathError::DivisionByZero`]; [`MathError::Overflow`] when the quotient exceeds `u64::MAX`.
#[inline]
pub fn mul_div(a: u64, b: u64, denominator: u64, rounding: Rounding) -> Result<u64, MathError> {
    if denominator == 0 {
        return Err(MathError::DivisionByZero);
    }
    // Most products of a small pool fit 64 bits, where division is one instruction instead of a library call.
    if let Some(product) = a.checked_mul(b) {
        let quotient = product.checked_div(denominator).ok_or(MathError::DivisionByZero)?;
        let exact = product.checked_rem(denominator) == Some(0);
        return round(quotient, exact, rounding);
    }
    let product = u128::from(a).checked_mul(u128::from(b)).ok_or(MathError::Overflow)?;
    let wide = u128::from(denominator);
    let quotient = product.checked_div(wide).ok_or(MathError::DivisionByZero)?;
    let narrow = u64::try_from(quotient).map_err(|_| MathError::Overflow)?;
    let exact = quotient.checked_mul(wide) == Some(product);
    round(narrow, exact, rounding)
}

#[inline]
fn round(quotient: u64, exact: bool, rounding: Rounding) -> Result<u64, MathError> {
    match rounding {
        Rounding::Ceil if !exact => quotient.checked_add(1).ok_or(MathError::Overflow),
        _ => Ok(quotient),
    }
}
