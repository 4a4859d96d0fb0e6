//! `add_liquidity`: SOL for instant exits in, LP tokens out.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_money::Lamports;
use sluice_pool_math as math;

use super::intake;
use crate::constants::POOL_SEED;
use crate::errors::{OrPoolError, PoolError};
use crate::events::LiquidityAdded;
use crate::invoke;
use crate::state::{Pool, Reserve};

/// Specification
/// - the user signs and owns the lamports; the LP tokens may go to any account of their mint
/// - the pool is of this epoch and not paused; where it has a deposit authority, that signs too: who takes liquidity out
///   gets LST for what exits have turned into shares
/// - mints `lamports * claims / value of the liquidity`, rounded down, at least `min_out`
/// - the pool's own total and supply do not change
#[derive(Accounts)]
pub struct AddLiquidity {
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
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    pub system_program: Program<System>,
    pub deposit_authority: Option<Signer>,
}

pub fn handler(ctx: &mut Context<AddLiquidity>, lamports: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    intake::require_deposits(&accounts.pool, &clock, &accounts.user, accounts.deposit_authority.as_ref())?;
    intake::require_enough(&accounts.pool, lamports)?;

    let (ledger, before) = (accounts.pool.ledger(), accounts.pool.liquidity());
    let outcome = math::add_liquidity(&ledger, &before, clock.slot, Lamports(lamports)).or_pool_error()?;
    require!(outcome.minted.0 >= min_out, PoolError::SlippageExceeded);
    accounts.pool.set_liquidity(&outcome.liquidity);

    invoke::transfer_sol(accounts.user.account(), accounts.reserve.account(), lamports);
    let bump = [accounts.pool.bump];
    let seeds = [Seed::from(POOL_SEED), Seed::from(accounts.pool.lst_mint.as_ref()), Seed::from(&bump)];
    invoke::mint_to(
        &accounts.pool.token_program,
        accounts.lp_mint.account(),
        accounts.user_lp.account(),
        accounts.pool.account(),
        outcome.minted.0,
        CpiSigner::from(&seeds),
    );
    emit!(LiquidityAdded {
        pool: *accounts.pool.address(),
        user: *accounts.user.address(),
        lamports,
        minted: outcome.minted.0,
        reserve_after: accounts.reserve.account().lamports(),
        liquidity_before: (&before).into(),
        liquidity_after: (&outcome.liquidity).into(),
        ledger: (&ledger).into(),
    });
    Ok(())
}
