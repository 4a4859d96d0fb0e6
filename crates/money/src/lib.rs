//! Typed money: lamports, LST and VRT amounts, basis points, and the one place where rounding happens.
//!
//! Owns the unit types and the 128-bit multiply-then-divide that every formula uses. Never knows an account,
//! a program or a fee schedule. Amounts of different units do not mix: `Lamports + LstAmount` does not compile.
#![no_std]

mod amount;
mod bps;
mod ratio;

pub use amount::{Lamports, LpAmount, LstAmount, VrtAmount};
pub use bps::{BPS_DENOMINATOR, Bps};
pub use ratio::{Rounding, mul_div};

/// Why a money computation has no answer. Programs map each to an error code of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MathError {
    /// The exact result does not fit the unit's 64 bits, or a subtraction went below zero.
    Overflow,
    /// The divisor was zero.
    DivisionByZero,
}
