//! `observe`: what vote accounts, and the pool's own stake, say of a batch of candidates.

use anchor_lang::prelude::*;
use staking_pool::state::ValidatorList;

use crate::chain::{candidate_of, find_record, observe};
use crate::errors::{OrOverflow, SelectionError};
use crate::events::CandidatesObserved;
use crate::state::{Config, Registry};

/// Where a candidate is: in the registry, and in the pool's list.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct Place {
    /// Its index in the registry; checked against the vote account that is passed.
    pub index: u32,
    /// Its index in the pool's list, or `u32::MAX`. A wrong one is ignored where the registry knows better.
    pub pool_index: u32,
}

/// Specification
/// - anyone may send it, in any order, any number of times: every epoch of a candidate is counted once
/// - for each place of the batch, in order, a remaining account: the candidate's vote account
/// - a vote account that was closed, or never initialized, scores nothing and stops nobody
/// - one that was created anew at its address starts without the past of the other
/// - the worst commission of the last eight observed epochs counts
/// - the realised yield is that of the pool's record, if the pool has updated it this epoch; one that covers several
///   epochs teaches nothing, and one that is not found where it was is left for whoever names its place
#[derive(Accounts)]
pub struct Observe {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(address = config.validator_list @ SelectionError::WrongValidatorList)]
    pub validator_list: ValidatorList,
}

pub fn handler(ctx: &mut Context<Observe>, batch: &[Place]) -> Result<()> {
    let votes = ctx.remaining_accounts()?;
    require!(votes.len() == batch.len(), SelectionError::WrongAccountCount);
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    accounts.config.open_epoch(&clock);

    let config: &mut Config = &mut accounts.config;
    let candidates = accounts.registry.as_mut_slice();
    let records = accounts.validator_list.as_slice();
    let before = config.epoch_calibration();
    let mut observed: u64 = 0;
    for (place, vote) in batch.iter().zip(votes.iter()) {
        let candidate = candidate_of(candidates, place.index, vote.address())?;
        let record = find_record(records, candidate, place.pool_index);
        if observe(config, candidate, record, vote, clock.epoch) {
            observed = observed.checked_add(1).or_overflow()?;
        }
    }
    config.observed = config.observed.checked_add(observed).or_overflow()?;

    let after = config.epoch_calibration();
    let kappa = config.kappa;
    emit!(CandidatesObserved {
        config: *accounts.config.address(),
        epoch: clock.epoch,
        observed,
        kappa,
        growth_before: before.growth,
        growth_after: after.growth,
        weight_before: before.weight,
        weight_after: after.weight,
    });
    Ok(())
}
