//! `ban`: a candidate gets nothing, or may earn again.

use anchor_lang::prelude::*;

use crate::chain::candidate_of;
use crate::errors::SelectionError;
use crate::events::CandidateFlagged;
use crate::state::{Config, Registry, flags};

/// Specification
/// - the admin signs
/// - `index` is the candidate's place in the registry
/// - banned: its target is zero at once, and rebalancing takes its stake away within the epoch's movement limit
/// - its bond stays its own: it pays what is due, and can be taken back
/// - unbanned: it competes again from the next allocation on; nobody can be given stake by this
/// - not while an allocation is under way
#[derive(Accounts)]
pub struct Ban {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(address = config.admin @ SelectionError::NotAdmin)]
    pub admin: Signer,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    pub vote: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<Ban>, index: u32, banned: bool) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.config.require_not_allocating(Clock::get()?.epoch)?;
    let candidate = candidate_of(accounts.registry.as_mut_slice(), index, accounts.vote.address())?;
    let (flags_before, target_before) = (candidate.flags, candidate.seat.target);
    let lowered = candidate.flag(flags::BANNED, banned);
    accounts.config.targets = accounts.config.targets.saturating_sub(lowered);
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
