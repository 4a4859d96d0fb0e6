//! What would it have earned? The program's own formulas over recorded and synthetic validator sets, against the other
//! ways to choose.
//!
//! A [`World`] says what every validator does in every epoch. A [`Strategy`] chooses, [`Pool`] moves the stake and keeps
//! the books, the same for all; [`study`] does so for many seeds and compares. Decisions of Sluice are made by
//! `sluice-selection-math` in whole numbers; floating point is for making worlds and for statistics.

mod chart;
mod pool;
mod random;
mod report;
mod run;
mod set;
mod strategy;
mod study;
mod world;

use std::path::PathBuf;

pub use chart::draw;
pub use pool::{Books, Charges, Earned, MoveRules, Moves, Pool, Position};
pub use report::table;
pub use run::{Kind, Outcome, Rules, Step, play};
pub use set::{DATA_VARIABLE, Profile, ValidatorSet, recorded_path};
pub use strategy::{CommissionFirst, EqualWeight, Means, Selection, Sluice, StakeWeighted, Strategy, View};
pub use study::{Difference, Report, Source, Spread, Study, Summary, study};
pub use world::{Climate, Condition, HISTORY, Reward, World};

/// Lamports in a SOL.
pub const LAMPORTS_PER_SOL: f64 = 1e9;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "no recorded validators: name the file with --data or {DATA_VARIABLE}, or simulate a synthetic set (--set synthetic)"
    )]
    NoData,
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{}, line {line}: not \"vote account, commission in percent, tips commission in bps, stake, credits\"", path.display())]
    BadLine { path: PathBuf, line: usize },
    #[error("{}: nobody with stake and credits", path.display())]
    NoStake { path: PathBuf },
    #[error("cannot draw {}: {reason}", path.display())]
    NotDrawn { path: PathBuf, reason: String },
    #[error("the budget of an epoch does not fit: {0:?}")]
    NoBudget(sluice_money::MathError),
    #[error("the books do not close: {came} lamports came in, {there} went out or are there")]
    BooksOpen { came: u64, there: u64 },
}
