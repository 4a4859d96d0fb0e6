//! `resume`: a pause ends early.

use anchor_lang::prelude::*;

use super::pause::Pause;
use crate::errors::PoolError;
use crate::events::Resumed;

/// Specification
/// - the pool's pauser or admin signs
/// - deposits and instant exits go on at once; the pauser's rest is not shortened
pub fn handler(ctx: &mut Context<Pause>) -> Result<()> {
    let by = *ctx.accounts.authority.address();
    let pool = &mut ctx.accounts.pool;
    require!(by == pool.pauser || by == pool.admin, PoolError::NotPauser);
    pool.paused_until_epoch = 0;
    emit!(Resumed { pool: *pool.address(), by });
    Ok(())
}
