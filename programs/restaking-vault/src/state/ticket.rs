//! A withdrawal on its way.

use anchor_lang::prelude::*;
use sluice_vault_math::TicketSchedule;

/// Escrowed VRT waiting to be paid out in collateral, slashed like all others until then. Created by the client
/// as a plain keypair account, so it costs no address search; found by one `getProgramAccounts` filter on `owner`
/// (offset 40) or `vault` (offset 8).
#[account]
pub struct WithdrawalTicket {
    pub vault: Address,
    /// Who is paid, and who gets the rent back.
    pub owner: Address,
    /// Escrowed VRT, in base units.
    pub vrt_amount: u64,
    /// Epoch in which it was ordered.
    pub enqueued_epoch: u64,
    /// First epoch in which it can be claimed.
    pub unlock_epoch: u64,
    /// First epoch in which no slash request holds it back.
    pub release_epoch: u64,
    /// 1: the VRT are junior shares.
    pub junior: u8,
    pub _reserved: [u8; 31],
}

const _: () = assert!(core::mem::size_of::<WithdrawalTicket>() == 2 * 32 + 4 * 8 + 1 + 31);

impl WithdrawalTicket {
    #[inline(always)]
    pub fn schedule(&self) -> TicketSchedule {
        TicketSchedule { unlocks_at: self.unlock_epoch, released_at: self.release_epoch }
    }
}
