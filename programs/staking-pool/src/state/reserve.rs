//! The reserve: SOL of the pool that is not delegated.

use anchor_lang::prelude::*;

/// PDA `["reserve", pool]`. Program-owned, so that paying out is a lamport move and no CPI. It always keeps its rent.
#[account]
pub struct Reserve {
    pub pool: Address,
}

/// Bytes of the account.
pub const RESERVE_SPACE: usize = 8 + core::mem::size_of::<Reserve>();
