//! The liquidity pool: SOL that pays instant exits beyond the reserve, and the shares it took over for that.

use sluice_money::{Lamports, LpAmount, LstAmount, Rounding, mul_div};

use crate::{Ledger, PoolMathError};

/// What liquidity providers own together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Liquidity {
    pub lamports: Lamports,
    /// Shares of the pool. Part of its supply, but not minted.
    pub shares: LstAmount,
    /// Their claims, the seed's included, which is nobody's.
    pub supply: LpAmount,
}

impl Liquidity {
    /// No liquidity pool.
    pub const NONE: Self = Self { lamports: Lamports::ZERO, shares: LstAmount::ZERO, supply: LpAmount::ZERO };

    /// What it is worth at the recorded rate, rounded up: call with the result of [`Ledger::at`].
    pub fn value(&self, ledger: &Ledger) -> Result<Lamports, PoolMathError> {
        if self.shares.is_zero() {
            return Ok(self.lamports);
        }
        let worth = ledger.value()?;
        let shares = mul_div(self.shares.0, worth.0, ledger.supply.0, Rounding::Ceil)?;
        Ok(self.lamports.add(Lamports(shares))?)
    }
}

/// What adding liquidity mints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddOutcome {
    pub minted: LpAmount,
    pub liquidity: Liquidity,
}

/// `lamports` in, LP tokens out at the liquidity's value at `slot`, rounded down.
///
/// Errors: `TooSmall` when not one base unit would be minted; `Insolvent` when there are claims and nothing they claim;
/// `Overflow`.
pub fn add_liquidity(
    ledger: &Ledger,
    liquidity: &Liquidity,
    slot: u64,
    lamports: Lamports,
) -> Result<AddOutcome, PoolMathError> {
    let value = liquidity.value(&ledger.at(slot)?)?;
    if value.is_zero() {
        return Err(PoolMathError::Insolvent);
    }
    let minted = LpAmount(mul_div(lamports.0, liquidity.supply.0, value.0, Rounding::Floor)?);
    if minted.is_zero() {
        return Err(PoolMathError::TooSmall);
    }
    let liquidity = Liquidity {
        lamports: liquidity.lamports.add(lamports)?,
        shares: liquidity.shares,
        supply: liquidity.supply.add(minted)?,
    };
    Ok(AddOutcome { minted, liquidity })
}

/// What removing liquidity pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoveOutcome {
    pub lamports: Lamports,
    pub shares: LstAmount,
    pub liquidity: Liquidity,
}

/// LP tokens in, their part of both sides out, each rounded down. Needs no price.
///
/// Errors: `TooSmall` when nothing would be paid; `Overflow` when there are not as many.
pub fn remove_liquidity(liquidity: &Liquidity, amount: LpAmount) -> Result<RemoveOutcome, PoolMathError> {
    let supply = liquidity.supply.sub(amount)?;
    let lamports = liquidity.lamports.scale(amount.0, liquidity.supply.0, Rounding::Floor)?;
    let shares = liquidity.shares.scale(amount.0, liquidity.supply.0, Rounding::Floor)?;
    if lamports.is_zero() && shares.is_zero() {
        return Err(PoolMathError::TooSmall);
    }
    let liquidity = Liquidity {
        lamports: liquidity.lamports.sub(lamports)?,
        shares: liquidity.shares.sub(shares)?,
        supply,
    };
    Ok(RemoveOutcome { lamports, shares, liquidity })
}
