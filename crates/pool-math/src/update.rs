//! The epoch update: what was earned, what of it is the fee, and how the rest reaches the rate.

use sluice_money::{Bps, Lamports, LstAmount, MathError, Rounding, mul_div};

use crate::{Ledger, PoolMathError, YIELD_ONE};

/// What an update found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateOutcome {
    pub profit: Lamports,
    pub loss: Lamports,
    /// The part of the profit that pays for the fee shares.
    pub fee: Lamports,
    pub fee_shares: LstAmount,
    pub ledger: Ledger,
}

/// Brings the ledger to `counted`, the backing found on chain.
///
/// A profit, less the fee, is locked and released linearly over the `release_slots` after `slot`, together with
/// what an earlier update still had locked: the rate does not jump, so buying before an update and selling
/// after it earns nothing. The fee is paid in new shares at the current rate, rounded down; where there is no rate,
/// or not as many shares, it is forgone.
/// A loss is taken from the locked profit first and counts at once; what is left of the locked profit is released
/// over the same slots.
///
/// Errors: `Overflow`.
pub fn update(
    ledger: &Ledger,
    slot: u64,
    release_slots: u64,
    counted: Lamports,
    fee: Bps,
) -> Result<UpdateOutcome, PoolMathError> {
    let mut ledger = ledger.at(slot)?;
    // What stays locked is spread anew in every case: fees of exits are locked too, and after a loss as well.
    ledger.profit_slot = slot;
    ledger.profit_end_slot = slot.checked_add(release_slots).ok_or(PoolMathError::Overflow)?;
    if counted < ledger.total {
        let loss = ledger.total.sub(counted)?;
        ledger.locked_profit = ledger.locked_profit.saturating_sub(loss);
        ledger.total = counted;
        return Ok(UpdateOutcome {
            profit: Lamports::ZERO,
            loss,
            fee: Lamports::ZERO,
            fee_shares: LstAmount::ZERO,
            ledger,
        });
    }

    let profit = counted.sub(ledger.total)?;
    let value = ledger.value()?;
    // A pool that lost nearly all its value may price a fee at more shares than there are numbers: it is forgone.
    let asked = Lamports(fee.of(profit.0, Rounding::Floor)?);
    let payable = mul_div(asked.0, ledger.supply.0, value.0, Rounding::Floor)
        .and_then(|shares| ledger.supply.add(LstAmount(shares)).map(|supply| (LstAmount(shares), supply)));
    let (fee, fee_shares, supply) = match payable {
        Ok((shares, supply)) if !ledger.supply.is_zero() => (asked, shares, supply),
        _ => (Lamports::ZERO, LstAmount::ZERO, ledger.supply),
    };
    ledger.total = counted;
    ledger.supply = supply;
    ledger.locked_profit = ledger.locked_profit.add(profit)?.sub(fee)?;
    Ok(UpdateOutcome { profit, loss: Lamports::ZERO, fee, fee_shares, ledger })
}

/// Accounts for LST that holders burnt by themselves: the supply becomes `supply`, and the value those shares
/// had is locked like profit and released over `release_slots`, so that burning cannot move the rate at one stroke.
///
/// Errors: `Overflow` when `supply` is larger than the recorded one.
pub fn absorb_burn(
    ledger: &Ledger,
    slot: u64,
    release_slots: u64,
    supply: LstAmount,
) -> Result<Ledger, PoolMathError> {
    let mut ledger = ledger.at(slot)?;
    let burnt = ledger.supply.sub(supply)?;
    if burnt.is_zero() {
        return Ok(ledger);
    }
    let value = ledger.lamports_for(burnt)?;
    ledger.supply = supply;
    ledger.locked_profit = ledger.locked_profit.add(value)?;
    ledger.profit_slot = slot;
    ledger.profit_end_slot = slot.checked_add(release_slots).ok_or(PoolMathError::Overflow)?;
    Ok(ledger)
}

/// What an epoch yields, in parts of [`YIELD_ONE`](crate::YIELD_ONE): `growth / earning / epochs`, rounded up, zero for a
/// loss. `None` where nothing could earn, which teaches nothing.
pub fn epoch_yield(growth: i64, earning: u64, epochs: u64) -> Option<u64> {
    let growth = u64::try_from(growth).unwrap_or(0);
    let whole = mul_div(growth, YIELD_ONE, earning, Rounding::Ceil);
    match whole {
        Err(MathError::DivisionByZero) => None,
        Err(MathError::Overflow) => Some(u64::MAX),
        Ok(whole) => mul_div(whole, 1, epochs, Rounding::Ceil).ok(),
    }
}
