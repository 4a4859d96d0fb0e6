//! The answer in plain words: what decided, what a validator can do about it, what else to know, and the numbers behind.
//!
//! Numbers come from the answer; nothing is computed here but how they are written.

mod next;
mod notes;
mod page;
#[cfg(test)]
mod tests;
mod why;

use sluice_client::selection::Selection;

use super::answer::Answer;
use crate::numbers::{Yields, lst_needed, sol, sol_needed};

pub use next::next;
pub use notes::notes;
pub use page::page;
pub use why::why;

/// What a bid is in.
const BID: &str = "lamports per SOL and epoch";
/// Flags of a candidate: its vote account was created anew; its stake was taken in an emergency.
const RECREATED: u8 = 8;
const UNSTAKED: u8 = 16;

fn yields(selection: &Selection) -> Yields {
    Yields { epoch_seconds: selection.config.epoch_seconds }
}

fn more_bond(answer: &Answer) -> String {
    let told = &answer.explanation;
    format!(
        "Add {} to your bond (`sluice validator bond fund`, from any wallet): worth {} more, it stands for all one \
         validator may hold, {}.",
        lst_needed(answer.bond.lacks_shares),
        sol_needed(told.lacks_bond),
        sol(told.cap)
    )
}
