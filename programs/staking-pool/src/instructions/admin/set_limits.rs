//! `set_limits`: how much may come in, and how much stake may move.

use anchor_lang::prelude::*;
use sluice_money::BPS_DENOMINATOR;

use crate::errors::PoolError;
use crate::events::LimitsSet;
use crate::state::Pool;

/// Limits on deposits and on the movement of stake. None of them stops an exit.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct Limits {
    /// Smallest deposit, in lamports.
    pub min_deposit: u64,
    /// The most that the pool's total may be after a deposit, in lamports.
    pub tvl_cap: u64,
    /// Stray lamports on a stake account that make an update sweep them, in lamports.
    pub sweep_threshold: u64,
    /// Reserve and liquidity at and above which an instant exit costs the least, in lamports.
    pub liquidity_target: u64,
    /// Share of the total whose cool-down may be started in an epoch, other than for tickets; one whole: no cap.
    pub movement_cap_bps: u16,
}

impl Limits {
    /// Writes the limits into the pool. Errors: `ShareAboveOne`.
    pub fn apply(&self, pool: &mut Pool) -> Result<()> {
        require!(self.movement_cap_bps <= BPS_DENOMINATOR, PoolError::ShareAboveOne);
        pool.min_deposit = self.min_deposit;
        pool.tvl_cap = self.tvl_cap;
        pool.sweep_threshold = self.sweep_threshold;
        pool.liquidity_target = self.liquidity_target;
        pool.movement_cap_bps = self.movement_cap_bps;
        Ok(())
    }
}

/// Specification
/// - the pool's admin signs
/// - all limits are replaced, at once; a share is at most one whole
/// - a target of liquidity moves the price of instant exits only between the two bounds that the fees set
#[derive(Accounts)]
pub struct SetLimits {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ PoolError::NotAdmin)]
    pub admin: Signer,
}

pub fn handler(ctx: &mut Context<SetLimits>, limits: Limits) -> Result<()> {
    let pool = &mut ctx.accounts.pool;
    limits.apply(pool)?;
    emit!(LimitsSet {
        pool: *pool.address(),
        min_deposit: limits.min_deposit,
        tvl_cap: limits.tvl_cap,
        sweep_threshold: limits.sweep_threshold,
        liquidity_target: limits.liquidity_target,
        movement_cap_bps: u64::from(limits.movement_cap_bps),
    });
    Ok(())
}
