//! `set_delegation_authority`: another key decides who is delegated to.

use anchor_lang::prelude::*;

use crate::errors::PoolError;
use crate::events::DelegationAuthoritySet;
use crate::state::Pool;

/// Specification
/// - the pool's admin signs
/// - the new authority is any key; it takes effect at once and can move stake between validators, never out of the pool
#[derive(Accounts)]
pub struct SetDelegationAuthority {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ PoolError::NotAdmin)]
    pub admin: Signer,
    pub delegation_authority: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<SetDelegationAuthority>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let before = accounts.pool.delegation_authority;
    let after = *accounts.delegation_authority.address();
    accounts.pool.delegation_authority = after;
    emit!(DelegationAuthoritySet { pool: *accounts.pool.address(), before, after });
    Ok(())
}
