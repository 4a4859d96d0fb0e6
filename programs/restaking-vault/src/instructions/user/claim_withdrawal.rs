//! A ticket paid out.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::{Redeemed, VrtAmount};

use crate::errors::{OrVaultError, VaultError};
use crate::events::{BookEntry, WithdrawalClaimed};
use crate::invoke::{self, TransferChecked};
use crate::state::{Class, Vault, WithdrawalTicket};
use crate::token::TokenAccountView;

/// Specification:
/// - anyone may call it, also while the vault is paused; the collateral goes to a token account of the ticket's owner,
///   the rent to the owner;
/// - the ticket's cool-down is over;
/// - no slash request is open, or all have expired, or the ticket has reached its release epoch: however many
///   services open however many requests, every ticket can be claimed from then on;
/// - it pays `vrt * assets / supply` at the current share price of its class, rounded down, so every slash since it was
///   ordered has hit it; at least `min_out` arrives;
/// - the VRT are burnt and the ticket is closed: it pays once; a shielded vault forgets their part of the principal.
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
    #[account(address = vault.collateral_mint @ VaultError::WrongCollateralMint)]
    pub collateral_mint: UncheckedAccount,
    #[account(mut)]
    pub vrt_escrow: UncheckedAccount,
    #[account(mut)]
    pub vrt_mint: UncheckedAccount,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(address = vault.vrt_token_program @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<ClaimWithdrawal>, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let claim = Claim {
        ticket: &accounts.ticket,
        recipient: accounts.recipient.account(),
        collateral_account: accounts.collateral_account.account(),
        collateral_mint: accounts.collateral_mint.account(),
        vrt_escrow: accounts.vrt_escrow.account(),
        vrt_mint: accounts.vrt_mint.account(),
        collateral_token_program: accounts.collateral_token_program.account(),
        vrt_token_program: accounts.vrt_token_program.account(),
    };
    claim.pay(&mut accounts.vault, min_out)?;
    Ok(())
}

/// What paying a ticket takes beside the vault.
pub(super) struct Claim<'a> {
    pub ticket: &'a Account<WithdrawalTicket>,
    pub recipient: &'a AccountView,
    pub collateral_account: &'a AccountView,
    pub collateral_mint: &'a AccountView,
    pub vrt_escrow: &'a AccountView,
    pub vrt_mint: &'a AccountView,
    pub collateral_token_program: &'a AccountView,
    pub vrt_token_program: &'a AccountView,
}

impl Claim<'_> {
    /// Checks the ticket, burns its VRT and pays them; returns what arrived.
    ///
    /// Errors: `WrongRecipient`, `WrongVrtMint`, `WrongVrtEscrow`, `CooldownNotOver`, `PendingSlash`, `SlippageExceeded`,
    /// `Overflow`.
    #[inline(always)]
    pub fn pay(&self, vault: &mut Account<Vault>, min_out: u64) -> Result<u64> {
        let ticket = self.ticket;
        let recipient = TokenAccountView::read(self.recipient, self.collateral_token_program.address())
            .ok_or(VaultError::WrongRecipient)?;
        require!(
            recipient.owner == ticket.owner && recipient.mint == vault.collateral_mint,
            VaultError::WrongRecipient
        );
        let class = vault.class_of_mint(self.vrt_mint.address())?;
        require!(class.is_junior() == (ticket.junior == 1), VaultError::WrongVrtMint);
        require!(vault.class_of_escrow(self.vrt_escrow.address())? == class, VaultError::WrongVrtEscrow);

        let clock = Clock::get()?;
        let schedule = ticket.schedule();
        require!(clock.epoch >= schedule.unlocks_at, VaultError::CooldownNotOver);
        let held = schedule.is_held(clock.epoch, vault.open_requests, vault.requests_expire_at);
        require!(!held, VaultError::PendingSlash);

        vault.touch(&clock)?;
        let before = BookEntry::from(&**vault);
        let vrt = VrtAmount(ticket.vrt_amount);
        let Redeemed { after, paid } = vault.book(class).redeem(vrt).or_vault_error()?;
        vault.forget_principal(vrt)?;
        vault.set_book(class, after);
        let queued = vault.queued(class);
        let queued_before = *queued;
        let queued_after = queued_before.checked_sub(vrt.0).or_vault_error()?;
        *queued = queued_after;

        let key = vault.key();
        let seeds = key.seeds();
        invoke::burn(
            self.vrt_token_program,
            self.vrt_escrow,
            self.vrt_mint,
            vault.account(),
            vrt.0,
            &[CpiSigner::from(&seeds)],
        );
        let transfer = TransferChecked {
            program: self.collateral_token_program,
            from: self.collateral_account,
            mint: self.collateral_mint,
            to: self.recipient,
            authority: vault.account(),
            decimals: vault.collateral_decimals,
        };
        let received = transfer.invoke_counted(paid.0, &[CpiSigner::from(&seeds)])?;
        require!(received >= min_out, VaultError::SlippageExceeded);
        emit!(WithdrawalClaimed {
            vault: *vault.address(),
            owner: ticket.owner,
            ticket: *ticket.address(),
            vrt_amount: vrt.0,
            paid: paid.0,
            received,
            junior: u64::from(class == Class::Junior),
            queued_before,
            queued_after,
            before,
            after: BookEntry::from(&**vault),
        });
        Ok(received)
    }
}
