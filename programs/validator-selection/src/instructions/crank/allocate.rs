//! `allocate`: every candidate's target for this epoch.

use anchor_lang::prelude::*;
use sluice_money::Lamports;
use sluice_selection_math::{
    Calibration, Constraint, Funds, Plan, PlanTerms, Stage, Standing, Yield, budget,
};
use staking_pool::sol::reserve_lamports;
use staking_pool::state::{Pool, Reserve, ValidatorList, ValidatorRecord};

use crate::chain;
use crate::constants::*;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::{Allocated, AllocationAdvanced};
use crate::state::{Candidate, Config, Ranking, Registry};

/// Specification
/// - anyone may send it, after the pool's update of this epoch, until this epoch's allocation is done; `work` is about how
///   many candidates it goes on for. However many steps it takes and whoever sends them, the outcome is the same: what it
///   is made of is fixed when it begins, and nothing that changes a candidate is accepted until it is done
/// - every candidate was observed this epoch, those of the pool's list after its update, or the grace period since the
///   first observation after that is over: then those nobody looked at keep what they have and get no more. Anyone can
///   observe, so nobody can delay it longer
/// - divides the pool's total less the reserve target, what tickets are owed, and rent of stake accounts
/// - stake goes first to whom holders direct it, then to the highest scores, each up to what the cap, its bond, its share
///   of the network, its provider's and its country's caps leave; what a validator holds counts for more than its score
///   by what a move costs
/// - banned or left, taken from in an emergency of this epoch, silent or without credits last epoch, too young, with too
///   much commission, without half of the bond that joining takes, retired by the pool's admin, with an identity nobody
///   confirmed, or without room in the pool's list: nothing
/// - of what follows, the epoch's targets are as much as its funds and its movement limit allow: the best receive first,
///   and the worst lose first
/// - writes each candidate's ideal, target and the constraint that decided them, the clearing score of the auction, and
///   what protection compares with; resets the epoch's movement limits
#[derive(Accounts)]
pub struct Allocate {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(mut, address = config.ranking @ SelectionError::WrongRanking)]
    pub ranking: Account<Ranking>,
    #[account(address = config.pool @ SelectionError::WrongPool)]
    pub pool: Account<Pool>,
    #[account(address = pool.reserve @ SelectionError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(address = config.validator_list @ SelectionError::WrongValidatorList)]
    pub validator_list: ValidatorList,
}

pub fn handler(ctx: &mut Context<Allocate>, work: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    chain::require_fresh(&accounts.pool, &clock)?;
    require!(accounts.config.allocated_epoch != clock.epoch, SelectionError::AlreadyAllocated);
    if accounts.config.allocating_epoch != clock.epoch {
        begin(accounts, &clock)?;
    }

    let list_full = accounts.validator_list.is_full();
    let records = accounts.validator_list.as_slice();
    let candidates = accounts.registry.as_mut_slice();
    let plan = accounts.ranking.plan();
    let left = enter(plan, candidates, records, clock.epoch, list_full, work);
    let done = plan.advance(candidates, left);
    let Plan { left, ideals, targets, clearing, chosen, stale, .. } = *plan;
    if !done {
        let config = *accounts.config.address();
        emit!(AllocationAdvanced { config, epoch: clock.epoch, left: u64::from(left), ideals, targets });
        return Ok(());
    }

    let count = u64::try_from(candidates.len()).ok().or_overflow()?;
    let pool = &accounts.pool;
    let (total_lamports, ticket_lamports, stake_rent) =
        (pool.total_lamports, pool.ticket_lamports, pool.stake_rent);
    let config = &mut accounts.config;
    let targets_before = config.targets;
    config.allocated_epoch = clock.epoch;
    config.targets = targets;
    config.ideals = ideals;
    config.clearing = clearing;
    config.moved_up = 0;
    config.moved_down = 0;
    emit!(Allocated {
        config: *config.address(),
        epoch: clock.epoch,
        total_lamports,
        ticket_lamports,
        stake_rent,
        reserve_target: config.reserve_target,
        cap: config.cap,
        move_limit: config.move_limit,
        targets_before,
        targets_after: targets,
        ideals,
        clearing,
        reference_kappa: config.reference_kappa,
        reference_credits: config.reference_credits,
        chosen: u64::from(chosen),
        candidates: count,
        stale: u64::from(stale),
    });
    Ok(())
}

/// Fixes what this epoch's allocation is made of.
fn begin(accounts: &mut Allocate, clock: &Clock) -> Result<()> {
    let count = u32::try_from(accounts.registry.len()).ok().or_overflow()?;
    let config: &mut Config = &mut accounts.config;
    require!(config.observed_epoch == clock.epoch, SelectionError::NotObserved);
    let waited = clock.slot.checked_sub(config.observed_slot);
    require!(
        config.observed >= u64::from(count) || waited.is_some_and(|slots| slots >= config.params.grace_slots),
        SelectionError::NotAllObserved
    );

    let pool = &accounts.pool;
    let min_delegation = Lamports(pool.min_delegation);
    let reserve = reserve_lamports(pool, &accounts.reserve, &Rent::get()?)?;
    let funds = Funds {
        total: Lamports(pool.total_lamports),
        tickets: Lamports(pool.ticket_lamports),
        stake_rent: Lamports(pool.stake_rent),
        reserve: Lamports(reserve),
        min_delegation,
    };
    let budget = budget(&funds, &config.params.terms()).or_overflow()?;
    accounts.ranking.plan().begin(&PlanTerms {
        budget,
        min_delegation,
        min_move: Lamports(config.params.min_move),
        move_cost: config.params.move_cost(),
        best: Yield(config.best_score),
        directed: Lamports(config.directed_lamports),
        lack: Lamports(pool.tickets_lack(reserve)),
        candidates: count,
    });
    let reference = Calibration::from(config.epoch_sums).reference();
    config.reference_kappa = reference.kappa.0;
    config.reference_credits = reference.credits;
    config.cap = budget.cap.0;
    config.reserve_target = budget.reserve.0;
    config.move_limit = budget.moved.0;
    config.allocating_epoch = clock.epoch;
    Ok(())
}

/// Enters candidates, as many as `work` goes; what is left of that. A function of its own: the loop is what an allocation
/// costs, and wants the registers.
#[inline(never)]
fn enter(
    plan: &mut Plan,
    candidates: &mut [Candidate],
    records: &[ValidatorRecord],
    epoch: u64,
    list_full: bool,
    work: u32,
) -> u32 {
    if plan.stage() != Stage::Enter {
        return work;
    }
    let waiting = usize::try_from(plan.left).unwrap_or(0);
    let most = usize::try_from(work).unwrap_or(usize::MAX);
    let (ahead, _) = candidates.split_at_mut_checked(waiting).unwrap_or_default();
    for candidate in ahead.iter_mut().rev().take(most) {
        let is_listed = !list_full || candidate.pool_index != NOT_IN_POOL;
        if candidate.flags == 0 && candidate.verdict == 0 && candidate.observed_epoch == epoch && is_listed {
            plan.enter(candidate.as_mut(), Standing::Competes);
        } else {
            enter_other(plan, candidate, epoch, records);
        }
    }
    let entered = waiting.saturating_sub(usize::try_from(plan.left).unwrap_or(0));
    work.saturating_sub(u32::try_from(entered).unwrap_or(u32::MAX))
}

/// Enters a candidate that does not compete. Apart from the others: they are the many, and pay for nothing of this.
#[inline(never)]
fn enter_other(plan: &mut Plan, candidate: &mut Candidate, epoch: u64, records: &[ValidatorRecord]) {
    let standing = if let Some(reason) = candidate.flagged() {
        Standing::Out(reason)
    } else if candidate.observed_epoch != epoch {
        let target = candidate.seat.target;
        candidate.seat.held = match chain::record_at(records, candidate.pool_index, &candidate.vote) {
            Some(record) => record.stake.saturating_add(record.activating),
            None if candidate.pool_index == NOT_IN_POOL => 0,
            // The pool's list changed since anybody looked: what it holds is not known, so nothing changes.
            None => target,
        };
        Standing::Keeps(target)
    } else {
        // Without a verdict, there is no room in the pool's list.
        match Constraint::from_code(candidate.verdict) {
            None | Some(Constraint::None) => Standing::Out(Constraint::PoolFull),
            Some(reason) => Standing::Out(reason),
        }
    };
    plan.enter(candidate.as_mut(), standing);
}
