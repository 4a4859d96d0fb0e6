//! `unlock_and_order`: collateral goes under a ticket of its owner, free of charge.

use anchor_lang::prelude::*;
use staking_pool::state::Pool;

use super::unlock_and_exit::require_covered;
use crate::errors::ComposerError;
use crate::pool::OrderUnstake;
use crate::state::{Market, Position};
use crate::token;

/// Specification
/// - the owner signs, pays the ticket's rent and owns the ticket, a new account that signs, too
/// - `shares`, worth at least `min_out` lamports, leave the position and go to the pool's escrow
/// - the owner is the collateral account's delegate for just that, and is none afterwards
/// - what the position still owes is at most the loan to value of the collateral it keeps; a position that owes nothing
///   is not valued, and may order on a pool that is stale or paused
#[derive(Accounts)]
pub struct UnlockAndOrder {
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
    pub pool: Account<Pool>,
    #[account(mut)]
    pub escrow: UncheckedAccount,
    #[account(mut)]
    pub ticket: Signer,
    #[account(address = pool.token_program @ ComposerError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    pub system_program: Program<System>,
    #[account(address = staking_pool::ID @ ComposerError::WrongPoolProgram)]
    pub pool_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<UnlockAndOrder>, shares: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    accounts.market.unlock(&mut accounts.position, shares)?;
    require_covered(&accounts.market, &accounts.position, &accounts.pool)?;

    let (pool, lender, bump) = (accounts.market.pool, accounts.market.lender, [accounts.market.bump]);
    token::approve(
        accounts.token_program.address(),
        accounts.collateral.cpi_handle_mut(),
        accounts.owner.cpi_handle(),
        accounts.market.cpi_handle(),
        shares,
        &[b"market", pool.as_ref(), lender.as_ref(), &bump],
    );
    let order = OrderUnstake {
        pool: accounts.pool.cpi_handle_mut(),
        user: accounts.owner.cpi_handle_mut(),
        user_lst: accounts.collateral.cpi_handle_mut(),
        escrow: accounts.escrow.cpi_handle_mut(),
        ticket: accounts.ticket.cpi_handle_mut(),
        token_program: accounts.token_program.cpi_handle(),
        system_program: accounts.system_program.cpi_handle(),
    };
    order.invoke(shares, min_out);
    Ok(())
}
