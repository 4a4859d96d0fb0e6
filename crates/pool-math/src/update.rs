//! The epoch update: what was earned, what of it is the fee, who covers a loss, and how the rest reaches the rate.

use sluice_money::{Bps, Lamports, LstAmount, Rounding, mul_div};

use crate::{FeeSplit, Ledger, PoolMathError};

/// What is taken of a profit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RewardFee {
    pub fee: Bps,
    /// Of the fee, for the insurance fund; the rest is the treasury's.
    pub insurance: Bps,
}

/// What an update found and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpdateOutcome {
    pub profit: Lamports,
    pub loss: Lamports,
    /// The part of the profit that pays for the fee shares.
    pub fee: Lamports,
    pub fee_shares: FeeSplit,
    /// Shares of the insurance fund that are gone, so that the loss did not reach the rate.
    pub insurance_burnt: LstAmount,
    pub ledger: Ledger,
}

/// Brings the ledger to `counted`, the backing found on chain.
///
/// A profit, less the fee, is locked and released linearly over the `release_slots` after `slot`, together with
/// what an earlier update still had locked: the rate does not jump, so buying before an update and selling
/// after it earns nothing. The fee is paid in new shares at the current rate, rounded down; where there is no rate,
/// or not as many shares, it is forgone.
/// A loss is taken from the locked profit first, then from the `insurance` fund, whose shares are burnt as far as it takes
/// to keep the rate; what is left counts at once. What remains of the locked profit is released over the same slots.
///
/// Errors: `Overflow`.
pub fn update(
    ledger: &Ledger,
    insurance: LstAmount,
    slot: u64,
    release_slots: u64,
    counted: Lamports,
    fee: &RewardFee,
) -> Result<UpdateOutcome, PoolMathError> {
    let mut ledger = ledger.at(slot)?;
    // What stays locked is spread anew in every case: fees of exits are locked too, and after a loss as well.
    ledger.profit_slot = slot;
    ledger.profit_end_slot = slot.checked_add(release_slots).ok_or(PoolMathError::Overflow)?;
    let worth = ledger.value()?;
    if counted < ledger.total {
        let loss = ledger.total.sub(counted)?;
        ledger.locked_profit = ledger.locked_profit.saturating_sub(loss);
        ledger.total = counted;
        let insurance_burnt = covering(&ledger, worth, insurance)?;
        ledger.supply = ledger.supply.sub(insurance_burnt)?;
        return Ok(UpdateOutcome {
            profit: Lamports::ZERO,
            loss,
            fee: Lamports::ZERO,
            fee_shares: FeeSplit::default(),
            insurance_burnt,
            ledger,
        });
    }

    let profit = counted.sub(ledger.total)?;
    // A pool that lost nearly all its value may price a fee at more shares than there are numbers: it is forgone.
    let asked = Lamports(fee.fee.of(profit.0, Rounding::Floor)?);
    let payable = mul_div(asked.0, ledger.supply.0, worth.0, Rounding::Floor)
        .and_then(|shares| ledger.supply.add(LstAmount(shares)).map(|supply| (LstAmount(shares), supply)));
    let (paid, shares, supply) = match payable {
        Ok((shares, supply)) if !ledger.supply.is_zero() => (asked, shares, supply),
        _ => (Lamports::ZERO, LstAmount::ZERO, ledger.supply),
    };
    ledger.total = counted;
    ledger.supply = supply;
    ledger.locked_profit = ledger.locked_profit.add(profit)?.sub(paid)?;
    Ok(UpdateOutcome {
        profit,
        loss: Lamports::ZERO,
        fee: paid,
        fee_shares: FeeSplit::without_referrer(shares, fee.insurance)?,
        insurance_burnt: LstAmount::ZERO,
        ledger,
    })
}

/// The fewest shares, but at most `insurance`, without which the supply is worth no less than it was at `worth`.
fn covering(ledger: &Ledger, worth: Lamports, insurance: LstAmount) -> Result<LstAmount, PoolMathError> {
    let left = ledger.value()?;
    if left >= worth || insurance.is_zero() {
        return Ok(LstAmount::ZERO);
    }
    // Below the recorded supply, because the value fell.
    let bearable = mul_div(ledger.supply.0, left.0, worth.0, Rounding::Floor)?;
    let needed = ledger.supply.saturating_sub(LstAmount(bearable));
    Ok(if needed < insurance { needed } else { insurance })
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
