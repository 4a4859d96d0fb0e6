//! Commission: a ring of the last epochs, of which the worst counts.
//!
//! A validator that lowers its commission is believed only when the window has passed; one that raises it, at once.

use sluice_money::Bps;

use crate::credits::{WINDOW, WINDOW_EPOCHS};

/// Writes what was seen in `epoch` into the ring; `last` is the epoch of the observation before, `None` at first.
///
/// Epochs nobody looked at take today's commission. Looking twice in an epoch keeps the higher one.
#[inline]
pub fn record_commission(ring: &mut [u16; WINDOW], last: Option<u64>, epoch: u64, commission: Bps) {
    let now = commission.get();
    let missed = match last {
        None => WINDOW_EPOCHS,
        Some(last) => match epoch.checked_sub(last) {
            Some(0) => {
                if let Some(seen) = ring.get_mut(slot(epoch)) {
                    *seen = now.max(*seen);
                }
                return;
            }
            // An epoch before the last: nothing to learn.
            None => return,
            Some(epochs) => epochs.min(WINDOW_EPOCHS),
        },
    };
    for back in 0..missed {
        if let Some(seen) = ring.get_mut(slot(epoch.wrapping_sub(back))) {
            *seen = now;
        }
    }
}

/// The commission the ring has for `epoch`, one of the last [`WINDOW`].
#[inline]
pub fn commission_at(ring: &[u16; WINDOW], epoch: u64) -> Bps {
    Bps::saturating(ring.get(slot(epoch)).copied().unwrap_or(0))
}

/// The highest commission of the window.
#[inline]
pub fn worst_commission(ring: &[u16; WINDOW]) -> Bps {
    Bps::saturating(ring.iter().copied().fold(0, u16::max))
}

/// The window is a power of two: the low bits are the remainder, for epochs wrapped below zero too.
#[inline(always)]
fn slot(epoch: u64) -> usize {
    usize::try_from(epoch & (WINDOW_EPOCHS - 1)).unwrap_or(0)
}

const _: () = assert!(WINDOW_EPOCHS.is_power_of_two());
