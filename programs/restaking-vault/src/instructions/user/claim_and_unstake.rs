//! A ticket whose collateral goes on into a ticket of the staking pool.

use anchor_lang::prelude::*;
use staking_pool::state::Pool;

use super::claim_withdrawal::Claim;
use crate::errors::VaultError;
use crate::events::UnstakeOrdered;
use crate::pool::OrderUnstakeCall;
use crate::state::{Vault, WithdrawalTicket};

/// Specification:
/// - the ticket's owner signs, pays the new ticket's rent and owns it;
/// - the vault's collateral is the LST of the staking pool named;
/// - the ticket is claimed as by `claim_withdrawal`, into a token account of the owner, and what arrives there is put
///   under one ticket of the pool, worth at least `min_out` lamports now.
#[derive(Accounts)]
pub struct ClaimAndUnstake {
    #[account(mut, address = ticket.vault @ VaultError::WrongVault)]
    pub vault: Account<Vault>,
    #[account(mut, close = owner)]
    pub ticket: Account<WithdrawalTicket>,
    #[account(mut, address = ticket.owner @ VaultError::NotTicketOwner)]
    pub owner: Signer,
    /// Token account of the owner that the collateral passes through.
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
    #[account(mut, address = vault.staking_pool @ VaultError::WrongStakingPool)]
    pub staking_pool: Account<Pool>,
    /// The staking pool checks that it is its own.
    #[account(mut)]
    pub pool_escrow: UncheckedAccount,
    /// A new account, which becomes the pool's ticket.
    #[account(mut)]
    pub pool_ticket: Signer,
    pub system_program: Program<System>,
    #[account(address = staking_pool::ID @ VaultError::WrongStakingPool)]
    pub pool_program: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<ClaimAndUnstake>, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(accounts.vault.of_liquidity == 0, VaultError::WrongStakingPool);
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
    let shares = claim.pay(&mut accounts.vault, 0)?;
    let order = OrderUnstakeCall {
        pool: accounts.staking_pool.account(),
        user: accounts.owner.account(),
        user_lst: accounts.recipient.account(),
        escrow: accounts.pool_escrow.account(),
        ticket: accounts.pool_ticket.account(),
        token_program: accounts.collateral_token_program.account(),
        system_program: accounts.system_program.account(),
    };
    order.invoke(shares, min_out);
    emit!(UnstakeOrdered {
        vault: *accounts.vault.address(),
        owner: *accounts.owner.address(),
        ticket: *accounts.ticket.address(),
        pool_ticket: *accounts.pool_ticket.address(),
        shares,
    });
    Ok(())
}
