//! `confirm_identity`: a candidate whose identity changed may compete again.

use anchor_lang::prelude::*;

use crate::chain::{self, candidate_of};
use crate::constants::VOTE_PROGRAM;
use crate::errors::SelectionError;
use crate::events::CandidateFlagged;
use crate::state::{Config, Registry, flags};

/// Specification
/// - anyone may send it, after an observation found that the candidate's identity (node) changed
/// - `index` is the candidate's place in the registry; its vote account still has the identity that was observed
/// - no other candidate has that identity: a validator that votes by two accounts is one validator. Costs grow with the
///   registry here, once per change
/// - not while an allocation is under way
#[derive(Accounts)]
pub struct ConfirmIdentity {
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(owner = VOTE_PROGRAM @ SelectionError::NotAVoteAccount)]
    pub vote: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<ConfirmIdentity>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let epoch = Clock::get()?.epoch;
    accounts.config.require_not_allocating(epoch)?;
    let seen = chain::sight(accounts.vote.account(), epoch).ok_or(SelectionError::IdentityChanged)?;
    let vote = *accounts.vote.address();
    let candidates = accounts.registry.as_mut_slice();
    let has_it = candidates.iter().filter(|candidate| candidate.identity == seen.identity).count();
    let candidate = candidate_of(candidates, index, &vote)?;
    require!(candidate.is(flags::IDENTITY), SelectionError::IdentityKnown);
    require!(candidate.identity == seen.identity, SelectionError::IdentityChanged);
    require!(has_it == 1, SelectionError::IdentityTaken);
    let flags_before = candidate.flags;
    candidate.flag(flags::IDENTITY, false);
    emit!(CandidateFlagged {
        config: *accounts.config.address(),
        vote,
        index: u64::from(index),
        flags_before: u64::from(flags_before),
        flags_after: u64::from(candidate.flags),
        target_before: candidate.seat.target,
        target_after: candidate.seat.target,
    });
    Ok(())
}
