//! Protection: what a validator's bond owes the pool when its stake brought less than the cluster's would have.

use sluice_money::{Bps, Lamports, Rounding, mul_div};

use crate::credits::{WINDOW, WINDOW_EPOCHS};
use crate::{Kappa, YIELD_ONE, Yield, commission_at, model, net_credits};

/// Epochs for which a rise of commission is paid: the pool needs as long to take its stake away.
const RISE_EPOCHS: u64 = 2;
/// Epochs between setting a commission and the rewards it is charged on (SIMD-0249).
const CHARGED_AFTER: u64 = 2;

/// What the pool's stake brought in the epoch before, over all its validators.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// What a credit earned before commission, zero where nothing could be measured.
    pub kappa: Kappa,
    /// Credits of a validator, the mean weighted by the pool's stake.
    pub credits: u64,
}

/// What one validator's stake brought in that epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Performance {
    /// Inflation, tips and all.
    pub realised: Yield,
    /// Credits earned.
    pub credits: u64,
    /// Commission in force for that epoch's rewards.
    pub commission: Bps,
}

/// How far `performance` falls short of what the reference would have paid at the same commission, less the `grace`.
/// Rounded down.
#[inline]
pub fn shortfall(reference: &Reference, grace: Bps, performance: &Performance) -> Yield {
    let credits = net_credits(reference.credits, grace);
    let promised = model(reference.kappa, net_credits(credits, performance.commission));
    Yield(promised.0.saturating_sub(performance.realised.0))
}

/// By how much the commission charged on the rewards paid in `epoch` was above the highest of the epochs in which the
/// stake was given, of which the ring remembers four. A rise is found in the two epochs the pool needs to leave.
#[inline]
pub fn commission_rise(ring: &[u16; WINDOW], epoch: u64) -> Bps {
    let charged = commission_at(ring, epoch.wrapping_sub(CHARGED_AFTER));
    let newest = CHARGED_AFTER.saturating_add(RISE_EPOCHS);
    let promised = (newest..WINDOW_EPOCHS)
        .map(|age| commission_at(ring, epoch.wrapping_sub(age)))
        .fold(Bps::ZERO, |worst, seen| worst.max(seen));
    Bps::saturating(charged.get().saturating_sub(promised.get()))
}

/// What a rise of commission took of the stake's yield, rounded down.
#[inline]
pub fn rise_loss(reference: &Reference, credits: u64, rise: Bps) -> Yield {
    model(reference.kappa, rise.of(credits, Rounding::Floor).unwrap_or(0))
}

/// `rate` on the stake that earned, rounded up.
#[inline]
pub fn due(rate: Yield, earning: Lamports) -> Lamports {
    Lamports(mul_div(rate.0, earning.0, YIELD_ONE, Rounding::Ceil).unwrap_or(u64::MAX))
}
