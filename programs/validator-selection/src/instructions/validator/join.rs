//! `join`: a vote account becomes a candidate.

use anchor_lang::prelude::*;

use crate::chain;
use crate::constants::VOTE_PROGRAM;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::CandidateJoined;
use crate::state::{Candidate, Config, Registry};

/// Specification
/// - anyone may send it, for any vote account: being a candidate costs a validator nothing, and it may leave
/// - the account is an initialized vote account with enough completed epochs of credits
/// - it is not a candidate yet; costs grow with the registry here, once per candidate, and nowhere else
/// - it is observed at once, so that joining never delays an allocation
/// - the pool's list is not touched: the pool's own update costs something for every record, so a candidate enters
///   its list only when it is first given stake
#[derive(Accounts)]
pub struct Join {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(owner = VOTE_PROGRAM @ SelectionError::NotAVoteAccount)]
    pub vote: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<Join>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    let vote = *accounts.vote.address();
    require!(chain::is_vote_account(accounts.vote.account()), SelectionError::NotAVoteAccount);
    require!(!accounts.registry.is_full(), SelectionError::RegistryFull);
    let known = accounts.registry.iter().any(|candidate| anchor_lang::address_eq(&candidate.vote, &vote));
    require!(!known, SelectionError::AlreadyJoined);

    let config = &mut accounts.config;
    config.open_epoch(&clock);
    let mut candidate = Candidate::new(vote, clock.epoch);
    chain::observe(config, &mut candidate, None, accounts.vote.account(), clock.epoch);
    require!(u64::from(candidate.history) >= config.params.min_history, SelectionError::NotEnoughHistory);
    config.observed = config.observed.checked_add(1).or_overflow()?;

    let index = u64::try_from(accounts.registry.len()).ok().or_overflow()?;
    accounts.registry.try_push(candidate)?;
    emit!(CandidateJoined { config: *accounts.config.address(), vote, index, score: candidate.score });
    Ok(())
}
