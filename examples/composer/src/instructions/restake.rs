//! `restake`: SOL in, shares of a vault out, by one call.

use anchor_lang::prelude::*;

use crate::errors::{ComposerError, OrError};
use crate::token;
use crate::vault::{StakeAndRestake, VAULT_PROGRAM};

/// Specification
/// - the user signs and pays `lamports`; the VRT are the user's, at least `min_vrt_out`, and nothing of them is a market's
/// - answers how many they are, as the vault counts it: the difference between before and after
/// - refused where the vault or its pool refuses
#[derive(Accounts)]
pub struct Restake {
    #[account(mut)]
    pub vault: UncheckedAccount,
    #[account(mut)]
    pub user: Signer,
    #[account(mut)]
    pub user_vrt: UncheckedAccount,
    #[account(mut)]
    pub collateral_account: UncheckedAccount,
    #[account(mut)]
    pub collateral_mint: UncheckedAccount,
    #[account(mut)]
    pub vrt_mint: UncheckedAccount,
    #[account(mut)]
    pub staking_pool: UncheckedAccount,
    #[account(mut)]
    pub pool_reserve: UncheckedAccount,
    pub collateral_token_program: UncheckedAccount,
    pub vrt_token_program: UncheckedAccount,
    pub system_program: Program<System>,
    pub pool_program: UncheckedAccount,
    #[account(address = VAULT_PROGRAM @ ComposerError::WrongVaultProgram)]
    pub vault_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<Restake>, lamports: u64, min_vrt_out: u64) -> Result<u64> {
    let accounts = &mut ctx.accounts;
    let before = token::balance(accounts.user_vrt.account())?;
    let restake = StakeAndRestake {
        vault: accounts.vault.cpi_handle_mut(),
        user: accounts.user.cpi_handle_mut(),
        user_vrt: accounts.user_vrt.cpi_handle_mut(),
        collateral_account: accounts.collateral_account.cpi_handle_mut(),
        collateral_mint: accounts.collateral_mint.cpi_handle_mut(),
        vrt_mint: accounts.vrt_mint.cpi_handle_mut(),
        staking_pool: accounts.staking_pool.cpi_handle_mut(),
        pool_reserve: accounts.pool_reserve.cpi_handle_mut(),
        collateral_token_program: accounts.collateral_token_program.cpi_handle(),
        vrt_token_program: accounts.vrt_token_program.cpi_handle(),
        system_program: accounts.system_program.cpi_handle(),
        pool_program: accounts.pool_program.cpi_handle(),
    };
    restake.invoke(lamports, min_vrt_out);
    token::balance(accounts.user_vrt.account())?.checked_sub(before).or_error()
}
