//! `claim_directed`: a holder gets its LST back.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use staking_pool::invoke::return_tokens;

use crate::constants::SELECTION_SEED;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::DirectionChanged;
use crate::state::{Config, Direction};

/// Specification
/// - the position's owner signs, names the token account that is paid, and gets the position's rent back
/// - the weight was taken back two epochs ago
/// - all of the LST is paid out, and the position is closed; nobody's leave is needed, no crank, no price
#[derive(Accounts)]
pub struct ClaimDirected {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, close = owner, constraint(&direction.config == config.address() @ SelectionError::WrongDirection))]
    pub direction: Account<Direction>,
    #[account(mut, address = direction.owner @ SelectionError::NotDirectionOwner)]
    pub owner: Signer,
    #[account(mut)]
    pub destination: UncheckedAccount,
    #[account(mut, address = config.vault @ SelectionError::WrongVault)]
    pub vault: UncheckedAccount,
    #[account(address = config.token_program @ SelectionError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<ClaimDirected>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let direction = &accounts.direction;
    require!(Clock::get()?.epoch >= direction.release_epoch, SelectionError::DirectionNotReleased);
    let shares = direction.shares;
    let config = &mut accounts.config;
    let directed_before = config.directed;
    config.directed = directed_before.checked_sub(shares).or_overflow()?;
    let (pool, bump) = (config.pool, [config.bump]);
    let seeds = [Seed::from(SELECTION_SEED), Seed::from(pool.as_ref()), Seed::from(&bump)];
    return_tokens(
        &config.token_program,
        accounts.vault.account(),
        accounts.destination.account(),
        config.account(),
        shares,
        CpiSigner::from(&seeds),
    );
    emit!(DirectionChanged {
        config: *accounts.config.address(),
        vote: direction.vote,
        owner: direction.owner,
        direction: *direction.address(),
        shares,
        release_epoch: direction.release_epoch,
        behind_before: 0,
        behind_after: 0,
        directed_before,
        directed_after: accounts.config.directed,
    });
    Ok(())
}
