//! What events recorded beside what was charged again, one by one.

use solana_signature::Signature;

use crate::report::{Lines, Unit, Verdict};

/// One kind of fee over a history. Sums saturate.
#[derive(Debug, Default)]
pub struct Tally {
    pub events: u64,
    pub recorded: u64,
    pub recounted: u64,
    /// Events that differ, also where the sums do not, and the first of them.
    wrong: u64,
    first: Option<Signature>,
    /// Events that differ, where what was not heard may explain it.
    doubtful: u64,
    /// Events whose terms the history does not tell.
    unknown: u64,
}

impl Tally {
    /// An event and its parts; `None`: what they should be is not known. `is_doubtful`: something that was not heard may have
    /// set other terms.
    pub fn add(
        &mut self,
        signature: Signature,
        recorded: &[u64],
        recounted: Option<&[u64]>,
        is_doubtful: bool,
    ) {
        let sum = |parts: &[u64]| parts.iter().copied().fold(0, u64::saturating_add);
        self.events = self.events.saturating_add(1);
        self.recorded = self.recorded.saturating_add(sum(recorded));
        self.recounted = self.recounted.saturating_add(sum(recounted.unwrap_or(recorded)));
        match recounted {
            None => self.unknown = self.unknown.saturating_add(1),
            Some(recounted) if recounted != recorded => self.differs(signature, is_doubtful),
            Some(_) => {}
        }
    }

    /// An event that was counted differs in something that is not summed.
    pub fn differs(&mut self, signature: Signature, is_doubtful: bool) {
        if is_doubtful {
            self.doubtful = self.doubtful.saturating_add(1);
        } else {
            self.wrong = self.wrong.saturating_add(1);
            self.first.get_or_insert(signature);
        }
    }

    /// Adds the line of this fee.
    pub fn line(&self, lines: &mut Lines, name: &str, what: &str, unit: Unit) {
        let first = self.first.map(|signature| signature.to_string()).unwrap_or_default();
        let (wrong, doubtful, unknown, all) = (self.wrong, self.doubtful, self.unknown, self.events);
        let (verdict, reason) = if wrong > 0 {
            (Verdict::Wrong, format!("{wrong} of {all} are otherwise, the first in {first}"))
        } else if doubtful > 0 {
            let why = "but a transaction that has no whole log may say why";
            (Verdict::Waits, format!("{doubtful} of {all} are otherwise, {why}"))
        } else if unknown > 0 {
            let why = "were set before the events that were read";
            (Verdict::Waits, format!("not recounted: the terms of {unknown} of {all} {why}"))
        } else {
            (Verdict::Right, String::new())
        };
        let what = format!("{what} ({all})");
        lines.push((name, &what), unit, (self.recorded, self.recounted), verdict, true, reason);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(tally: &Tally) -> (Verdict, String) {
        let mut lines = Lines::of("fees");
        tally.line(&mut lines, "some", "some", Unit::Lamports);
        (lines.lines[0].verdict, lines.lines[0].reason.clone())
    }

    fn one(name: u8) -> Signature {
        Signature::from([name; 64])
    }

    #[test]
    fn one_event_that_differs_is_wrong_although_the_sums_agree() {
        let mut tally = Tally::default();
        tally.add(one(1), &[5, 1], Some(&[5, 1]), true);
        assert_eq!(line(&tally).0, Verdict::Right, "what agrees needs no excuse");
        tally.add(one(2), &[4, 2], Some(&[3, 3]), false);
        tally.add(one(3), &[9], Some(&[8]), false);
        assert_eq!((tally.recorded, tally.recounted), (21, 20));
        let (verdict, reason) = line(&tally);
        assert_eq!(verdict, Verdict::Wrong);
        assert!(reason.starts_with("2 of 3 ") && reason.ends_with(&one(2).to_string()), "{reason}");
    }

    #[test]
    fn what_cannot_be_charged_again_is_not_called_right() {
        let mut tally = Tally::default();
        tally.add(one(1), &[5], None, false);
        let (verdict, reason) = line(&tally);
        assert!(verdict == Verdict::Waits && reason.contains("1 of 1"), "{reason}");
        // What was not heard excuses what it may have changed, and nothing else.
        tally.add(one(2), &[5], Some(&[4]), true);
        let (verdict, reason) = line(&tally);
        assert!(verdict == Verdict::Waits && reason.contains("no whole log"), "{reason}");
        tally.differs(one(3), false);
        assert_eq!(line(&tally).0, Verdict::Wrong);
    }
}
