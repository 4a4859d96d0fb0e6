//! `rotate_stake_address`: a stake account's address that somebody occupied is given up for another.
//!
//! A stake account that an update empties is gone at the end of the transaction, unless something in the same transaction
//! sends lamports back: then it stays, owned by the stake program, and anybody may initialize it. Nothing is lost,
//! but the pool can make no account there any more. Each bump below the first gives another address.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::constants::*;
use crate::errors::PoolError;
use crate::events::StakeAddressRotated;
use crate::sol;
use crate::state::{Pool, ValidatorList, stake_state};

/// Specification
/// - anyone may send it, but not in a slot in which an update emptied an account of the validator: until its transaction
///   ends, an emptied account looks occupied
/// - `index` is the validator's place in the list
/// - `occupied` is the address its next canonical, activating or deactivating account would have; the pool holds
///   nothing there, but it has lamports and is not the system program's, so no account can be made there
/// - afterwards the record names the next address, one bump lower or more; there are about 127 of each
#[derive(Accounts)]
pub struct RotateStakeAddress {
    pub pool: Account<Pool>,
    #[account(mut, address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    pub occupied: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<RotateStakeAddress>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let pool = *accounts.pool.address();
    let vote = *accounts.vote.address();
    let before = *accounts.occupied.address();
    let record = sol::record_of(&mut accounts.validator_list, index, &vote)?;
    let just_emptied = record.emptied_slot == sol::slot_mark(&Clock::get()?);
    let is = |seed: &[u8], bump: u8| address_eq(&before, &sol::stake_address(seed, &pool, &vote, bump));
    let (seed, in_use, bump) = if is(STAKE_SEED, record.stake_bump) {
        (STAKE_SEED, record.stake_state != stake_state::NONE, &mut record.stake_bump)
    } else if is(ACTIVATING_SEED, record.activating_bump) {
        (ACTIVATING_SEED, record.activating > 0, &mut record.activating_bump)
    } else if is(DEACTIVATING_SEED, record.deactivating_bump) {
        (DEACTIVATING_SEED, record.deactivating > 0, &mut record.deactivating_bump)
    } else {
        return Err(PoolError::WrongStakeAccount.into());
    };
    let is_occupied = accounts.occupied.lamports() > 0 && !accounts.occupied.owned_by(&SYSTEM_PROGRAM);
    require!(is_occupied && !in_use && !just_emptied, PoolError::AddressUsable);

    let (next, after) = (0..*bump)
        .rev()
        .find_map(|next| {
            let seeds: [&[u8]; 4] = [seed, pool.as_ref(), vote.as_ref(), &[next]];
            create_program_address(&seeds, &crate::ID).ok().map(|address| (next, address))
        })
        .ok_or(PoolError::AddressesExhausted)?;
    *bump = next;
    emit!(StakeAddressRotated { pool, vote, before, after });
    Ok(())
}
