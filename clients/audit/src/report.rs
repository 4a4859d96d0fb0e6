//! A reconciliation: for each quantity what was recorded, what was counted again, and whether the difference is one that
//! may be.

use serde::Serialize;

/// What a quantity is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Lamports,
    /// Base units of a token, and its decimals.
    Tokens(u8),
    Count,
}

/// How a line comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Both are the same, or more is there than must be where more does no harm; or it is a note.
    Right,
    /// They differ by what the epoch's next update will count, or the server does not tell enough to say.
    Waits,
    /// They differ, and nothing explains it.
    Wrong,
}

/// One quantity.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The same in every run: for programs.
    pub name: String,
    pub what: String,
    pub unit: Unit,
    pub recorded: u64,
    pub recounted: u64,
    /// Recounted less recorded.
    pub difference: i128,
    pub verdict: Verdict,
    /// Whether the two must be equal at any time.
    pub exact: bool,
    /// Whether it is only told: they differ, and nobody who is audited answers for it.
    pub note: bool,
    /// Why they may differ, or what is wrong.
    pub reason: String,
}

/// What belongs together: the pool, its selection, one vault.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    pub title: String,
    pub address: String,
    /// When it was read.
    pub slot: u64,
    pub lines: Vec<Line>,
}

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub epoch: u64,
    pub sections: Vec<Section>,
}

impl Report {
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.sections.iter().flat_map(|section| &section.lines)
    }

    /// How many lines are wrong; with `strict` those that wait are too.
    pub fn wrong(&self, strict: bool) -> usize {
        let is_wrong = |line: &&Line| match line.verdict {
            Verdict::Right => false,
            Verdict::Waits => strict,
            Verdict::Wrong => true,
        };
        self.lines().filter(is_wrong).count()
    }
}

/// Makes the lines of a section, whose names begin alike.
pub struct Lines {
    prefix: String,
    pub lines: Vec<Line>,
}

impl Lines {
    pub fn of(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), lines: Vec::new() }
    }

    /// Adds a line; `waits` is why more, or less, may have been counted, if it is so much.
    pub fn push(
        &mut self,
        (name, what): (&str, &str),
        unit: Unit,
        counts: (u64, u64),
        verdict: Verdict,
        exact: bool,
        reason: String,
    ) {
        let (recorded, recounted) = counts;
        self.lines.push(Line {
            name: format!("{}.{name}", self.prefix),
            what: what.to_owned(),
            unit,
            recorded,
            recounted,
            difference: i128::from(recounted) - i128::from(recorded),
            verdict,
            exact,
            note: false,
            reason,
        });
    }

    /// Less is there than was promised, by somebody who is not audited: told, and no verdict on the books.
    pub fn noted(&mut self, name: (&str, &str), unit: Unit, promised: u64, there: u64, why: &str) {
        self.push(name, unit, (promised, there), Verdict::Right, false, format!("note: {why}"));
        if let Some(line) = self.lines.last_mut() {
            line.note = true;
        }
    }

    /// They differ, or cannot be compared, and it is not known whether that is wrong.
    pub fn waiting(&mut self, name: (&str, &str), unit: Unit, counts: (u64, u64), why: &str) {
        self.push(name, unit, counts, Verdict::Waits, true, why.to_owned());
    }

    /// Both must be the same.
    pub fn equal(&mut self, name: (&str, &str), unit: Unit, recorded: u64, recounted: u64, wrong: &str) {
        let is_right = recorded == recounted;
        let verdict = if is_right { Verdict::Right } else { Verdict::Wrong };
        let reason = if is_right { String::new() } else { wrong.to_owned() };
        self.push(name, unit, (recorded, recounted), verdict, true, reason);
    }

    /// At least what is recorded must be there; `more` is what more of it is.
    pub fn covered(
        &mut self,
        name: (&str, &str),
        unit: Unit,
        needed: u64,
        there: u64,
        more: &str,
        wrong: &str,
    ) {
        let verdict = if there >= needed { Verdict::Right } else { Verdict::Wrong };
        let reason = match there.cmp(&needed) {
            std::cmp::Ordering::Less => wrong,
            std::cmp::Ordering::Equal => "",
            std::cmp::Ordering::Greater => more,
        };
        self.push(name, unit, (needed, there), verdict, false, reason.to_owned());
    }

    /// At most so much may be there.
    pub fn within(&mut self, name: (&str, &str), unit: Unit, most: u64, there: u64, less: &str, wrong: &str) {
        let verdict = if there <= most { Verdict::Right } else { Verdict::Wrong };
        let reason = match there.cmp(&most) {
            std::cmp::Ordering::Less => less,
            std::cmp::Ordering::Equal => "",
            std::cmp::Ordering::Greater => wrong,
        };
        self.push(name, unit, (most, there), verdict, false, reason.to_owned());
    }

    /// Both are the same, or the next update counts a difference that `waits` explains: up to so much more, and why.
    pub fn growing(
        &mut self,
        name: (&str, &str),
        unit: Unit,
        recorded: u64,
        recounted: u64,
        waits: Option<(u64, &str)>,
        wrong: &str,
    ) {
        let more = recounted.checked_sub(recorded);
        let explained = waits.filter(|(most, _)| more.is_some_and(|more| more <= *most));
        let (verdict, reason) = match (more, explained) {
            (Some(0), _) => (Verdict::Right, String::new()),
            (_, Some((_, why))) => (Verdict::Waits, why.to_owned()),
            _ => (Verdict::Wrong, wrong.to_owned()),
        };
        self.push(name, unit, (recorded, recounted), verdict, false, reason);
    }

    /// The same for what can only have become less.
    pub fn shrinking(
        &mut self,
        name: (&str, &str),
        unit: Unit,
        recorded: u64,
        recounted: u64,
        why: &str,
        wrong: &str,
    ) {
        let (verdict, reason) = match recounted.cmp(&recorded) {
            std::cmp::Ordering::Equal => (Verdict::Right, ""),
            std::cmp::Ordering::Less => (Verdict::Waits, why),
            std::cmp::Ordering::Greater => (Verdict::Wrong, wrong),
        };
        self.push(name, unit, (recorded, recounted), verdict, false, reason.to_owned());
    }
}
