//! What events recorded beside what was charged again, one by one.

use solana_signature::Signature;

use crate::report::{Lines, Unit, Verdict};

/// One kind of fee over a history. Sums saturate.
#[derive(Debug, Default)]
pub struct Tally {
    pub events: u64,
    pub recorded: u64,
    pub recounted: u64,
    /// Events that differ, also where the sums do not.
    pub wrong: u64,
    pub first: Option<Signature>,
    /// Events whose rate the history does not tell.
    pub unknown: u64,
}

impl Tally {
    /// An event and its parts; `None`: what they should be is not known.
    pub fn add(&mut self, signature: Signature, recorded: &[u64], recounted: Option<&[u64]>) {
        let sum = |parts: &[u64]| parts.iter().copied().fold(0, u64::saturating_add);
        self.events = self.events.saturating_add(1);
        self.recorded = self.recorded.saturating_add(sum(recorded));
        self.recounted = self.recounted.saturating_add(sum(recounted.unwrap_or(recorded)));
        match recounted {
            None => self.unknown = self.unknown.saturating_add(1),
            Some(recounted) if recounted != recorded => {
                self.wrong = self.wrong.saturating_add(1);
                self.first.get_or_insert(signature);
            }
            Some(_) => {}
        }
    }

    /// Adds the line of this fee. Where `unheard` transactions told no whole log, a difference may be theirs.
    pub fn line(&self, lines: &mut Lines, name: &str, what: &str, unit: Unit, unheard: usize) {
        let first = self.first.map(|signature| signature.to_string()).unwrap_or_default();
        let differ =
            format!("{} of {} were charged otherwise, the first in {first}", self.wrong, self.events);
        let (verdict, reason) = match (self.wrong, self.unknown) {
            (0, 0) => (Verdict::Right, String::new()),
            (0, unknown) => (
                Verdict::Waits,
                format!(
                    "the rate of {unknown} of {} was set before this history: see --history",
                    self.events
                ),
            ),
            _ if unheard > 0 => {
                (Verdict::Waits, format!("{differ}; but {unheard} transactions have no whole log"))
            }
            _ => (Verdict::Wrong, differ),
        };
        lines.push((name, what), unit, (self.recorded, self.recounted), verdict, true, reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(tally: &Tally, unheard: usize) -> (Verdict, String) {
        let mut lines = Lines::of("fees");
        tally.line(&mut lines, "some", "some", Unit::Lamports, unheard);
        (lines.lines[0].verdict, lines.lines[0].reason.clone())
    }

    #[test]
    fn one_event_that_differs_is_wrong_although_the_sums_agree() {
        let one = |name: u8| Signature::from([name; 64]);
        let mut tally = Tally::default();
        tally.add(one(1), &[5, 1], Some(&[5, 1]));
        assert_eq!(line(&tally, 0).0, Verdict::Right);
        assert_eq!(line(&tally, 3).0, Verdict::Right, "what agrees needs no excuse");
        tally.add(one(2), &[4, 2], Some(&[3, 3]));
        tally.add(one(3), &[9], Some(&[8]));
        assert_eq!((tally.recorded, tally.recounted, tally.wrong), (21, 20, 2));
        let (verdict, reason) = line(&tally, 0);
        assert_eq!(verdict, Verdict::Wrong);
        assert!(reason.starts_with("2 of 3 ") && reason.ends_with(&one(2).to_string()), "{reason}");
        let (verdict, reason) = line(&tally, 4);
        assert!(verdict == Verdict::Waits && reason.contains("4 transactions have no whole log"), "{reason}");
    }

    #[test]
    fn what_cannot_be_charged_again_is_not_called_right() {
        let mut tally = Tally::default();
        tally.add(Signature::from([1; 64]), &[5], None);
        let (verdict, reason) = line(&tally, 0);
        assert!(verdict == Verdict::Waits && reason.contains("1 of 1"), "{reason}");
    }
}
