//! `undirect_stake`: a holder takes its weight back.

use anchor_lang::address_eq;
use anchor_lang::prelude::*;

use crate::constants::{DIRECTED_COOLDOWN_EPOCHS, NEVER};
use crate::errors::{OrOverflow, SelectionError};
use crate::events::DirectionChanged;
use crate::state::{Candidate, Config, Direction, Registry};

/// Specification
/// - the position's owner signs
/// - `index` is the candidate's place in the registry; where it is not, the whole registry is searched, and one that was
///   removed since, or joined again, loses nothing by this
/// - the weight is gone at once, from the next first observation of an epoch on; the LST can be claimed two epochs later,
///   and counts nowhere meanwhile
#[derive(Accounts)]
pub struct UndirectStake {
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(mut, constraint(&direction.config == config.address() @ SelectionError::WrongDirection))]
    pub direction: Account<Direction>,
    #[account(address = direction.owner @ SelectionError::NotDirectionOwner)]
    pub owner: Signer,
}

pub fn handler(ctx: &mut Context<UndirectStake>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(accounts.direction.release_epoch == NEVER, SelectionError::AlreadyReleasing);
    let (vote, shares) = (accounts.direction.vote, accounts.direction.shares);
    let joined_epoch = accounts.direction.joined_epoch;
    let is_it =
        |candidate: &Candidate| address_eq(&candidate.vote, &vote) && candidate.joined_epoch == joined_epoch;
    let candidates = accounts.registry.as_mut_slice();
    let hint = usize::try_from(index).unwrap_or(usize::MAX);
    let at = match candidates.get(hint) {
        Some(candidate) if is_it(candidate) => Some(hint),
        _ => candidates.iter().position(is_it),
    };
    let (mut behind_before, mut behind_after) = (0, 0);
    if let Some(candidate) = at.and_then(|at| candidates.get_mut(at)) {
        behind_before = candidate.directed;
        behind_after = behind_before.checked_sub(shares).or_overflow()?;
        candidate.directed = behind_after;
    }
    let release_epoch = Clock::get()?.epoch.checked_add(DIRECTED_COOLDOWN_EPOCHS).or_overflow()?;
    accounts.direction.release_epoch = release_epoch;
    emit!(DirectionChanged {
        config: *accounts.config.address(),
        vote,
        owner: accounts.direction.owner,
        direction: *accounts.direction.address(),
        shares,
        release_epoch,
        behind_before,
        behind_after,
        directed_before: accounts.config.directed,
        directed_after: accounts.config.directed,
    });
    Ok(())
}
