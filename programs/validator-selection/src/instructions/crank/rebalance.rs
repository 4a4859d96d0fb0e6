//! `rebalance`: stake of a batch of validators moves toward their targets.

use anchor_lang::prelude::*;
use sluice_money::Lamports;
use sluice_selection_math::{Move, decide_lacking};
use staking_pool::state::stake_state;

use super::Place;
use super::moves::{MoveStake, Mover, holding, is_vacant};
use crate::chain;
use crate::constants::*;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::Rebalanced;
use crate::state::Config;

/// Specification
/// - anyone may send it, in any order, any number of times, once this epoch's allocation was made: what was moved is
///   not moved again
/// - the accounts are those of [`MoveStake`]
/// - a candidate that needs nothing, is in transition, cannot be delegated to, for which nothing is left, or whose
///   address for a new stake account is occupied, is skipped and stops nobody
/// - what a candidate has to lose is never given back to it: stake that left it since it was observed counts
/// - increases take from the reserve what lies above its rent, what tickets are owed, and the reserve target
/// - no more than the epoch's movement limit goes to validators, and no more comes from them
/// - while tickets are owed more than the reserve has and this epoch's decreases will bring, decreases are made however
///   small, rounded up to what the chain can move; and by whole validators, beyond the movement limit if need be, while
///   the reserve cannot lay out the rent of a split
/// - the pool's own cap on what comes from validators binds too, except for what tickets lack
/// - a candidate enters the pool's list with its first stake; one with neither target nor stake leaves the list, unless the
///   pool's admin retired it: then it gets nothing more, and is his to remove; not before it was observed this epoch with
///   what its stake realised, so that its bond pays for the last
/// - not while the chain still pays the epoch's rewards
pub fn handler(ctx: &mut Context<MoveStake>, batch: &[Place]) -> Result<()> {
    let remaining = ctx.remaining_accounts()?;
    let (triples, rest) = remaining.as_chunks::<3>();
    require!(rest.is_empty() && triples.len() == batch.len(), SelectionError::WrongAccountCount);
    let accounts = &mut ctx.accounts;
    let epoch = Clock::get()?.epoch;
    require!(accounts.config.allocated_epoch == epoch, SelectionError::NotAllocated);
    require!(!staking_pool::sol::epoch_rewards_active()?, SelectionError::EpochRewardsActive);

    let mover = Mover::new(accounts, epoch)?;
    let (moved_up_before, moved_down_before) = (accounts.config.moved_up, accounts.config.moved_down);
    let reserve_before = accounts.reserve.account().lamports();
    let (mut increases, mut decreases) = (0u64, 0u64);
    for (place, triple) in batch.iter().zip(triples) {
        match rebalance(&mover, accounts, *place, triple)? {
            Move::Increase(_) => increases = increases.checked_add(1).or_overflow()?,
            Move::Decrease(_) => decreases = decreases.checked_add(1).or_overflow()?,
            Move::None => {}
        }
    }
    emit!(Rebalanced {
        config: *accounts.config.address(),
        epoch,
        increases,
        decreases,
        moved_up_before,
        moved_up_after: accounts.config.moved_up,
        moved_down_before,
        moved_down_after: accounts.config.moved_down,
        reserve_before,
        reserve_after: accounts.reserve.account().lamports(),
    });
    Ok(())
}

/// Moves one candidate toward its target.
#[inline(always)]
fn rebalance(
    mover: &Mover,
    accounts: &mut MoveStake,
    place: Place,
    triple: &[AccountView; 3],
) -> Result<Move> {
    let call = &mover.call;
    let [vote, stake, _] = triple;
    let candidate = chain::candidate_of(accounts.registry.as_mut_slice(), place.index, vote.address())?;
    let (target, ideal) = (candidate.seat.target, candidate.seat.ideal);
    let records = accounts.validator_list.as_slice();
    let mut record = chain::find_record(records, candidate, place.pool_index);
    if record.is_none() && target > 0 {
        // Neither place holds. That is rare, and before anything is added one has to know: the whole list is read.
        let at = records.iter().position(|record| anchor_lang::address_eq(&record.vote, vote.address()));
        candidate.pool_index = at.and_then(|at| u32::try_from(at).ok()).unwrap_or(NOT_IN_POOL);
        record = at.and_then(|at| records.get(at));
    }
    let is_known = record.is_some();
    let is_empty = record.is_some_and(|record| record.held() == 0 && record.stake_state == stake_state::NONE);
    let is_retired = record.is_some_and(|record| record.retired != 0);
    let holding = record.map(holding).unwrap_or_default();
    // Who is to lose what the limit left it gets nothing back, however much it lost otherwise since it was observed.
    let target = if target > ideal { target.min(holding.held().0) } else { target };
    if target == 0 && is_empty && !is_retired {
        if candidate.realised_epoch == mover.epoch {
            call.remove_validator(vote, candidate.pool_index);
            candidate.pool_index = NOT_IN_POOL;
        }
        return Ok(Move::None);
    }

    let (limits, lack) = mover.limits(accounts);
    let candidate = chain::candidate_of(accounts.registry.as_mut_slice(), place.index, vote.address())?;
    let decision = decide_lacking(Lamports(target), &holding, &limits, &lack);
    match decision {
        // A vote account that was closed since it was observed belongs to nobody; one that the pool's admin retired gets
        // nothing more.
        Move::Increase(Lamports(amount))
            if !is_retired && vote.owned_by(&VOTE_PROGRAM) && is_vacant(stake) =>
        {
            if !is_known {
                if accounts.validator_list.is_full() {
                    return Ok(Move::None);
                }
                candidate.pool_index = u32::try_from(accounts.validator_list.len()).ok().or_overflow()?;
                call.add_validator(vote);
            }
            call.increase_stake(vote, stake, candidate.pool_index, amount);
            let config: &mut Config = &mut accounts.config;
            config.moved_up = config.moved_up.checked_add(amount).or_overflow()?;
            Ok(decision)
        }
        Move::Decrease(part) if mover.decrease(triple, &holding, candidate.pool_index, part) => {
            let config: &mut Config = &mut accounts.config;
            config.moved_down = config.moved_down.checked_add(part.0).or_overflow()?;
            Ok(decision)
        }
        _ => Ok(Move::None),
    }
}
