//! `transfer_ticket`: a delayed exit gets another owner.

use anchor_lang::prelude::*;

use crate::errors::PoolError;
use crate::events::TicketTransferred;
use crate::state::Ticket;

/// Specification
/// - the ticket's owner signs
/// - the new owner, any key, is paid when the ticket is claimed, and gets its rent; nothing else of the ticket changes
#[derive(Accounts)]
pub struct TransferTicket {
    #[account(mut)]
    pub ticket: Account<Ticket>,
    #[account(address = ticket.owner @ PoolError::NotTicketOwner)]
    pub owner: Signer,
    pub new_owner: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<TransferTicket>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let before = accounts.ticket.owner;
    let after = *accounts.new_owner.address();
    accounts.ticket.owner = after;
    emit!(TicketTransferred {
        pool: accounts.ticket.pool,
        ticket: *accounts.ticket.address(),
        before,
        after,
    });
    Ok(())
}
