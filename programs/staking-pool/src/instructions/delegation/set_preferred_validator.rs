//! `set_preferred_validator`: where stake should rather be withdrawn from.

use anchor_lang::prelude::*;

use crate::errors::PoolError;
use crate::events::PreferredValidatorSet;
use crate::sol;
use crate::state::{Pool, ValidatorList};

/// Specification
/// - the pool's delegation authority signs
/// - `vote` is the validator at `index`, or the zero address to prefer nobody
/// - a hint to clients, by which withdrawals save a rebalance. Nobody is bound by it, so neither its removal nor its lack of
///   stake stops anything; a preferred validator that leaves the list is preferred no longer
#[derive(Accounts)]
pub struct SetPreferredValidator {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.delegation_authority @ PoolError::NotDelegationAuthority)]
    pub delegation_authority: Signer,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<SetPreferredValidator>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let pool = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let after = if vote == Address::default() {
        vote
    } else {
        sol::record_of(&mut accounts.validator_list, index, &vote)?.vote
    };
    let before = accounts.pool.preferred_validator;
    accounts.pool.preferred_validator = after;
    emit!(PreferredValidatorSet { pool, before, after });
    Ok(())
}
