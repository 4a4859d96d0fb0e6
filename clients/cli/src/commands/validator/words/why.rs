//! What a validator holds, and what decided that.

use std::fmt::Write;

use sluice_client::selection::Selection;
use sluice_sdk::validator_selection::types::Candidate;
use sluice_selection_math::Constraint;

use super::{RECREATED, yields};
use crate::commands::validator::answer::{Answer, Group};
use crate::numbers::{bps, count, lst, lst_needed, sol, sol_needed};

/// What it holds, and what decided that.
pub fn why(selection: &Selection, candidate: &Candidate, answer: &Answer) -> String {
    let told = &answer.explanation;
    let params = &selection.config.params;
    let held = format!("You hold {}.", sol(answer.stake.staying));
    let reason = match Constraint::from_code(told.constraint) {
        Option::None => format!(
            "What decided has the code {}, which this version does not know: update it.",
            told.constraint
        ),
        Some(Constraint::None) => "No allocation has come to you yet.".into(),
        Some(Constraint::Cap) => {
            format!("You are given all that one validator may hold, {}.", sol(told.cap))
        }
        Some(Constraint::Score) if told.lacks_yield > 0 => {
            let (enough, yours) =
                yields(selection).pair(told.score.saturating_add(told.lacks_yield), told.score);
            format!("Others offer more: {enough} gets stake, yours is {yours}.")
        }
        Some(Constraint::Score) => "Others offer more, and took all there was.".into(),
        Some(Constraint::Delinquent) if candidate.history == 0 => {
            "Your vote account is gone, or has never earned credits.".into()
        }
        Some(Constraint::Delinquent) if candidate.last_credits == 0 => format!(
            "You earned no credits in the epoch before the last observation, of epoch {}.",
            told.observed_epoch
        ),
        Some(Constraint::Delinquent) => format!(
            "You had not voted for more than {} slots when epoch {} was observed.",
            count(params.delinquent_slots),
            told.observed_epoch
        ),
        Some(Constraint::Banned) => "The pool's admin has banned you.".into(),
        Some(Constraint::TooSmall) => format!(
            "What was left for you is less than can be delegated or is moved, {}.",
            sol_needed(params.min_move.max(selection.pool.min_delegation))
        ),
        Some(Constraint::NewNoHistory) => format!(
            "You have voted for {} completed epochs; {} are asked for.",
            answer.credits.history,
            count(params.min_history)
        ),
        Some(Constraint::Commission) => format!(
            "Your worst commission of the last eight epochs, {}, is above the limit, {}.",
            bps(told.worst_commission_bps),
            bps(params.max_commission_bps)
        ),
        Some(Constraint::PoolFull) => {
            format!("The pool's list is full with {} validators.", count(selection.records.len() as u64))
        }
        Some(Constraint::Left) => format!("You asked to leave, in epoch {}.", candidate.left_epoch),
        Some(Constraint::Stale) => format!(
            "Nobody observed you before epoch {} was allocated: you keep what you had and get no more.",
            told.allocated_epoch
        ),
        Some(Constraint::Funds) => "You got the last of what there was.".into(),
        Some(Constraint::Bond) if told.flags & RECREATED != 0 => {
            "Your vote account was created anew: the bond is still its former owner's, and stands for nothing.".into()
        }
        Some(Constraint::Bond) if candidate.bond < params.join_bond / 2 => format!(
            "Your bond is {}; who has less than {}, half of what joining takes, does not compete.",
            lst(candidate.bond),
            lst_needed(params.join_bond / 2)
        ),
        Some(Constraint::Bond) => {
            format!(
                "Your bond, worth {}, stands for {} of stake and no more.",
                sol(told.bond),
                sol(told.bound)
            )
        }
        Some(Constraint::Network) => format!(
            "With more you would have over {} of the whole network's stake.",
            bps(params.network_cap_bps)
        ),
        Some(Constraint::Aso) => full("hosting provider", answer.provider.as_ref()),
        Some(Constraint::Country) => full("country", answer.country.as_ref()),
        Some(Constraint::Retired) => "The pool's admin has retired you.".into(),
        Some(Constraint::Waiting) => format!(
            "You are chosen for {} and get the rest when stake that is leaving others has come home.",
            sol(told.ideal)
        ),
        Some(Constraint::Identity) => {
            "Your identity has changed, and nobody has confirmed that no other candidate has it.".into()
        }
    };
    let mut text = format!("{held} {reason}");
    for moved in movements(selection, answer) {
        let _ = write!(text, " {moved}");
    }
    text
}

fn full(kind: &str, group: Option<&Group>) -> String {
    match group {
        Some(Group { id, held, cap, .. }) => format!(
            "The validators of your {kind} (number {id}) hold {} and are given all they may, {}.",
            sol(*held),
            sol(*cap)
        ),
        Option::None => format!("The validators of your {kind} are given all they may hold."),
    }
}

/// What arrives and leaves, this epoch and later, as far as it is enough to be moved. What this epoch's moves have done
/// already is not told again.
fn movements(selection: &Selection, answer: &Answer) -> Vec<String> {
    let told = &answer.explanation;
    let (staying, target) = (answer.stake.staying, told.target);
    let ways = [
        (target.saturating_sub(staying), "arrive with this epoch's moves."),
        (staying.saturating_sub(target), "leave with this epoch's moves."),
        (told.arrives_later, "more arrive in later epochs."),
        (told.leaves_later, "more leave in later epochs."),
        (answer.stake.leaving, "are cooling down."),
    ];
    let least = selection.pool.min_delegation.max(1);
    ways.iter()
        .filter(|(lamports, _)| *lamports >= least)
        .map(|(lamports, way)| format!("{} {way}", sol(*lamports)))
        .collect()
}
