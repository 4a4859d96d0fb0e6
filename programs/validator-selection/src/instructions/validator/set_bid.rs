//! `set_bid`: what a validator pays for stake.

use anchor_lang::prelude::*;
use sluice_selection_math::Bid;

use crate::chain::{candidate_of, require_validator};
use crate::constants::VOTE_PROGRAM;
use crate::errors::SelectionError;
use crate::events::BidSet;
use crate::state::{Config, Registry};

/// Specification
/// - the node of the vote account, or its authorized withdrawer, signs
/// - `index` is the candidate's place in the registry
/// - `bid` lamports per SOL of stake and epoch, at most a million; 0: none
/// - counts from the next epoch's observation on: the epoch under way is charged as it was bid for
/// - the bond has to cover it, or bounds the stake: a bid without a bond gets nothing
#[derive(Accounts)]
pub struct SetBid {
    pub config: Account<Config>,
    #[account(mut, address = config.registry @ SelectionError::WrongRegistry)]
    pub registry: Registry,
    #[account(owner = VOTE_PROGRAM @ SelectionError::NotAVoteAccount)]
    pub vote: UncheckedAccount,
    pub authority: Signer,
}

pub fn handler(ctx: &mut Context<SetBid>, index: u32, bid: u32) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require_validator(accounts.vote.account(), accounts.authority.address())?;
    require!(Bid(bid) <= Bid::MAX, SelectionError::BidTooHigh);
    let candidate = candidate_of(accounts.registry.as_mut_slice(), index, accounts.vote.address())?;
    let before = candidate.next_bid;
    candidate.next_bid = bid;
    emit!(BidSet {
        config: *accounts.config.address(),
        vote: candidate.vote,
        before: u64::from(before),
        after: u64::from(bid),
    });
    Ok(())
}
