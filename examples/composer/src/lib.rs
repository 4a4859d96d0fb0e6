//! Composer: a sketch of a lending market that takes slSOL as collateral, for whoever builds on the staking pool.
//!
//! Shows how a program deposits, exits and values by the pool: everything it knows of the pool is in `pool.rs`, of the
//! restaking vault in `vault.rs`. One lender
//! a market, no interest, no oracle but the pool itself: what it does it does wholly, but it is no product.
//! docs/integrate.md walks through it.

use anchor_lang::prelude::*;

pub mod errors;
pub mod instructions;
pub mod invoke;
pub mod pool;
pub mod sol;
pub mod state;
pub mod token;
pub mod vault;

use instructions::*;
use state::Terms;

declare_id!("APEbNHBwNTngHANhUtA86X1QBCGKmiRCxsTqxU7AhVvm");

#[program]
pub mod composer {
    use super::*;

    /// Opens a market of the lender's over one pool.
    #[discrim = 0]
    pub fn open_market(ctx: &mut Context<OpenMarket>, terms: Terms) -> Result<()> {
        open_market::handler(ctx, terms)
    }

    /// The lender puts `lamports` into the market.
    #[discrim = 1]
    pub fn fund(ctx: &mut Context<Fund>, lamports: u64) -> Result<()> {
        fund::handler(ctx, lamports)
    }

    /// The lender takes `lamports` that are not lent out of the market.
    #[discrim = 2]
    pub fn defund(ctx: &mut Context<Defund>, lamports: u64) -> Result<()> {
        defund::handler(ctx, lamports)
    }

    /// A borrower opens a position, without collateral or debt.
    #[discrim = 3]
    pub fn open_position(ctx: &mut Context<OpenPosition>) -> Result<()> {
        open_position::handler(ctx)
    }

    /// Deposits `lamports` into the pool and locks the LST, at least `min_out` base units, as collateral.
    #[discrim = 4]
    pub fn deposit_and_lock(ctx: &mut Context<DepositAndLock>, lamports: u64, min_out: u64) -> Result<()> {
        deposit_and_lock::handler(ctx, lamports, min_out)
    }

    /// Lends `lamports` against the collateral.
    #[discrim = 5]
    pub fn borrow(ctx: &mut Context<Borrow>, lamports: u64) -> Result<()> {
        borrow::handler(ctx, lamports)
    }

    /// Pays back `lamports`, or all that is owed if that is less.
    #[discrim = 6]
    pub fn repay(ctx: &mut Context<Repay>, lamports: u64) -> Result<()> {
        repay::handler(ctx, lamports)
    }

    /// Sells `shares` of the collateral to the pool at once, for at least `min_out` lamports.
    #[discrim = 7]
    pub fn unlock_and_exit(ctx: &mut Context<UnlockAndExit>, shares: u64, min_out: u64) -> Result<()> {
        unlock_and_exit::handler(ctx, shares, min_out)
    }

    /// Orders a delayed exit of `shares` of the collateral, worth at least `min_out` lamports; the ticket is the owner's.
    #[discrim = 8]
    pub fn unlock_and_order(ctx: &mut Context<UnlockAndOrder>, shares: u64, min_out: u64) -> Result<()> {
        unlock_and_order::handler(ctx, shares, min_out)
    }

    /// Pays `lamports` of somebody's debt, or all of it if that is less, for collateral: at least `min_out` base units.
    #[discrim = 9]
    pub fn liquidate(ctx: &mut Context<Liquidate>, lamports: u64, min_out: u64) -> Result<()> {
        liquidate::handler(ctx, lamports, min_out)
    }

    /// What a position's collateral is worth in lamports, by the pool's own word.
    #[discrim = 10]
    pub fn value_position(ctx: &mut Context<ValuePosition>) -> Result<u64> {
        value_position::handler(ctx)
    }

    /// Turns `lamports` into shares of a restaking vault, at least `min_vrt_out`; answers how many.
    #[discrim = 11]
    pub fn restake(ctx: &mut Context<Restake>, lamports: u64, min_vrt_out: u64) -> Result<u64> {
        restake::handler(ctx, lamports, min_vrt_out)
    }
}
