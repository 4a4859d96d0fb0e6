//! Everything this program knows of the staking pool: three calls and two ways to value shares.
//!
//! A call is a list of accounts, each with what it may do there, and a few bytes of data. The pool checks each account
//! itself; its refusals end the transaction with the pool's own error number.

use anchor_lang::prelude::*;
use sluice_money::{Lamports, LstAmount};
use staking_pool::instruction;
use staking_pool::state::Pool;

use crate::errors::{ComposerError, OrError};
use crate::invoke::invoke;

/// The first byte of an instruction's data, taken from the pool's own program.
const fn discriminator<I: Discriminator>() -> u8 {
    match I::DISCRIMINATOR {
        [byte] => *byte,
        _ => 0,
    }
}

const DEPOSIT_SOL: u8 = discriminator::<instruction::DepositSol>();
const WITHDRAW_SOL: u8 = discriminator::<instruction::WithdrawSol>();
const ORDER_UNSTAKE: u8 = discriminator::<instruction::OrderUnstake>();

// Zero is one of the pool's views.
const _: () = assert!(DEPOSIT_SOL != 0 && WITHDRAW_SOL != 0 && ORDER_UNSTAKE != 0);

/// The pool's `deposit_sol`: `lamports` of `user`, who signed, become at least `min_out` base units in `user_lst`.
pub struct DepositSol<'a> {
    pub pool: CpiHandleMut<'a>,
    pub user: CpiHandleMut<'a>,
    pub reserve: CpiHandleMut<'a>,
    pub lst_mint: CpiHandleMut<'a>,
    pub user_lst: CpiHandleMut<'a>,
    pub token_program: CpiHandle<'a>,
    pub system_program: CpiHandle<'a>,
    /// The pool's program. In the place of an optional account it says that there is none.
    pub pool_program: CpiHandle<'a>,
}

impl DepositSol<'_> {
    #[inline(always)]
    pub fn invoke(self, lamports: u64, min_out: u64) {
        let (referrer, deposit_authority) = (self.pool_program, self.pool_program);
        invoke(
            &staking_pool::ID,
            [
                self.pool.into(),
                self.user.into(),
                self.reserve.into(),
                self.lst_mint.into(),
                self.user_lst.into(),
                self.token_program,
                self.system_program,
                referrer,
                deposit_authority,
            ],
            &two_amounts(DEPOSIT_SOL, lamports, min_out),
            &[],
        );
    }
}

/// The pool's `withdraw_sol`: `shares` in `user_lst` become at least `min_out` lamports of `user`, which this program
/// signs for.
pub struct WithdrawSol<'a> {
    pub pool: CpiHandleMut<'a>,
    pub user: CpiHandleMut<'a>,
    pub reserve: CpiHandleMut<'a>,
    pub lst_mint: CpiHandleMut<'a>,
    pub user_lst: CpiHandleMut<'a>,
    pub token_program: CpiHandle<'a>,
}

impl WithdrawSol<'_> {
    #[inline(always)]
    pub fn invoke(self, shares: u64, min_out: u64, seeds: &[&[u8]]) {
        invoke(
            &staking_pool::ID,
            [
                self.pool.into(),
                self.user.as_signer().into(),
                self.reserve.into(),
                self.lst_mint.into(),
                self.user_lst.into(),
                self.token_program,
            ],
            &two_amounts(WITHDRAW_SOL, shares, min_out),
            &[seeds],
        );
    }
}

/// The pool's `order_unstake`: `shares` in `user_lst`, of which `user` is owner or delegate, go under a ticket of
/// `user`. Both `user` and `ticket` signed.
pub struct OrderUnstake<'a> {
    pub pool: CpiHandleMut<'a>,
    pub user: CpiHandleMut<'a>,
    pub user_lst: CpiHandleMut<'a>,
    pub escrow: CpiHandleMut<'a>,
    pub ticket: CpiHandleMut<'a>,
    pub token_program: CpiHandle<'a>,
    pub system_program: CpiHandle<'a>,
}

impl OrderUnstake<'_> {
    #[inline(always)]
    pub fn invoke(self, shares: u64, min_out: u64) {
        invoke(
            &staking_pool::ID,
            [
                self.pool.into(),
                self.user.into(),
                self.user_lst.into(),
                self.escrow.into(),
                self.ticket.into(),
                self.token_program,
                self.system_program,
            ],
            &two_amounts(ORDER_UNSTAKE, shares, min_out),
            &[],
        );
    }
}

/// A discriminator and two amounts, little endian.
#[inline(always)]
fn two_amounts(discriminator: u8, first: u64, second: u64) -> [u8; 17] {
    let [a, b, c, d, e, f, g, h] = first.to_le_bytes();
    let [i, j, k, l, m, n, o, p] = second.to_le_bytes();
    [discriminator, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

/// What `shares` are worth now, in lamports, rounded down: read from the pool's account with the pool's own formula, no
/// call. Errors: `PoolStale`.
#[inline(always)]
pub fn value(pool: &Pool, shares: u64) -> Result<u64> {
    let clock = Clock::get()?;
    require!(pool.updated_epoch == clock.epoch, ComposerError::PoolStale);
    let ledger = pool.ledger().at(clock.slot).or_error()?;
    Ok(ledger.lamports_for(LstAmount(shares)).or_error()?.0)
}

/// The shares that `lamports` are worth now, in base units, rounded down. Errors: `PoolStale`.
#[inline(always)]
pub fn shares(pool: &Pool, lamports: u64) -> Result<u64> {
    let clock = Clock::get()?;
    require!(pool.updated_epoch == clock.epoch, ComposerError::PoolStale);
    let ledger = pool.ledger().at(clock.slot).or_error()?;
    Ok(ledger.shares_for(Lamports(lamports)).or_error()?.0)
}

/// What `shares` are worth now, in lamports: asked of the pool's program, by Anchor's generated call.
#[inline(always)]
pub fn ask_value<'a>(lst_mint: CpiHandle<'a>, pool: CpiHandle<'a>, shares: u64) -> Result<u64> {
    let accounts = staking_pool::cpi::accounts::Price { lst_mint, pool };
    let answer = staking_pool::cpi::lst_to_sol(CpiContext::new(&staking_pool::ID, accounts), shares)?;
    Ok(answer.get().min)
}
