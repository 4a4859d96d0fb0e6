//! The staking pool's formulas: exchange rate, profit release, entry, exits, liquidity and the epoch update.
//!
//! Owns every number a staking pool computes with money, as pure functions of a [`Ledger`] and a slot, so that
//! a quote, the instruction and the test call the same code. Never knows an account or a clock.
//!
//! Terms: *total* is everything that backs the token; *locked profit* is the part of it that was earned but is
//! released to the rate slot by slot; *value* is total less locked profit; the *rate* is value / supply. *Supply* counts
//! every claim on the total, also those that are not tokens: what liquidity providers, the insurance fund and the treasury own.
//! Invariant of every operation, at a fixed slot: the rate never falls, except by a recorded loss.
#![no_std]

mod accrual;
mod deposit;
mod exit;
mod fees;
mod ledger;
mod liquidity;
mod multiplier;
mod ticket;
mod update;

pub use accrual::{Accrual, MAX_ACCRUED, MAX_EPOCH_YIELD, YIELD_ONE, epoch_yield};
pub use deposit::{DepositOutcome, deposit};
pub use exit::{
    ExitOutcome, InstantOutcome, InstantTerms, WholeOutcome, instant_exit, stake_exit, whole_stake_exit,
};
pub use fees::{DepositFee, FeeCurve, FeeSplit};
pub use ledger::{Ledger, RATE_ONE};
pub use liquidity::{AddOutcome, Liquidity, RemoveOutcome, add_liquidity, remove_liquidity};
pub use multiplier::multiplier_bits;
pub use ticket::{CancelOutcome, ClaimOutcome, SplitOutcome, cancel, claim, split};
pub use update::{RewardFee, UpdateOutcome, absorb_burn, update};

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
    /// Reserve and liquidity together cannot pay that much at once.
    Illiquid,
}

impl From<MathError> for PoolMathError {
    fn from(_: MathError) -> Self {
        // A zero divisor is caught as `Insolvent` before any division; what remains is a result too large.
        PoolMathError::Overflow
    }
}
