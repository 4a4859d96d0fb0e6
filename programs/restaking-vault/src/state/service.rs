//! Someone whose work vaults secure.

use anchor_lang::prelude::*;

/// PDA `["service", base]`, where `base` is the key that registered it.
#[account]
pub struct Service {
    pub base: Address,
    /// Opts in and out, and requests slashes.
    pub authority: Address,
    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 6],
    pub _reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<Service>() == 2 * 32 + 2 + 6 + 64);
