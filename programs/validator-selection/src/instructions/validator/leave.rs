//! `leave`: a validator wants no stake of the pool, or wants it again.

use anchor_lang::prelude::*;

use crate::chain::{candidate_of, require_validator};
use crate::constants::{NEVER, VOTE_PROGRAM};
use crate::errors::SelectionError;
use crate::events::CandidateFlagged;
use crate::state::{Config, Registry, flags};

/// Specification
/// - the node of the vote account, or its authorized withdrawer, signs
/// - `index` is the candidate's place in the registry
/// - leaving: its target is zero at once, and rebalancing takes its stake away within the epoch's movement limit;
///   asking again changes nothing
/// - coming back: it competes again from the next allocation on, unless banned
/// - not while an allocation is under way
#[derive(Accounts)]
pub struct Leave {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(owner = VOTE_PROGRAM @ SelectionError::NotAVoteAccount)]
    pub vote: UncheckedAccount,
    pub authority: Signer,
}

pub fn handler(ctx: &mut Context<Leave>, index: u32, leaving: bool) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require_validator(accounts.vote.account(), accounts.authority.address())?;
    accounts.config.require_not_allocating(Clock::get()?.epoch)?;
    let candidate = candidate_of(accounts.registry.as_mut_slice(), index, accounts.vote.address())?;
    let (flags_before, target_before) = (candidate.flags, candidate.seat.target);
    let lowered = candidate.flag(flags::LEFT, leaving);
    accounts.config.targets = accounts.config.targets.saturating_sub(lowered);
    if !leaving {
        candidate.left_epoch = NEVER;
    } else if candidate.left_epoch == NEVER {
        candidate.left_epoch = Clock::get()?.epoch;
    }
    emit!(CandidateFlagged {
        config: *accounts.config.address(),
        vote: candidate.vote,
        index: u64::from(index),
        flags_before: u64::from(flags_before),
        flags_after: u64::from(candidate.flags),
        target_before,
        target_after: candidate.seat.target,
    });
    Ok(())
}
