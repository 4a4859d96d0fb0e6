//! What the pool charges, and whose it is.

use sluice_money::{BPS_DENOMINATOR, Bps, Lamports, LstAmount, Rounding, mul_div};

use crate::PoolMathError;

/// Shares taken as a fee, by owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeSplit {
    pub referrer: LstAmount,
    pub insurance: LstAmount,
    pub treasury: LstAmount,
}

impl FeeSplit {
    /// The whole fee. Errors: `Overflow`.
    pub fn total(&self) -> Result<LstAmount, PoolMathError> {
        Ok(self.referrer.add(self.insurance)?.add(self.treasury)?)
    }

    /// `fee` without a referrer: the insurance fund's part is rounded down, the rest is the treasury's.
    pub fn without_referrer(fee: LstAmount, insurance: Bps) -> Result<Self, PoolMathError> {
        let insurance = LstAmount(insurance.of(fee.0, Rounding::Floor)?);
        Ok(Self { referrer: LstAmount::ZERO, insurance, treasury: fee.sub(insurance)? })
    }
}

/// What a deposit costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DepositFee {
    /// Of the shares bought.
    pub fee: Bps,
    /// Of the fee, for who brought the deposit; zero where nobody did.
    pub referral: Bps,
    /// Of the rest of the fee, for the insurance fund.
    pub insurance: Bps,
}

impl DepositFee {
    /// The fee on `bought`, rounded up; referrer and insurance fund get theirs rounded down, the treasury the rest.
    pub fn of(&self, bought: LstAmount) -> Result<FeeSplit, PoolMathError> {
        let fee = LstAmount(self.fee.of(bought.0, Rounding::Ceil)?);
        let referrer = LstAmount(self.referral.of(fee.0, Rounding::Floor)?);
        Ok(FeeSplit { referrer, ..FeeSplit::without_referrer(fee.sub(referrer)?, self.insurance)? })
    }
}

/// The price of liquidity: a lamport that leaves `target` or more behind costs `least`; below, the cost grows linearly
/// to `most` for the last one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeCurve {
    pub least: Bps,
    /// At least `least`.
    pub most: Bps,
    /// Zero: always `least`.
    pub target: Lamports,
}

impl FeeCurve {
    /// The fee for taking `value` out of `liquidity`, rounded up: the linear price, summed over every lamport taken, so that
    /// an exit in parts costs what it costs at once (but for the fees of the earlier parts, which stay and make the later
    /// ones cheaper by at most 0.2 % of 0.2 %). What goes beyond the liquidity costs `most`.
    ///
    /// With `a` and `b` the liquidity before and after, each at most `target`:
    /// `value * least + (a - b) * (most - least) * (1 - (a + b) / (2 * target)) + beyond * (most - least)`.
    ///
    /// At most `value`, and there is one for every `value`.
    pub fn fee(&self, liquidity: Lamports, value: Lamports) -> Result<Lamports, PoolMathError> {
        let slope = self.most.get().saturating_sub(self.least.get());
        if self.target.is_zero() || slope == 0 {
            return Ok(Lamports(self.least.of(value.0, Rounding::Ceil)?));
        }
        // Both parts of the price are summed before they are rounded: rounded one by one they could exceed `most`, and
        // parts could cost less than the whole.
        let weight = self.weight(liquidity, value)?;
        let (least, slope) = (u64::from(self.least.get()), u64::from(slope));
        let small =
            value.0.checked_mul(least).zip(weight.checked_mul(slope)).and_then(|(a, b)| a.checked_add(b));
        let fee = match small {
            // Most sums fit 64 bits, where division is one instruction instead of a library call.
            Some(sum) => sum.div_ceil(u64::from(BPS_DENOMINATOR)),
            None => {
                let least = u128::from(value.0).wrapping_mul(u128::from(least));
                let more = u128::from(weight).wrapping_mul(u128::from(slope));
                let fee = least.wrapping_add(more).div_ceil(u128::from(BPS_DENOMINATOR));
                u64::try_from(fee).map_err(|_| PoolMathError::Overflow)?
            }
        };
        Ok(Lamports(fee))
    }

    /// How many lamports would cost the slope's height if each did, rounded up: at most `value`.
    fn weight(&self, liquidity: Lamports, value: Lamports) -> Result<u64, PoolMathError> {
        let target = self.target.0.min(MOST_TARGET);
        let before = liquidity.0.min(target);
        let after = liquidity.saturating_sub(value).0.min(target);
        // Distances from the target, before and after: their mean is what the scarce lamports cost on average.
        let distances = target.saturating_sub(before).saturating_add(target.saturating_sub(after));
        let scarce = before.saturating_sub(after);
        let averaged = mul_div(scarce, distances, target.saturating_mul(2), Rounding::Ceil)?;
        averaged.checked_add(value.saturating_sub(liquidity).0).ok_or(PoolMathError::Overflow)
    }
}

/// A target above this counts as this. It is fifteen times all the SOL there is.
const MOST_TARGET: u64 = u64::MAX / 2;
