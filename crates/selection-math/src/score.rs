//! The score: expected net yield, calibrated on what the pool itself realised.

use sluice_money::{Bps, Lamports, Rounding, mul_div};

use crate::Reference;

/// A yield of 100 % per epoch, in units of [`Yield`].
pub const YIELD_ONE: u64 = 1_000_000_000_000;
/// Units of [`Kappa`] in one unit of [`Yield`].
pub const KAPPA_UNITS: u64 = 1_000_000;
/// One whole, in parts per million.
pub const PPM: i32 = 1_000_000;
/// The most that realised inflation may lift a score above its model: 5 %.
pub const MAX_DEVIATION_PPM: i32 = 50_000;
/// The most that tips, block revenue and gifts count for: 20 % of what the model pays before commission, about what tips
/// add to inflation.
pub const MAX_EXTRA_PPM: u64 = 200_000;
/// Less stake than this, in lamports, measures noise: 1 SOL.
pub const MIN_EARNING: Lamports = Lamports(1_000_000_000);

/// How far, in either direction, calibration may take kappa from its prior.
const MAX_KAPPA_DRIFT: u64 = 16;
/// The most growth that calibrates kappa, in multiples of what was expected.
const MAX_GROWTH: u64 = 2;
/// Lamports times credits in one unit of a calibration weight.
const WEIGHT_UNIT: u64 = 1_000_000_000;
/// Lamports in one unit of measured stake.
const STAKE_UNIT: u64 = 1_000_000;

/// Net yield in one epoch: lamports earned by 10^12 lamports staked. At most [`YIELD_ONE`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Yield(pub u64);

/// Net yield of one credit in one epoch, in 10^-18. About 24 million at 6 % a year and 200 ms a slot, whatever the
/// length of an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Kappa(pub u64);

impl Kappa {
    /// The highest prior: 40,000 times mainnet's, for clusters whose epochs are short and rich.
    pub const MAX_PRIOR: Self = Self(1_000_000_000_000);

    const fn times(self, factor: u64) -> u64 {
        self.0.saturating_mul(factor)
    }
}

/// What inflation paid above a validator's model (below, if negative), smoothed, in parts per million of the model: from
/// -[`PPM`] to [`MAX_DEVIATION_PPM`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Deviation(pub i32);

impl Deviation {
    /// Moves a quarter of the way to what one more epoch realised, rounded toward the old value.
    ///
    /// An `expected` of zero teaches nothing: the model pays nothing either.
    #[inline]
    pub fn observe(self, realised: Yield, expected: Yield) -> Self {
        let parts = u64::from(PPM.unsigned_abs());
        let Ok(ratio) = mul_div(realised.0, parts, expected.0, Rounding::Floor) else { return self };
        let sample = i32::try_from(ratio).unwrap_or(i32::MAX).saturating_sub(PPM).min(MAX_DEVIATION_PPM);
        Self(step(self.0, sample, 4))
    }

    /// An epoch without evidence: a sixteenth of what was known is forgotten, rounded toward the old value.
    #[inline]
    pub const fn forget(self) -> Self {
        Self(step(self.0, 0, 16))
    }
}

/// What stake brings beside inflation (tips, shared block revenue, gifts), smoothed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Extra(pub Yield);

impl Extra {
    /// Moves a quarter of the way to what one more epoch `realised`, of which no more counts than
    /// [`MAX_EXTRA_PPM`] of the `gross` model. Rounded toward the old value.
    #[inline]
    pub fn observe(self, realised: Yield, gross: Yield) -> Self {
        self.toward(bounded_extra(realised, gross), 4)
    }

    /// An epoch without evidence: a sixteenth of the way to what the pool's stake brings on average.
    #[inline]
    pub fn forget(self, average: Yield) -> Self {
        self.toward(average, 16)
    }

    #[inline(always)]
    fn toward(self, to: Yield, part: u64) -> Self {
        let distance = |far: u64, near: u64| far.saturating_sub(near).checked_div(part).unwrap_or(0);
        let Yield(from) = self.0;
        Self(Yield(if to.0 > from {
            from.saturating_add(distance(to.0, from))
        } else {
            from.saturating_sub(distance(from, to.0))
        }))
    }
}

/// As much of `realised` as counts beside a `gross` model, rounded down.
#[inline]
fn bounded_extra(realised: Yield, gross: Yield) -> Yield {
    let parts = u64::from(PPM.unsigned_abs());
    let most = mul_div(gross.0, MAX_EXTRA_PPM, parts, Rounding::Floor).unwrap_or(0);
    Yield(realised.0.min(most))
}

/// From `from` toward `to` by a `part`-th of the distance, rounded toward `from`.
#[inline]
const fn step(from: i32, to: i32, part: i32) -> i32 {
    match to.saturating_sub(from).checked_div(part) {
        Some(distance) => from.saturating_add(distance),
        None => from,
    }
}

/// Credits left to the stakers after commission, rounded down.
#[inline]
pub fn net_credits(credits: u64, commission: Bps) -> u64 {
    commission.complement().of(credits, Rounding::Floor).unwrap_or(0)
}

/// `kappa * net_credits`, rounded down, at most [`YIELD_ONE`].
#[inline]
pub fn model(kappa: Kappa, net_credits: u64) -> Yield {
    let product = mul_div(kappa.0, net_credits, KAPPA_UNITS, Rounding::Floor).unwrap_or(YIELD_ONE);
    Yield(product.min(YIELD_ONE))
}

/// `growth / earning`, rounded down, between zero (for a loss) and [`YIELD_ONE`]; `None` where too little was staked to
/// measure.
#[inline]
pub fn realised(earning: Lamports, growth: i64) -> Option<Yield> {
    if earning < MIN_EARNING {
        return None;
    }
    let growth = u64::try_from(growth).unwrap_or(0);
    let yielded = mul_div(growth, YIELD_ONE, earning.0, Rounding::Floor).unwrap_or(YIELD_ONE);
    Some(Yield(yielded.min(YIELD_ONE)))
}

/// What `realised` on `earning` stake says of `whole` stake: what is above the `average` counts in that proportion,
/// rounded down, so that a gift to little stake does not buy a rank for much; what is below counts in full.
#[inline]
pub fn credible(realised: Yield, average: Yield, earning: Lamports, whole: Lamports) -> Yield {
    let above = realised.0.saturating_sub(average.0);
    let counts = mul_div(above, earning.0.min(whole.0), whole.0, Rounding::Floor).unwrap_or(above);
    Yield(realised.0.min(average.0).saturating_add(counts))
}

/// `model * (1 + deviation) + extra`, rounded down, at most [`YIELD_ONE`]; nothing where the model pays nothing.
#[inline]
pub fn expected(model: Yield, deviation: Deviation, extra: Extra) -> Yield {
    if model.0 == 0 {
        return Yield(0);
    }
    let parts = u64::from(PPM.unsigned_abs());
    let factor = u64::try_from(PPM.saturating_add(deviation.0)).unwrap_or(0);
    let inflation = mul_div(model.0, factor, parts, Rounding::Floor).unwrap_or(YIELD_ONE);
    Yield(inflation.saturating_add(extra.0.0).min(YIELD_ONE))
}

/// What one validator's stake brought in an epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The stake that could earn.
    pub earning: Lamports,
    /// What the chain paid into it; negative for a loss.
    pub inflation: i64,
    /// What came beside: tips, shared block revenue, gifts.
    pub extra: Lamports,
    /// Credits of the epoch, before and after commission.
    pub credits: u64,
    pub net_credits: u64,
}

/// Running sums over the pool's validators from which the cluster's numbers are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calibration {
    /// Lamports that inflation paid.
    pub growth: u64,
    /// Stake times net credits, in 10^9 lamport-credits.
    pub weight: u64,
    /// Lamports that came beside, and the stake they came to, in 10^6 lamports.
    pub extra: u64,
    pub stake: u64,
    /// Stake times credits before commission, in 10^9 lamport-credits.
    pub gross: u64,
}

impl Calibration {
    /// What one validator's epoch adds.
    ///
    /// Inflation counts up to twice what `kappa` expected, a loss as nothing, and what came beside as far as it counts
    /// in a score: no single validator moves a mean far. All are rounded down.
    #[inline]
    pub fn of(kappa: Kappa, evidence: &Evidence) -> Self {
        let Evidence { earning, inflation, extra, credits, net_credits } = *evidence;
        // The least of an amount and a yield of the stake. A product is cheaper than a division, and mostly enough.
        let at_most = |amount: u64, Yield(most): Yield| {
            let fits = u128::from(amount).wrapping_mul(YIELD_ONE.into())
                <= u128::from(most).wrapping_mul(earning.0.into());
            if fits { amount } else { mul_div(most, earning.0, YIELD_ONE, Rounding::Floor).unwrap_or(0) }
        };
        let most = model(kappa, net_credits).0.saturating_mul(MAX_GROWTH);
        let most_extra = bounded_extra(Yield(YIELD_ONE), model(kappa, credits));
        // Thousandths of a SOL first: the product of all SOL and all credits then fits 64 bits.
        let stake = earning.0 / STAKE_UNIT;
        let weight =
            |credits| mul_div(stake, credits, WEIGHT_UNIT / STAKE_UNIT, Rounding::Floor).unwrap_or(0);
        Self {
            growth: at_most(u64::try_from(inflation).unwrap_or(0), Yield(most)),
            weight: weight(net_credits),
            extra: at_most(extra.0, most_extra),
            stake,
            gross: weight(credits),
        }
    }

    /// Sums; saturating, which no supply of SOL reaches.
    #[inline]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            growth: self.growth.saturating_add(other.growth),
            weight: self.weight.saturating_add(other.weight),
            extra: self.extra.saturating_add(other.extra),
            stake: self.stake.saturating_add(other.stake),
            gross: self.gross.saturating_add(other.gross),
        }
    }

    /// An epoch on: what was known loses an eighth, rounded up.
    #[inline]
    pub const fn fade(self) -> Self {
        const fn fade(sum: u64) -> u64 {
            sum.saturating_sub(sum.div_ceil(8))
        }
        Self {
            growth: fade(self.growth),
            weight: fade(self.weight),
            extra: fade(self.extra),
            stake: fade(self.stake),
            gross: fade(self.gross),
        }
    }

    /// `growth / weight`, rounded down; `None` while nothing was measured.
    #[inline]
    fn measured(&self) -> Option<Kappa> {
        // growth / (weight * WEIGHT_UNIT) * 10^18 = growth * 10^9 / weight.
        let per_credit =
            mul_div(self.growth, WEIGHT_UNIT, self.weight.max(1), Rounding::Floor).unwrap_or(u64::MAX);
        (self.weight > 0).then_some(Kappa(per_credit))
    }

    /// What a credit earns, rounded down, within a factor of 16 of `prior`, and `prior` itself while nothing was
    /// measured.
    #[inline]
    pub fn kappa(&self, prior: Kappa) -> Kappa {
        let Some(measured) = self.measured() else { return prior };
        Kappa(measured.0.clamp(prior.0 / MAX_KAPPA_DRIFT, prior.times(MAX_KAPPA_DRIFT)))
    }

    /// What stake brings beside inflation on average, rounded down; zero while nothing was measured. The neutral prior
    /// for a validator without the pool's stake.
    #[inline]
    pub fn average_extra(&self) -> Yield {
        let per_stake = mul_div(self.extra, YIELD_ONE / STAKE_UNIT, self.stake.max(1), Rounding::Floor);
        Yield(per_stake.unwrap_or(YIELD_ONE).min(YIELD_ONE))
    }

    /// What the pool's stake earned in these sums, for protection to compare with: no prior, no bound, nothing where
    /// nothing was measured.
    #[inline]
    pub fn reference(&self) -> Reference {
        let credits =
            mul_div(self.gross, WEIGHT_UNIT / STAKE_UNIT, self.stake.max(1), Rounding::Floor).unwrap_or(0);
        Reference { kappa: self.measured().unwrap_or_default(), credits }
    }
}
