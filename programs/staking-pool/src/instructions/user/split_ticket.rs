//! `split_ticket`: one delayed exit becomes two.

use anchor_lang::prelude::*;
use sluice_money::{Lamports, LstAmount};
use sluice_pool_math as math;

use crate::errors::PoolError;
use crate::events::TicketSplit;
use crate::state::Ticket;

/// Specification
/// - the ticket's owner signs, and pays the new ticket's rent
/// - `shares` move to the new ticket, with their part of what the ticket was ordered for, rounded down; both are due when
///   the ticket was
/// - both keep some shares and are ordered for some lamports; the sums do not change
#[derive(Accounts)]
pub struct SplitTicket {
    #[account(mut)]
    pub ticket: Account<Ticket>,
    #[account(mut, address = ticket.owner @ PoolError::NotTicketOwner)]
    pub owner: Signer,
    #[account(init, payer = owner)]
    pub part: Account<Ticket>,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<SplitTicket>, shares: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let ticket = &mut accounts.ticket;
    let rest_shares = ticket.shares.saturating_sub(shares);
    require!(shares > 0 && rest_shares > 0, PoolError::TicketNotDivisible);
    let split = math::split(LstAmount(ticket.shares), Lamports(ticket.ordered_lamports), LstAmount(shares))
        .map_err(|_| PoolError::TicketNotDivisible)?;
    ticket.shares = rest_shares;
    ticket.ordered_lamports = split.rest.0;
    let part = &mut accounts.part;
    part.pool = ticket.pool;
    part.owner = ticket.owner;
    part.shares = shares;
    part.ordered_lamports = split.part.0;
    part.claim_epoch = ticket.claim_epoch;
    emit!(TicketSplit {
        pool: ticket.pool,
        ticket: *ticket.address(),
        part: *part.address(),
        part_shares: shares,
        part_lamports: split.part.0,
        rest_shares,
        rest_lamports: split.rest.0,
    });
    Ok(())
}
