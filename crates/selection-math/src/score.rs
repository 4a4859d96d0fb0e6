//! The score: expected net yield, calibrated on what the pool itself realised.

use sluice_money::{Bps, Lamports, Rounding, mul_div};

/// A yield of 100 % per epoch, in units of [`Yield`].
pub const YIELD_ONE: u64 = 1_000_000_000_000;
/// Units of [`Kappa`] in one unit of [`Yield`].
pub const KAPPA_UNITS: u64 = 1_000_000;
/// One whole, in parts per million.
pub const PPM: i32 = 1_000_000;
/// The most a realised surplus may add to a score: 20 % of the model, about what tips add to inflation.
pub const MAX_SURPLUS_PPM: i32 = 200_000;
/// Less stake than this, in lamports, measures noise: 1 SOL.
pub const MIN_EARNING: Lamports = Lamports(1_000_000_000);

/// How far, in either direction, calibration may take kappa from its prior.
const MAX_KAPPA_DRIFT: u64 = 16;
/// The most growth that calibrates kappa, in multiples of what was expected.
const MAX_GROWTH: u64 = 2;
/// Lamports times credits in one unit of a calibration weight.
const WEIGHT_UNIT: u64 = 1_000_000_000;

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

/// What a validator realised above its model (below, if negative), smoothed, in parts per million of the model:
/// from -[`PPM`] to [`MAX_SURPLUS_PPM`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(transparent)]
pub struct Surplus(pub i32);

impl Surplus {
    /// Moves a quarter of the way to what one more epoch realised, rounded toward the old value.
    ///
    /// An `expected` of zero teaches nothing: the model pays nothing either.
    #[inline]
    pub fn observe(self, realised: Yield, expected: Yield) -> Self {
        let parts = u64::from(PPM.unsigned_abs());
        let Ok(ratio) = mul_div(realised.0, parts, expected.0, Rounding::Floor) else { return self };
        let sample = i32::try_from(ratio).unwrap_or(i32::MAX).saturating_sub(PPM).min(MAX_SURPLUS_PPM);
        Self(step(self.0, sample, 4))
    }

    /// An epoch without evidence: a sixteenth of what was known is forgotten, rounded toward the old value.
    #[inline]
    pub const fn forget(self) -> Self {
        Self(step(self.0, 0, 16))
    }
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

/// `model * (1 + surplus)`, rounded down, at most [`YIELD_ONE`].
#[inline]
pub fn score(model: Yield, surplus: Surplus) -> Yield {
    let parts = u64::from(PPM.unsigned_abs());
    let factor = u64::try_from(PPM.saturating_add(surplus.0)).unwrap_or(0);
    let scored = mul_div(model.0, factor, parts, Rounding::Floor).unwrap_or(YIELD_ONE);
    Yield(scored.min(YIELD_ONE))
}

/// Running sums over the pool's validators from which kappa is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calibration {
    /// Lamports the stake brought.
    pub growth: u64,
    /// Stake times net credits, in 10^9 lamport-credits.
    pub weight: u64,
}

impl Calibration {
    /// What one validator's epoch adds: `earning` lamports earned `net_credits` each and brought `growth`, a yield of
    /// `realised`.
    ///
    /// Growth counts up to twice what `kappa` expected, and a loss as nothing, so no single validator moves kappa far;
    /// growth and weight are rounded down.
    #[inline]
    pub fn of(kappa: Kappa, earning: Lamports, growth: i64, realised: Yield, net_credits: u64) -> Self {
        let most = Yield(model(kappa, net_credits).0.saturating_mul(MAX_GROWTH));
        let growth = if realised > most {
            mul_div(most.0, earning.0, YIELD_ONE, Rounding::Floor).unwrap_or(0)
        } else {
            u64::try_from(growth).unwrap_or(0)
        };
        // Thousandths of a SOL first: the product of all SOL and all credits then fits 64 bits.
        let stake = earning.0 / 1_000_000;
        let weight = mul_div(stake, net_credits, WEIGHT_UNIT / 1_000_000, Rounding::Floor).unwrap_or(0);
        Self { growth, weight }
    }

    /// Sums; saturating, which no supply of SOL reaches.
    #[inline]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            growth: self.growth.saturating_add(other.growth),
            weight: self.weight.saturating_add(other.weight),
        }
    }

    /// An epoch on: what was known loses an eighth, rounded up.
    #[inline]
    pub const fn fade(self) -> Self {
        const fn fade(sum: u64) -> u64 {
            sum.saturating_sub(sum.div_ceil(8))
        }
        Self { growth: fade(self.growth), weight: fade(self.weight) }
    }

    /// `growth / weight`, rounded down, within a factor of 16 of `prior`, and `prior` itself while nothing was
    /// measured.
    #[inline]
    pub fn kappa(&self, prior: Kappa) -> Kappa {
        if self.weight == 0 {
            return prior;
        }
        // growth / (weight * WEIGHT_UNIT) * 10^18 = growth * 10^9 / weight.
        let measured = mul_div(self.growth, 1_000_000_000, self.weight, Rounding::Floor).unwrap_or(u64::MAX);
        Kappa(measured.clamp(prior.0 / MAX_KAPPA_DRIFT, prior.times(MAX_KAPPA_DRIFT)))
    }
}
