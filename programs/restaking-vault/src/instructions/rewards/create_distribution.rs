//! Rewards in any token, by a tree of hashes.

use anchor_lang::prelude::*;

use crate::constants::*;
use crate::errors::{OrVaultError, VaultError};
use crate::events::DistributionCreated;
use crate::invoke::TransferChecked;
use crate::state::{Distribution, Vault};
use crate::token::{TokenAccountView, is_token_program};

/// Who gets how much, as its creator has worked it out.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct DistributionParams {
    /// Root of the tree: see `sluice_vault_math::merkle`.
    pub root: [u8; 32],
    /// Base units taken from the creator.
    pub amount: u64,
    /// First epoch too late for a claim.
    pub expiry_epoch: u64,
    pub leaves: u32,
}

/// Specification:
/// - anyone may create one, for the holders of any vault; the creator signs, pays the rent and owns the tokens;
/// - it is the PDA of its token account, which is of the distribution and of the mint, without delegate, close authority
///   or an extension by which it could refuse a transfer;
/// - `amount` is above zero; what arrives is what can be claimed, whatever the account held before;
/// - there are 1 to [`MAX_LEAVES`] leaves; claims are possible for at least two epoch boundaries and at most
///   [`MAX_DISTRIBUTION_EPOCHS`].
#[derive(Accounts)]
pub struct CreateDistribution {
    pub vault: Account<Vault>,
    #[account(mut)]
    pub creator: Signer,
    pub mint: UncheckedAccount,
    /// Token account of the creator.
    #[account(mut)]
    pub creator_tokens: UncheckedAccount,
    /// Token account of the distribution, created by the client.
    #[account(mut)]
    pub token_account: UncheckedAccount,
    #[account(init, payer = creator, seeds = [b"distribution", token_account.address().as_ref()], bump)]
    pub distribution: Account<Distribution>,
    #[account(constraint = is_token_program(token_program.address()) @ VaultError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    pub system_program: Program<System>,
}

pub(crate) fn handler(ctx: &mut Context<CreateDistribution>, params: DistributionParams) -> Result<()> {
    let bump = ctx.bumps.distribution;
    let accounts = &mut ctx.accounts;
    let DistributionParams { root, amount, expiry_epoch, leaves } = params;
    let epoch = Clock::get()?.epoch;
    let first = epoch.checked_add(u64::from(MIN_EPOCHS)).or_vault_error()?;
    let last = epoch.checked_add(MAX_DISTRIBUTION_EPOCHS).or_vault_error()?;
    require!(amount > 0, VaultError::ZeroAmount);
    require!((1..=MAX_LEAVES).contains(&leaves), VaultError::LeavesOutOfRange);
    require!((first..=last).contains(&expiry_epoch), VaultError::WindowOutOfRange);
    TokenAccountView::check_custody(
        accounts.token_account.account(),
        accounts.token_program.address(),
        accounts.mint.address(),
        accounts.distribution.address(),
    )?;
    let decimals = decimals_of(accounts.mint.account())?;
    let transfer = TransferChecked {
        program: accounts.token_program.account(),
        from: accounts.creator_tokens.account(),
        mint: accounts.mint.account(),
        to: accounts.token_account.account(),
        authority: accounts.creator.account(),
        decimals,
    };
    let total = transfer.invoke_counted(amount, &[])?;
    require!(total > 0, VaultError::ZeroAmount);

    let distribution = &mut accounts.distribution;
    distribution.vault = *accounts.vault.address();
    distribution.creator = *accounts.creator.address();
    distribution.mint = *accounts.mint.address();
    distribution.token_account = *accounts.token_account.address();
    distribution.token_program = *accounts.token_program.address();
    distribution.root = root;
    distribution.total = total;
    distribution.expiry_epoch = expiry_epoch;
    distribution.leaves = leaves;
    distribution.bump = bump;
    distribution.version = VERSION;
    emit!(DistributionCreated {
        vault: distribution.vault,
        distribution: *distribution.address(),
        creator: distribution.creator,
        mint: distribution.mint,
        root,
        amount,
        total,
        leaves: u64::from(leaves),
        expiry_epoch,
    });
    Ok(())
}

/// Decimals of a mint, at byte 44; the token program checks them. Errors: `WrongDistributionAccount`.
pub(super) fn decimals_of(mint: &AccountView) -> Result<u8> {
    let data = mint.try_borrow()?;
    Ok(*data.get(44).ok_or(VaultError::WrongDistributionAccount)?)
}
