//! Compute units, account locks and bytes: measured, tabled, held against limits, and written to `bench/report.json`.
//!
//! Compute units are deterministic, so a report is compared line by line: no timing, no averages. Everything is
//! measured in LiteSVM; instructions that call the stake program are measured on the localnet's Bank too, which
//! carries a newer stake program.

mod composer;
mod epoch;
mod field;
mod market;
mod pool;
mod report;
mod selection;
mod tables;
mod vault;
mod ways;

pub use report::{EpochRow, Report, Row};

/// Measures everything.
pub fn run() -> Report {
    let mut report = Report::new();
    pool::measure(&mut report);
    ways::measure(&mut report);
    selection::measure(&mut report);
    market::measure(&mut report);
    vault::measure(&mut report);
    composer::measure(&mut report);
    epoch::measure(&mut report);
    report
}
