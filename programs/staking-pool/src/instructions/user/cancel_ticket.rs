//! `cancel_ticket`: a delayed exit is taken back.
//!
//! The way out of a ticket that nobody pays: with the LST in hand its owner can withdraw stake.

use anchor_lang::prelude::*;
use pinocchio::cpi::{Seed, Signer as CpiSigner};
use sluice_money::{Lamports, LstAmount};
use sluice_pool_math as math;

use crate::constants::POOL_SEED;
use crate::errors::{OrPoolError, PoolError};
use crate::events::TicketCancelled;
use crate::state::{Pool, Ticket};
use crate::{invoke, sol};

/// Specification
/// - the ticket's owner signs; the LST may go to any account of the mint
/// - the ticket is due: an order that could be taken back at once would let anyone, with LST lent for one transaction, send
///   stake home for tickets, beyond the movement cap and at nobody's cost but the holders'
/// - the pool is of this epoch, or of the last one while the chain pays rewards and forbids its update
/// - gives back the shares that what the ticket was ordered for is worth now, rounded down, at most those that were
///   escrowed, at least `min_out`: what they earned while waiting stays with the holders
/// - the rest leaves the supply and is burnt by the next update; the ticket is closed, its rent goes to the owner
#[derive(Accounts)]
pub struct CancelTicket {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(mut, constraint(&ticket.pool == pool.address() @ PoolError::WrongPool))]
    pub ticket: Account<Ticket>,
    #[account(mut, address = ticket.owner @ PoolError::NotTicketOwner)]
    pub owner: Signer,
    #[account(mut, address = pool.escrow @ PoolError::WrongEscrow)]
    pub escrow: UncheckedAccount,
    #[account(mut)]
    pub owner_lst: UncheckedAccount,
    #[account(address = pool.token_program @ PoolError::WrongTokenProgram)]
    pub token_program: UncheckedAccount,
}

pub fn handler(ctx: &mut Context<CancelTicket>, min_out: u64) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let clock = Clock::get()?;
    sol::require_priced(&accounts.pool, &clock)?;
    let Ticket { shares, ordered_lamports, claim_epoch, .. } = *accounts.ticket;
    require!(accounts.pool.updated_epoch >= claim_epoch, PoolError::TicketNotReady);
    let before = accounts.pool.ledger();
    let outcome =
        math::cancel(&before, clock.slot, LstAmount(shares), Lamports(ordered_lamports)).or_pool_error()?;
    let returned = outcome.returned.0;
    require!(returned >= min_out, PoolError::SlippageExceeded);

    let pool = &mut accounts.pool;
    pool.set_ledger(&outcome.ledger);
    pool.ticket_shares = pool.ticket_shares.checked_sub(shares).or_pool_error()?;
    pool.ticket_lamports = pool.ticket_lamports.checked_sub(ordered_lamports).or_pool_error()?;
    let gone = shares.checked_sub(returned).or_pool_error()?;
    pool.pending_burn = pool.pending_burn.checked_add(gone).or_pool_error()?;

    let bump = [accounts.pool.bump];
    let mint = accounts.pool.lst_mint;
    let seeds = [Seed::from(POOL_SEED), Seed::from(mint.as_ref()), Seed::from(&bump)];
    invoke::return_tokens(
        &accounts.pool.token_program,
        accounts.escrow.account(),
        accounts.owner_lst.account(),
        accounts.pool.account(),
        returned,
        CpiSigner::from(&seeds),
    );
    emit!(TicketCancelled {
        pool: *accounts.pool.address(),
        owner: *accounts.owner.address(),
        ticket: *accounts.ticket.address(),
        shares,
        ordered_lamports,
        returned,
        before: (&before).into(),
        after: (&outcome.ledger).into(),
    });
    accounts.ticket.close(*accounts.owner.account())
}
