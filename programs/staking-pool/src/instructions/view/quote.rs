//! `quote_*`: what an instruction would do, sent now with the same arguments. It fails where the instruction would fail for
//! reasons of the pool: a stale price, a pause, a cap, too little liquidity. It knows nothing of the caller's accounts.

use anchor_lang::prelude::*;
use sluice_money::{Lamports, LpAmount, LstAmount};
use sluice_pool_math::{self as math, Liquidity};

use crate::errors::{OrPoolError, PoolError};
use crate::instructions::user::intake;
use crate::instructions::user::withdraw_stake::Withdrawal;
use crate::sol;
use crate::state::{Pool, Reserve, Ticket, ValidatorList};

/// One outcome.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct Quoted {
    /// What the caller would get: lamports or base units, as the instruction pays.
    pub out: u64,
    /// What it would cost, in the same unit.
    pub fee: u64,
}

/// What a ticket would come to.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct QuotedTicket {
    /// Lamports that `claim_ticket` would pay, if the reserve has them.
    pub claim: u64,
    /// Base units of LST that `cancel_ticket` would give back; 0 where the shares are worth nothing, and it would refuse.
    pub cancel: u64,
    /// 1: an update of its claim epoch, or of a later one, has finished; before, both would be refused.
    pub due: u8,
}

/// What a withdrawal of stake would come to.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct QuotedStake {
    /// What the destination would get, in lamports, delegated or not.
    pub out: u64,
    /// The part of it that is not delegated.
    pub beside: u64,
    /// What was earned this epoch and would stay, in lamports.
    pub fee: u64,
    /// What would be burnt.
    pub shares: u64,
}

/// What a removal of liquidity would pay.
#[derive(Clone, Copy, AnchorDeserialize, AnchorSerialize, IdlType)]
pub struct QuotedLiquidity {
    pub lamports: u64,
    pub shares: u64,
}

/// Specification
/// - changes nothing; whoever wants it simulates it, or calls it and reads the return data
/// - what is answered is what the instruction does in the same slot, to the unit, and it is refused where that is
#[derive(Accounts)]
pub struct Quote {
    pub pool: Account<Pool>,
    #[account(address = pool.reserve @ PoolError::WrongReserve)]
    pub reserve: Account<Reserve>,
}

/// Specification
/// - as [`Quote`]
#[derive(Accounts)]
pub struct QuoteTicket {
    pub pool: Account<Pool>,
    #[account(constraint(&ticket.pool == pool.address() @ PoolError::WrongPool))]
    pub ticket: Account<Ticket>,
}

/// Specification
/// - as [`Quote`]; `stake` is one of the validator's accounts
#[derive(Accounts)]
pub struct QuoteStake {
    pub pool: Account<Pool>,
    #[account(address = pool.validator_list @ PoolError::WrongValidatorList)]
    pub validator_list: ValidatorList,
    pub vote: UncheckedAccount,
    pub stake: UncheckedAccount,
}

/// Refuses where there is no liquidity pool.
fn require_liquidity(pool: &Pool) -> Result<()> {
    require!(pool.lp_mint != Address::default(), PoolError::WrongLpMint);
    Ok(())
}

/// Refuses what a deposit would be refused for, but for a signature that is missing.
fn require_deposits(pool: &Pool, clock: &Clock, lamports: u64) -> Result<()> {
    sol::require_fresh(pool, clock)?;
    sol::require_open(pool, clock)?;
    intake::require_enough(pool, lamports)
}

fn deposit(
    pool: &Pool,
    liquidity: &Liquidity,
    lamports: u64,
    referred: bool,
) -> Result<math::DepositOutcome> {
    let clock = Clock::get()?;
    require_deposits(pool, &clock, lamports)?;
    let fee = pool.deposit_fee(referred);
    let outcome =
        math::deposit(&pool.ledger(), liquidity, clock.slot, Lamports(lamports), &fee).or_pool_error()?;
    require!(outcome.ledger.total.0 <= pool.tvl_cap, PoolError::TvlCapExceeded);
    Ok(outcome)
}

pub fn deposit_sol(ctx: &mut Context<Quote>, lamports: u64, referred: bool) -> Result<Quoted> {
    let pool = &ctx.accounts.pool;
    let outcome = deposit(pool, &pool.liquidity(), lamports, referred)?;
    Ok(Quoted { out: outcome.minted.0, fee: outcome.fee.total().or_pool_error()?.0 })
}

pub fn deposit_stake(ctx: &mut Context<Quote>, lamports: u64, referred: bool) -> Result<Quoted> {
    let outcome = deposit(&ctx.accounts.pool, &Liquidity::NONE, lamports, referred)?;
    Ok(Quoted { out: outcome.minted.0, fee: outcome.fee.total().or_pool_error()?.0 })
}

pub fn liquid_unstake(ctx: &mut Context<Quote>, delegated: u64, excess: u64) -> Result<Quoted> {
    let accounts = &ctx.accounts;
    let pool = &accounts.pool;
    let lamports = delegated.checked_add(excess).or_pool_error()?;
    let outcome = deposit(pool, &Liquidity::NONE, lamports, false)?;
    let free = sol::free_lamports_after(pool, &accounts.reserve, excess, &Rent::get()?)?;
    let exit = math::instant_exit(
        &outcome.ledger,
        &pool.liquidity(),
        Clock::get()?.slot,
        outcome.minted,
        &pool.instant_terms(free),
    )
    .or_pool_error()?;
    Ok(Quoted { out: exit.paid.0, fee: lamports.saturating_sub(exit.paid.0) })
}

pub fn withdraw_sol(ctx: &mut Context<Quote>, shares: u64) -> Result<Quoted> {
    let accounts = &ctx.accounts;
    let pool = &accounts.pool;
    let clock = Clock::get()?;
    sol::require_priced(pool, &clock)?;
    sol::require_open(pool, &clock)?;
    require!(shares > 0, PoolError::ZeroAmount);
    let free = sol::free_lamports(pool, &accounts.reserve, &Rent::get()?)?;
    let terms = pool.instant_terms(free);
    let exit = math::instant_exit(&pool.ledger(), &pool.liquidity(), clock.slot, LstAmount(shares), &terms)
        .or_pool_error()?;
    Ok(Quoted { out: exit.paid.0, fee: exit.fee.0 })
}

pub fn order_unstake(ctx: &mut Context<Quote>, shares: u64) -> Result<Quoted> {
    require!(shares > 0, PoolError::ZeroAmount);
    let ledger = ctx.accounts.pool.ledger().at(Clock::get()?.slot).or_pool_error()?;
    let out = ledger.lamports_for(LstAmount(shares)).or_pool_error()?.0;
    require!(out > 0, PoolError::AmountTooSmall);
    Ok(Quoted { out, fee: 0 })
}

pub fn ticket(ctx: &mut Context<QuoteTicket>) -> Result<QuotedTicket> {
    let pool = &ctx.accounts.pool;
    let Ticket { shares, ordered_lamports, claim_epoch, .. } = *ctx.accounts.ticket;
    let clock = Clock::get()?;
    sol::require_priced(pool, &clock)?;
    let (ledger, shares, ordered) = (pool.ledger(), LstAmount(shares), Lamports(ordered_lamports));
    let claim = math::claim(&ledger, clock.slot, shares, ordered).or_pool_error()?;
    let cancel = math::cancel(&ledger, clock.slot, shares, ordered);
    Ok(QuotedTicket {
        claim: claim.paid.0,
        cancel: cancel.map_or(0, |outcome| outcome.returned.0),
        due: u8::from(pool.updated_epoch >= claim_epoch),
    })
}

pub fn withdraw_stake(ctx: &mut Context<QuoteStake>, index: u32, shares: u64) -> Result<QuotedStake> {
    let accounts = &ctx.accounts;
    let clock = Clock::get()?;
    sol::require_fresh(&accounts.pool, &clock)?;
    let record = sol::read_record(&accounts.validator_list, index, accounts.vote.address())?;
    let plan = Withdrawal::plan(&accounts.pool, record, accounts.stake.account(), &clock, shares)?;
    Ok(QuotedStake { out: plan.lamports, beside: plan.beside, fee: plan.accrued, shares: plan.shares })
}

pub fn add_liquidity(ctx: &mut Context<Quote>, lamports: u64) -> Result<Quoted> {
    let pool = &ctx.accounts.pool;
    require_liquidity(pool)?;
    let clock = Clock::get()?;
    require_deposits(pool, &clock, lamports)?;
    let outcome = math::add_liquidity(&pool.ledger(), &pool.liquidity(), clock.slot, Lamports(lamports))
        .or_pool_error()?;
    Ok(Quoted { out: outcome.minted.0, fee: 0 })
}

pub fn remove_liquidity(ctx: &mut Context<Quote>, amount: u64) -> Result<QuotedLiquidity> {
    let pool = &ctx.accounts.pool;
    require_liquidity(pool)?;
    require!(amount > 0, PoolError::ZeroAmount);
    let outcome = math::remove_liquidity(&pool.liquidity(), LpAmount(amount)).or_pool_error()?;
    Ok(QuotedLiquidity { lamports: outcome.lamports.0, shares: outcome.shares.0 })
}
