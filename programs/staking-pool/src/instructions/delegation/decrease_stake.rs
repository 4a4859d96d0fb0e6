//! `decrease_stake`: stake of a validator starts to cool down.

use anchor_lang::address_eq;
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
/// - what tickets lack beside the reserve and what is cooling down, or the least that can be moved if that is more, is
///   moved for tickets; any key may sign for it when they have lacked something since the update of two epochs ago, and
///   it is at least half of that, or of what the validator can give: nobody uses up the epoch's one decrease on a crumb
/// - where the reserve cannot pay a split's rent, or only an activating account is left, the least is a whole account
/// - what is moved in an epoch for other reasons is at most its cap
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
    pub authority: Signer,
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
    let now = Clock::get()?;
    sol::require_fresh(&accounts.pool, &now)?;
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

    let chain_rent = Rent::get()?;
    let split_rent = chain_rent.try_minimum_balance(STAKE_ACCOUNT_SIZE)?;
    let reserve = sol::reserve_lamports(&accounts.pool, &accounts.reserve, &chain_rent)?;
    let can_split = split_rent <= reserve;
    let lack = accounts.pool.tickets_lack(reserve);
    // The least that can be moved may be the whole account: where the rest would be too small to stay, or nobody can
    // pay the rent of a second one.
    let wanted = lack.max(minimum);
    let for_tickets = lack > 0
        && (lamports <= wanted
            || (stake_after == 0
                && (from_activating || !can_split || stake_before.saturating_sub(wanted) < minimum)));
    if !address_eq(accounts.authority.address(), &accounts.pool.delegation_authority) {
        let since = accounts.pool.lack_since_epoch;
        let is_overdue = since > 0 && now.epoch.saturating_sub(since) >= PATIENCE_EPOCHS;
        let half = wanted.min(stake_before.saturating_sub(minimum)) / 2;
        let is_enough = stake_after == 0 || lamports >= half;
        require!(for_tickets && is_overdue && is_enough, PoolError::NotDelegationAuthority);
    }
    if !for_tickets {
        require!(lamports <= accounts.pool.movable(now.epoch), PoolError::MovementCapExceeded);
    }

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
        require!(can_split, PoolError::ReserveInsufficient);
        sol::pay_from_reserve(&accounts.reserve, split, split_rent)?;
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
        split_rent
    };
    accounts.pool.pay_stake_rent(rent).or_pool_error()?;
    accounts.pool.book_move(now.epoch, lamports, rent, for_tickets);

    emit!(StakeDecreased {
        pool: pool_address,
        vote,
        lamports,
        rent,
        reserve_after: accounts.reserve.account().lamports(),
    });
    Ok(())
}
