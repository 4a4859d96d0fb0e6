//! `claim_bond`: what a bond's owner gave notice of is paid out.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use staking_pool::invoke::return_tokens;
use staking_pool::state::ValidatorList;

use crate::chain::{candidate_of, is_listed};
use crate::constants::{NEVER, SELECTION_SEED};
use crate::errors::{OrOverflow, SelectionError};
use crate::events::BondChanged;
use crate::state::{Config, Registry};

/// Specification
/// - the bond's owner signs, and names the token account that is paid
/// - `index` is the candidate's place in the registry
/// - the notice is over, and what the bond owes for the last epoch is paid: the candidate was observed this epoch, and
///   settled if the pool's stake with it was measured; anyone can see to both. Where it was not measured, because the
///   pool has no record of it any more, nothing is owed
#[derive(Accounts)]
pub struct ClaimBond {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(address = config.validator_list @ SelectionError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    pub owner: Signer,
    #[account(mut)]
    pub destination: UncheckedAccount,
    #[account(mut, address = config.vault @ SelectionError::WrongVault)]
    pub vault: UncheckedAccount,
    #[account(address = config.token_program @ SelectionError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<ClaimBond>, index: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let epoch = Clock::get()?.epoch;
    let candidate = candidate_of(accounts.registry.as_mut_slice(), index, accounts.vote.address())?;
    let by = *accounts.owner.address();
    require!(anchor_lang::address_eq(&candidate.bond_owner, &by), SelectionError::NotBondOwner);
    let leaving_before = candidate.bond_leaving;
    require!(leaving_before > 0, SelectionError::ZeroAmount);
    require!(epoch >= candidate.release_epoch, SelectionError::BondNotReleased);
    let owes_nothing = match candidate.realised_epoch == epoch {
        true => candidate.earning == 0,
        false => !is_listed(accounts.validator_list.as_slice(), &candidate.vote),
    };
    let is_settled = candidate.settled_epoch == epoch || owes_nothing;
    require!(candidate.observed_epoch == epoch && is_settled, SelectionError::NotSettled);

    candidate.bond_leaving = 0;
    candidate.release_epoch = NEVER;
    let config = &mut accounts.config;
    config.bonds = config.bonds.checked_sub(leaving_before).or_overflow()?;
    let (pool, bump) = (config.pool, [config.bump]);
    let seeds = [Seed::from(SELECTION_SEED), Seed::from(pool.as_ref()), Seed::from(&bump)];
    return_tokens(
        &config.token_program,
        accounts.vault.account(),
        accounts.destination.account(),
        config.account(),
        leaving_before,
        CpiSigner::from(&seeds),
    );
    emit!(BondChanged {
        config: *accounts.config.address(),
        vote: candidate.vote,
        by,
        bond_before: candidate.bond,
        bond_after: candidate.bond,
        leaving_before,
        leaving_after: 0,
        release_epoch: NEVER,
        bonds_after: accounts.config.bonds,
    });
    Ok(())
}
