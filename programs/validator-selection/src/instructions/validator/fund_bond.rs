//! `fund_bond`: LST stands for a validator's stake.

use anchor_lang::prelude::*;
use staking_pool::invoke::transfer_tokens;

use crate::chain::{candidate_of, require_held};
use crate::errors::{OrOverflow, SelectionError};
use crate::events::BondChanged;
use crate::state::{Config, Registry};

/// Specification
/// - anyone may send it; the payer signs and holds (or is delegate of) the LST
/// - `index` is the candidate's place in the registry
/// - the LST goes into the vault; it is the authorized withdrawer's of the vote account to take back, not the payer's
/// - counts from the next observation on
#[derive(Accounts)]
pub struct FundBond {
    #[account(mut)]
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    pub vote: UncheckedAccount,
    pub payer: Signer,
    #[account(mut)]
    pub payer_lst: UncheckedAccount,
    #[account(mut, address = config.vault @ SelectionError::WrongVault)]
    pub vault: UncheckedAccount,
    #[account(address = config.token_program @ SelectionError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<FundBond>, index: u32, shares: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(shares > 0, SelectionError::ZeroAmount);
    require_held(accounts.payer_lst.account())?;
    let candidate = candidate_of(accounts.registry.as_mut_slice(), index, accounts.vote.address())?;
    let bond_before = candidate.bond;
    candidate.bond = bond_before.checked_add(shares).or_overflow()?;
    let config = &mut accounts.config;
    config.bonds = config.bonds.checked_add(shares).or_overflow()?;
    transfer_tokens(
        &config.token_program,
        accounts.payer_lst.account(),
        accounts.vault.account(),
        accounts.payer.account(),
        shares,
    );
    emit!(BondChanged {
        config: *accounts.config.address(),
        vote: candidate.vote,
        by: *accounts.payer.address(),
        bond_before,
        bond_after: candidate.bond,
        leaving_before: candidate.bond_leaving,
        leaving_after: candidate.bond_leaving,
        release_epoch: candidate.release_epoch,
        bonds_after: accounts.config.bonds,
    });
    Ok(())
}
