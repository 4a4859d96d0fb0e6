//! An accusation, from opening to execution, veto or expiry.

use anchor_lang::prelude::*;

/// PDA `["slash", allocation, nonce]`, the nonce in 8 little-endian bytes. It exists while it is open: full
/// execution, veto and closing after expiry all remove it, and a nonce is never used twice.
#[account]
pub struct SlashRequest {
    pub vault: Address,
    pub allocation: Address,
    /// Who paid the rent and gets it back.
    pub rent_payer: Address,
    /// Hash of the evidence, whose form the service defines.
    pub evidence: [u8; 32],
    pub nonce: u64,
    /// Collateral asked for, in base units.
    pub amount: u64,
    /// Collateral taken so far.
    pub executed: u64,
    pub opened_epoch: u64,
    /// First epoch of execution, the first too late for a veto.
    pub executable_epoch: u64,
    /// First epoch too late for execution.
    pub expiry_epoch: u64,
    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 6],
    pub _reserved: [u8; 32],
}

const _: () = assert!(core::mem::size_of::<SlashRequest>() == 4 * 32 + 6 * 8 + 2 + 6 + 32);
