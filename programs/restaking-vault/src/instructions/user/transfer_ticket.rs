//! A ticket gets another owner.

use anchor_lang::prelude::*;

use crate::errors::VaultError;
use crate::events::TicketTransferred;
use crate::state::WithdrawalTicket;

/// Specification:
/// - the ticket's owner signs;
/// - the new owner, any key, is paid when the ticket is claimed, and gets its rent; nothing else of the ticket changes,
///   so it is slashed and held back as before.
#[derive(Accounts)]
pub struct TransferTicket {
    #[account(mut)]
    pub ticket: Account<WithdrawalTicket>,
    #[account(address = ticket.owner @ VaultError::NotTicketOwner)]
    pub owner: Signer,
    pub new_owner: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<TransferTicket>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let before = accounts.ticket.owner;
    let after = *accounts.new_owner.address();
    accounts.ticket.owner = after;
    emit!(TicketTransferred {
        vault: accounts.ticket.vault,
        ticket: *accounts.ticket.address(),
        before,
        after,
    });
    Ok(())
}
