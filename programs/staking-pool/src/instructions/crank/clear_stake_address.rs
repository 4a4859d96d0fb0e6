//! `clear_stake_address`: an occupied address for a stake account is made free again.
//!
//! A stake account that an update empties is gone at the end of the transaction, unless something in the same transaction
//! sends lamports back: then it stays, without data, owned by the stake program, and the pool can make no account
//! there. The stake program lets such a remnant be emptied by its own signature, which this program can give.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};

use crate::constants::*;
use crate::errors::PoolError;
use crate::events::StakeAddressCleared;
use crate::invoke::{self, StakeSysvars};
use crate::sol;
use crate::state::{Pool, Reserve, ValidatorList, stake_state};

/// Specification
/// - anyone may send it, at any time
/// - `index` is the validator's place in the list
/// - `occupied` is the validator's canonical, activating or deactivating address; the pool holds nothing there, but
///   it has lamports and is the stake program's, so no account can be made there
/// - its lamports go to the reserve, where the next update finds them as profit; with the end of the transaction the
///   address is free
#[derive(Accounts)]
pub struct ClearStakeAddress {
    pub pool: Account<Pool>,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub occupied: UncheckedAccount,
    #[account(address = CLOCK_SYSVAR @ PoolError::WrongProgramAccount)]
    pub clock: UncheckedAccount,
    #[account(address = STAKE_HISTORY_SYSVAR @ PoolError::WrongProgramAccount)]
    pub stake_history: UncheckedAccount,
    #[account(address = STAKE_PROGRAM @ PoolError::WrongProgramAccount)]
    pub stake_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<ClearStakeAddress>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let pool = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let address = *accounts.occupied.address();
    let record = sol::record_of(&mut accounts.validator_list, index, &vote)?;
    let is = |seed: &[u8], bump: u8| address_eq(&address, &sol::stake_address(seed, &pool, &vote, bump));
    let (seed, in_use, bump) = if is(STAKE_SEED, record.stake_bump) {
        (STAKE_SEED, record.stake_state != stake_state::NONE, record.stake_bump)
    } else if is(ACTIVATING_SEED, record.activating_bump) {
        (ACTIVATING_SEED, record.activating > 0, record.activating_bump)
    } else if is(DEACTIVATING_SEED, record.deactivating_bump) {
        (DEACTIVATING_SEED, record.deactivating > 0, record.deactivating_bump)
    } else {
        return Err(PoolError::WrongStakeAccount.into());
    };
    let lamports = accounts.occupied.lamports();
    require!(!in_use && lamports > 0 && accounts.occupied.owned_by(&STAKE_PROGRAM), PoolError::AddressUsable);

    let bump = [bump];
    let seeds = [Seed::from(seed), Seed::from(pool.as_ref()), Seed::from(vote.as_ref()), Seed::from(&bump)];
    let occupied = accounts.occupied.account();
    invoke::stake_withdraw(
        occupied,
        accounts.reserve.account(),
        &StakeSysvars { clock: accounts.clock.account(), history: accounts.stake_history.account() },
        occupied,
        lamports,
        CpiSigner::from(&seeds),
    );
    emit!(StakeAddressCleared {
        pool,
        vote,
        address,
        lamports,
        reserve_after: accounts.reserve.account().lamports(),
    });
    Ok(())
}
