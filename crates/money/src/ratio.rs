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
    let (high, low) = product(a, b);
    if high >= denominator {
        return Err(MathError::Overflow);
    }
    let (quotient, remainder) = if high == 0 {
        let quotient = low.checked_div(denominator).ok_or(MathError::DivisionByZero)?;
        (quotient, low.wrapping_sub(quotient.wrapping_mul(denominator)))
    } else {
        divide(high, low, denominator)
    };
    match rounding {
        Rounding::Ceil if remainder > 0 => quotient.checked_add(1).ok_or(MathError::Overflow),
        _ => Ok(quotient),
    }
}

// The virtual machine divides 64 bits in one instruction; 128 bits cost it a library call of hundreds. The numbers below
// are halves of 32 bits: nothing wraps that is not said to.

/// The lower half of a word.
const LOW: u64 = 0xffff_ffff;

/// `a * b`: its upper and its lower word.
#[inline]
const fn product(a: u64, b: u64) -> (u64, u64) {
    let ((a1, a0), (b1, b0)) = ((a >> 32, a & LOW), (b >> 32, b & LOW));
    let lowest = a0.wrapping_mul(b0);
    // A product of halves leaves room for two halves more.
    let middle = a1.wrapping_mul(b0).wrapping_add(lowest >> 32);
    let other = a0.wrapping_mul(b1).wrapping_add(middle & LOW);
    let high = a1.wrapping_mul(b1).wrapping_add(middle >> 32).wrapping_add(other >> 32);
    (high, (other << 32) | (lowest & LOW))
}

/// Quotient and remainder of the two words by `divisor`, which is above `high`, so that the quotient fits one.
///
/// Source: Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D, with two digits of 32 bits.
#[inline(never)]
fn divide(high: u64, low: u64, divisor: u64) -> (u64, u64) {
    // D1: shifted until the divisor's first bit is set, so that a digit is guessed at most two too high.
    let shift = divisor.leading_zeros();
    let divisor = divisor.wrapping_shl(shift);
    let carried = low.checked_shr(64u32.wrapping_sub(shift)).unwrap_or(0);
    let (high, low) = (high.wrapping_shl(shift) | carried, low.wrapping_shl(shift));
    let (first, rest) = digit(high, low >> 32, divisor);
    let (second, rest) = digit(rest, low & LOW, divisor);
    ((first << 32) | second, rest.wrapping_shr(shift))
}

/// The next digit of a quotient, and the remainder: of `rest`, which is below `divisor`, followed by `next`.
#[inline]
fn digit(rest: u64, next: u64, divisor: u64) -> (u64, u64) {
    let (d1, d0) = (divisor >> 32, divisor & LOW);
    // D3: never too low, and corrected while it is too high. `d1` is not zero.
    let mut guess = rest.checked_div(d1).unwrap_or(0);
    let mut left = rest.wrapping_sub(guess.wrapping_mul(d1));
    while guess > LOW || guess.wrapping_mul(d0) > ((left << 32) | next) {
        guess = guess.wrapping_sub(1);
        left = left.wrapping_add(d1);
        if left > LOW {
            break;
        }
    }
    // D4: the true remainder is below the divisor, so it is what is left of the difference's lower word.
    let whole = (rest << 32) | next;
    (guess, whole.wrapping_sub(guess.wrapping_mul(divisor)))
}
