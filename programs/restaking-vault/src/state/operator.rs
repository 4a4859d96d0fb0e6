//! Someone who runs software for services.

use anchor_lang::prelude::*;

/// PDA `["operator", base]`, where `base` is the key that registered it.
#[account]
pub struct Operator {
    pub base: Address,
    /// Consents to allocations, and ends them.
    pub authority: Address,
    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 6],
    pub _reserved: [u8; 64],
}

const _: () = assert!(core::mem::size_of::<Operator>() == 2 * 32 + 2 + 6 + 64);
