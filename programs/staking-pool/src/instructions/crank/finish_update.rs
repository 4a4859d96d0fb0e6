//! `finish_update`: the epoch's profit or loss reaches the ledger.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_money::{Bps, Lamports, LstAmount};
use sluice_pool_math as math;

use crate::constants::POOL_SEED;
use crate::errors::{OrPoolError, PoolError};
use crate::events::UpdateFinished;
use crate::instructions::admin::initialize::can_receive;
use crate::state::{Pool, Reserve, ValidatorList};
use crate::{invoke, sol};

/// Specification
/// - anyone may send it, once an epoch, after every validator was updated in this epoch
/// - not while the chain still pays the epoch's rewards
/// - backing is what the validators hold, the reserve above its rent, and the rent of the pool's stake accounts
/// - a profit, less the reward fee, is released linearly over the slots of one epoch; a loss counts at once
/// - the fee is minted to the treasury at the current rate; a treasury that cannot receive forgoes it
/// - LST of claimed tickets is burnt; the mint's supply is at most what the pool recorded, and what holders
///   burnt themselves is absorbed like profit
#[derive(Accounts)]
pub struct FinishUpdate {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
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
    let (counted_validators, validator_lamports, stake_rent) = if accounts.pool.update_epoch == clock.epoch {
        (accounts.pool.update_count, accounts.pool.update_lamports, accounts.pool.update_rent)
    } else {
        (0, 0, 0)
    };
    require!(counted_validators == listed, PoolError::UpdateIncomplete);

    let before = accounts.pool.ledger();
    let burnt = accounts.pool.pending_burn;
    let minted_supply = mint_supply(&accounts.lst_mint)?;
    let supply = minted_supply.checked_sub(burnt).ok_or(PoolError::SupplyMismatch)?;
    require!(supply <= before.supply.0, PoolError::SupplyMismatch);
    let epoch = sol::epoch_slots(clock.epoch)?;
    let ledger = math::absorb_burn(&before, clock.slot, epoch.slots, LstAmount(supply)).or_pool_error()?;

    let reserve_lamports = sol::reserve_lamports(&accounts.reserve, &Rent::get()?)?;
    let counted = validator_lamports
        .checked_add(reserve_lamports)
        .and_then(|sum| sum.checked_add(stake_rent))
        .or_pool_error()?;
    let payable = can_receive(&accounts.treasury, &accounts.pool.token_program, &accounts.pool.lst_mint);
    let fee = if payable { accounts.pool.reward_fee() } else { Bps::ZERO };
    let outcome = math::update(&ledger, clock.slot, epoch.slots, Lamports(counted), fee).or_pool_error()?;

    let pool = &mut accounts.pool;
    pool.set_ledger(&outcome.ledger);
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

    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    if burnt > 0 {
        invoke::burn(
            &accounts.pool.token_program,
            accounts.escrow.account(),
            accounts.lst_mint.account(),
            accounts.pool.account(),
            burnt,
            &[CpiSigner::from(&seeds)],
        );
    }
    if outcome.fee_shares.0 > 0 {
        invoke::mint_to(
            &accounts.pool.token_program,
            accounts.lst_mint.account(),
            accounts.treasury.account(),
            accounts.pool.account(),
            outcome.fee_shares.0,
            CpiSigner::from(&seeds),
        );
    }

    emit!(UpdateFinished {
        pool: *accounts.pool.address(),
        epoch: clock.epoch,
        profit: outcome.profit.0,
        loss: outcome.loss.0,
        fee_lamports: outcome.fee.0,
        fee_shares: outcome.fee_shares.0,
        burnt_shares: burnt,
        validator_lamports,
        stake_rent,
        reserve_lamports,
        before: (&before).into(),
        after: (&outcome.ledger).into(),
    });
    Ok(())
}

/// Supply of an SPL mint, at byte 36.
fn mint_supply(mint: &AccountView) -> Result<u64> {
    let data = mint.try_borrow()?;
    let bytes = data.get(36..44).and_then(|bytes| bytes.try_into().ok()).ok_or(PoolError::WrongMint)?;
    Ok(u64::from_le_bytes(bytes))
}
