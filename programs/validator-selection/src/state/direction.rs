//! Stake that a holder directs.

use anchor_lang::prelude::*;

/// LST locked behind a validator. Created by the client as a plain keypair account, found by one `getProgramAccounts`
/// filter on `owner` (offset 40) or `vote` (offset 72).
#[account]
pub struct Direction {
    pub config: Address,
    /// Who takes it back, and gets the rent.
    pub owner: Address,
    pub vote: Address,
    /// Locked LST, in base units.
    pub shares: u64,
    /// When the candidate had joined: one that joined again is another.
    pub joined_epoch: u64,
    /// From this epoch on it can be claimed; `u64::MAX`: it counts for the validator.
    pub release_epoch: u64,
    pub _reserved: [u8; 32],
}

const _: () = assert!(core::mem::size_of::<Direction>() == 3 * 32 + 3 * 8 + 32);
