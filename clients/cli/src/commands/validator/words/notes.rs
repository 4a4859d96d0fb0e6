//! What else to know before believing an answer.

use sluice_client::selection::{NEVER, Selection};
use sluice_sdk::validator_selection::types::Candidate;
use sluice_selection_math::Constraint;

use super::{BID, UNSTAKED, more_bond};
use crate::commands::validator::answer::Answer;
use crate::numbers::count;

/// What else to know before believing it.
pub fn notes(selection: &Selection, candidate: &Candidate, answer: &Answer) -> Vec<String> {
    let told = &answer.explanation;
    let mut notes = Vec::new();
    if !selection.steers() {
        notes.push(
            "The pool's delegation authority is another key: nothing that is decided here is carried out."
                .into(),
        );
    }
    let stale = |what: &str, epoch: u64| {
        let when = if epoch == NEVER {
            "there was none yet".into()
        } else {
            format!("the last is of epoch {epoch}")
        };
        format!(
            "This epoch, {}, has no {what} yet: {when}. Any crank makes it (`sluice crank --once`).",
            selection.epoch
        )
    };
    if told.allocated_epoch != selection.epoch {
        notes.push(stale("allocation", told.allocated_epoch));
    }
    if told.observed_epoch != selection.epoch {
        notes.push(stale("observation of you", told.observed_epoch));
    }
    if candidate.verdict != 0 && candidate.verdict != told.constraint && candidate.flags == 0 {
        notes.push(format!("As last observed you do not compete: {}.", answer.verdict));
    }
    if told.flags & UNSTAKED != 0 {
        notes.push(format!(
            "Your stake was taken in an emergency of epoch {}, whose allocation gives you nothing.",
            told.observed_epoch
        ));
    }
    let bound_by_bond = Constraint::from_code(told.constraint) == Some(Constraint::Bond);
    if told.lacks_bond > 0 && !bound_by_bond {
        notes.push(more_bond(answer));
    }
    if answer.bid.next != answer.bid.now {
        notes.push(format!(
            "Your bid becomes {} {BID} with the next epoch's observation; {} now.",
            count(answer.bid.next.into()),
            count(answer.bid.now.into())
        ));
    }
    notes
}
