//! A service makes itself known.

use anchor_lang::prelude::*;

use crate::constants::VERSION;
use crate::events::ServiceRegistered;
use crate::state::Service;

/// Specification:
/// - the service is the PDA of the signer and does not exist;
/// - the signer becomes its authority and pays its rent.
#[derive(Accounts)]
pub struct RegisterService {
    #[account(mut)]
    pub authority: Signer,
    #[account(init, payer = authority, seeds = [b"service", authority.address().as_ref()], bump)]
    pub service: Account<Service>,
    pub system_program: Program<System>,
}

pub(crate) fn handler(ctx: &mut Context<RegisterService>) -> Result<()> {
    let authority = *ctx.accounts.authority.address();
    let bump = ctx.bumps.service;
    let service = &mut ctx.accounts.service;
    service.base = authority;
    service.authority = authority;
    service.bump = bump;
    service.version = VERSION;
    emit!(ServiceRegistered { service: *service.address(), authority });
    Ok(())
}
