//! Chain facts and lamport moves that several instructions share.

use anchor_lang::accounts::Slab;
use anchor_lang::address_eq;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::hash::hashv;
use sluice_chain_views::stake::{ClusterStake, STAKE_ACCOUNT_SIZE, StakeKind, StakeView, activation_at};

use crate::constants::{EPOCH_REWARDS_SYSVAR, EPOCH_SCHEDULE_SYSVAR, STAKE_HISTORY_SYSVAR, STAKE_PROGRAM};
use crate::errors::{OrPoolError, PoolError};
use crate::state::{Pool, RESERVE_SPACE, Reserve, ValidatorList, ValidatorRecord};

/// Refuses a pool whose rate is not of this epoch.
#[inline(always)]
pub fn require_fresh(pool: &Pool, clock: &Clock) -> Result<()> {
    if pool.updated_epoch != clock.epoch {
        return Err(PoolError::PoolStale.into());
    }
    Ok(())
}

/// Refuses a price that is not of this epoch, unless the chain forbids the update that would make one: while it pays
/// rewards, the last epoch's is good for an exit, because what an update finds as profit no exit takes along.
#[inline(always)]
pub fn require_priced(pool: &Pool, clock: &Clock) -> Result<()> {
    if pool.updated_epoch == clock.epoch
        || (pool.updated_epoch.checked_add(1) == Some(clock.epoch) && epoch_rewards_active()?)
    {
        return Ok(());
    }
    Err(PoolError::PoolStale.into())
}

/// Refuses deposits and instant exits during a pause.
#[inline(always)]
pub fn require_open(pool: &Pool, clock: &Clock) -> Result<()> {
    if clock.epoch < pool.paused_until_epoch {
        return Err(PoolError::PoolPaused.into());
    }
    Ok(())
}

/// Whether the chain is still paying the rewards of the last epoch. Stake instructions fail meanwhile, and
/// balances are not final. Layout of the sysvar: block height u64, partitions u64, hash, points u128, two u64, active.
pub fn epoch_rewards_active() -> Result<bool> {
    let mut active = [0u8; 1];
    pinocchio::sysvars::get_sysvar(&mut active, &EPOCH_REWARDS_SYSVAR, 80)?;
    Ok(active != [0])
}

/// An epoch's length and first slot, as the chain has them.
pub struct EpochSlots {
    pub slots: u64,
    pub start: u64,
}

/// Layout of the sysvar: slots per epoch u64, leader schedule offset u64, warm-up u8, first normal epoch u64, first
/// normal slot u64. An epoch before the first normal one, which is shorter, counts as over.
pub fn epoch_slots(epoch: u64) -> Result<EpochSlots> {
    let mut schedule = [0u8; 33];
    pinocchio::sysvars::get_sysvar(&mut schedule, &EPOCH_SCHEDULE_SYSVAR, 0)?;
    let word = |at: usize| -> Option<u64> {
        let bytes = schedule.get(at..at.checked_add(8)?)?;
        bytes.try_into().ok().map(u64::from_le_bytes)
    };
    let slots = word(0).or_pool_error()?;
    let (first_epoch, first_slot) = (word(17).or_pool_error()?, word(25).or_pool_error()?);
    let start = match epoch.checked_sub(first_epoch) {
        Some(epochs) => {
            epochs.checked_mul(slots).and_then(|past| past.checked_add(first_slot)).or_pool_error()?
        }
        None => 0,
    };
    Ok(EpochSlots { slots, start })
}

/// The stake history's entry of `epoch`; `None` when it has none. Entries are `(epoch, effective, activating,
/// deactivating)`, newest first and without gaps, after a u64 count.
pub fn stake_history_entry(current_epoch: u64, epoch: u64) -> Option<ClusterStake> {
    let back = current_epoch.checked_sub(1)?.checked_sub(epoch)?;
    let offset = usize::try_from(back.checked_mul(32)?.checked_add(8)?).ok()?;
    let mut entry = [0u8; 32];
    pinocchio::sysvars::get_sysvar(&mut entry, &STAKE_HISTORY_SYSVAR, offset).ok()?;
    let (words, _) = entry.as_chunks::<8>();
    let [found, effective, activating, deactivating] = words else { return None };
    if u64::from_le_bytes(*found) != epoch {
        return None;
    }
    Some(ClusterStake {
        effective: u64::from_le_bytes(*effective),
        activating: u64::from_le_bytes(*activating),
        deactivating: u64::from_le_bytes(*deactivating),
    })
}

/// Lamports of a delegation that are effective in `epoch`, the current one.
pub fn effective_stake(stake: u64, activation_epoch: u64, deactivation_epoch: u64, epoch: u64) -> u64 {
    activation_at(stake, activation_epoch, deactivation_epoch, epoch, |past| stake_history_entry(epoch, past))
        .effective
}

/// Lamports of the reserve above its own rent, under the chain's `rent` of today, and above what in it belongs to
/// liquidity providers.
#[inline(always)]
pub fn reserve_lamports(pool: &Pool, reserve: &Account<Reserve>, rent: &Rent) -> Result<u64> {
    reserve_lamports_after(pool, reserve, 0, rent)
}

/// The same once the reserve has got `more` lamports.
#[inline(always)]
fn reserve_lamports_after(pool: &Pool, reserve: &Account<Reserve>, more: u64, rent: &Rent) -> Result<u64> {
    Ok(reserve
        .account()
        .lamports()
        .checked_add(more)
        .or_pool_error()?
        .saturating_sub(rent.try_minimum_balance(RESERVE_SPACE)?)
        .saturating_sub(pool.liquidity_lamports))
}

/// Lamports of the reserve that are promised to nobody.
#[inline(always)]
pub fn free_lamports(pool: &Pool, reserve: &Account<Reserve>, rent: &Rent) -> Result<u64> {
    free_lamports_after(pool, reserve, 0, rent)
}

/// The same once the reserve has got `more` lamports.
#[inline(always)]
pub fn free_lamports_after(pool: &Pool, reserve: &Account<Reserve>, more: u64, rent: &Rent) -> Result<u64> {
    Ok(reserve_lamports_after(pool, reserve, more, rent)?.saturating_sub(pool.ticket_lamports))
}

/// Moves lamports out of the reserve, which this program owns.
#[inline(always)]
pub fn pay_from_reserve(reserve: &Account<Reserve>, to: &AccountView, lamports: u64) -> Result<()> {
    let mut from = *reserve.account();
    let mut to = *to;
    let left = from.lamports().checked_sub(lamports).ok_or(PoolError::ReserveInsufficient)?;
    let filled = to.lamports().checked_add(lamports).or_pool_error()?;
    from.set_lamports(left);
    to.set_lamports(filled);
    Ok(())
}

/// The address of a stake account of the pool. The bump was found off the curve when it was recorded, so one hash proves the address; nobody but this program can have created an account there.
#[inline(always)]
pub fn stake_address(seed: &[u8], pool: &Address, vote: &Address, bump: u8) -> Address {
    let hash =
        hashv(&[seed, pool.as_ref(), vote.as_ref(), &[bump], crate::ID.as_ref(), b"ProgramDerivedAddress"]);
    Address::new_from_array(hash.to_bytes())
}

/// Refuses any account but the one at [`stake_address`].
#[inline(always)]
pub fn require_stake_account(
    account: &AccountView,
    seed: &[u8],
    pool: &Address,
    vote: &Address,
    bump: u8,
) -> Result<()> {
    if !address_eq(account.address(), &stake_address(seed, pool, vote, bump)) {
        return Err(PoolError::WrongStakeAccount.into());
    }
    Ok(())
}

/// The record at `index`, provided it is `vote`'s.
#[inline(always)]
pub fn record_of<'a>(
    list: &'a mut ValidatorList,
    index: u32,
    vote: &Address,
) -> Result<&'a mut ValidatorRecord> {
    let index = usize::try_from(index).map_err(|_| PoolError::WrongValidatorIndex)?;
    let record = Slab::get_mut(list, index).ok_or(PoolError::WrongValidatorIndex)?;
    if !address_eq(&record.vote, vote) {
        return Err(PoolError::WrongValidatorIndex.into());
    }
    Ok(record)
}

/// The same where the record is only read.
#[inline(always)]
pub fn read_record<'a>(list: &'a ValidatorList, index: u32, vote: &Address) -> Result<&'a ValidatorRecord> {
    let index = usize::try_from(index).map_err(|_| PoolError::WrongValidatorIndex)?;
    let record = Slab::get(list, index).ok_or(PoolError::WrongValidatorIndex)?;
    if !address_eq(&record.vote, vote) {
        return Err(PoolError::WrongValidatorIndex.into());
    }
    Ok(record)
}

/// Whether `account` is an uninitialized stake account with its rent.
#[inline(always)]
pub fn is_new_stake_account(account: &AccountView) -> Result<bool> {
    let data = account.try_borrow()?;
    let new = StakeView::parse(&data).is_ok_and(|view| view.kind() == StakeKind::Uninitialized);
    Ok(account.owned_by(&STAKE_PROGRAM)
        && new
        && account.lamports() >= Rent::get()?.try_minimum_balance(STAKE_ACCOUNT_SIZE)?)
}
