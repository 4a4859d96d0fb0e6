//! `deposit_sol`: SOL in, LST out.

use anchor_lang::prelude::*;
use sluice_money::Lamports;
use sluice_pool_math as math;

use super::intake::{self, Receipt};
use crate::errors::{OrPoolError, PoolError};
use crate::events::SolDeposited;
use crate::invoke;
use crate::state::{Pool, Reserve};

/// Specification
/// - the user signs and owns the lamports; the LST may go to any account of the mint
/// - the pool is of this epoch and not paused; where it has a deposit authority, that signs too
/// - `lamports` is at least the pool's minimum and above zero, and does not take the total above the cap
/// - mints `lamports * supply / value` rounded down, less the deposit fee rounded up, at least `min_out`
/// - a referrer's part of the fee is minted to its account; one that cannot receive forgoes it
/// - shares of liquidity providers are sold first: their lamports are theirs, and no new shares are made for them
/// - the reserve grows by exactly `lamports`
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
    #[account(mut)]
    pub referrer: Option<UncheckedAccount>,
    pub deposit_authority: Option<Signer>,
}

pub fn handler(ctx: &mut Context<DepositSol>, lamports: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    intake::require_deposits(&accounts.pool, &clock, &accounts.user, accounts.deposit_authority.as_ref())?;
    intake::require_enough(&accounts.pool, lamports)?;

    let before = accounts.pool.ledger();
    let referrer = intake::payable_referrer(&accounts.pool, accounts.referrer.as_ref());
    let outcome = math::deposit(
        &before,
        &accounts.pool.liquidity(),
        clock.slot,
        Lamports(lamports),
        &accounts.pool.deposit_fee(referrer.is_some()),
    )
    .or_pool_error()?;
    intake::book(&mut accounts.pool, &outcome, min_out)?;
    accounts.pool.set_liquidity(&outcome.liquidity);

    invoke::transfer_sol(accounts.user.account(), accounts.reserve.account(), lamports);
    let receipt = Receipt {
        token_program: &accounts.pool.token_program,
        mint: accounts.lst_mint.account(),
        pool: accounts.pool.account(),
        user: accounts.user_lst.account(),
        referrer,
    };
    receipt.mint(&outcome, accounts.pool.bump);

    let pool = *accounts.pool.address();
    emit!(SolDeposited {
        pool,
        user: *accounts.user.address(),
        referrer: referrer.map_or(pool, |referrer| *referrer.address()),
        lamports,
        minted: outcome.minted.0,
        fee: (&outcome.fee).into(),
        to_liquidity: outcome.to_liquidity.0,
        from_liquidity: outcome.from_liquidity.0,
        reserve_after: accounts.reserve.account().lamports(),
        liquidity_after: (&outcome.liquidity).into(),
        before: (&before).into(),
        after: (&outcome.ledger).into(),
    });
    Ok(())
}
