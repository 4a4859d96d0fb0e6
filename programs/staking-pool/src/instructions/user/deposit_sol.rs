//! `deposit_sol`: SOL in, LST out.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_money::Lamports;
use sluice_pool_math as math;

use crate::constants::POOL_SEED;
use crate::errors::{OrPoolError, PoolError};
use crate::events::SolDeposited;
use crate::state::{Pool, Reserve};
use crate::{invoke, sol};

/// Specification
/// - the user signs and owns the lamports; the LST may go to any account of the mint
/// - the pool is of this epoch; `lamports` is at least the pool's minimum and above zero
/// - mints `lamports * supply / value` rounded down, at least `min_out`
/// - reserve and total grow by exactly `lamports`, supply by exactly what was minted
#[derive(Accounts)]
pub struct DepositSol {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(mut)]
    pub user: Signer,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<DepositSol>, lamports: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    sol::require_fresh(&accounts.pool, &clock)?;
    require!(lamports > 0, PoolError::ZeroAmount);
    require!(lamports >= accounts.pool.min_deposit, PoolError::BelowMinimumDeposit);

    let before = accounts.pool.ledger();
    let outcome = math::deposit(&before, clock.slot, Lamports(lamports)).or_pool_error()?;
    require!(outcome.minted.0 >= min_out, PoolError::SlippageExceeded);
    accounts.pool.set_ledger(&outcome.ledger);

    invoke::transfer_sol(accounts.user.account(), accounts.reserve.account(), lamports);
    let bump = [accounts.pool.bump];
    let seeds = [Seed::from(POOL_SEED), Seed::from(accounts.pool.lst_mint.as_ref()), Seed::from(&bump)];
    invoke::mint_to(
        &accounts.pool.token_program,
        accounts.lst_mint.account(),
        accounts.user_lst.account(),
        accounts.pool.account(),
        outcome.minted.0,
        CpiSigner::from(&seeds),
    );

    emit!(SolDeposited {
        pool: *accounts.pool.address(),
        user: *accounts.user.address(),
        lamports,
        minted: outcome.minted.0,
        reserve_after: accounts.reserve.account().lamports(),
        before: (&before).into(),
        after: (&outcome.ledger).into(),
    });
    Ok(())
}
