//! The state every formula reads and writes.

use sluice_money::{Lamports, LstAmount, Rounding, mul_div};

use crate::PoolMathError;

/// Fixed point of a displayed rate: lamports per 10^9 base units of LST.
pub const RATE_ONE: u64 = 1_000_000_000;

/// Money of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Everything that backs the LST.
    pub total: Lamports,
    /// LST that shares `total`.
    pub supply: LstAmount,
    /// Profit not yet released at `profit_slot`. Never above `total`.
    pub locked_profit: Lamports,
    pub profit_slot: u64,
    /// The slot at which all of it is released.
    pub profit_end_slot: u64,
}

impl Ledger {
    /// Profit still locked at `slot`: falls linearly from `profit_slot` to zero at `profit_end_slot`.
    /// Rounded up, so a lamport is released only when it is wholly earned. A slot before `profit_slot`
    /// counts as `profit_slot`.
    pub fn locked_at(&self, slot: u64) -> Result<Lamports, PoolMathError> {
        if self.locked_profit.is_zero() || slot >= self.profit_end_slot {
            return Ok(Lamports::ZERO);
        }
        if slot <= self.profit_slot {
            return Ok(self.locked_profit);
        }
        let left = self.profit_end_slot.saturating_sub(slot);
        let whole = self.profit_end_slot.saturating_sub(self.profit_slot);
        Ok(self.locked_profit.scale(left, whole, Rounding::Ceil)?)
    }

    /// The same ledger with the profit released up to `slot`.
    pub fn at(&self, slot: u64) -> Result<Ledger, PoolMathError> {
        let locked_profit = self.locked_at(slot)?;
        let profit_slot = if slot > self.profit_slot { slot } else { self.profit_slot };
        Ok(Ledger { locked_profit, profit_slot, ..*self })
    }

    /// Total less what is locked *as recorded*: call on the result of [`Ledger::at`].
    pub fn value(&self) -> Result<Lamports, PoolMathError> {
        Ok(self.total.sub(self.locked_profit)?)
    }

    /// LST that `lamports` buys at the recorded rate, rounded down. One to one in an empty pool.
    pub fn shares_for(&self, lamports: Lamports) -> Result<LstAmount, PoolMathError> {
        if self.supply.is_zero() {
            return Ok(LstAmount(lamports.0));
        }
        let value = self.value()?;
        if value.is_zero() {
            return Err(PoolMathError::Insolvent);
        }
        Ok(LstAmount(mul_div(lamports.0, self.supply.0, value.0, Rounding::Floor)?))
    }

    /// Lamports that `shares` are worth at the recorded rate, rounded down.
    pub fn lamports_for(&self, shares: LstAmount) -> Result<Lamports, PoolMathError> {
        if self.supply.is_zero() {
            return Err(PoolMathError::Insolvent);
        }
        let value = self.value()?;
        Ok(Lamports(mul_div(shares.0, value.0, self.supply.0, Rounding::Floor)?))
    }

    /// The rate at `slot` for display: lamports per [`RATE_ONE`] base units of LST, rounded down.
    pub fn rate_at(&self, slot: u64) -> Result<u64, PoolMathError> {
        if self.supply.is_zero() {
            return Ok(RATE_ONE);
        }
        Ok(self.at(slot)?.lamports_for(LstAmount(RATE_ONE))?.0)
    }
}
