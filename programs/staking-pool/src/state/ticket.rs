//! A delayed exit.

use anchor_lang::prelude::*;

/// Escrowed LST waiting to be paid out in SOL. Created by the client as a plain keypair account, so it costs no
/// address search; found by one `getProgramAccounts` filter on `owner` (offset 40) or `pool` (offset 8).
#[account]
pub struct Ticket {
    pub pool: Address,
    /// Who is paid, and who gets the rent back.
    pub owner: Address,
    /// Escrowed LST, in base units.
    pub shares: u64,
    /// Value of `shares` when ordered, in lamports: the ticket never pays more.
    pub ordered_lamports: u64,
    /// Payable once an update of this epoch, or of a later one, has finished.
    pub claim_epoch: u64,
    pub _reserved: [u8; 32],
}

const _: () = assert!(core::mem::size_of::<Ticket>() == 2 * 32 + 3 * 8 + 32);
