//! `set_groups`: which hosting provider and country candidates belong to.

use anchor_lang::prelude::*;
use sluice_selection_math::{COUNTRIES, PROVIDERS};

use crate::chain::candidate_of;
use crate::errors::SelectionError;
use crate::events::CandidateGrouped;
use crate::state::{Config, Registry};

/// What the oracle says of a candidate.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct Grouping {
    /// Its index in the registry; checked against the vote account that is passed.
    pub index: u32,
    /// Hosting provider, by the operator of the autonomous system (ASO), 1 to 255; 0: not grouped.
    pub aso: u16,
    /// Country, 1 to 63; 0: not grouped.
    pub country: u16,
}

/// Specification
/// - the oracle signs
/// - for each grouping, in order, a remaining account: the candidate's vote account
/// - a candidate has one provider and one country at a time; the numbers' meaning is the oracle's
/// - takes effect at the next allocation, whose caps on groups move stake within the epoch's movement limit; not while
///   one is under way
/// - nothing else of a candidate is the oracle's: no score, no target
#[derive(Accounts)]
pub struct SetGroups {
    pub config: Account<Config>,
    #[account(address = config.oracle @ SelectionError::NotOracle)]
    pub oracle: Signer,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
}

pub fn handler(ctx: &mut Context<SetGroups>, batch: &[Grouping]) -> Result<()> {
    let votes = ctx.remaining_accounts()?;
    require!(votes.len() == batch.len(), SelectionError::WrongAccountCount);
    let accounts = &mut ctx.accounts;
    accounts.config.require_not_allocating(Clock::get()?.epoch)?;
    for (grouping, vote) in batch.iter().zip(votes.iter()) {
        let known = usize::from(grouping.aso) < PROVIDERS && usize::from(grouping.country) < COUNTRIES;
        require!(known, SelectionError::UnknownGroup);
        let candidate = candidate_of(accounts.registry.as_mut_slice(), grouping.index, vote.address())?;
        let (aso_before, country_before) = (candidate.seat.aso, candidate.seat.country);
        candidate.seat.aso = grouping.aso;
        candidate.seat.country = grouping.country;
        emit!(CandidateGrouped {
            config: *accounts.config.address(),
            vote: candidate.vote,
            index: u64::from(grouping.index),
            aso_before,
            aso_after: grouping.aso,
            country_before,
            country_after: grouping.country,
        });
    }
    Ok(())
}
