//! Entering and leaving at the rate.

use sluice_money::{Bps, Lamports, LstAmount, Rounding, mul_div};

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

/// Burns `shares` and pays their value at `slot` less `fee`, which is rounded up. The fee is locked like
/// profit, so that nobody can buy before somebody's exit and sell after it.
///
/// Errors: `TooSmall` when nothing would be paid; `Overflow` when there are not as many shares.
pub fn instant_exit(
    ledger: &Ledger,
    slot: u64,
    shares: LstAmount,
    fee: Bps,
) -> Result<ExitOutcome, PoolMathError> {
    exit(ledger, slot, shares, |value| Ok(Lamports(fee.of(value.0, Rounding::Ceil)?)))
}

/// A yield of 100 % per epoch.
pub const YIELD_ONE: u64 = 1_000_000_000_000;
/// The most that stake leaves behind for the running epoch: 0.2 % of its value.
pub const MAX_ACCRUED: Bps = match Bps::new(20) {
    Some(bps) => bps,
    None => Bps::ZERO,
};

/// The same in parts of [`YIELD_ONE`]: what an epoch is taken to yield until it was measured.
pub const MAX_EPOCH_YIELD: u64 = 2_000_000_000;

/// Rewards of the running epoch that stake has earned and not been paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accrual {
    /// What an epoch yields, in parts of [`YIELD_ONE`].
    pub epoch_yield: u64,
    /// Slots of the epoch that have passed.
    pub elapsed: u64,
    /// Slots of the epoch.
    pub slots: u64,
}

impl Accrual {
    /// The part of `value` that the passed slots are expected to have earned, rounded up, at most [`MAX_ACCRUED`] of it.
    /// Zero where the epoch has no slots.
    pub fn of(&self, value: Lamports) -> Result<Lamports, PoolMathError> {
        if self.slots == 0 {
            return Ok(Lamports::ZERO);
        }
        let elapsed = if self.elapsed < self.slots { self.elapsed } else { self.slots };
        let earned = mul_div(self.epoch_yield, elapsed, self.slots, Rounding::Ceil)?;
        let earned = value.scale(earned, YIELD_ONE, Rounding::Ceil)?;
        let most = Lamports(MAX_ACCRUED.of(value.0, Rounding::Ceil)?);
        Ok(if earned < most { earned } else { most })
    }
}

/// Burns `shares` and pays their value at `slot` as stake, less what that stake has earned since the epoch began: its
/// owner will be paid the whole epoch's rewards, and those of the slots before belong to the holders. Without this,
/// SOL brought in at the end of an epoch and taken out as stake would earn an epoch it was not there for.
/// What is left behind is locked like profit.
///
/// Errors: as [`instant_exit`].
pub fn stake_exit(
    ledger: &Ledger,
    slot: u64,
    shares: LstAmount,
    accrual: &Accrual,
) -> Result<ExitOutcome, PoolMathError> {
    exit(ledger, slot, shares, |value| accrual.of(value))
}

fn exit(
    ledger: &Ledger,
    slot: u64,
    shares: LstAmount,
    fee: impl FnOnce(Lamports) -> Result<Lamports, PoolMathError>,
) -> Result<ExitOutcome, PoolMathError> {
    let mut ledger = ledger.at(slot)?;
    let value = ledger.lamports_for(shares)?;
    let fee = fee(value)?;
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
