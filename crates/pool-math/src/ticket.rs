//! Delayed exits: what a ticket pays, what is left of one that is cancelled, and how one becomes two.

use sluice_money::{Lamports, LstAmount, Rounding};

use crate::exit::leave;
use crate::{Ledger, PoolMathError};

/// What a ticket pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimOutcome {
    pub paid: Lamports,
    pub ledger: Ledger,
}

/// Settles a delayed exit: the lower of its value when ordered and its value at `slot`. What the shares earned
/// while waiting stays with the pool, and so does a share of a loss that came in between. The part kept is
/// locked like profit.
///
/// A ticket worth nothing pays zero: it must still be possible to close it.
pub fn claim(
    ledger: &Ledger,
    slot: u64,
    shares: LstAmount,
    ordered: Lamports,
) -> Result<ClaimOutcome, PoolMathError> {
    let ledger = ledger.at(slot)?;
    let value = ledger.lamports_for(shares)?;
    let paid = if value < ordered { value } else { ordered };
    Ok(ClaimOutcome { paid, ledger: leave(ledger, shares, paid, value)? })
}

/// What a cancelled ticket returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelOutcome {
    pub returned: LstAmount,
    pub ledger: Ledger,
}

/// Gives back the shares that what the ticket would pay is worth at `slot`, rounded down: as if it were claimed and
/// deposited again. Waiting earned nothing, so ordering and cancelling moves stake at the caller's cost.
///
/// Errors: `Insolvent`; `Overflow`.
pub fn cancel(
    ledger: &Ledger,
    slot: u64,
    shares: LstAmount,
    ordered: Lamports,
) -> Result<CancelOutcome, PoolMathError> {
    let ledger = ledger.at(slot)?;
    let worth = ledger.shares_for(ordered)?;
    let returned = if worth < shares { worth } else { shares };
    let gone = shares.sub(returned)?;
    let ledger = leave(ledger, gone, Lamports::ZERO, ledger.lamports_for(gone)?)?;
    Ok(CancelOutcome { returned, ledger })
}

/// What each of two tickets is ordered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitOutcome {
    /// For the part split off, rounded down.
    pub part: Lamports,
    /// For what stays.
    pub rest: Lamports,
}

/// Divides what a ticket of `shares` was ordered for between `part` of them and the rest.
///
/// Errors: `Overflow` when there are not as many; `TooSmall` when one of them would be for no lamport.
pub fn split(shares: LstAmount, ordered: Lamports, part: LstAmount) -> Result<SplitOutcome, PoolMathError> {
    shares.sub(part)?;
    let to_part = ordered.scale(part.0, shares.0, Rounding::Floor)?;
    let rest = ordered.sub(to_part)?;
    if to_part.is_zero() || rest.is_zero() {
        return Err(PoolMathError::TooSmall);
    }
    Ok(SplitOutcome { part: to_part, rest })
}
