//! The resolver dismisses an accusation.

use anchor_lang::prelude::*;

use crate::errors::VaultError;
use crate::events::SlashVetoed;
use crate::state::{Allocation, SlashRequest, Vault};

/// Specification:
/// - the vault's resolver of this epoch signs;
/// - the veto window is not over;
/// - the request is closed, its rent goes back to who paid it, and tickets no longer wait for it.
#[derive(Accounts)]
pub struct VetoSlash {
    #[account(mut, address = slash_request.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(mut, address = slash_request.allocation @ VaultError::WrongAllocation)]
    pub allocation: Account<Allocation>,
    #[account(mut, close = rent_payer)]
    pub slash_request: Account<SlashRequest>,
    pub resolver: Signer,
    /// Gets the rent back. May be the resolver: only its lamports change.
    #[account(mut, unsafe(dup), address = slash_request.rent_payer @ VaultError::WrongRentReceiver)]
    pub rent_payer: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<VetoSlash>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let request = &accounts.slash_request;
    let epoch = Clock::get()?.epoch;
    require!(*accounts.resolver.address() == accounts.vault.resolver_at(epoch), VaultError::NotResolver);
    require!(epoch < request.executable_epoch, VaultError::VetoWindowOver);
    accounts.allocation.request_open = 0;
    accounts.vault.forget_request();
    emit!(SlashVetoed {
        vault: request.vault,
        allocation: request.allocation,
        request: *request.address(),
        amount: request.amount,
        open_requests_after: accounts.vault.open_requests,
    });
    Ok(())
}
