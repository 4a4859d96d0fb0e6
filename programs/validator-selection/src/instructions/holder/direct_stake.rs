//! `direct_stake`: a holder lends a validator the weight of its LST.

use anchor_lang::prelude::*;
use staking_pool::invoke::transfer_tokens;

use crate::chain::{candidate_of, require_held};
use crate::constants::{MIN_DIRECTED, NEVER};
use crate::errors::{OrOverflow, SelectionError};
use crate::events::DirectionChanged;
use crate::state::{Config, Direction, Registry};

/// Specification
/// - the owner signs, holds (or is delegate of) the LST, pays the position's rent, and owns the position
/// - `index` is the candidate's place in the registry; `shares` is at least 0.1 LST
/// - the LST goes into the vault and stays the owner's: its value grows as any other's
/// - it counts for the validator from its next first observation of an epoch on, once an epoch: that much of the pool's
///   stake is its, before any ranking, within the pool's share for directed stake (pro rata beyond it), the validator's
///   own caps, and only while it competes: who is banned, silent or too dear gets nothing
#[derive(Accounts)]
pub struct DirectStake {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    pub vote: UncheckedAccount,
    #[account(mut)]
    pub owner: Signer,
    #[account(mut)]
    pub owner_lst: UncheckedAccount,
    #[account(init, payer = owner)]
    pub direction: Account<Direction>,
    #[account(mut, address = config.vault @ SelectionError::WrongVault)]
    pub vault: UncheckedAccount,
    #[account(address = config.token_program @ SelectionError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<DirectStake>, index: u32, shares: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(shares >= MIN_DIRECTED, SelectionError::DirectionTooSmall);
    require_held(accounts.owner_lst.account())?;
    let config_address = *accounts.config.address();
    let candidate = candidate_of(accounts.registry.as_mut_slice(), index, accounts.vote.address())?;
    let behind_before = candidate.directed;
    candidate.directed = behind_before.checked_add(shares).or_overflow()?;
    let config = &mut accounts.config;
    let directed_before = config.directed;
    config.directed = directed_before.checked_add(shares).or_overflow()?;
    transfer_tokens(
        &config.token_program,
        accounts.owner_lst.account(),
        accounts.vault.account(),
        accounts.owner.account(),
        shares,
    );
    let direction = &mut accounts.direction;
    direction.config = config_address;
    direction.owner = *accounts.owner.address();
    direction.vote = candidate.vote;
    direction.shares = shares;
    direction.joined_epoch = candidate.joined_epoch;
    direction.release_epoch = NEVER;
    emit!(DirectionChanged {
        config: config_address,
        vote: candidate.vote,
        owner: direction.owner,
        direction: *direction.address(),
        shares,
        release_epoch: NEVER,
        behind_before,
        behind_after: candidate.directed,
        directed_before,
        directed_after: config.directed,
    });
    Ok(())
}
