//! What previews and tables are made of: lines, what changes, keys, shares of a whole, and when an epoch comes.

use std::time::Duration;

use sluice_client::pace::Pace;
use sluice_client::vault::{BY_OPERATOR, BY_SERVICE, BY_VAULT};
use solana_address::Address;

use crate::amount::exact;

/// A line of a preview or of a table.
pub fn row(label: &str, value: impl Into<String>) -> (String, String) {
    (label.into(), value.into())
}

/// What changes, old and new; nothing where it stays.
pub fn change<T: PartialEq>(
    label: &str,
    before: &T,
    after: &T,
    say: impl Fn(&T) -> String,
) -> Option<(String, String)> {
    (before != after).then(|| (label.into(), format!("{} → {}", say(before), say(after))))
}

/// An address, or what stands for none.
pub fn key(address: &Address, none: &str) -> String {
    if *address == Address::default() { none.into() } else { address.to_string() }
}

/// Basis points as `5 %`, without zeros at the end.
pub fn percent(bps: u64) -> String {
    exact(bps, 2) + " %"
}

/// The same, where there may be no limit.
pub fn limit(units: u64, say: impl Fn(u64) -> String) -> String {
    if units == u64::MAX { "no limit".into() } else { say(units) }
}

/// `epoch 12, in 2 epochs`.
pub fn epoch(epoch: u64, now: u64) -> String {
    match epoch.saturating_sub(now) {
        0 => format!("epoch {epoch}"),
        1 => format!("epoch {epoch}, the next one"),
        ahead => format!("epoch {epoch}, in {ahead} epochs"),
    }
}

/// The same, and about when that is.
pub fn epoch_at(at: u64, pace: &Pace) -> String {
    let wait = pace.until(at);
    if wait.is_zero() {
        return epoch(at, pace.epoch);
    }
    format!("{} (about {})", epoch(at, pace.epoch), span(wait))
}

/// A time in its two largest units: `2 days 4 hours`.
pub fn span(time: Duration) -> String {
    let minutes = time.as_secs().div_ceil(60);
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let said = |count: u64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    match (days, hours, minutes) {
        (0, 0, minutes) => said(minutes, "minute"),
        (0, hours, 0) => said(hours, "hour"),
        (0, hours, minutes) => said(hours, "hour") + " " + &said(minutes, "minute"),
        (days, 0, _) => said(days, "day"),
        (days, hours, _) => said(days, "day") + " " + &said(hours, "hour"),
    }
}

/// Who of the three has opted in.
pub fn consents(bits: u8) -> String {
    let names = [(BY_VAULT, "vault"), (BY_OPERATOR, "operator"), (BY_SERVICE, "service")];
    let given: Vec<&str> = names.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| *name).collect();
    if given.is_empty() { "nobody".into() } else { given.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_not_said_and_what_changes_is_said_twice() {
        assert_eq!(change("Fee", &5, &5, u64::to_string), None);
        assert_eq!(change("Fee", &5, &6, u64::to_string), Some(row("Fee", "5 → 6")));
        assert_eq!((percent(500), percent(1), percent(0)), ("5 %".into(), "0.01 %".into(), "0 %".into()));
    }

    #[test]
    fn an_epoch_ahead_is_counted() {
        assert_eq!(
            [3, 4, 6].map(|at| epoch(at, 3)),
            ["epoch 3", "epoch 4, the next one", "epoch 6, in 3 epochs"]
        );
        let span_of = |seconds| span(Duration::from_secs(seconds));
        assert_eq!(span_of(30), "1 minute");
        assert_eq!(span_of(7_200), "2 hours");
        assert_eq!(span_of(86_400 * 2 + 3_600), "2 days 1 hour");
        assert_eq!(span_of(5_400), "1 hour 30 minutes");
    }

    #[test]
    fn who_has_opted_in_is_named() {
        assert_eq!(consents(0), "nobody");
        assert_eq!(consents(BY_VAULT | BY_SERVICE), "vault, service");
    }
}
