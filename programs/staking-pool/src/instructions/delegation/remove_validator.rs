//! `remove_validator`: a validator leaves the pool.

use anchor_lang::prelude::*;

use crate::errors::PoolError;
use crate::events::ValidatorRemoved;
use crate::sol;
use crate::state::{Pool, ValidatorList, stake_state};

/// Specification
/// - the pool's delegation authority signs; for a validator that was retired its admin does, and nobody else, because one
///   that is listed anew is delegated to again. The pool is of this epoch
/// - `index` is the validator's place in the list
/// - the pool holds nothing with it: no stake account, no transition
/// - the last record takes its place; it is preferred no longer
#[derive(Accounts)]
pub struct RemoveValidator {
    #[account(mut)]
    pub pool: Account<Pool>,
    pub authority: Signer,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<RemoveValidator>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    sol::require_fresh(&accounts.pool, &Clock::get()?)?;
    let vote = *accounts.vote.address();
    let by = *accounts.authority.address();
    let record = sol::record_of(&mut accounts.validator_list, index, &vote)?;
    if record.retired == 0 {
        require!(by == accounts.pool.delegation_authority, PoolError::NotDelegationAuthority);
    } else {
        require!(by == accounts.pool.admin, PoolError::NotAdmin);
    }
    require!(record.held() == 0 && record.stake_state == stake_state::NONE, PoolError::ValidatorHoldsStake);

    let place = usize::try_from(index).map_err(|_| PoolError::WrongValidatorIndex)?;
    let list = &mut accounts.validator_list;
    let last = list.pop().ok_or(PoolError::WrongValidatorIndex)?;
    // `None`: the removed record was the last one.
    if let Some(hole) = list.get_mut(place) {
        *hole = last;
    }
    if accounts.pool.preferred_validator == vote {
        accounts.pool.preferred_validator = Address::default();
    }
    emit!(ValidatorRemoved { pool: *accounts.pool.address(), vote, index: u64::from(index) });
    Ok(())
}
