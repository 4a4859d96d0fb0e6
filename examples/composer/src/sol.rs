//! Lamports in and out of a market.

use anchor_lang::prelude::*;
use anchor_lang::system_program;

use crate::errors::{ComposerError, OrError};
use crate::invoke::invoke;
use crate::state::Market;

const TRANSFER: u8 = 2;

/// The system program's `Transfer`, from a wallet that signed the transaction.
#[inline(always)]
pub fn take(from: &mut Signer, market: &mut Account<Market>, lamports: u64) {
    let [a, b, c, d, e, f, g, h] = lamports.to_le_bytes();
    let accounts = [from.cpi_handle_mut().into(), market.cpi_handle_mut().into()];
    invoke(&system_program::ID, accounts, &[TRANSFER, 0, 0, 0, a, b, c, d, e, f, g, h], &[]);
}

/// Moves lamports out of the market, which this program owns.
#[inline(always)]
pub fn pay(market: &Account<Market>, to: &Signer, lamports: u64) -> Result<()> {
    let (mut from, mut to) = (*market.account(), *to.account());
    let left = from.lamports().checked_sub(lamports).ok_or(ComposerError::InsufficientCash)?;
    let filled = to.lamports().checked_add(lamports).or_error()?;
    from.set_lamports(left);
    to.set_lamports(filled);
    Ok(())
}
