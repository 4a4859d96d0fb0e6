//! One leaf of a distribution paid out.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::merkle;

use super::create_distribution::decimals_of;
use crate::constants::MAX_PROOF;
use crate::errors::{OrVaultError, VaultError};
use crate::events::RewardClaimed;
use crate::invoke::TransferChecked;
use crate::state::Distribution;
use crate::token::TokenAccountView;

/// Specification:
/// - anyone may call it, before the distribution expires; the tokens go to a token account of the leaf's owner;
/// - the proof leads from the leaf, which holds distribution, index, owner and amount, to the root;
/// - a leaf is paid once;
/// - all claims together take no more than what arrived when the distribution was created.
#[derive(Accounts)]
pub struct ClaimReward {
    #[account(mut)]
    pub distribution: Account<Distribution>,
    /// Whom the leaf names; need not sign.
    pub owner: UncheckedAccount,
    /// Token account of the owner.
    #[account(mut)]
    pub recipient: UncheckedAccount,
    #[account(mut, address = distribution.token_account @ VaultError::WrongDistributionAccount)]
    pub token_account: UncheckedAccount,
    #[account(address = distribution.mint @ VaultError::WrongDistributionAccount)]
    pub mint: UncheckedAccount,
    #[account(address = distribution.token_program @ VaultError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub(crate) fn handler(
    ctx: &mut Context<ClaimReward>,
    index: u32,
    amount: u64,
    proof: Vec<[u8; 32]>,
) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let distribution = &mut accounts.distribution;
    require!(Clock::get()?.epoch < distribution.expiry_epoch, VaultError::DistributionExpired);
    require!(proof.len() <= MAX_PROOF, VaultError::WrongProof);
    let owner = *accounts.owner.address();
    let address = *distribution.address();
    let leaf = merkle::leaf(sha256, &address.to_bytes(), index, &owner.to_bytes(), amount);
    require!(merkle::root(sha256, leaf, &proof) == distribution.root, VaultError::WrongProof);
    let fresh = distribution.mark(index).ok_or(VaultError::WrongProof)?;
    require!(fresh, VaultError::AlreadyClaimed);
    let recipient = TokenAccountView::read(accounts.recipient.account(), accounts.token_program.address())
        .ok_or(VaultError::WrongRecipient)?;
    require!(recipient.owner == owner && recipient.mint == distribution.mint, VaultError::WrongRecipient);

    let claimed_before = distribution.claimed;
    let claimed_after = claimed_before.checked_add(amount).or_vault_error()?;
    require!(claimed_after <= distribution.total, VaultError::DistributionExhausted);
    distribution.claimed = claimed_after;
    distribution.claims = distribution.claims.checked_add(1).or_vault_error()?;
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
    transfer.invoke(amount, &[CpiSigner::from(&seeds)]);
    emit!(RewardClaimed {
        distribution: address,
        owner,
        index: u64::from(index),
        amount,
        claimed_before,
        claimed_after,
    });
    Ok(())
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    solana_sha256_hasher::hashv(parts).to_bytes()
}
