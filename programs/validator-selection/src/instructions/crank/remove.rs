//! `remove`: a candidate that is gone makes room in the registry.

use anchor_lang::prelude::*;
use staking_pool::state::ValidatorList;

use crate::chain::{candidate_of, is_listed};
use crate::constants::*;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::CandidateRemoved;
use crate::state::{Config, Registry, flags};

/// Specification
/// - anyone may send it
/// - `index` is the candidate's place in the registry
/// - the candidate left eight epochs ago, or earned no credits in ten observed epochs in a row
/// - it is not banned: a ban would end by joining again
/// - it is not in the pool's list any more. Costs grow with the list here, and nowhere else but where one is added: a
///   place remembered is no proof of absence, and stake of a vote account nobody registered could not be moved
/// - it has no bond any more; LST that holders directed to it stays theirs to take back
/// - the last candidate takes its place; not while an allocation is under way
#[derive(Accounts)]
pub struct Remove {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(address = config.validator_list @ SelectionError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<Remove>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vote = *accounts.vote.address();
    accounts.config.require_not_allocating(Clock::get()?.epoch)?;
    let candidate = *candidate_of(accounts.registry.as_mut_slice(), index, &vote)?;
    let forgotten = candidate.left_epoch.saturating_add(LEFT_EPOCHS) <= Clock::get()?.epoch;
    let gone = (candidate.is(flags::LEFT) && forgotten) || candidate.idle >= IDLE_EPOCHS;
    require!(gone && !candidate.is(flags::BANNED), SelectionError::NotRemovable);
    require!(candidate.bond == 0 && candidate.bond_leaving == 0, SelectionError::StillBonded);
    require!(!is_listed(accounts.validator_list.as_slice(), &vote), SelectionError::StillInPool);

    let config = &mut accounts.config;
    config.targets = config.targets.saturating_sub(candidate.seat.target);
    if candidate.measured_epoch == config.observed_epoch {
        config.observed = config.observed.saturating_sub(1);
    }
    let moved = accounts.registry.last().map_or(vote, |last| last.vote);
    accounts.registry.swap_remove(usize::try_from(index).ok().or_overflow()?);
    emit!(CandidateRemoved { config: *accounts.config.address(), vote, index: u64::from(index), moved });
    Ok(())
}
