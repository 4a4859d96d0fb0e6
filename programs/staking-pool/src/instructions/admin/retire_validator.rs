//! `retire_validator`: the admin ends a validator, whatever the delegation authority says.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_chain_views::stake::{StakeKind, StakeView};

use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::ValidatorRetired;
use crate::state::{Pool, ValidatorList, stake_state};
use crate::{invoke, sol};

/// Specification
/// - the pool's admin signs; `index` is the validator's place in the list
/// - nothing more is delegated to the validator, from now on
/// - its canonical account, and its activating one, start to cool down whole; what was cooling down goes on. The
///   epoch's cap does not hold, and the pool need not be of this epoch
/// - when an update has collected everything, the admin, and nobody else, may remove it from the list
/// - not while the chain pays rewards, when no stake can be moved
#[derive(Accounts)]
pub struct RetireValidator {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ PoolError::NotAdmin)]
    pub admin: Signer,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub stake: UncheckedAccount,
    #[account(mut)]
    pub activating: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<RetireValidator>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(!sol::epoch_rewards_active()?, PoolError::EpochRewardsActive);
    let pool_address = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let record = sol::record_of(&mut accounts.validator_list, index, &vote)?;
    let (stake, activating) = (accounts.stake.account(), accounts.activating.account());
    sol::require_stake_account(stake, STAKE_SEED, &pool_address, &vote, record.stake_bump)?;
    sol::require_stake_account(activating, ACTIVATING_SEED, &pool_address, &vote, record.activating_bump)?;

    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    let (pool, clock) = (accounts.pool.account(), accounts.clock.account());
    let mut lamports = 0u64;
    if record.stake_state == stake_state::DELEGATED && is_delegated(stake)? {
        invoke::stake_deactivate(stake, clock, pool, CpiSigner::from(&seeds));
        record.stake_state = stake_state::DEACTIVATING;
        lamports = record.stake;
    }
    if record.activating > 0 && is_delegated(activating)? {
        invoke::stake_deactivate(activating, clock, pool, CpiSigner::from(&seeds));
        lamports = lamports.checked_add(record.activating).or_pool_error()?;
    }
    record.retired = 1;
    let was_counted = record.updated_epoch == Clock::get()?.epoch;
    let pool = &mut accounts.pool;
    pool.leaving_lamports = pool.leaving_lamports.checked_add(lamports).or_pool_error()?;
    if was_counted {
        // The end of this epoch's update, which may be yet to come, adds up what its batches found leaving.
        pool.update_deactivating = pool.update_deactivating.checked_add(lamports).or_pool_error()?;
    }
    emit!(ValidatorRetired { pool: pool_address, vote, lamports });
    Ok(())
}

/// Whether there is a delegation that nobody has deactivated yet. A third party may have, or a restart undelegated it: then
/// the next update collects it anyway.
fn is_delegated(account: &AccountView) -> Result<bool> {
    let data = account.try_borrow()?;
    let delegated = StakeView::parse(&data)
        .is_ok_and(|view| view.kind() == StakeKind::Delegated && view.deactivation_epoch() == u64::MAX);
    Ok(account.owned_by(&STAKE_PROGRAM) && delegated)
}
