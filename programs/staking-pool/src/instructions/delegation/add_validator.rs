//! `add_validator`: a vote account joins the pool, without stake.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::ValidatorAdded;
use crate::sol;
use crate::state::{Pool, ValidatorList, ValidatorRecord, stake_state};

/// Specification
/// - the pool's delegation authority signs; the pool is of this epoch
/// - the account is owned by the vote program and not in the list yet
/// - appended to the list, which has room. Costs grow with the list here, once per validator, and nowhere else:
///   a record listed twice would count its stake twice
#[derive(Accounts)]
pub struct AddValidator {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.delegation_authority @ PoolError::NotDelegationAuthority)]
    pub delegation_authority: Signer,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    #[account(owner = VOTE_PROGRAM @ PoolError::NotAVoteAccount)]
    pub vote: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<AddValidator>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    sol::require_fresh(&accounts.pool, &clock)?;
    let pool = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let list = &mut accounts.validator_list;
    require!(!list.is_full(), PoolError::ValidatorListFull);
    require!(
        list.as_slice().iter().all(|record| !address_eq(&record.vote, &vote)),
        PoolError::ValidatorExists
    );

    let index = list.len();
    let bump = |seed: &[u8]| find_program_address(&[seed, pool.as_ref(), vote.as_ref()], &crate::ID).1;
    list.try_push(ValidatorRecord {
        vote,
        stake: 0,
        activating: 0,
        deactivating: 0,
        updated_epoch: clock.epoch,
        earning: 0,
        growth: 0,
        stake_bump: bump(STAKE_SEED),
        activating_bump: bump(ACTIVATING_SEED),
        deactivating_bump: bump(DEACTIVATING_SEED),
        stake_state: stake_state::NONE,
        growth_epochs: 0,
        retired: 0,
        _padding: 0,
        extra: 0,
    })?;
    emit!(ValidatorAdded { pool, vote, index: u64::try_from(index).ok().or_pool_error()? });
    Ok(())
}
