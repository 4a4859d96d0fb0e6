//! `set_roles`: who may do what beside the admin.

use anchor_lang::prelude::*;

use crate::errors::PoolError;
use crate::events::RolesSet;
use crate::state::Pool;

/// The keys the admin gives a role. Each may be a multisig.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct Roles {
    /// May set fees, within caps and steps.
    pub fee_authority: Address,
    /// May stop deposits and instant exits for a while.
    pub pauser: Address,
    /// Signs every deposit beside the depositor; zero: anyone may deposit.
    pub deposit_authority: Address,
}

/// Specification
/// - the pool's admin signs
/// - all three are replaced, at once; no role can touch an exit that waits, or a ticket
#[derive(Accounts)]
pub struct SetRoles {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ PoolError::NotAdmin)]
    pub admin: Signer,
}

pub fn handler(ctx: &mut Context<SetRoles>, roles: Roles) -> Result<()> {
    let pool = &mut ctx.accounts.pool;
    let Roles { fee_authority, pauser, deposit_authority } = roles;
    pool.fee_authority = fee_authority;
    pool.pauser = pauser;
    pool.deposit_authority = deposit_authority;
    emit!(RolesSet { pool: *pool.address(), fee_authority, pauser, deposit_authority });
    Ok(())
}
