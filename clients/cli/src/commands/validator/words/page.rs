//! The answer as text: the words, and the numbers behind them line by line.

use std::fmt::Write;

use sluice_client::selection::{NEVER, Selection};

use super::{BID, yields};
use crate::commands::validator::answer::{Answer, Charge, Group};
use crate::numbers::{Yields, bps, count, lst, sol, sol_needed};

/// The answer as text.
pub fn page(selection: &Selection, answer: &Answer) -> String {
    let mut text = format!("{}\n", answer.why);
    for step in &answer.next {
        let _ = writeln!(text, "  - {step}");
    }
    for note in &answer.notes {
        let _ = writeln!(text, "Note: {note}");
    }
    text.push('\n');
    for (name, value) in numbers(selection, answer) {
        let _ = writeln!(text, "{name:<14}{value}");
    }
    text
}

/// The numbers behind, line by line.
fn numbers(selection: &Selection, answer: &Answer) -> Vec<(&'static str, String)> {
    let told = &answer.explanation;
    let shown = yields(selection);
    let rank = match answer.rank {
        Some(rank) => format!("place {rank} of the {} that compete", count(answer.competing)),
        Option::None => "does not compete".into(),
    };
    let epoch = |epoch: u64| if epoch == NEVER { "never".into() } else { format!("epoch {epoch}") };
    let mut lines = vec![
        ("Validator", answer.vote.to_string()),
        (
            "Pool",
            format!("{} on {}, epoch {}, slot {}", answer.pool, answer.cluster, answer.epoch, answer.slot),
        ),
        (
            "As of",
            format!(
                "allocation: {}; observation: {}",
                epoch(told.allocated_epoch),
                epoch(told.observed_epoch)
            ),
        ),
        (
            "Decided by",
            format!("{} (at most {} by {})", answer.constraint, bound(told.bound), answer.bound_by),
        ),
        ("Score", format!("{}; {rank}", shown.of(told.score))),
        (
            "",
            format!(
                "stake earns {}, of it {} beside inflation; the bid adds {}",
                shown.of(told.expected),
                shown.of(told.extra),
                shown.of(told.bid)
            ),
        ),
        ("Clearing", clearing(shown, told.clearing)),
        (
            "Bid",
            format!(
                "{} {BID}; from the next epoch on {}",
                count(answer.bid.now.into()),
                count(answer.bid.next.into())
            ),
        ),
        ("Commission", commission(answer)),
        (
            "Credits",
            format!(
                "{} last epoch, {} expected; the pool's mean is {}",
                count(answer.credits.last),
                count(answer.credits.expected),
                count(answer.credits.reference)
            ),
        ),
        (
            "Stake",
            format!(
                "holds {}, of it {} activating; {} cooling down",
                sol(answer.stake.staying),
                sol(answer.stake.activating),
                sol(answer.stake.leaving)
            ),
        ),
        (
            "",
            format!(
                "observed {}, target of the epoch {}, in the end {}",
                sol(told.held),
                sol(told.target),
                sol(told.ideal)
            ),
        ),
        (
            "Moves",
            format!(
                "arrive {} now, {} later; leave {} now, {} later",
                sol(told.arrives_now),
                sol(told.arrives_later),
                sol(told.leaves_now),
                sol(told.leaves_later)
            ),
        ),
        ("Cap", format!("{} ({} of the pool)", sol(told.cap), bps(selection.config.params.cap_bps))),
        ("Bond", bond(answer)),
    ];
    for (name, group) in [("Provider", &answer.provider), ("Country", &answer.country)] {
        lines.push((name, group.as_ref().map_or("not grouped".into(), members)));
    }
    lines.push((
        "Directed",
        format!(
            "{} locked behind you; {} followed first, as far as the pool allows",
            lst(answer.directed_shares),
            sol(told.directed)
        ),
    ));
    lines.push((
        "Last charge",
        answer.charge.as_ref().map_or("nothing was measured".into(), |charge| charged(shown, charge)),
    ));
    lines
}

fn bound(bound: u64) -> String {
    if bound == u64::MAX { "no limit".into() } else { sol(bound) }
}

fn clearing(shown: Yields, clearing: u64) -> String {
    if clearing == 0 {
        return "there was enough for all".into();
    }
    format!("{}: the best that did not get all it wanted", shown.of(clearing))
}

fn commission(answer: &Answer) -> String {
    let commission = &answer.commission;
    let until = match commission.worst_until_epoch {
        Some(_) if commission.worst_bps == commission.seen_bps => "the present one".into(),
        Some(epoch) => format!("counts up to epoch {epoch}; {} now", bps(commission.seen_bps)),
        Option::None => "never observed".into(),
    };
    format!("{} at worst: {until}; the limit is {}", bps(commission.worst_bps), bps(commission.limit_bps))
}

fn bond(answer: &Answer) -> String {
    let told = &answer.explanation;
    let mut text = format!("{}, worth {}", lst(answer.bond.shares), sol(told.bond));
    if told.lacks_bond > 0 {
        let _ = write!(text, "; lacks {} for the cap", sol_needed(told.lacks_bond));
    } else {
        text += "; enough for the cap";
    }
    if let Some(epoch) = answer.bond.release_epoch
        && answer.bond.leaving_shares > 0
    {
        let _ = write!(text, "; {} more leave it, from epoch {epoch} on", lst(answer.bond.leaving_shares));
    }
    text
}

fn members(group: &Group) -> String {
    format!(
        "number {}: its validators hold {}, in the end {}, of at most {}",
        group.id,
        sol(group.held),
        sol(group.ideal),
        sol(group.cap)
    )
}

fn charged(shown: Yields, charge: &Charge) -> String {
    // What a bond lacked was forgiven.
    let done = match (charge.lamports, charge.settled) {
        (0, _) => "nothing due".into(),
        (due, true) => format!("{} charged, as far as the bond went,", sol_needed(due)),
        (due, false) => format!("{} due, not charged yet,", sol_needed(due)),
    };
    format!(
        "{done} in epoch {}, on {} that earned {} where {} was promised: bid {}, shortfall {}, commission raised {}",
        charge.epoch,
        sol(charge.earning),
        shown.of(charge.realised),
        shown.of(charge.promised),
        shown.of(charge.price),
        shown.of(charge.shortfall),
        shown.of(charge.rise)
    )
}
