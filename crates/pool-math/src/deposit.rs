//! Entering at the rate.

use sluice_money::{Lamports, LstAmount, Rounding};

use crate::{DepositFee, FeeSplit, Ledger, Liquidity, PoolMathError};

/// What a deposit buys. `minted + fee.total()` is what the lamports are worth at the rate, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositOutcome {
    /// What the caller receives.
    pub minted: LstAmount,
    /// What the deposit fee is split into.
    pub fee: FeeSplit,
    /// The part of the shares that liquidity providers sold, and what they got for it.
    pub from_liquidity: LstAmount,
    pub to_liquidity: Lamports,
    pub ledger: Ledger,
    pub liquidity: Liquidity,
}

/// `lamports` in, LST out at the rate of `slot`, rounded down, less a fee, rounded up.
///
/// What liquidity providers took over from instant exits is sold first: their SOL is there again for the next
/// exit, and no stake has to move. They get its value, rounded up; rounded down where the deposit buys more than they have,
/// because two sides share whole lamports: less than one may then be missing. For a deposit that is not SOL pass
/// [`Liquidity::NONE`].
///
/// Errors: `TooSmall` when the caller would not get one base unit; `Insolvent`; `Overflow`.
pub fn deposit(
    ledger: &Ledger,
    liquidity: &Liquidity,
    slot: u64,
    lamports: Lamports,
    fee: &DepositFee,
) -> Result<DepositOutcome, PoolMathError> {
    let mut ledger = ledger.at(slot)?;
    let mut liquidity = *liquidity;
    let bought = ledger.shares_for(lamports)?;
    let fee = fee.of(bought)?;
    let minted = bought.sub(fee.total()?)?;
    if minted.is_zero() {
        return Err(PoolMathError::TooSmall);
    }
    let from_liquidity = if bought < liquidity.shares { bought } else { liquidity.shares };
    // The caller's rounding pays for theirs; where new shares must be paid for as well, it may not reach.
    let rounding = if from_liquidity == bought { Rounding::Ceil } else { Rounding::Floor };
    let to_liquidity = if from_liquidity.is_zero() {
        Lamports::ZERO
    } else {
        ledger.value()?.scale(from_liquidity.0, ledger.supply.0, rounding)?
    };
    ledger.total = ledger.total.add(lamports.sub(to_liquidity)?)?;
    ledger.supply = ledger.supply.add(bought.sub(from_liquidity)?)?;
    liquidity.shares = liquidity.shares.sub(from_liquidity)?;
    liquidity.lamports = liquidity.lamports.add(to_liquidity)?;
    Ok(DepositOutcome { minted, fee, from_liquidity, to_liquidity, ledger, liquidity })
}
