//! Leaving at the rate: for SOL at once, or for stake.

use sluice_money::{Bps, Lamports, LstAmount, Rounding, mul_div};

use crate::{Accrual, FeeCurve, FeeSplit, Ledger, Liquidity, PoolMathError};

/// What burning LST pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitOutcome {
    /// What the caller receives.
    pub paid: Lamports,
    /// What stays with the remaining holders.
    pub fee: Lamports,
    pub ledger: Ledger,
}

/// What an instant exit depends on besides the rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantTerms {
    /// What the reserve may pay: it holds that much above its rent and what tickets are owed.
    pub free: Lamports,
    pub curve: FeeCurve,
    /// Of the fee that liquidity providers earn, for insurance fund and treasury.
    pub cut: Bps,
    /// Of that cut, for the insurance fund.
    pub insurance: Bps,
}

/// What an instant exit pays, and who pays it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantOutcome {
    /// What the caller receives: `from_reserve + from_liquidity`.
    pub paid: Lamports,
    /// Value of the shares less `paid`.
    pub fee: Lamports,
    pub from_reserve: Lamports,
    pub from_liquidity: Lamports,
    /// Shares that liquidity providers took over.
    pub to_liquidity: LstAmount,
    /// Shares that the cut took from them.
    pub cut: FeeSplit,
    pub ledger: Ledger,
    pub liquidity: Liquidity,
}

/// Pays the value of `shares` at `slot`, less a fee rounded up: out of the reserve, and what that lacks out of the
/// liquidity pool.
///
/// The shares that the reserve pays for are gone, and their fee is locked like profit, so that nobody can buy before
/// somebody's exit and sell after it. Those that liquidity providers pay for become theirs, less the cut. Each
/// side gets shares worth at least what it pays; what the division leaves over, at most the price of one share, is the
/// caller's loss.
///
/// Errors: `TooSmall` when nothing would be paid; `Illiquid` when both together have not enough; `Overflow` when
/// there are not as many shares.
pub fn instant_exit(
    ledger: &Ledger,
    liquidity: &Liquidity,
    slot: u64,
    shares: LstAmount,
    terms: &InstantTerms,
) -> Result<InstantOutcome, PoolMathError> {
    let mut ledger = ledger.at(slot)?;
    let mut liquidity = *liquidity;
    let value = ledger.lamports_for(shares)?;
    // The shares that liquidity providers take over are not subtracted below.
    ledger.supply.sub(shares)?;
    let fee = terms.curve.fee(terms.free.add(liquidity.lamports)?, value)?;
    let asked = value.sub(fee)?;
    if asked.is_zero() {
        return Err(PoolMathError::TooSmall);
    }
    let from_reserve = if asked < terms.free { asked } else { terms.free };
    let lacking = asked.sub(from_reserve)?;
    if lacking > liquidity.lamports {
        return Err(PoolMathError::Illiquid);
    }
    if lacking.is_zero() {
        let ledger = leave(ledger, shares, asked, value)?;
        return Ok(InstantOutcome {
            paid: asked,
            fee,
            from_reserve: asked,
            from_liquidity: Lamports::ZERO,
            to_liquidity: LstAmount::ZERO,
            cut: FeeSplit::default(),
            ledger,
            liquidity,
        });
    }
    // The larger part of the shares goes with the reserve's payment, so that what is burnt is worth what it pays.
    let taken = LstAmount(mul_div(shares.0, lacking.0, asked.0, Rounding::Floor)?);
    let taken_value = ledger.lamports_for(taken)?;
    let from_liquidity = if lacking < taken_value { lacking } else { taken_value };
    let earned = taken_value.sub(from_liquidity)?;
    let cut = if earned.is_zero() {
        FeeSplit::default()
    } else {
        let earned = mul_div(taken.0, earned.0, taken_value.0, Rounding::Floor)?;
        FeeSplit::without_referrer(LstAmount(terms.cut.of(earned, Rounding::Floor)?), terms.insurance)?
    };
    let to_liquidity = taken.sub(cut.total()?)?;
    liquidity.lamports = liquidity.lamports.sub(from_liquidity)?;
    liquidity.shares = liquidity.shares.add(to_liquidity)?;

    let burnt = shares.sub(taken)?;
    let kept = ledger.lamports_for(burnt)?.sub(from_reserve)?;
    ledger.supply = ledger.supply.sub(burnt)?;
    ledger.total = ledger.total.sub(from_reserve)?;
    ledger.locked_profit = ledger.locked_profit.add(kept)?;
    let paid = from_reserve.add(from_liquidity)?;
    Ok(InstantOutcome {
        paid,
        fee: value.sub(paid)?,
        from_reserve,
        from_liquidity,
        to_liquidity,
        cut,
        ledger,
        liquidity,
    })
}

/// Burns `shares` and pays their value at `slot` as stake, less what that stake has earned since the epoch began: its
/// owner will be paid the whole epoch's rewards, and those of the slots before belong to the holders. Without this,
/// SOL brought in at the end of an epoch and taken out as stake would earn an epoch it was not there for.
/// What is left behind is locked like profit.
///
/// Errors: `TooSmall` when nothing would be paid; `Overflow` when there are not as many shares.
pub fn stake_exit(
    ledger: &Ledger,
    slot: u64,
    shares: LstAmount,
    accrual: &Accrual,
) -> Result<ExitOutcome, PoolMathError> {
    let ledger = ledger.at(slot)?;
    let value = ledger.lamports_for(shares)?;
    let fee = accrual.of(value)?;
    let paid = value.sub(fee)?;
    if paid.is_zero() {
        return Err(PoolMathError::TooSmall);
    }
    Ok(ExitOutcome { paid, fee, ledger: leave(ledger, shares, paid, value)? })
}

/// What a whole stake account costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeOutcome {
    /// What is burnt.
    pub shares: LstAmount,
    /// What stays with the remaining holders.
    pub fee: Lamports,
    pub ledger: Ledger,
}

/// Burns the fewest shares that pay for the `lamports` of a stake account, and for what they have earned since the epoch
/// began. `booked` of them are in the total; for the others, which somebody sent there, the holders are paid too.
///
/// Errors: `Insolvent`; `Overflow` when there are not as many shares.
pub fn whole_stake_exit(
    ledger: &Ledger,
    slot: u64,
    lamports: Lamports,
    booked: Lamports,
    accrual: &Accrual,
) -> Result<WholeOutcome, PoolMathError> {
    let ledger = ledger.at(slot)?;
    let price = lamports.add(accrual.of(lamports)?)?;
    let worth = ledger.value()?;
    if worth.is_zero() {
        return Err(PoolMathError::Insolvent);
    }
    let shares = LstAmount(mul_div(price.0, ledger.supply.0, worth.0, Rounding::Ceil)?);
    let value = ledger.lamports_for(shares)?;
    Ok(WholeOutcome { shares, fee: value.sub(lamports)?, ledger: leave(ledger, shares, booked, value)? })
}

/// `shares`, worth `value`, leave with `paid`; the rest is locked like profit. Where the release is over, it counts at once.
pub(crate) fn leave(
    mut ledger: Ledger,
    shares: LstAmount,
    paid: Lamports,
    value: Lamports,
) -> Result<Ledger, PoolMathError> {
    ledger.supply = ledger.supply.sub(shares)?;
    ledger.total = ledger.total.sub(paid)?;
    ledger.locked_profit = ledger.locked_profit.add(value.sub(paid)?)?;
    Ok(ledger)
}
