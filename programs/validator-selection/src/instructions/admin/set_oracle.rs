//! `set_oracle`: who groups validators.

use anchor_lang::prelude::*;

use crate::errors::SelectionError;
use crate::events::OracleSet;
use crate::state::Config;

/// Specification
/// - the admin signs
/// - the key may group validators from now on, the one before no more; the groups stay as they are
/// - the zero address: nobody may
#[derive(Accounts)]
pub struct SetOracle {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(address = config.admin @ SelectionError::NotAdmin)]
    pub admin: Signer,
    pub oracle: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<SetOracle>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let before = accounts.config.oracle;
    let after = *accounts.oracle.address();
    accounts.config.oracle = after;
    emit!(OracleSet { config: *accounts.config.address(), before, after });
    Ok(())
}
