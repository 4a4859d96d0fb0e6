//! `set_delegation_authority`: another key will decide who is delegated to.

use anchor_lang::prelude::*;

use crate::constants::NOTICE_EPOCHS;
use crate::errors::{OrPoolError, PoolError};
use crate::events::DelegationAuthorityScheduled;
use crate::state::Pool;

/// Specification
/// - the pool's admin signs
/// - the new authority, any key, decides after the first update that is at least two epoch boundaries ahead: holders
///   who do not trust it have left by then
/// - a second change replaces the first and waits as long; naming the present authority takes a change back
#[derive(Accounts)]
pub struct SetDelegationAuthority {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ PoolError::NotAdmin)]
    pub admin: Signer,
    pub delegation_authority: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<SetDelegationAuthority>) -> Result<()> {
    let epoch = Clock::get()?.epoch.checked_add(NOTICE_EPOCHS).or_pool_error()?;
    let accounts = &mut ctx.accounts;
    let next = *accounts.delegation_authority.address();
    let pool = &mut accounts.pool;
    pool.next_delegation_authority = next;
    pool.delegation_authority_epoch = epoch;
    emit!(DelegationAuthorityScheduled {
        pool: *pool.address(),
        now: pool.delegation_authority,
        next,
        epoch,
    });
    Ok(())
}
