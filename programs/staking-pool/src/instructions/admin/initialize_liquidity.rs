//! `initialize_liquidity`: the pool gets a liquidity pool.

use anchor_lang::prelude::*;
use sluice_money::{Lamports, LpAmount, LstAmount};
use sluice_pool_math::Liquidity;

use crate::constants::MIN_LIQUIDITY_SEED_LAMPORTS;
use crate::errors::PoolError;
use crate::events::LiquidityPoolOpened;
use crate::invoke;
use crate::state::{Pool, Reserve};
use crate::token::usable_mint;

/// Specification
/// - the pool's admin signs; the payer pays the seed, and may be somebody else
/// - once in the life of a pool
/// - the LP mint has 9 decimals, no supply, no freeze authority, and the pool as mint authority; of extensions only metadata
/// - the seed is at least the minimum; as many claims as it has lamports belong to nobody, so that nobody can make one
///   claim worth more than others can pay
#[derive(Accounts)]
pub struct InitializeLiquidity {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(address = pool.admin @ PoolError::NotAdmin)]
    pub admin: Signer,
    #[account(mut)]
    pub payer: Signer,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
    pub lp_mint: UncheckedAccount,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<InitializeLiquidity>, seed_lamports: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(accounts.pool.lp_mint == Address::default(), PoolError::LiquidityPoolExists);
    require!(seed_lamports >= MIN_LIQUIDITY_SEED_LAMPORTS, PoolError::SeedTooSmall);
    let pool_address = *accounts.pool.address();
    let lp_mint = *accounts.lp_mint.address();
    let extensions = usable_mint(&accounts.lp_mint, &accounts.pool.token_program, &pool_address)?;
    require!(!extensions.scaled_ui && lp_mint != accounts.pool.lst_mint, PoolError::UnusableMint);

    let liquidity = Liquidity {
        lamports: Lamports(seed_lamports),
        shares: LstAmount::ZERO,
        supply: LpAmount(seed_lamports),
    };
    accounts.pool.lp_mint = lp_mint;
    accounts.pool.set_liquidity(&liquidity);
    invoke::transfer_sol(accounts.payer.account(), accounts.reserve.account(), seed_lamports);

    emit!(LiquidityPoolOpened {
        pool: pool_address,
        lp_mint,
        seed_lamports,
        reserve_after: accounts.reserve.account().lamports(),
        liquidity_after: (&liquidity).into(),
    });
    Ok(())
}
