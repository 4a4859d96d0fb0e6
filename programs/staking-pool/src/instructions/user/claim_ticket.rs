//! `claim_ticket`: a delayed exit is paid.

use anchor_lang::prelude::*;
use sluice_money::{Lamports, LstAmount};
use sluice_pool_math as math;

use crate::errors::{OrPoolError, PoolError};
use crate::events::TicketClaimed;
use crate::sol;
use crate::state::{Pool, Reserve, Ticket};

/// Specification
/// - anyone may send it; only the ticket's owner is paid, and gets the ticket's rent back
/// - an update of the ticket's claim epoch, or of a later one, has finished
/// - the pool is of this epoch, or of the last one while the chain pays rewards and forbids its update: a loss that was not
///   counted yet is not escaped
/// - pays the lower of the value when ordered and the value now; the rest stays with the holders
/// - pays out of all that the reserve holds of the pool's above its rent: nothing ranks before tickets
/// - the escrowed LST leaves the supply now and is burnt by the next update; the ticket is closed, so it pays once
#[derive(Accounts)]
pub struct ClaimTicket {
    #[account(mut)]
    pub pool: Account<Pool>,
    #[account(mut, constraint(&ticket.pool == pool.address() @ PoolError::WrongPool))]
    pub ticket: Account<Ticket>,
    #[account(mut, address = ticket.owner @ PoolError::NotTicketOwner)]
    pub owner: UncheckedAccount,
    #[account(mut, address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
}

pub fn handler(ctx: &mut Context<ClaimTicket>) -> Result<()> {
    let accounts = &mut ctx.accounts;
    let Ticket { shares, ordered_lamports, claim_epoch, .. } = *accounts.ticket;
    require!(accounts.pool.updated_epoch >= claim_epoch, PoolError::TicketNotReady);

    let clock = Clock::get()?;
    sol::require_priced(&accounts.pool, &clock)?;
    let before = accounts.pool.ledger();
    let outcome =
        math::claim(&before, clock.slot, LstAmount(shares), Lamports(ordered_lamports)).or_pool_error()?;
    require!(
        outcome.paid.0 <= sol::reserve_lamports(&accounts.pool, &accounts.reserve, &Rent::get()?)?,
        PoolError::ReserveInsufficient
    );

    let pool = &mut accounts.pool;
    pool.set_ledger(&outcome.ledger);
    pool.ticket_shares = pool.ticket_shares.checked_sub(shares).or_pool_error()?;
    pool.ticket_lamports = pool.ticket_lamports.checked_sub(ordered_lamports).or_pool_error()?;
    pool.pending_burn = pool.pending_burn.checked_add(shares).or_pool_error()?;
    sol::pay_from_reserve(&accounts.reserve, accounts.owner.account(), outcome.paid.0)?;

    emit!(TicketClaimed {
        pool: *accounts.pool.address(),
        owner: *accounts.owner.address(),
        ticket: *accounts.ticket.address(),
        shares,
        ordered_lamports,
        paid: outcome.paid.0,
        reserve_after: accounts.reserve.account().lamports(),
        before: (&before).into(),
        after: (&outcome.ledger).into(),
    });
    accounts.ticket.close(*accounts.owner.account())
}
