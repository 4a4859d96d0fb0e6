//! The rate of past epochs, so that yields and charts come from the chain.

use anchor_lang::prelude::*;

/// Epochs the ring holds: more than a year of mainnet's.
pub const RATE_HISTORY_LEN: usize = 250;

/// PDA `["history", pool]`. A ring of one entry an update; an epoch without an update has none.
#[account]
pub struct RateHistory {
    pub pool: Address,
    /// How many entries were ever written; the next goes to `count % 250`.
    pub count: u64,
    pub _reserved: [u8; 24],
    pub entries: [RateEntry; RATE_HISTORY_LEN],
}

/// What an update found. `value / supply` is the rate at that moment, `total / supply` what it becomes when the profit
/// is released.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct RateEntry {
    pub epoch: u64,
    /// Seconds since 1970, by the chain's clock.
    pub unix_timestamp: i64,
    /// Total less locked profit, in lamports.
    pub value: u64,
    pub total: u64,
    /// In base units of LST.
    pub supply: u64,
}

const _: () = assert!(core::mem::size_of::<RateEntry>() == 40);
// An account made by a program is at most 10,240 bytes.
const _: () = assert!(core::mem::size_of::<RateHistory>() + 8 <= 10_240);

impl RateHistory {
    /// Adds the newest entry in the place of the oldest.
    #[inline(always)]
    pub fn push(&mut self, entry: RateEntry) {
        let len = u64::try_from(RATE_HISTORY_LEN).unwrap_or(u64::MAX);
        let place = self.count.checked_rem(len).and_then(|place| usize::try_from(place).ok());
        if let Some(slot) = place.and_then(|place| self.entries.get_mut(place)) {
            *slot = entry;
            self.count = self.count.saturating_add(1);
        }
    }
}
