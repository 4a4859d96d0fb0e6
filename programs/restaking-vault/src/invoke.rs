//! Calls into the token programs with fixed-size account arrays: no heap, no name logs. Not named `cpi`, which is
//! the module Anchor makes for those who call this program.
//!
//! Every function builds exactly the instruction its name says. The token program validates the token accounts;
//! this program has validated that the program account is the token program it should be.

use anchor_lang::prelude::*;
use pinocchio::cpi::{CpiAccount, Signer, invoke_signed_unchecked};
use pinocchio::instruction::{InstructionAccount, InstructionView};

use crate::token::balance;

const TRANSFER: u8 = 3;
const TRANSFER_CHECKED: u8 = 12;
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
    // typed reference to the vault or a distribution alone, which is read-only in every call.
    unsafe { invoke_signed_unchecked(&instruction, &accounts, signers) }
}

/// The parts of a transfer whose mint is named, which is the only kind that a token with a transfer fee allows.
pub struct TransferChecked<'a> {
    pub program: &'a AccountView,
    pub from: &'a AccountView,
    pub mint: &'a AccountView,
    pub to: &'a AccountView,
    pub authority: &'a AccountView,
    pub decimals: u8,
}

impl TransferChecked<'_> {
    /// `TransferChecked` of `amount`. `signers` is empty when `authority` signed the transaction.
    #[inline(always)]
    pub fn invoke(&self, amount: u64, signers: &[Signer]) {
        let metas = [
            InstructionAccount::writable(self.from.address()),
            InstructionAccount::readonly(self.mint.address()),
            InstructionAccount::writable(self.to.address()),
            InstructionAccount::readonly_signer(self.authority.address()),
        ];
        let [a, b, c, d, e, f, g, h] = amount.to_le_bytes();
        let data = [TRANSFER_CHECKED, a, b, c, d, e, f, g, h, self.decimals];
        let instruction =
            InstructionView { program_id: self.program.address(), accounts: &metas, data: &data };
        let accounts = [self.from, self.mint, self.to, self.authority].map(CpiAccount::from);
        // SAFETY: as above.
        unsafe { invoke_signed_unchecked(&instruction, &accounts, signers) }
    }

    /// The same, and what of `amount` arrived: a token may take a fee of every transfer.
    ///
    /// Errors: those of [`balance`].
    #[inline(always)]
    pub fn invoke_counted(&self, amount: u64, signers: &[Signer]) -> Result<u64> {
        let before = balance(self.to)?;
        self.invoke(amount, signers);
        Ok(balance(self.to)?.saturating_sub(before))
    }
}

/// `Transfer` of `amount` VRT from one token account to another.
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

/// `Burn` of `amount` out of a token account of `authority`.
#[inline(always)]
pub fn burn(
    program: &AccountView,
    from: &AccountView,
    mint: &AccountView,
    authority: &AccountView,
    amount: u64,
    signers: &[Signer],
) {
    invoke(program, [from, mint, authority], BURN, amount, signers);
}
