//! What nobody has claimed goes back.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;

use super::create_distribution::decimals_of;
use crate::errors::VaultError;
use crate::events::RewardsClawedBack;
use crate::invoke::TransferChecked;
use crate::state::Distribution;
use crate::token::{TokenAccountView, balance};

/// Specification:
/// - anyone may call it, once the distribution has expired;
/// - all that its token account holds goes to a token account of the creator, the distribution is closed, and its rent
///   goes to the creator.
#[derive(Accounts)]
pub struct ClawBack {
    #[account(mut, close = creator)]
    pub distribution: Account<Distribution>,
    /// Gets the rent; need not sign.
    #[account(mut, address = distribution.creator @ VaultError::WrongCreator)]
    pub creator: UncheckedAccount,
    /// Token account of the creator.
    #[account(mut)]
    pub recipient: UncheckedAccount,
    #[account(mut, address = distribution.token_account @ VaultError::WrongDistributionAccount)]
    pub token_account: UncheckedAccount,
    #[account(address = distribution.mint @ VaultError::WrongDistributionAccount)]
    pub mint: UncheckedAccount,
    #[account(address = distribution.token_program @ VaultError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<ClawBack>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let distribution = &accounts.distribution;
    require!(Clock::get()?.epoch >= distribution.expiry_epoch, VaultError::DistributionNotExpired);
    let recipient = TokenAccountView::read(accounts.recipient.account(), accounts.token_program.address())
        .ok_or(VaultError::WrongRecipient)?;
    require!(
        recipient.owner == distribution.creator && recipient.mint == distribution.mint,
        VaultError::WrongRecipient
    );
    let returned = balance(accounts.token_account.account())?;
    let key = distribution.key();
    let seeds = key.seeds();
    let transfer = TransferChecked {
        program: accounts.token_program.account(),
        from: accounts.token_account.account(),
        mint: accounts.mint.account(),
        to: accounts.recipient.account(),
        authority: distribution.account(),
        decimals: decimals_of(accounts.mint.account())?,
    };
    transfer.invoke(returned, &[CpiSigner::from(&seeds)]);
    emit!(RewardsClawedBack {
        distribution: *distribution.address(),
        creator: distribution.creator,
        claimed: distribution.claimed,
        returned,
    });
    Ok(())
}
