//! `remove_liquidity`: LP tokens in, SOL and LST out.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_money::LpAmount;
use sluice_pool_math as math;

use crate::constants::POOL_SEED;
use crate::errors::{OrPoolError, PoolError};
use crate::events::LiquidityRemoved;
use crate::state::{Pool, Reserve};
use crate::token::require_held;
use crate::{invoke, sol};

/// Specification
/// - the user signs, holds (or is delegate of) the LP tokens, and is paid
/// - needs no price, so it works at any time, paused or not
/// - burns `amount`, pays its part of the liquidity's lamports and mints its part of the liquidity's shares, each
///   rounded down and at least what the caller asks
/// - the pool's own total and supply do not change: the shares were part of it
/// - LP tokens in an account of the incinerator or of the system program, which anybody may burn from, count for nobody
#[derive(Accounts)]
pub struct RemoveLiquidity {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(mut)]
    pub user: Signer,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    #[account(mut, address = pool.lp_mint @ PoolError::WrongLpMint)]
    pub lp_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lp: UncheckedAccount,
    #[account(mut, address = pool.lst_mint @ PoolError::WrongMint)]
    pub lst_mint: UncheckedAccount,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(
    ctx: &mut Context<RemoveLiquidity>,
    amount: u64,
    min_lamports: u64,
    min_shares: u64,
) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(amount > 0, PoolError::ZeroAmount);
    require_held(accounts.user_lp.account())?;
    let before = accounts.pool.liquidity();
    let outcome = math::remove_liquidity(&before, LpAmount(amount)).or_pool_error()?;
    let (lamports, shares) = (outcome.lamports.0, outcome.shares.0);
    require!(lamports >= min_lamports && shares >= min_shares, PoolError::SlippageExceeded);
    accounts.pool.set_liquidity(&outcome.liquidity);

    invoke::burn(
        &accounts.pool.token_program,
        accounts.user_lp.account(),
        accounts.lp_mint.account(),
        accounts.user.account(),
        amount,
        &[],
    );
    if shares > 0 {
        let bump = [accounts.pool.bump];
        let seeds = [Seed::from(POOL_SEED), Seed::from(accounts.pool.lst_mint.as_ref()), Seed::from(&bump)];
        invoke::mint_to(
            &accounts.pool.token_program,
            accounts.lst_mint.account(),
            accounts.user_lst.account(),
            accounts.pool.account(),
            shares,
            CpiSigner::from(&seeds),
        );
    }
    sol::pay_from_reserve(&accounts.reserve, accounts.user.account(), lamports)?;
    emit!(LiquidityRemoved {
        pool: *accounts.pool.address(),
        user: *accounts.user.address(),
        burnt: amount,
        lamports,
        shares,
        reserve_after: accounts.reserve.account().lamports(),
        liquidity_before: (&before).into(),
        liquidity_after: (&outcome.liquidity).into(),
    });
    Ok(())
}
