//! An accusation nobody acted on in time.

use anchor_lang::prelude::*;

use crate::errors::VaultError;
use crate::events::SlashRequestClosed;
use crate::state::{Allocation, SlashRequest, Vault};

/// Specification:
/// - anyone may call it, once the request has expired;
/// - the request is closed, and its rent goes back to who paid it.
#[derive(Accounts)]
pub struct CloseSlashRequest {
    #[account(mut, address = slash_request.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(mut, address = slash_request.allocation @ VaultError::WrongAllocation)]
    pub allocation: Account<Allocation>,
    #[account(mut, close = rent_payer)]
    pub slash_request: Account<SlashRequest>,
    /// Gets the rent back; need not sign.
    #[account(mut, address = slash_request.rent_payer @ VaultError::WrongRentReceiver)]
    pub rent_payer: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<CloseSlashRequest>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let request = &accounts.slash_request;
    require!(Clock::get()?.epoch >= request.expiry_epoch, VaultError::RequestNotExpired);
    accounts.allocation.request_open = 0;
    accounts.vault.forget_request();
    emit!(SlashRequestClosed {
        vault: request.vault,
        allocation: request.allocation,
        request: *request.address(),
        amount: request.amount,
        executed: request.executed,
        open_requests_after: accounts.vault.open_requests,
    });
    Ok(())
}
