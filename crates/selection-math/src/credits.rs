//! Vote credits: how much a validator may be expected to earn next epoch, from the history its vote account keeps.

/// Epochs that count.
pub const WINDOW: usize = 8;
/// The same, to count epochs with.
pub(crate) const WINDOW_EPOCHS: u64 = 8;

/// More credits than any epoch has: 2^32 - 1, so that no product with them gets out of hand.
const MAX_CREDITS: u64 = 0xffff_ffff;

/// Credits one epoch brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CreditsEntry {
    pub epoch: u64,
    pub earned: u64,
}

/// What the history says at some epoch. Credits per epoch, at most 2^32 - 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CreditsWindow {
    /// The lower of the window's mean and twice the last epoch: an outage of some hours is forgiven, one that lasts
    /// is believed at once. Zero for a validator that did not vote at all in the last epoch.
    pub expected: u64,
    /// Earned in the last completed epoch.
    pub last: u64,
    /// Completed epochs with credits, at most 255 (the chain keeps 64).
    pub history: u8,
}

/// Reads the window of the [`WINDOW`] epochs before `epoch` from `entries`, oldest first and strictly ascending.
///
/// An epoch without an entry earned nothing. The mean, rounded down, is over the window or, for a younger account, over
/// the epochs since its first entry. The current epoch is not counted.
#[inline]
pub fn credits_window(
    epoch: u64,
    entries: impl DoubleEndedIterator<Item = CreditsEntry> + ExactSizeIterator + Clone,
) -> CreditsWindow {
    let Some(first) = entries.clone().next() else { return CreditsWindow::default() };
    let mut completed = entries.len();
    let mut sum: u64 = 0;
    let mut last = 0;
    for entry in entries.rev() {
        let Some(age @ 1..) = epoch.checked_sub(entry.epoch) else {
            completed = completed.saturating_sub(1);
            continue;
        };
        if age > WINDOW_EPOCHS {
            break;
        }
        let earned = entry.earned.min(MAX_CREDITS);
        sum = sum.saturating_add(earned);
        if age == 1 {
            last = earned;
        }
    }
    let span = epoch.saturating_sub(first.epoch).min(WINDOW_EPOCHS);
    let mean = sum.checked_div(span).unwrap_or(0);
    CreditsWindow {
        expected: mean.min(last.saturating_mul(2)),
        last,
        history: u8::try_from(completed).unwrap_or(u8::MAX),
    }
}
