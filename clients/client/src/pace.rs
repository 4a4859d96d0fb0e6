//! How fast the chain's slots and epochs pass, so that "in epoch 812" can be said in hours.

use std::time::Duration;

use crate::accounts::{CLOCK, ReadError};
use crate::rpc::Rpc;

/// What a slot takes where the epoch is too young to be measured.
const USUAL_SLOT: f64 = 0.4;
/// Seconds of an epoch after which it is not: the clock counts whole ones.
const ENOUGH_SECONDS: i64 = 30;

/// The epoch under way, and how long a slot takes in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    pub epoch: u64,
    /// Slots of it that have passed, and how many it has.
    pub slot_index: u64,
    pub slots: u64,
    pub slot_seconds: f64,
}

impl Pace {
    /// Until an epoch begins; zero where it has.
    pub fn until(&self, epoch: u64) -> Duration {
        let Some(ahead) = epoch.checked_sub(self.epoch).and_then(|ahead| ahead.checked_sub(1)) else {
            return Duration::ZERO;
        };
        let left =
            ahead.saturating_mul(self.slots).saturating_add(self.slots.saturating_sub(self.slot_index));
        // A thousand years are as good as never.
        Duration::from_secs_f64((self.slot_seconds * left as f64).min(3.2e10))
    }
}

impl Rpc {
    /// Measured by the clock sysvar: the seconds since the epoch began, over its slots.
    pub async fn pace(&self) -> Result<Pace, ReadError> {
        let missing = || ReadError::Missing { what: "clock sysvar", address: CLOCK };
        let clock = self.account(&CLOCK).await?.ok_or_else(missing)?;
        let info = self.said(self.client().get_epoch_info_with_commitment(self.commitment()).await)?;
        let number = |at: usize| clock.data.get(at..)?.first_chunk().map(|bytes| i64::from_le_bytes(*bytes));
        let (began, now) = number(8).zip(number(32)).ok_or_else(missing)?;
        let seconds = now.saturating_sub(began);
        let slot_seconds = if info.slot_index > 0 && seconds >= ENOUGH_SECONDS {
            seconds as f64 / info.slot_index as f64
        } else {
            USUAL_SLOT
        };
        Ok(Pace { epoch: info.epoch, slot_index: info.slot_index, slots: info.slots_in_epoch, slot_seconds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_comes_after_what_is_left_of_this_one_and_all_between() {
        let pace = Pace { epoch: 10, slot_index: 100, slots: 400, slot_seconds: 0.5 };
        let seconds = |epoch| pace.until(epoch).as_secs();
        assert_eq!([9, 10, 11, 13].map(seconds), [0, 0, 150, 550]);
        assert_eq!(seconds(u64::MAX), 32_000_000_000);
    }
}
