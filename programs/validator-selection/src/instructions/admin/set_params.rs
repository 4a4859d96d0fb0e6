//! `set_params`: the bounds of the selection change.

use anchor_lang::prelude::*;

use crate::errors::SelectionError;
use crate::events::ParamsSet;
use crate::state::{Config, Params};

/// Specification
/// - the admin signs
/// - every parameter is within its bounds
/// - takes effect at the next observation and allocation; an allocation that was made stays
#[derive(Accounts)]
pub struct SetParams {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(address = config.admin @ SelectionError::NotAdmin)]
    pub admin: Signer,
}

pub fn handler(ctx: &mut Context<SetParams>, params: Params) -> Result<()> {
    let config = &mut ctx.accounts.config;
    require!(params.are_valid(), SelectionError::InvalidParams);
    let before = config.params;
    config.params = params;
    emit!(ParamsSet { config: *config.address(), before, after: params });
    Ok(())
}
