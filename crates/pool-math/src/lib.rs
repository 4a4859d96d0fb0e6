//! The staking pool's formulas: exchange rate, profit release, entry, exits and the epoch update.
//!
//! Owns every number a staking pool computes with money, as pure functions of a [`Ledger`] and a slot, so that
//! a quote, the instruction and the test call the same code. Never knows an account or a clock.
//!
//! Terms: *total* is everything that backs the token; *locked profit* is the part of it that was earned but is
//! released to the rate slot by slot; *value* is total less locked profit; the *rate* is value / supply.
//! Invariant of every operation, at a fixed slot: the rate never falls, except by a recorded loss.
#![no_std]

mod exchange;
mod ledger;
mod update;

pub use exchange::{
    Accrual, ClaimOutcome, DepositOutcome, ExitOutcome, MAX_ACCRUED, MAX_EPOCH_YIELD, YIELD_ONE, claim,
    deposit, instant_exit, stake_exit,
};
pub use ledger::{Ledger, RATE_ONE};
pub use update::{UpdateOutcome, absorb_burn, epoch_yield, update};

use sluice_money::MathError;

/// Why a pool formula has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolMathError {
    /// An amount does not fit, or more was asked for than there is.
    Overflow,
    /// The pool has shares but no value left: nothing can be priced.
    Insolvent,
    /// The amount is too small to be worth one unit of what it buys.
    TooSmall,
}

impl From<MathError> for PoolMathError {
    fn from(_: MathError) -> Self {
        // A zero divisor is caught as `Insolvent` before any division; what remains is a result too large.
        PoolMathError::Overflow
    }
}
