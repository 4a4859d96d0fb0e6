//! `update_validators`: reads what a batch of validators holds, merges what has activated, collects what has cooled down.

use anchor_lang::prelude::*;
use sluice_chain_views::stake::STAKE_ACCOUNT_SIZE;

use super::batch::Batch;
use crate::constants::{CLOCK_SYSVAR, STAKE_HISTORY_SYSVAR, STAKE_PROGRAM};
use crate::errors::{OrPoolError, PoolError};
use crate::events::ValidatorsUpdated;
use crate::invoke::{self, StakeSysvars};
use crate::sol;
use crate::state::{Pool, Reserve, ValidatorList};

/// Specification
/// - anyone may send it, in any order, any number of times: a record is counted once an epoch
/// - not while the chain still pays the epoch's rewards, when balances are not final
/// - `start` and `count` name records of the list; for each, in order, the remaining accounts are those of its
///   stake accounts that the record says exist: canonical, activating, deactivating
/// - counts delegations, not lamports; what lies above delegation and rent is swept once it reaches the threshold
/// - says of each record how much of its growth lay above delegations and rent: no inflation, whoever sent it
/// - merges an activated transient into the canonical account; collects what has cooled down, by us or by a third
///   party, and what a restart of the cluster left undelegated
/// - an account the stake program no longer holds for the pool counts as lost and never stops the update
#[derive(Accounts)]
pub struct UpdateValidators {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = STAKE_HISTORY_SYSVAR @ PoolError::WrongProgramAccount)]
    pub stake_history: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<UpdateValidators>, start: u32, count: u8) -> Result<()> {
    let remaining = ctx.remaining_accounts()?;
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    require!(!sol::epoch_rewards_active()?, PoolError::EpochRewardsActive);

    let first = usize::try_from(start).map_err(|_| PoolError::WrongValidatorIndex)?;
    let end = first.checked_add(usize::from(count)).or_pool_error()?;
    if accounts.pool.update_epoch != clock.epoch {
        // First batch of this epoch: also refresh the one chain parameter the pool relies on.
        let minimum = invoke::stake_minimum_delegation().ok_or(PoolError::UnexpectedChainState)?;
        let pool = &mut accounts.pool;
        pool.update_epoch = clock.epoch;
        pool.update_count = 0;
        pool.update_lamports = 0;
        pool.update_rent = 0;
        pool.update_growth = 0;
        pool.update_earning = 0;
        pool.update_deactivating = 0;
        pool.min_delegation = minimum;
    }

    let mut batch = Batch {
        pool_address: *accounts.pool.address(),
        mint: accounts.pool.lst_mint,
        bump: [accounts.pool.bump],
        sweep_threshold: accounts.pool.sweep_threshold,
        epoch: clock.epoch,
        pool: accounts.pool.account(),
        reserve: accounts.reserve.account(),
        sysvars: StakeSysvars { clock: accounts.clock.account(), history: accounts.stake_history.account() },
        accounts: remaining.iter(),
        rent_at_most: Rent::get()?
            .try_minimum_balance(STAKE_ACCOUNT_SIZE)?
            .max(accounts.pool.stake_account_rent),
        rent_held: 0,
        rent_returned: 0,
        collected: 0,
        extra: 0,
    };
    let records = accounts.validator_list.as_mut_slice();
    let records = records.get_mut(first..end).ok_or(PoolError::WrongValidatorIndex)?;
    let (mut updated, mut held_before, mut held_after) = (0u64, 0u64, 0u64);
    let (mut growth, mut earning, mut leaving) = (0i64, 0u64, 0u64);
    let mut held = Vec::with_capacity(records.len());
    for record in records {
        if record.updated_epoch == clock.epoch {
            batch.skip(record);
            held.push(record.held());
            continue;
        }
        let before = record.held();
        batch.update(record)?;
        held_before = held_before.checked_add(before).or_pool_error()?;
        held_after = held_after.checked_add(record.held()).or_pool_error()?;
        // One validator's loss must not hide what the others earned: this is what leaving stake is charged by.
        growth = growth.saturating_add(record.growth.max(0));
        earning = earning.saturating_add(record.earning);
        leaving = leaving.saturating_add(record.leaving());
        held.push(record.held());
        updated = updated.checked_add(1).or_pool_error()?;
    }
    require!(batch.is_used_up(), PoolError::WrongStakeAccount);

    let rent_held = batch.rent_held;
    let pool = &mut accounts.pool;
    pool.update_rent = pool.update_rent.checked_add(rent_held).or_pool_error()?;
    pool.update_lamports = pool.update_lamports.checked_add(held_after).or_pool_error()?;
    pool.update_growth = pool.update_growth.saturating_add(growth);
    pool.update_earning = pool.update_earning.saturating_add(earning);
    pool.update_deactivating = pool.update_deactivating.saturating_add(leaving);
    pool.update_count = pool.update_count.checked_add(updated).or_pool_error()?;
    emit!(ValidatorsUpdated {
        pool: *pool.address(),
        epoch: clock.epoch,
        start: u64::from(start),
        updated,
        held_before,
        held_after,
        reserve_after: accounts.reserve.account().lamports(),
        held,
    });
    Ok(())
}
