//! `leave`: a validator wants no stake of the pool, or wants it again.

use anchor_lang::prelude::*;
use sluice_chain_views::vote::VoteView;

use crate::chain::candidate_of;
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
    {
        let data = accounts.vote.try_borrow()?;
        let view = VoteView::parse(&data).map_err(|_| SelectionError::NotAVoteAccount)?;
        let signer = accounts.authority.address().as_array();
        require!(
            signer == view.node() || signer == view.authorized_withdrawer(),
            SelectionError::NotTheValidator
        );
    }
    let candidate = candidate_of(accounts.registry.as_mut_slice(), index, accounts.vote.address())?;
    let (flags_before, target_before) = (candidate.flags, candidate.target);
    accounts.config.flag(candidate, flags::LEFT, leaving);
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
        target_after: candidate.target,
    });
    Ok(())
}
