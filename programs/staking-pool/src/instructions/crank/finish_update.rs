//! `finish_update`: the epoch's profit or loss reaches the ledger, and what was scheduled for this epoch is in force.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_money::{Lamports, LstAmount};
use sluice_pool_math::{self as math, RewardFee};

use crate::constants::POOL_SEED;
use crate::errors::{OrPoolError, PoolError};
use crate::events::{DelegationAuthoritySet, FeesSet, UpdateFinished};
use crate::state::{Fees, Pool, RateEntry, RateHistory, Reserve, ValidatorList};
use crate::token::{can_receive, mint_supply};
use crate::{invoke, sol};

/// Specification
/// - anyone may send it, once an epoch, after every validator was updated in this epoch
/// - not while the chain still pays the epoch's rewards
/// - backing is what the validators hold, the reserve above its rent and without what is the liquidity providers', and the
///   rent of the pool's stake accounts
/// - a profit, less the reward fee, is released linearly over the slots of one epoch; a loss is taken from unreleased
///   profit, then from the insurance fund, and what is left counts at once
/// - the fee's shares, and those of deposits and instant exits since the last update, go to insurance fund and treasury at the
///   current rate; a treasury that cannot receive forgoes them, insurance fund and all of this update's
/// - LST of claimed tickets is burnt; the mint's supply and the unminted shares are together at most what the pool
///   recorded, and what holders burnt themselves is absorbed like profit
/// - fees and the delegation authority that were scheduled for this epoch or an earlier one are in force afterwards
/// - the rate is written into the history, and into the mint where that shows scaled amounts
#[derive(Accounts)]
pub struct FinishUpdate {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    #[account(mut, constraint(&rate_history.pool == pool.address() @ PoolError::WrongRateHistory))]
    pub rate_history: Account<RateHistory>,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut, address = pool.treasury @ PoolError::WrongTreasury)]
    pub treasury: UncheckedAccount,
    #[account(mut, address = pool.escrow @ PoolError::WrongEscrow)]
    pub escrow: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<FinishUpdate>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    require!(!sol::epoch_rewards_active()?, PoolError::EpochRewardsActive);
    require!(accounts.pool.updated_epoch != clock.epoch, PoolError::AlreadyUpdated);
    let listed = u64::try_from(accounts.validator_list.len()).ok().or_pool_error()?;
    let (counted_validators, validator_lamports, stake_rent, leaving) =
        if accounts.pool.update_epoch == clock.epoch {
            let pool = &accounts.pool;
            (pool.update_count, pool.update_lamports, pool.update_rent, pool.update_deactivating)
        } else {
            (0, 0, 0, 0)
        };
    require!(counted_validators == listed, PoolError::UpdateIncomplete);

    let before = accounts.pool.ledger();
    let burnt = accounts.pool.pending_burn;
    let payable = can_receive(&accounts.treasury, &accounts.pool.token_program, &accounts.pool.lst_mint);
    let waiting = accounts.pool.fee_shares;
    let forgone = if payable { 0 } else { waiting };
    let supply = mint_supply(&accounts.lst_mint)?
        .checked_sub(burnt)
        .and_then(|minted| minted.checked_add(accounts.pool.unminted()?)?.checked_sub(forgone))
        .ok_or(PoolError::SupplyMismatch)?;
    require!(supply <= before.supply.0, PoolError::SupplyMismatch);
    let epoch = sol::epoch_slots(clock.epoch)?;
    let ledger = math::absorb_burn(&before, clock.slot, epoch.slots, LstAmount(supply)).or_pool_error()?;

    let reserve_lamports = sol::reserve_lamports(&accounts.pool, &accounts.reserve, &Rent::get()?)?;
    let counted = validator_lamports
        .checked_add(reserve_lamports)
        .and_then(|sum| sum.checked_add(stake_rent))
        .or_pool_error()?;
    let fee = if payable { accounts.pool.reward_fee() } else { RewardFee::default() };
    let insurance = LstAmount(accounts.pool.insurance_shares);
    let outcome =
        math::update(&ledger, insurance, clock.slot, epoch.slots, Lamports(counted), &fee).or_pool_error()?;

    let pool = &mut accounts.pool;
    pool.set_ledger(&outcome.ledger);
    pool.insurance_shares = pool.insurance_shares.checked_sub(outcome.insurance_burnt.0).or_pool_error()?;
    pool.book_fee(&outcome.fee_shares).or_pool_error()?;
    let minted = pool.fee_shares.checked_sub(forgone).or_pool_error()?;
    pool.fee_shares = 0;
    let epochs = clock.epoch.saturating_sub(pool.updated_epoch);
    if listed > 0
        && let Some(found) = math::epoch_yield(pool.update_growth, pool.update_earning, epochs)
    {
        pool.epoch_yield = found;
    }
    pool.epoch_start_slot = epoch.start;
    pool.epoch_slots = epoch.slots;
    pool.updated_epoch = clock.epoch;
    pool.pending_burn = 0;
    pool.stake_rent = stake_rent;
    pool.leaving_lamports = leaving;
    let tickets_lack = pool.tickets_lack(reserve_lamports);
    pool.lack_since_epoch = match (tickets_lack, pool.lack_since_epoch) {
        (0, _) => 0,
        (_, 0) => clock.epoch,
        (_, since) => since,
    };
    put_in_force(pool, clock.epoch);

    let value = outcome.ledger.value().or_pool_error()?.0;
    accounts.rate_history.push(RateEntry {
        epoch: clock.epoch,
        unix_timestamp: clock.unix_timestamp,
        value,
        total: outcome.ledger.total.0,
        supply: outcome.ledger.supply.0,
    });

    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    let token_program = &accounts.pool.token_program;
    let (mint, pool) = (accounts.lst_mint.account(), accounts.pool.account());
    if burnt > 0 {
        let escrow = accounts.escrow.account();
        invoke::burn(token_program, escrow, mint, pool, burnt, &[CpiSigner::from(&seeds)]);
    }
    if minted > 0 {
        let treasury = accounts.treasury.account();
        invoke::mint_to(token_program, mint, treasury, pool, minted, CpiSigner::from(&seeds));
    }
    if accounts.pool.scaled_ui != 0
        && let Some(multiplier) = math::multiplier_bits(value, outcome.ledger.supply.0)
    {
        invoke::update_multiplier(token_program, mint, pool, multiplier, CpiSigner::from(&seeds));
    }

    emit!(UpdateFinished {
        pool: *accounts.pool.address(),
        epoch: clock.epoch,
        profit: outcome.profit.0,
        loss: outcome.loss.0,
        fee_lamports: outcome.fee.0,
        fee: (&outcome.fee_shares).into(),
        insurance_burnt: outcome.insurance_burnt.0,
        insurance_after: accounts.pool.insurance_shares,
        minted_shares: minted,
        forgone_shares: forgone,
        burnt_shares: burnt,
        validator_lamports,
        stake_rent,
        reserve_lamports,
        tickets_lack,
        before: (&before).into(),
        after: (&outcome.ledger).into(),
    });
    Ok(())
}

/// What was scheduled for `epoch` or earlier. The profit just found was charged by the fees it was earned under.
fn put_in_force(pool: &mut Account<Pool>, epoch: u64) {
    let address = *pool.address();
    if pool.next_fees_epoch != 0 && epoch >= pool.next_fees_epoch {
        let (before, after) = (pool.fees, pool.next_fees);
        pool.fees = after;
        pool.next_fees = Fees::default();
        pool.next_fees_epoch = 0;
        emit!(FeesSet { pool: address, before, after });
    }
    if pool.delegation_authority_epoch != 0 && epoch >= pool.delegation_authority_epoch {
        let (before, after) = (pool.delegation_authority, pool.next_delegation_authority);
        pool.delegation_authority = after;
        pool.next_delegation_authority = Address::default();
        pool.delegation_authority_epoch = 0;
        emit!(DelegationAuthoritySet { pool: address, before, after });
    }
}
