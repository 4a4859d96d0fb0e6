//! `observe`: what vote accounts, and the pool's own stake, say of a batch of candidates.

use anchor_lang::prelude::*;
use staking_pool::state::{Pool, ValidatorList};

use crate::chain::{candidate_of, find_record};
use crate::errors::{OrOverflow, SelectionError};
use crate::events::CandidatesObserved;
use crate::state::{Config, Registry};
use crate::watch::Watch;

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
/// - the first of an epoch takes in bid, bond and directed weight, and fixes what the bid of the last epoch came to; a
///   later one adds a commission that was raised since, and a bond that changed
/// - the realised yield is that of the pool's record, if the pool has updated it this epoch, and else the candidate waits
///   for another observation; one that covers several epochs teaches nothing, and one that is not found where it was is
///   left for whoever names its place
/// - one whose identity changed does not compete until somebody confirms that no other candidate has it
/// - not while an allocation is under way
#[derive(Accounts)]
pub struct Observe {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(address = config.pool @ SelectionError::WrongPool)]
    pub pool: Account<Pool>,
    #[account(address = config.validator_list @ SelectionError::WrongValidatorList)]
    pub validator_list: ValidatorList,
}

pub fn handler(ctx: &mut Context<Observe>, batch: &[Place]) -> Result<()> {
    let votes = ctx.remaining_accounts()?;
    require!(votes.len() == batch.len(), SelectionError::WrongAccountCount);
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    accounts.config.require_not_allocating(clock.epoch)?;
    accounts.config.open_epoch(&clock, &accounts.pool);

    let ledger = accounts.pool.ledger().at(clock.slot).or_overflow()?;
    let config: &mut Config = &mut accounts.config;
    let candidates = accounts.registry.as_mut_slice();
    let records = accounts.validator_list.as_slice();
    let before = config.epoch_sums;
    let mut observed: u64 = 0;
    let mut watch = Watch::new(config, ledger, &clock);
    for (place, vote) in batch.iter().zip(votes.iter()) {
        let candidate = candidate_of(candidates, place.index, vote.address())?;
        let record = find_record(records, candidate, place.pool_index);
        if watch.observe(candidate, record, vote) {
            observed = observed.checked_add(1).or_overflow()?;
        }
    }
    let config = &mut accounts.config;
    config.observed = config.observed.checked_add(observed).or_overflow()?;
    emit!(CandidatesObserved {
        config: *accounts.config.address(),
        epoch: clock.epoch,
        observed,
        kappa: accounts.config.kappa,
        average_extra: accounts.config.average_extra,
        before,
        after: accounts.config.epoch_sums,
    });
    Ok(())
}
