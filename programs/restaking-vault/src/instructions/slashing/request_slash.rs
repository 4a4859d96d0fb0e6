//! A service accuses an operator.

use anchor_lang::prelude::*;
use sluice_vault_math::CollateralAmount;

use crate::constants::VERSION;
use crate::errors::{OrVaultError, VaultError};
use crate::events::SlashRequested;
use crate::state::{Allocation, Service, SlashRequest, Vault};

/// Specification:
/// - the service's authority signs and pays the rent;
/// - `amount` is above zero and at most what the allocation puts at risk, its cooling part included, its
///   warming part not;
/// - an allocation has one request at a time, and the next may be opened one request lifetime after the last one's
///   expiry at the earliest, however the last one ended: one service holds claims back at most half of the time;
/// - the request can be vetoed first, executed next, and then expires; until then tickets wait.
#[derive(Accounts)]
pub struct RequestSlash {
    #[account(mut, address = allocation.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(mut)]
    pub allocation: Account<Allocation>,
    #[account(address = allocation.service @ VaultError::WrongService)]
    pub service: Account<Service>,
    #[account(mut, address = service.authority @ VaultError::NotServiceAuthority)]
    pub service_authority: Signer,
    #[account(
        init,
        payer = service_authority,
        seeds = [b"slash", allocation.address().as_ref(), allocation.next_nonce.to_le_bytes()],
        bump
    )]
    pub slash_request: Account<SlashRequest>,
    pub system_program: Program<System>,
}

pub(crate) fn handler(ctx: &mut Context<RequestSlash>, amount: u64, evidence: [u8; 32]) -> Result<()> {
    let bump = ctx.bumps.slash_request;
    let accounts = &mut ctx.accounts;
    let (vault, allocation) = (&mut accounts.vault, &mut accounts.allocation);
    let epoch = Clock::get()?.epoch;
    require!(amount > 0, VaultError::ZeroAmount);
    require!(allocation.request_open == 0, VaultError::RequestOpen);
    require!(epoch >= allocation.next_request_epoch, VaultError::RequestTooSoon);
    let risk = allocation.risk().at(epoch).or_vault_error()?;
    require!(CollateralAmount(amount) <= risk.amount, VaultError::SlashTooLarge);
    allocation.set_risk(risk);

    let nonce = allocation.next_nonce;
    let schedule = vault.request_terms().request(epoch).or_vault_error()?;
    allocation.next_nonce = nonce.checked_add(1).or_vault_error()?;
    allocation.next_request_epoch = schedule.next_request_from;
    allocation.request_open = 1;
    vault.open_requests = vault.open_requests.checked_add(1).or_vault_error()?;
    vault.requests_expire_at = vault.requests_expire_at.max(schedule.expires_at);

    let request = &mut accounts.slash_request;
    request.vault = *vault.address();
    request.allocation = *allocation.address();
    request.rent_payer = *accounts.service_authority.address();
    request.evidence = evidence;
    request.nonce = nonce;
    request.amount = amount;
    request.opened_epoch = epoch;
    request.executable_epoch = schedule.executable_from;
    request.expiry_epoch = schedule.expires_at;
    request.bump = bump;
    request.version = VERSION;
    emit!(SlashRequested {
        vault: request.vault,
        allocation: request.allocation,
        request: *request.address(),
        evidence,
        nonce,
        amount,
        executable_epoch: schedule.executable_from,
        expiry_epoch: schedule.expires_at,
        open_requests_after: vault.open_requests,
    });
    Ok(())
}
