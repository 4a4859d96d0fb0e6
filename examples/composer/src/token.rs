//! The little a market needs of token accounts: what one must be, what it holds, and two calls.

use anchor_lang::prelude::*;

use crate::errors::ComposerError;
use crate::invoke::invoke;

/// Bytes of a token account without extensions.
const TOKEN_ACCOUNT: usize = 165;
const TRANSFER: u8 = 3;
const APPROVE: u8 = 4;

/// Whether `account` is a plain token account of `owner` that nobody else can move or close. Layout: mint, owner, amount
/// u64, delegate tag u32 and key, state u8 at 108 (1: initialized), native option, delegated amount, close authority
/// tag u32 at 129.
pub fn is_sealed(account: &AccountView, token_program: &Address, mint: &Address, owner: &Address) -> bool {
    let Ok(data) = account.try_borrow() else { return false };
    account.owned_by(token_program)
        && data.len() == TOKEN_ACCOUNT
        && data.get(..32) == Some(mint.as_ref())
        && data.get(32..64) == Some(owner.as_ref())
        && data.get(72..76) == Some(&[0; 4])
        && data.get(108) == Some(&1)
        && data.get(129..133) == Some(&[0; 4])
}

/// Base units in a token account. Errors: `UnusableCollateral` when it is none.
#[inline(always)]
pub fn balance(account: &AccountView) -> Result<u64> {
    let data = account.try_borrow()?;
    let bytes = data.get(64..72).and_then(|bytes| bytes.try_into().ok());
    Ok(u64::from_le_bytes(bytes.ok_or(ComposerError::UnusableCollateral)?))
}

/// `Transfer`, signed by the market.
#[inline(always)]
pub fn transfer(
    program: &Address,
    from: CpiHandleMut,
    to: CpiHandleMut,
    market: CpiHandle,
    amount: u64,
    seeds: &[&[u8]],
) {
    let accounts = [from.into(), to.into(), market.as_signer()];
    invoke(program, accounts, &tagged_amount(TRANSFER, amount), &[seeds]);
}

/// `Approve`, signed by the market: `delegate` may move `amount`.
#[inline(always)]
pub fn approve(
    program: &Address,
    account: CpiHandleMut,
    delegate: CpiHandle,
    market: CpiHandle,
    amount: u64,
    seeds: &[&[u8]],
) {
    let accounts = [account.into(), delegate, market.as_signer()];
    invoke(program, accounts, &tagged_amount(APPROVE, amount), &[seeds]);
}

#[inline(always)]
fn tagged_amount(tag: u8, amount: u64) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = amount.to_le_bytes();
    [tag, a, b, c, d, e, f, g, h]
}
