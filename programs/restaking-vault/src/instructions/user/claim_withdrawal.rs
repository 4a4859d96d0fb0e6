//! A ticket paid out.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{Redeemed, VrtAmount};

use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, WithdrawalClaimed};
use crate::invoke;
use crate::state::{Vault, WithdrawalTicket};
use crate::token::TokenAccountView;

/// Specification:
/// - anyone may call it; the collateral goes to a token account of the ticket's owner, the rent to the owner;
/// - the ticket's cool-down is over;
/// - no slash request is open, or all have expired, or the ticket has reached its release epoch: however many
///   services open however many requests, every ticket can be claimed from then on;
/// - it pays `vrt * assets / supply` at the current share price, rounded down and at least `min_out`, so every
///   slash since it was ordered has hit it;
/// - the VRT are burnt and the ticket is closed: it pays once.
#[derive(Accounts)]
pub struct ClaimWithdrawal {
    #[account(mut, address = ticket.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(mut, close = owner)]
    pub ticket: Account<WithdrawalTicket>,
    /// Receives the ticket's rent; need not sign.
    #[account(mut, address = ticket.owner @ VaultError::NotTicketOwner)]
    pub owner: UncheckedAccount,
    /// Token account of the owner that receives the collateral.
    #[account(mut)]
    pub recipient: UncheckedAccount,
    #[account(mut, address = vault.collateral_account @ VaultError::WrongCollateralAccount)]
    pub collateral_account: UncheckedAccount,
    #[account(mut, address = vault.vrt_escrow @ VaultError::WrongVrtEscrow)]
    pub vrt_escrow: UncheckedAccount,
    #[account(mut, address = vault.vrt_mint @ VaultError::WrongVrtMint)]
    pub vrt_mint: UncheckedAccount,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(address = vault.vrt_token_program @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<ClaimWithdrawal>, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    let ticket = &accounts.ticket;
    let recipient =
        TokenAccountView::read(accounts.recipient.account(), accounts.collateral_token_program.address())
            .ok_or(VaultError::WrongRecipient)?;
    require!(
        recipient.owner == ticket.owner && recipient.mint == vault.collateral_mint,
        VaultError::WrongRecipient
    );

    let epoch = Clock::get()?.epoch;
    let schedule = ticket.schedule();
    require!(epoch >= schedule.unlocks_at, VaultError::CooldownNotOver);
    let held = schedule.is_held(epoch, vault.open_requests, vault.requests_expire_at);
    require!(!held, VaultError::PendingSlash);

    let vrt_amount = ticket.vrt_amount;
    let before = vault.book();
    let Redeemed { after, paid } = before.redeem(VrtAmount(vrt_amount)).or_vault_error()?;
    require!(paid.0 >= min_out, VaultError::SlippageExceeded);

    let cap = vault.epoch_cap(epoch);
    vault.set_epoch_cap(cap);
    vault.set_book(after);
    let queued_before = vault.queued_vrt;
    let queued_after = queued_before.checked_sub(vrt_amount).or_vault_error()?;
    vault.queued_vrt = queued_after;

    let key = accounts.vault.key();
    let seeds = key.seeds();
    invoke::burn(
        accounts.vrt_token_program.account(),
        accounts.vrt_escrow.account(),
        accounts.vrt_mint.account(),
        accounts.vault.account(),
        vrt_amount,
        &[CpiSigner::from(&seeds)],
    );
    invoke::transfer(
        accounts.collateral_token_program.account(),
        accounts.collateral_account.account(),
        accounts.recipient.account(),
        accounts.vault.account(),
        paid.0,
        &[CpiSigner::from(&seeds)],
    );
    emit!(WithdrawalClaimed {
        vault: *accounts.vault.address(),
        owner: *accounts.owner.address(),
        ticket: *accounts.ticket.address(),
        vrt_amount,
        paid: paid.0,
        queued_before,
        queued_after,
        before: BookEntry::from(before),
        after: BookEntry::from(after),
    });
    Ok(())
}
