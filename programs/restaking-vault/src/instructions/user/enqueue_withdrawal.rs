//! VRT into a ticket.

use anchor_lang::prelude::*;

use crate::errors::{OrVaultError, VaultError};
use crate::events::WithdrawalEnqueued;
use crate::invoke;
use crate::state::{Vault, WithdrawalTicket};

/// Specification:
/// - `vrt_amount` is above zero, and the owner's account holds it;
/// - the VRT, of either class, move into the vault's escrow for them and keep their part in every slash and reward;
/// - the ticket is a new account whose key signs, paid for by the owner;
/// - it can be claimed after the vault's cool-down, and no request holds it back later than two request lifetimes
///   after that;
/// - the share price does not change; a pause stops nothing of this.
#[derive(Accounts)]
pub struct EnqueueWithdrawal {
    #[account(mut)]
    pub vault: Account<Vault>,
    /// Owns the VRT, will own the ticket, and pays its rent.
    #[account(mut)]
    pub owner: Signer,
    /// Token account the VRT are taken from.
    #[account(mut)]
    pub owner_vrt: UncheckedAccount,
    #[account(mut)]
    pub vrt_escrow: UncheckedAccount,
    #[account(init, payer = owner)]
    pub ticket: Account<WithdrawalTicket>,
    #[account(address = vault.vrt_token_program @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
    pub system_program: Program<System>,
}

pub(crate) fn handler(ctx: &mut Context<EnqueueWithdrawal>, vrt_amount: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    require!(vrt_amount > 0, VaultError::ZeroAmount);
    let class = vault.class_of_escrow(accounts.vrt_escrow.address())?;
    let epoch = Clock::get()?.epoch;
    let schedule = vault.request_terms().ticket(epoch, vault.cooldown_epochs).or_vault_error()?;
    let queued = vault.queued(class);
    let queued_before = *queued;
    let queued_after = queued_before.checked_add(vrt_amount).or_vault_error()?;
    *queued = queued_after;

    let ticket = &mut accounts.ticket;
    ticket.vault = *accounts.vault.address();
    ticket.owner = *accounts.owner.address();
    ticket.vrt_amount = vrt_amount;
    ticket.enqueued_epoch = epoch;
    ticket.unlock_epoch = schedule.unlocks_at;
    ticket.release_epoch = schedule.released_at;
    ticket.junior = u8::from(class.is_junior());

    invoke::transfer(
        accounts.vrt_token_program.account(),
        accounts.owner_vrt.account(),
        accounts.vrt_escrow.account(),
        accounts.owner.account(),
        vrt_amount,
        &[],
    );
    emit!(WithdrawalEnqueued {
        vault: *accounts.vault.address(),
        owner: *accounts.owner.address(),
        ticket: *accounts.ticket.address(),
        vrt_amount,
        unlock_epoch: schedule.unlocks_at,
        release_epoch: schedule.released_at,
        junior: u64::from(class.is_junior()),
        queued_before,
        queued_after,
    });
    Ok(())
}
