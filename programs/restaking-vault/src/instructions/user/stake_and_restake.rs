//! SOL in, VRT out: through the staking pool in one instruction.

use anchor_lang::prelude::*;
use pinocchio::cpi::Signer as CpiSigner;
use sluice_vault_math::CollateralAmount;
use staking_pool::state::Pool;

use super::deposit::{credit, require_open};
use crate::errors::VaultError;
use crate::events::{BookEntry, StakedAndRestaked};
use crate::invoke;
use crate::pool::DepositSolCall;
use crate::state::Vault;
use crate::token::balance;

/// Specification:
/// - the user signs and pays `lamports`; the VRT go to any account of the VRT mint but the vault's own escrows;
/// - the vault's collateral is the LST of the staking pool named, which takes deposits from anyone;
/// - the pool mints its LST into the vault's collateral account, on its own terms: its minimum, cap, fee and pauses;
/// - what arrives buys VRT as a deposit of it would, and must be at least the vault's minimum; `min_vrt_out` bounds the
///   whole way.
#[derive(Accounts)]
pub struct StakeAndRestake {
    #[account(mut)]
    pub vault: Account<Vault>,
    #[account(mut)]
    pub user: Signer,
    /// Token account the VRT are minted to.
    #[account(mut)]
    pub user_vrt: UncheckedAccount,
    #[account(mut, address = vault.collateral_account @ VaultError::WrongCollateralAccount)]
    pub collateral_account: UncheckedAccount,
    #[account(mut, address = vault.collateral_mint @ VaultError::WrongCollateralMint)]
    pub collateral_mint: UncheckedAccount,
    #[account(mut)]
    pub vrt_mint: UncheckedAccount,
    #[account(mut, address = vault.staking_pool @ VaultError::WrongStakingPool)]
    pub staking_pool: Account<Pool>,
    /// The staking pool checks that it is its own.
    #[account(mut)]
    pub pool_reserve: UncheckedAccount,
    #[account(address = vault.collateral_token_program @ VaultError::WrongTokenProgram)]
    pub collateral_token_program: UncheckedAccount,
    #[account(address = vault.vrt_token_program @ VaultError::WrongTokenProgram)]
    pub vrt_token_program: UncheckedAccount,
    pub system_program: Program<System>,
    #[account(address = staking_pool::ID @ VaultError::WrongStakingPool)]
    pub pool_program: UncheckedAccount,
}

pub(crate) fn handler(ctx: &mut Context<StakeAndRestake>, lamports: u64, min_vrt_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let vault = &mut accounts.vault;
    let clock = Clock::get()?;
    require!(lamports > 0, VaultError::ZeroAmount);
    require!(vault.of_liquidity == 0, VaultError::WrongStakingPool);
    let class = require_open(vault, &clock, accounts.vrt_mint.address(), accounts.user_vrt.address())?;
    let before = BookEntry::from(&**vault);

    let held = balance(accounts.collateral_account.account())?;
    let deposit = DepositSolCall {
        pool: accounts.staking_pool.account(),
        user: accounts.user.account(),
        reserve: accounts.pool_reserve.account(),
        lst_mint: accounts.collateral_mint.account(),
        to: accounts.collateral_account.account(),
        token_program: accounts.collateral_token_program.account(),
        system_program: accounts.system_program.account(),
        pool_program: accounts.pool_program.account(),
    };
    deposit.invoke(lamports);
    let credited = balance(accounts.collateral_account.account())?.saturating_sub(held);
    require!(credited >= vault.min_deposit, VaultError::DepositTooSmall);
    let credited = CollateralAmount(credited);
    let minted = credit(vault, class, &clock, Some(&accounts.staking_pool), credited, min_vrt_out)?;

    let key = vault.key();
    let seeds = key.seeds();
    invoke::mint_to(
        accounts.vrt_token_program.account(),
        accounts.vrt_mint.account(),
        accounts.user_vrt.account(),
        vault.account(),
        minted.0,
        &[CpiSigner::from(&seeds)],
    );
    emit!(StakedAndRestaked {
        vault: *vault.address(),
        user: *accounts.user.address(),
        lamports,
        credited: credited.0,
        minted: minted.0,
        junior: u64::from(class.is_junior()),
        before,
        after: BookEntry::from(&**vault),
    });
    Ok(())
}
