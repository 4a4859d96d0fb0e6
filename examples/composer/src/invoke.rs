//! Calls to other programs.

use anchor_lang::cpi::InstructionAccount;
use anchor_lang::prelude::*;
use anchor_lang::unchecked_invoke_signed_fixed;

/// Calls `program` with these accounts, each writable or signing as its handle says. The handles hold the borrows that
/// keep anybody from looking at an account while it is written.
#[inline(always)]
pub fn invoke<const N: usize>(
    program: &Address,
    accounts: [CpiHandle; N],
    data: &[u8],
    signers: &[&[&[u8]]],
) {
    let metas = accounts.each_ref().map(|account| {
        InstructionAccount::new(account.address(), account.is_writable(), account.is_signer())
    });
    unchecked_invoke_signed_fixed(program, data, &metas, &accounts, signers);
}
