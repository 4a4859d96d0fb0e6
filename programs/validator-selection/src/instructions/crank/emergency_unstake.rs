//! `emergency_unstake`: stake leaves validators that broke their word or stopped voting, at once.

use anchor_lang::prelude::*;
use sluice_money::{Bps, Lamports};
use sluice_selection_math::{Constraint, Limits, Move, decide_lacking};
use staking_pool::state::{Pool, ValidatorRecord};

use super::Place;
use super::moves::{MoveStake, Mover, holding};
use crate::chain;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::EmergencyUnstaked;
use crate::state::{Candidate, Config, flags};
use crate::watch::Watch;

/// Specification
/// - anyone may send it, at any time of an epoch, once the pool was updated in it: no allocation has to be waited for, but
///   none may be under way
/// - the accounts are those of [`MoveStake`]
/// - of each place of the batch: a validator whose vote account is gone, that has not voted for as long as makes it
///   delinquent, or that asks more commission than is allowed, loses all its stake; any other is skipped, as is one in
///   transition, and stops nobody
/// - its target is zero until the next epoch's allocation at least; it is observed on the way, so that its commission counts
/// - no more than the epoch's emergency limit, a limit of its own beside the movement limit; the pool's cap binds too
/// - not while the chain still pays the epoch's rewards
pub fn handler(ctx: &mut Context<MoveStake>, batch: &[Place]) -> Result<()> {
    let remaining = ctx.remaining_accounts()?;
    let (triples, rest) = remaining.as_chunks::<3>();
    require!(rest.is_empty() && triples.len() == batch.len(), SelectionError::WrongAccountCount);
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    chain::require_fresh(&accounts.pool, &clock)?;
    accounts.config.require_not_allocating(clock.epoch)?;
    require!(!staking_pool::sol::epoch_rewards_active()?, SelectionError::EpochRewardsActive);

    let mover = Mover::new(accounts, clock.epoch)?;
    for (place, triple) in batch.iter().zip(triples) {
        unstake(&mover, accounts, &clock, *place, triple)?;
    }
    Ok(())
}

/// Takes what can be taken from one validator, if it deserves that.
#[inline(always)]
fn unstake(
    mover: &Mover,
    accounts: &mut MoveStake,
    clock: &Clock,
    place: Place,
    triple: &[AccountView; 3],
) -> Result<()> {
    let [vote, ..] = triple;
    let params = accounts.config.params;
    let candidate = chain::candidate_of(accounts.registry.as_mut_slice(), place.index, vote.address())?;
    let reason = match chain::sight(vote, clock.epoch) {
        None => Constraint::Delinquent,
        Some(seen) if clock.slot.saturating_sub(seen.last_vote_slot) > params.delinquent_slots => {
            Constraint::Delinquent
        }
        Some(seen) if seen.commission > Bps::saturating(params.max_commission_bps) => Constraint::Commission,
        Some(_) => return Ok(()),
    };
    let records = accounts.validator_list.as_slice();
    let record = chain::find_record(records, candidate, place.pool_index);
    let config: &mut Config = &mut accounts.config;
    observe(config, &accounts.pool, clock, candidate, record, vote)?;
    let target_before = candidate.seat.target;
    let lowered = candidate.unseat(reason);
    candidate.flags |= flags::UNSTAKED;
    config.targets = config.targets.saturating_sub(lowered);
    let index = candidate.pool_index;
    let Some(record) = record else { return Ok(()) };
    let holding = holding(record);

    let (bounds, lack) = mover.limits(accounts);
    let (total, least) = (accounts.pool.total_lamports, accounts.pool.min_delegation);
    let left = accounts.config.emergency_left(clock.epoch, total, least);
    let movable = accounts.pool.movable(clock.epoch);
    let limits = Limits { down: Lamports(left.min(movable)), min_move: Lamports::ZERO, ..bounds };
    let Move::Decrease(part) = decide_lacking(Lamports::ZERO, &holding, &limits, &lack) else {
        return Ok(());
    };
    if !mover.decrease(triple, &holding, index, part) {
        return Ok(());
    }
    // An allocation of this epoch need not move that again.
    let candidate = chain::candidate_of(accounts.registry.as_mut_slice(), place.index, vote.address())?;
    candidate.seat.held = holding.held().saturating_sub(part).0;
    let config = &mut accounts.config;
    let taken_before = if config.emergency_epoch == clock.epoch { config.emergency_lamports } else { 0 };
    config.emergency_epoch = clock.epoch;
    config.emergency_lamports = taken_before.checked_add(part.0).or_overflow()?;
    emit!(EmergencyUnstaked {
        config: *accounts.config.address(),
        vote: *vote.address(),
        epoch: clock.epoch,
        reason: u64::from(reason.code()),
        lamports: part.0,
        target_before,
        taken_before,
        taken_after: accounts.config.emergency_lamports,
    });
    Ok(())
}

/// An observation, so that what it did counts although it is undone before anybody else looks. A function of its own: with
/// it, the caller's frame would not fit.
#[inline(never)]
fn observe(
    config: &mut Config,
    pool: &Pool,
    clock: &Clock,
    candidate: &mut Candidate,
    record: Option<&ValidatorRecord>,
    vote: &AccountView,
) -> Result<()> {
    let ledger = pool.ledger().at(clock.slot).or_overflow()?;
    config.open_epoch(clock, pool);
    let mut watch = Watch::new(config, ledger, clock);
    if watch.observe(candidate, record, vote) {
        config.observed = config.observed.checked_add(1).or_overflow()?;
    }
    Ok(())
}
