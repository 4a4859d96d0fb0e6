//! `allocate`: every candidate's target for this epoch.

use anchor_lang::prelude::*;
use sluice_money::Lamports;
use sluice_selection_math::{Constraint, Funds, Rank, Yield, best_first, budget, select};
use staking_pool::state::{Pool, ValidatorList};

use crate::chain;
use crate::constants::*;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::Allocated;
use crate::state::{Candidate, Config, Params, Registry, flags};

/// Specification
/// - anyone may send it, once an epoch, after the pool's update of this epoch
/// - every candidate was observed this epoch, or the grace period since the epoch's first observation is over: then
///   those nobody looked at keep what they have and get no more. Anyone can observe, so nobody can delay it longer
/// - divides the pool's total less the reserve target, what tickets are owed, and rent of stake accounts
/// - the highest scores get the cap each, the next one what is left if that is a delegation, the others nothing
/// - banned or left, without credits last epoch, too young, with too much commission, or without room in the pool's
///   list: nothing
/// - any number of candidates: when there are more than can be ranked at a time, the worst half of those ranked so far
///   drops out, none of whom could have been chosen
/// - writes each candidate's target and the constraint that decided it, and resets the epoch's movement limits
#[derive(Accounts)]
pub struct Allocate {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(address = config.pool @ SelectionError::WrongPool)]
    pub pool: Account<Pool>,
    #[account(address = config.validator_list @ SelectionError::WrongValidatorList)]
    pub validator_list: ValidatorList,
}

pub fn handler(ctx: &mut Context<Allocate>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    chain::require_fresh(&accounts.pool, &clock)?;
    let config: &mut Config = &mut accounts.config;
    require!(config.allocated_epoch != clock.epoch, SelectionError::AlreadyAllocated);
    require!(config.observed_epoch == clock.epoch, SelectionError::NotObserved);

    let pool = &accounts.pool;
    let funds = Funds {
        total: Lamports(pool.total_lamports),
        tickets: Lamports(pool.ticket_lamports),
        stake_rent: Lamports(pool.stake_rent),
        min_delegation: Lamports(pool.min_delegation),
    };
    let budget = budget(&funds, &config.params.terms()).or_overflow()?;

    let records = accounts.validator_list.as_slice();
    let list_full = accounts.validator_list.is_full();
    let candidates = accounts.registry.as_mut_slice();
    let mut ranks: Vec<Rank> = Vec::with_capacity(candidates.len().min(MAX_RANKED));
    let (mut kept, mut stale) = (Lamports::ZERO, 0u64);
    for (index, candidate) in (0u32..).zip(candidates.iter_mut()) {
        let before = candidate.target;
        candidate.target = 0;
        let verdict = verdict(candidate, &config.params, clock.epoch, list_full);
        candidate.constraint = verdict.code();
        match verdict {
            Constraint::Stale => {
                let held = match chain::record_at(records, candidate.pool_index, &candidate.vote) {
                    Some(record) => record.stake.saturating_add(record.activating),
                    None if candidate.pool_index == NOT_IN_POOL => 0,
                    // The pool's list changed since anybody looked: what it holds is not known, so nothing changes.
                    None => before,
                };
                candidate.target = before.min(held).min(budget.cap.0);
                kept = kept.add(Lamports(candidate.target)).or_overflow()?;
                stale = stale.checked_add(1).or_overflow()?;
            }
            Constraint::Score => {
                if ranks.len() >= MAX_RANKED {
                    best_first(&mut ranks, KEPT_RANKS);
                    ranks.truncate(KEPT_RANKS);
                }
                ranks.push(Rank::new(Yield(candidate.score), before > 0, index));
            }
            _ => {}
        }
    }
    let waited = clock.slot.saturating_sub(config.observed_slot);
    require!(stale == 0 || waited >= config.params.grace_slots, SelectionError::NotAllObserved);

    let delegable = budget.delegable.saturating_sub(kept);
    let chosen = select(&mut ranks, delegable, budget.cap, funds.min_delegation);
    let mut targets = kept;
    let mut chosen_count = 0u64;
    for rank in ranks.iter().take(chosen.full) {
        give(candidates, *rank, budget.cap, Constraint::Cap);
        targets = targets.add(budget.cap).or_overflow()?;
        chosen_count = chosen_count.checked_add(1).or_overflow()?;
    }
    if let Some(marginal) = ranks.get(chosen.full) {
        if !chosen.partial.is_zero() {
            give(candidates, *marginal, chosen.partial, Constraint::Funds);
            chosen_count = chosen_count.checked_add(1).or_overflow()?;
        } else if targets.saturating_sub(kept) < delegable {
            give(candidates, *marginal, Lamports::ZERO, Constraint::TooSmall);
        }
        targets = targets.add(chosen.partial).or_overflow()?;
    }

    let targets_before = config.targets;
    config.allocated_epoch = clock.epoch;
    config.targets = targets.0;
    config.reserve_target = budget.reserve.0;
    config.move_limit = budget.moved.0;
    config.moved_up = 0;
    config.moved_down = 0;
    let count = u64::try_from(candidates.len()).ok().or_overflow()?;
    emit!(Allocated {
        config: *accounts.config.address(),
        epoch: clock.epoch,
        total_lamports: funds.total.0,
        ticket_lamports: funds.tickets.0,
        stake_rent: funds.stake_rent.0,
        reserve_target: budget.reserve.0,
        cap: budget.cap.0,
        move_limit: budget.moved.0,
        targets_before,
        targets_after: targets.0,
        chosen: chosen_count,
        candidates: count,
        stale,
    });
    Ok(())
}

/// Why a candidate gets nothing, or [`Constraint::Score`] if it competes.
#[inline(always)]
fn verdict(candidate: &Candidate, params: &Params, epoch: u64, list_full: bool) -> Constraint {
    if candidate.is(flags::BANNED) {
        Constraint::Banned
    } else if candidate.is(flags::LEFT) {
        Constraint::Left
    } else if candidate.observed_epoch != epoch {
        Constraint::Stale
    } else if candidate.last_credits == 0 {
        Constraint::Delinquent
    } else if u64::from(candidate.history) < params.min_history {
        Constraint::NewNoHistory
    } else if candidate.worst_commission_bps > params.max_commission_bps {
        Constraint::Commission
    } else if list_full && candidate.pool_index == NOT_IN_POOL {
        Constraint::PoolFull
    } else {
        Constraint::Score
    }
}

#[inline(always)]
fn give(candidates: &mut [Candidate], rank: Rank, target: Lamports, constraint: Constraint) {
    let candidate = usize::try_from(rank.index()).ok().and_then(|index| candidates.get_mut(index));
    if let Some(candidate) = candidate {
        candidate.target = target.0;
        candidate.constraint = constraint.code();
    }
}
