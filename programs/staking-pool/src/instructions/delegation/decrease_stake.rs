//! `decrease_stake`: stake of a validator starts to cool down.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_chain_views::stake::{STAKE_ACCOUNT_SIZE, StakeView};

use crate::constants::*;
use crate::errors::{OrPoolError, PoolError};
use crate::events::StakeDecreased;
use crate::state::{Pool, Reserve, ValidatorList, stake_state};
use crate::{invoke, sol};

/// Specification
/// - the pool's delegation authority signs; the pool is of this epoch
/// - `index` is the validator's place in the list; nothing of it is cooling down yet
/// - `lamports` equal to the whole delegation deactivates the canonical account in place
/// - otherwise `lamports` and what stays are each at least the minimum delegation, and the split-off part is
///   deactivated; its rent comes from the reserve, if need be from what tickets are
///   owed, because it is for tickets that stake must come home; it returns when the part is collected
/// - a validator whose canonical account is gone gives up its activating account, whole
/// - the pool's total does not change; the update of the next epoch, or a later one, collects
#[derive(Accounts)]
pub struct DecreaseStake {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.delegation_authority @ PoolError::NotDelegationAuthority)]
    pub delegation_authority: Signer,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub stake: UncheckedAccount,
    #[account(mut)]
    pub deactivating: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    pub system_program: Program<System>,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<DecreaseStake>, index: u32, lamports: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    sol::require_fresh(&accounts.pool, &Clock::get()?)?;
    require!(lamports > 0, PoolError::ZeroAmount);

    let pool_address = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let minimum = accounts.pool.min_delegation;
    let record = sol::record_of(&mut accounts.validator_list, index, &vote)?;
    let from_activating = record.stake_state == stake_state::NONE && record.activating > 0;
    require!(from_activating || record.stake_state == stake_state::DELEGATED, PoolError::StakeNotUsable);
    require!(record.deactivating == 0, PoolError::TransientExists);
    let (seed, stake_bump, stake_before) = if from_activating {
        (ACTIVATING_SEED, record.activating_bump, record.activating)
    } else {
        (STAKE_SEED, record.stake_bump, record.stake)
    };
    sol::require_stake_account(accounts.stake.account(), seed, &pool_address, &vote, stake_bump)?;
    sol::require_stake_account(
        accounts.deactivating.account(),
        DEACTIVATING_SEED,
        &pool_address,
        &vote,
        record.deactivating_bump,
    )?;
    {
        // A third party may have deactivated it since the update (`DeactivateDelinquent`): nothing is left to decrease.
        let data = accounts.stake.try_borrow()?;
        let view = StakeView::parse(&data).map_err(|_| PoolError::StakeNotUsable)?;
        require!(view.deactivation_epoch() == u64::MAX, PoolError::StakeNotUsable);
    }
    let stake_after = stake_before.checked_sub(lamports).ok_or(PoolError::StakeNotUsable)?;
    require!(
        stake_after == 0 || (!from_activating && lamports >= minimum && stake_after >= minimum),
        PoolError::BelowMinimumDelegation
    );

    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    let (pool, stake, split) =
        (accounts.pool.account(), accounts.stake.account(), accounts.deactivating.account());
    let clock = accounts.clock.account();
    let rent = if stake_after == 0 {
        invoke::stake_deactivate(stake, clock, pool, CpiSigner::from(&seeds));
        if !from_activating {
            record.stake_state = stake_state::DEACTIVATING;
        }
        0
    } else {
        let chain_rent = Rent::get()?;
        let rent = chain_rent.try_minimum_balance(STAKE_ACCOUNT_SIZE)?;
        require!(
            rent <= sol::reserve_lamports(&accounts.reserve, &chain_rent)?,
            PoolError::ReserveInsufficient
        );
        sol::pay_from_reserve(&accounts.reserve, split, rent)?;
        let split_bump = [record.deactivating_bump];
        let split_seeds = [
            Seed::from(DEACTIVATING_SEED),
            Seed::from(pool_address.as_ref()),
            Seed::from(vote.as_ref()),
            Seed::from(&split_bump),
        ];
        let space = u64::try_from(STAKE_ACCOUNT_SIZE).ok().or_pool_error()?;
        invoke::create_stake_account(
            split,
            accounts.reserve.account(),
            space,
            &CpiSigner::from(&split_seeds),
        );
        invoke::stake_split(stake, split, pool, lamports, CpiSigner::from(&seeds));
        invoke::stake_deactivate(split, clock, pool, CpiSigner::from(&seeds));
        record.stake = stake_after;
        record.deactivating = lamports;
        rent
    };
    accounts.pool.pay_stake_rent(rent).or_pool_error()?;

    emit!(StakeDecreased {
        pool: pool_address,
        vote,
        lamports,
        rent,
        stake_before,
        stake_after,
        reserve_after: accounts.reserve.account().lamports(),
    });
    Ok(())
}
