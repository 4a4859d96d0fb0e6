//! A reconciliation, for people.

use std::fmt::Write;

use sluice_audit::{Line, Unit, Verdict};
use sluice_deploy::units::exact;

use super::Outcome;

pub fn outcome(outcome: &Outcome<'_>) -> String {
    let mut text = String::new();
    for section in &outcome.report.sections {
        let _ = writeln!(text, "{} {} (slot {})", section.title, section.address, section.slot);
        let rows: Vec<[String; 4]> = section.lines.iter().map(cells).collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.chain([HEADS[column].len()]).max().unwrap_or(0)
        };
        let widths = [width(0), width(1), width(2), width(3)];
        let mut put = |mark: &str, row: [&str; 4], reason: &str| {
            let [what, recorded, recounted, difference] = row;
            let line = format!(
                "  {mark} {what:<a$}  {recorded:>b$}  {recounted:>c$}  {difference:>d$}  {reason}",
                a = widths[0],
                b = widths[1],
                c = widths[2],
                d = widths[3]
            );
            let _ = writeln!(text, "{}", line.trim_end());
        };
        put(" ", HEADS, "");
        for (line, row) in section.lines.iter().zip(&rows) {
            let mark = match line.verdict {
                Verdict::Right => "✓",
                Verdict::Waits => "…",
                Verdict::Wrong => "✗",
            };
            put(mark, [&row[0], &row[1], &row[2], &row[3]], &line.reason);
        }
    }
    let lines = outcome.report.lines().count();
    let waits = outcome.report.lines().filter(|line| line.verdict == Verdict::Waits).count();
    let _ = match (outcome.wrong, waits) {
        (0, 0) => writeln!(text, "All {lines} lines agree."),
        (0, _) => writeln!(text, "All {lines} lines agree; {waits} of them wait for the epoch's update (…)."),
        (wrong, _) => writeln!(text, "{wrong} of {lines} lines do not agree (✗)."),
    };
    if let Some(written) = &outcome.ledger {
        let _ = write!(text, "{} events were written to the ledger", written.rows);
        let _ = match &written.last {
            Some(last) => writeln!(text, "; it continues by --since {last}"),
            None => writeln!(text, "."),
        };
    }
    text
}

const HEADS: [&str; 4] = ["", "recorded", "recounted", "difference"];

fn cells(line: &Line) -> [String; 4] {
    let shown = |number: u64| match line.unit {
        Unit::Lamports => exact(number, 9),
        Unit::Tokens(decimals) => exact(number, decimals),
        Unit::Count => number.to_string(),
    };
    let size = u64::try_from(line.difference.unsigned_abs()).unwrap_or(u64::MAX);
    let sign = match line.difference {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    let unit = match line.unit {
        Unit::Lamports => ", SOL",
        Unit::Tokens(_) | Unit::Count => "",
    };
    [line.what.clone() + unit, shown(line.recorded), shown(line.recounted), sign.to_owned() + &shown(size)]
}
