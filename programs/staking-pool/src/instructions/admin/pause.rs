//! `pause`: deposits and instant exits stop for a while.

use anchor_lang::prelude::*;

use crate::constants::{PAUSE_EPOCHS, PAUSE_REST_EPOCHS};
use crate::errors::{OrPoolError, PoolError};
use crate::events::Paused;
use crate::state::Pool;

/// Specification
/// - the pool's pauser or admin signs
/// - deposits, instant exits and additions of liquidity are refused until the epoch after the next begins; nothing else is:
///   tickets are ordered, claimed and cancelled, stake and liquidity withdrawn, and the cranks turn
/// - a pause ends by itself, and the pauser may pause again only two epochs later; the admin may at any time
#[derive(Accounts)]
pub struct Pause {
    #[account(mut)]
    pub pool: Account<Pool>,
    pub authority: Signer,
}

pub fn handler(ctx: &mut Context<Pause>) -> Result<()> {
    let epoch = Clock::get()?.epoch;
    let by = *ctx.accounts.authority.address();
    let pool = &mut ctx.accounts.pool;
    require!(by == pool.pauser || by == pool.admin, PoolError::NotPauser);
    require!(by == pool.admin || epoch >= pool.pausable_from_epoch, PoolError::PauseTooSoon);
    let until_epoch = epoch.checked_add(PAUSE_EPOCHS).or_pool_error()?;
    pool.paused_until_epoch = until_epoch;
    pool.pausable_from_epoch = until_epoch.checked_add(PAUSE_REST_EPOCHS).or_pool_error()?;
    emit!(Paused { pool: *pool.address(), by, until_epoch });
    Ok(())
}
