//! Entering and leaving at the rate.

use sluice_money::{Bps, Lamports, LstAmount, Rounding};

use crate::{Ledger, PoolMathError};

/// What a deposit mints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositOutcome {
    pub minted: LstAmount,
    pub ledger: Ledger,
}

/// `lamports` in, LST out at the rate of `slot`, rounded down.
///
/// Errors: `TooSmall` when not one base unit of LST would be minted; `Insolvent`; `Overflow`.
pub fn deposit(ledger: &Ledger, slot: u64, lamports: Lamports) -> Result<DepositOutcome, PoolMathError> {
    let mut ledger = ledger.at(slot)?;
    let minted = ledger.shares_for(lamports)?;
    if minted.is_zero() {
        return Err(PoolMathError::TooSmall);
    }
    ledger.total = ledger.total.add(lamports)?;
    ledger.supply = ledger.supply.add(minted)?;
    Ok(DepositOutcome { minted, ledger })
}

/// What burning LST pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitOutcome {
    /// What the caller receives.
    pub paid: Lamports,
    /// What stays with the remaining holders.
    pub fee: Lamports,
    pub ledger: Ledger,
}

/// Burns `shares` and pays their value at `slot`, rounded down, free of charge.
///
/// Errors: `TooSmall` when the shares are worth no lamport; `Overflow` when there are not as many shares.
pub fn redeem(ledger: &Ledger, slot: u64, shares: LstAmount) -> Result<ExitOutcome, PoolMathError> {
    instant_exit(ledger, slot, shares, Bps::ZERO)
}

/// Burns `shares` and pays their value at `slot` less `fee`, which is rounded up. The fee is locked like
/// profit, so that nobody can buy before somebody's exit and sell after it.
///
/// Errors: as [`redeem`].
pub fn instant_exit(
    ledger: &Ledger,
    slot: u64,
    shares: LstAmount,
    fee: Bps,
) -> Result<ExitOutcome, PoolMathError> {
    let mut ledger = ledger.at(slot)?;
    let value = ledger.lamports_for(shares)?;
    let fee = Lamports(fee.of(value.0, Rounding::Ceil)?);
    let paid = value.sub(fee)?;
    if paid.is_zero() {
        return Err(PoolMathError::TooSmall);
    }
    ledger.supply = ledger.supply.sub(shares)?;
    ledger.total = ledger.total.sub(paid)?;
    ledger.locked_profit = ledger.locked_profit.add(fee)?;
    Ok(ExitOutcome { paid, fee, ledger })
}

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
    let mut ledger = ledger.at(slot)?;
    let value = ledger.lamports_for(shares)?;
    let paid = if value < ordered { value } else { ordered };
    ledger.supply = ledger.supply.sub(shares)?;
    ledger.total = ledger.total.sub(paid)?;
    ledger.locked_profit = ledger.locked_profit.add(value.sub(paid)?)?;
    Ok(ClaimOutcome { paid, ledger })
}
