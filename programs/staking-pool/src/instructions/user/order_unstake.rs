//! `order_unstake`: a delayed exit, free of charge.

use anchor_lang::prelude::*;
use sluice_money::LstAmount;

use crate::errors::{OrPoolError, PoolError};
use crate::events::UnstakeOrdered;
use crate::invoke;
use crate::state::{Pool, Ticket};

/// Specification
/// - the user signs, holds (or is delegate of) the LST, pays the ticket's rent, and owns the ticket
/// - works on a pool that is not of this epoch: the price is decided at the claim
/// - the LST moves to the escrow and stays part of the supply; the rate does not change
/// - the value now, rounded down, is the most the ticket will pay; it is above zero and at least `min_out`
/// - payable once an update of a later epoch has finished
#[derive(Accounts)]
pub struct OrderUnstake {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(mut)]
    pub user: Signer,
    #[account(mut)]
    pub user_lst: UncheckedAccount,
    #[account(mut, address = pool.escrow @ PoolError::WrongEscrow)]
    pub escrow: UncheckedAccount,
    #[account(init, payer = user)]
    pub ticket: Account<Ticket>,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
    pub system_program: Program<System>,
}

pub fn handler(ctx: &mut Context<OrderUnstake>, shares: u64, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    require!(shares > 0, PoolError::ZeroAmount);
    let clock = Clock::get()?;
    let ledger = accounts.pool.ledger().at(clock.slot).or_pool_error()?;
    let ordered = ledger.lamports_for(LstAmount(shares)).or_pool_error()?;
    require!(!ordered.is_zero(), PoolError::AmountTooSmall);
    require!(ordered.0 >= min_out, PoolError::SlippageExceeded);
    let claim_epoch = clock.epoch.checked_add(1).or_pool_error()?;

    invoke::transfer_tokens(
        &accounts.pool.token_program,
        accounts.user_lst.account(),
        accounts.escrow.account(),
        accounts.user.account(),
        shares,
    );

    let pool_address = *accounts.pool.address();
    let pool = &mut accounts.pool;
    pool.ticket_shares = pool.ticket_shares.checked_add(shares).or_pool_error()?;
    pool.ticket_lamports = pool.ticket_lamports.checked_add(ordered.0).or_pool_error()?;
    let ticket = &mut accounts.ticket;
    ticket.pool = pool_address;
    ticket.owner = *accounts.user.address();
    ticket.shares = shares;
    ticket.ordered_lamports = ordered.0;
    ticket.claim_epoch = claim_epoch;

    emit!(UnstakeOrdered {
        pool: pool_address,
        owner: ticket.owner,
        ticket: *ticket.address(),
        shares,
        ordered_lamports: ordered.0,
        claim_epoch,
        ticket_shares_after: pool.ticket_shares,
        ticket_lamports_after: pool.ticket_lamports,
    });
    Ok(())
}
