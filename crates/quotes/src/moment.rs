//! When something is asked.

use crate::words::numbers;
use crate::{PoolRefusal, Refusal};

numbers! {
    /// What the chain says of now.
    pub struct Moment {
        /// The slot the transaction would be in.
        pub slot: u64,
        pub epoch: u64,
        /// Whether the chain is still paying the last epoch's rewards (sysvar EpochRewards): stake instructions fail meanwhile.
        pub rewards_active: bool,
    }

    /// The epochs of a cluster, as `getEpochSchedule` returns them.
    pub struct EpochSchedule {
        pub slots_per_epoch: u64,
        /// The first epoch of full length.
        pub first_normal_epoch: u64,
        pub first_normal_slot: u64,
    }
}

/// Slots of the first epoch of a cluster that warms up; each has twice as many as the one before.
const SHORTEST_EPOCH: u64 = 32;

/// The first slot of `epoch`.
///
/// Errors: `Overflow` at the end of time.
pub fn first_slot(schedule: &EpochSchedule, epoch: u64) -> Result<u64, Refusal> {
    let slot = match epoch.checked_sub(schedule.first_normal_epoch) {
        Some(epochs) => epochs
            .checked_mul(schedule.slots_per_epoch)
            .and_then(|slots| slots.checked_add(schedule.first_normal_slot)),
        None => u32::try_from(epoch)
            .ok()
            .and_then(|doublings| 1u64.checked_shl(doublings))
            .and_then(|epochs| epochs.checked_sub(1)?.checked_mul(SHORTEST_EPOCH)),
    };
    slot.ok_or(Refusal::Pool(PoolRefusal::Overflow))
}
