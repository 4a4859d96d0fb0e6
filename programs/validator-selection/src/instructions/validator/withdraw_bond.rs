//! `withdraw_bond`: notice that a part of a bond is wanted back.

use anchor_lang::prelude::*;

use crate::chain::candidate_of;
use crate::errors::{OrOverflow, SelectionError};
use crate::events::BondChanged;
use crate::state::{Config, Registry};

/// Specification
/// - the bond's owner signs: the authorized withdrawer of the vote account, as last observed, banned or not
/// - `index` is the candidate's place in the registry
/// - `shares` LST of the bond stand for no stake any more, from the next observation on, and can be claimed when the
///   notice is over; until then they stay liable, after the rest of the bond
/// - a second notice adds to the first, and its time holds for both
#[derive(Accounts)]
pub struct WithdrawBond {
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    pub vote: UncheckedAccount,
    pub owner: Signer,
}

pub fn handler(ctx: &mut Context<WithdrawBond>, index: u32, shares: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(shares > 0, SelectionError::ZeroAmount);
    let candidate = candidate_of(accounts.registry.as_mut_slice(), index, accounts.vote.address())?;
    let by = *accounts.owner.address();
    require!(anchor_lang::address_eq(&candidate.bond_owner, &by), SelectionError::NotBondOwner);
    let (bond_before, leaving_before) = (candidate.bond, candidate.bond_leaving);
    candidate.bond = bond_before.checked_sub(shares).ok_or(SelectionError::InsufficientBond)?;
    candidate.bond_leaving = leaving_before.checked_add(shares).or_overflow()?;
    let notice = u64::from(accounts.config.params.notice_epochs);
    candidate.release_epoch = Clock::get()?.epoch.checked_add(notice).or_overflow()?;
    emit!(BondChanged {
        config: *accounts.config.address(),
        vote: candidate.vote,
        by,
        bond_before,
        bond_after: candidate.bond,
        leaving_before,
        leaving_after: candidate.bond_leaving,
        release_epoch: candidate.release_epoch,
        bonds_after: accounts.config.bonds,
    });
    Ok(())
}
