//! `deposit_and_lock`: SOL in, collateral locked, without LST ever being in the owner's hands.

use anchor_lang::prelude::*;

use crate::errors::{ComposerError, OrError};
use crate::pool::DepositSol;
use crate::state::{Market, Position};
use crate::token;

/// Specification
/// - the owner signs and pays `lamports` to the pool, which mints at least `min_out` into the collateral account
/// - what was minted, and nothing else that lies there, is booked to the position
/// - refused where the pool refuses: stale, paused, below its minimum, above its cap, for another's signature
#[derive(Accounts)]
pub struct DepositAndLock {
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut)]
    pub owner: Signer,
    #[account(
        mut,
        constraint(&position.market == market.address() @ ComposerError::WrongMarket),
        constraint(&position.owner == owner.address() @ ComposerError::NotOwner)
    )]
    pub position: Account<Position>,
    #[account(mut, address = market.collateral @ ComposerError::WrongCollateral)]
    pub collateral: UncheckedAccount,
    #[account(mut, address = market.pool @ ComposerError::WrongPool)]
    pub pool: UncheckedAccount,
    #[account(mut)]
    pub reserve: UncheckedAccount,
    #[account(mut)]
    pub lst_mint: UncheckedAccount,
    pub token_program: UncheckedAccount,
    pub system_program: Program<System>,
    #[account(address = staking_pool::ID @ ComposerError::WrongPoolProgram)]
    pub pool_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<DepositAndLock>, lamports: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let before = token::balance(accounts.collateral.account())?;
    let deposit = DepositSol {
        pool: accounts.pool.cpi_handle_mut(),
        user: accounts.owner.cpi_handle_mut(),
        reserve: accounts.reserve.cpi_handle_mut(),
        lst_mint: accounts.lst_mint.cpi_handle_mut(),
        user_lst: accounts.collateral.cpi_handle_mut(),
        token_program: accounts.token_program.cpi_handle(),
        system_program: accounts.system_program.cpi_handle(),
        pool_program: accounts.pool_program.cpi_handle(),
    };
    deposit.invoke(lamports, min_out);
    let minted = token::balance(accounts.collateral.account())?.checked_sub(before).or_error()?;
    accounts.market.lock(&mut accounts.position, minted)
}
