//! An operator makes itself known.

use anchor_lang::prelude::*;

use crate::constants::VERSION;
use crate::events::OperatorRegistered;
use crate::state::Operator;

/// Specification:
/// - the operator is the PDA of the signer and does not exist;
/// - the signer becomes its authority and pays its rent.
#[derive(Accounts)]
pub struct RegisterOperator {
    #[account(mut)]
    pub authority: Signer,
    #[account(init, payer = authority, seeds = [b"operator", authority.address().as_ref()], bump)]
    pub operator: Account<Operator>,
    pub system_program: Program<System>,
}

pub(crate) fn handler(ctx: &mut Context<RegisterOperator>) -> Result<()> {
    let authority = *ctx.accounts.authority.address();
    let bump = ctx.bumps.operator;
    let operator = &mut ctx.accounts.operator;
    operator.base = authority;
    operator.authority = authority;
    operator.bump = bump;
    operator.version = VERSION;
    emit!(OperatorRegistered { operator: *operator.address(), authority });
    Ok(())
}
