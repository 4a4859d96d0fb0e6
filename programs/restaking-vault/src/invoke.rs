//! Calls into the token programs with fixed-size account arrays: no heap, no name logs. Not named `cpi`, which is
//! the module Anchor makes for those who call this program.
//!
//! Every function builds exactly the instruction its name says. The token program validates the token accounts;
//! this program has validated that the program account is the token program it should be.

use anchor_lang::prelude::*;
use pinocchio::cpi::{CpiAccount, Signer, invoke_signed_unchecked};
use pinocchio::instruction::{InstructionAccount, InstructionView};

const TRANSFER: u8 = 3;
const MINT_TO: u8 = 7;
const BURN: u8 = 8;

/// Invokes `program` with `first` and `second` writable and `authority` signing, the shape that transfer, mint
/// and burn share. `signers` is empty when `authority` signed the transaction.
#[inline(always)]
fn invoke(
    program: &AccountView,
    [first, second, authority]: [&AccountView; 3],
    tag: u8,
    amount: u64,
    signers: &[Signer],
) {
    let metas = [
        InstructionAccount::writable(first.address()),
        InstructionAccount::writable(second.address()),
        InstructionAccount::readonly_signer(authority.address()),
    ];
    let [a, b, c, d, e, f, g, h] = amount.to_le_bytes();
    let data = [tag, a, b, c, d, e, f, g, h];
    let instruction = InstructionView { program_id: program.address(), accounts: &metas, data: &data };
    let accounts = [first, second, authority].map(CpiAccount::from);
    // SAFETY: the metas and accounts describe the same accounts in the same order. Of these the program holds a
    // typed reference to the vault alone, which is read-only in every call.
    unsafe { invoke_signed_unchecked(&instruction, &accounts, signers) }
}

/// `Transfer` of `amount` from one token account to another.
#[inline(always)]
pub fn transfer(
    program: &AccountView,
    from: &AccountView,
    to: &AccountView,
    authority: &AccountView,
    amount: u64,
    signers: &[Signer],
) {
    invoke(program, [from, to, authority], TRANSFER, amount, signers);
}

/// `MintTo` of `amount` by the vault.
#[inline(always)]
pub fn mint_to(
    program: &AccountView,
    mint: &AccountView,
    to: &AccountView,
    vault: &AccountView,
    amount: u64,
    signers: &[Signer],
) {
    invoke(program, [mint, to, vault], MINT_TO, amount, signers);
}

/// `Burn` of `amount` out of a token account of the vault.
#[inline(always)]
pub fn burn(
    program: &AccountView,
    from: &AccountView,
    mint: &AccountView,
    vault: &AccountView,
    amount: u64,
    signers: &[Signer],
) {
    invoke(program, [from, mint, vault], BURN, amount, signers);
}
