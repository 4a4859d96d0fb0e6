//! `join`: a vote account becomes a candidate.

use anchor_lang::prelude::*;
use staking_pool::invoke::transfer_tokens;
use staking_pool::state::Pool;

use crate::chain;
use crate::constants::VOTE_PROGRAM;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::CandidateJoined;
use crate::state::{Candidate, Config, Registry};
use crate::watch::Watch;

/// Specification
/// - anyone may send it, for any vote account: being a candidate costs a validator nothing, and it may leave
/// - `bond` LST, at least what joining takes, go from the payer's account into the vault; they are the authorized
///   withdrawer's to take back
/// - the account is an initialized vote account with enough completed epochs of credits
/// - neither it nor its identity (node) is a candidate's yet; costs grow with the registry here, once per candidate
/// - it is observed at once, so that joining never delays an allocation; not while one is under way
/// - the pool's list is not touched: the pool's own update costs something for every record, so a candidate enters
///   its list only when it is first given stake
#[derive(Accounts)]
pub struct Join {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(address = config.pool @ SelectionError::WrongPool)]
    pub pool: Account<Pool>,
    #[account(owner = VOTE_PROGRAM @ SelectionError::NotAVoteAccount)]
    pub vote: UncheckedAccount,
    pub payer: Signer,
    #[account(mut)]
    pub payer_lst: UncheckedAccount,
    #[account(mut, address = config.vault @ SelectionError::WrongVault)]
    pub vault: UncheckedAccount,
    #[account(address = config.token_program @ SelectionError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<Join>, bond: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    let vote = *accounts.vote.address();
    accounts.config.require_not_allocating(clock.epoch)?;
    let seen = chain::sight(accounts.vote.account(), clock.epoch).ok_or(SelectionError::NotAVoteAccount)?;
    require!(!accounts.registry.is_full(), SelectionError::RegistryFull);
    for candidate in accounts.registry.iter() {
        require!(!anchor_lang::address_eq(&candidate.vote, &vote), SelectionError::AlreadyJoined);
        require!(candidate.identity != seen.identity, SelectionError::IdentityTaken);
    }

    let mut candidate = Candidate::new(vote, clock.epoch);
    candidate.bond = bond;
    let ledger = accounts.pool.ledger().at(clock.slot).or_overflow()?;
    let config: &mut Config = &mut accounts.config;
    require!(bond >= config.params.join_bond, SelectionError::BondTooSmall);
    config.open_epoch(&clock, &accounts.pool);
    Watch::new(config, ledger, &clock).observe(&mut candidate, None, accounts.vote.account());
    let config = &mut accounts.config;
    require!(u64::from(candidate.history) >= config.params.min_history, SelectionError::NotEnoughHistory);
    config.observed = config.observed.checked_add(1).or_overflow()?;
    config.bonds = config.bonds.checked_add(bond).or_overflow()?;
    if bond > 0 {
        chain::require_held(accounts.payer_lst.account())?;
        transfer_tokens(
            &accounts.config.token_program,
            accounts.payer_lst.account(),
            accounts.vault.account(),
            accounts.payer.account(),
            bond,
        );
    }

    let index = u64::try_from(accounts.registry.len()).ok().or_overflow()?;
    accounts.registry.try_push(candidate)?;
    emit!(CandidateJoined {
        config: *accounts.config.address(),
        vote,
        index,
        score: candidate.seat.score,
        bond,
        bonds_after: accounts.config.bonds,
    });
    Ok(())
}
