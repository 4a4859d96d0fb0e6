//! The answer in plain words: what decided, what a validator can do about it, and the numbers behind.
//!
//! Numbers come from the answer; nothing is computed here but how they are written.

use std::fmt::Write;

use sluice_sdk::validator_selection::types::Candidate;
use sluice_selection_math::{Bid, Constraint};

use super::answer::{Answer, Charge, Group};
use crate::numbers::{Yields, bps, count, lst, lst_needed, sol, sol_needed};
use crate::selection::{NEVER, Selection};

/// Lamports of a yield's unit in one SOL of a bid: 10^-12 against 10^-9.
const BID_UNIT: u64 = 1_000;
/// What a bid is in.
const BID: &str = "lamports per SOL and epoch";
/// Flags of a candidate: its vote account was created anew; its stake was taken in an emergency.
const RECREATED: u8 = 8;
const UNSTAKED: u8 = 16;
/// Observed epochs in a row without credits after which anyone may remove a candidate.
const IDLE_EPOCHS: u8 = 10;

fn yields(selection: &Selection) -> Yields {
    Yields { epoch_seconds: selection.config.epoch_seconds }
}

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

/// What a validator can do, best first.
pub fn next(selection: &Selection, candidate: &Candidate, answer: &Answer) -> Vec<String> {
    let told = &answer.explanation;
    let params = &selection.config.params;
    let following = selection.epoch + 1;
    match Constraint::from_code(told.constraint) {
        Option::None => Vec::new(),
        Some(Constraint::None) => {
            vec![format!(
                "Wait for the next allocation, of epoch {} at the latest: anyone may send it (observe, then allocate).",
                following
            )]
        }
        Some(Constraint::Cap) => {
            vec!["Nothing is missing: the cap is a share of the pool, and grows with it.".into()]
        }
        Some(Constraint::Score | Constraint::Funds) => outbid(selection, candidate, answer),
        Some(Constraint::Delinquent) => vec![
            "Vote again: the first observation after an epoch with credits lets you compete.".into(),
            format!(
                "Until then anyone may take your stake at once (emergency_unstake); after {IDLE_EPOCHS} such epochs in a row, \
                 of which {} have passed, anyone may remove you.",
                candidate.idle
            ),
        ],
        Some(Constraint::Banned) => vec![
            format!("Ask the admin, {}: nobody else can lift a ban.", selection.config.admin),
            withdrawal(selection),
        ],
        Some(Constraint::TooSmall) => {
            let mut steps = vec![
                "Wait: there is more to give as the pool grows, or as others leave or offer less.".into(),
            ];
            steps.extend(better_offer(selection, candidate, answer));
            steps
        }
        Some(Constraint::NewNoHistory) => {
            let missing = params.min_history.saturating_sub(answer.credits.history);
            vec![format!(
                "Keep voting: from epoch {} on you compete.",
                told.observed_epoch.saturating_add(missing)
            )]
        }
        Some(Constraint::Commission) => {
            let until = match answer.commission.worst_until_epoch {
                Some(until) => {
                    format!("it counts up to epoch {until}, and from epoch {} on you compete", until + 1)
                }
                Option::None => "it counts for eight epochs".into(),
            };
            if answer.commission.seen_bps > params.max_commission_bps {
                vec![format!(
                    "Lower your commission to {} or less, and keep it there: what was seen counts for eight epochs.",
                    bps(params.max_commission_bps)
                )]
            } else {
                vec![format!(
                    "Keep your commission where it is, {}: the worst was taken back, {until}.",
                    bps(answer.commission.seen_bps)
                )]
            }
        }
        Some(Constraint::PoolFull) => {
            vec!["Wait until a validator without stake is removed from the list: anyone may send that (remove).".into()]
        }
        Some(Constraint::Left) => vec![
            "Come back with `leave` and leaving = false, signed by your identity or withdrawer.".into(),
            withdrawal(selection),
        ],
        Some(Constraint::Stale) => {
            vec![
                "See to it that you are observed before the next allocation: anyone may send it (observe)."
                    .into(),
            ]
        }
        Some(Constraint::Bond) if told.flags & RECREATED != 0 => {
            vec!["Have the former owner take the bond back (withdraw_bond, claim_bond), then add one (fund_bond).".into()]
        }
        Some(Constraint::Bond) => vec![more_bond(answer)],
        Some(Constraint::Network) => {
            vec!["Nothing is missing: with less stake of others behind you, or a larger network, there is room for more.".into()]
        }
        Some(Constraint::Aso) => {
            vec!["Be ranked above others of your hosting provider, or move to one that has room.".into()]
        }
        Some(Constraint::Country) => {
            vec!["Be ranked above others of your country, or move to one that has room.".into()]
        }
        Some(Constraint::Retired) => {
            vec![format!(
                "Ask the pool's admin, {}, who has ended it in the pool itself.",
                selection.pool.admin
            )]
        }
        Some(Constraint::Waiting) => vec![format!(
            "Nothing is missing: at most {} move in an epoch, and stake takes an epoch or more to come home.",
            sol(selection.config.move_limit)
        )],
        Some(Constraint::Identity) => {
            vec!["Have it confirmed: anyone may send that (confirm_identity), unless another candidate has the identity.".into()]
        }
    }
}

/// What gets more where others offer more.
fn outbid(selection: &Selection, candidate: &Candidate, answer: &Answer) -> Vec<String> {
    if answer.explanation.lacks_yield == 0 {
        return vec![
            "Your score is enough for the next stake there is: it comes as the pool grows, or as others leave or offer less."
                .into(),
        ];
    }
    let mut steps = better_offer(selection, candidate, answer);
    steps.push("Offer somewhat more than that to be sure: scores change with every epoch.".into());
    steps
}

/// Ways to a score with which the last that got stake is reached; none where it is reached.
fn better_offer(selection: &Selection, candidate: &Candidate, answer: &Answer) -> Vec<String> {
    let told = &answer.explanation;
    if told.lacks_yield == 0 {
        return Vec::new();
    }
    let mut steps = Vec::new();
    match answer.bid.enough {
        Some(enough) if answer.bid.next >= enough => steps.push(format!(
            "Wait: your bid of {} {BID} counts from epoch {} on, and would be enough today.",
            count(answer.bid.next.into()),
            told.observed_epoch.saturating_add(1)
        )),
        Some(enough) => steps.push(format!(
            "Bid {} {BID} more, {} in all (set_bid, signed by your identity or withdrawer): it counts from epoch {} on.",
            count(u64::from(enough - answer.bid.next)),
            count(enough.into()),
            selection.epoch + 1
        )),
        Option::None => steps.push(format!(
            "No bid makes up for it: the highest is {} {BID}, and {} are missing.",
            count(Bid::MAX.0.into()),
            count(told.lacks_yield.div_ceil(BID_UNIT))
        )),
    }
    if let Some(bond) = answer.bond.with_enough_bid
        && bond > told.bond
    {
        steps.push(format!(
            "With that bid a full share takes a bond worth {}; yours is worth {}: add {} (fund_bond).",
            sol_needed(bond),
            sol(told.bond),
            lst_needed(selection.shares_worth(bond - told.bond))
        ));
    }
    if let Some(enough) = answer.commission.enough_bps {
        steps.push(format!(
            "Or charge {} or less instead of {}: it counts once the higher one is eight epochs old.",
            bps(enough),
            bps(told.worst_commission_bps)
        ));
    }
    if candidate.last_credits < answer.credits.reference {
        steps.push(format!(
            "Or vote better: {} credits last epoch, where the pool's validators had {} on average.",
            count(candidate.last_credits),
            count(answer.credits.reference)
        ));
    }
    steps
}

fn more_bond(answer: &Answer) -> String {
    let told = &answer.explanation;
    format!(
        "Add {} to your bond (fund_bond, from any wallet): worth {} more, it stands for all one validator may hold, {}.",
        lst_needed(answer.bond.lacks_shares),
        sol_needed(told.lacks_bond),
        sol(told.cap)
    )
}

fn withdrawal(selection: &Selection) -> String {
    format!(
        "Your bond stays yours: the withdrawer takes it back with {} epochs' notice (withdraw_bond, claim_bond).",
        selection.config.params.notice_epochs
    )
}

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
    let stale = |what: &str, epoch: u64, how: &str| {
        let when = if epoch == NEVER {
            "there was none yet".into()
        } else {
            format!("the last is of epoch {epoch}")
        };
        format!("This epoch, {}, has no {what} yet: {when}. Anyone may send it ({how}).", selection.epoch)
    };
    if told.allocated_epoch != selection.epoch {
        notes.push(stale("allocation", told.allocated_epoch, "allocate"));
    }
    if told.observed_epoch != selection.epoch {
        notes.push(stale("observation of you", told.observed_epoch, "observe"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rpc::Rpc;

    /// What one is told of whom a constraint decided, with a settings' worth of numbers.
    fn told(code: u8, change: impl FnOnce(&mut Selection)) -> (String, Answer) {
        let mut selection = Selection::blank(1);
        selection.candidates[0].seat.constraint = code;
        change(&mut selection);
        let answer = Answer::of(&selection, &selection.candidates[0], Rpc::new("localhost").unwrap().host());
        let words = [vec![answer.why.clone()], answer.next.clone(), answer.notes.clone()].concat().join("\n");
        assert!(page(&selection, &answer).starts_with(&answer.why));
        (words, answer)
    }

    #[test]
    fn every_constraint_is_explained_with_something_to_do() {
        use Constraint::*;
        for (constraint, phrase) in [
            (None, "No allocation has come to you yet."),
            (Cap, "You are given all that one validator may hold"),
            (Score, "Others offer more"),
            (Delinquent, "Vote again"),
            (Banned, "The pool's admin has banned you."),
            (TooSmall, "less than can be delegated or is moved"),
            (NewNoHistory, "You have voted for 0 completed epochs"),
            (Commission, "Your worst commission of the last eight epochs"),
            (PoolFull, "The pool's list is full"),
            (Left, "You asked to leave"),
            (Stale, "Nobody observed you"),
            (Funds, "You got the last of what there was."),
            (Bond, "fund_bond"),
            (Network, "of the whole network's stake"),
            (Aso, "The validators of your hosting provider"),
            (Country, "The validators of your country"),
            (Retired, "The pool's admin has retired you."),
            (Waiting, "has come home"),
            (Identity, "confirm_identity"),
        ] {
            let (words, answer) = told(constraint.code(), |_| ());
            assert!(words.contains(phrase), "{constraint:?}: {words}");
            assert!(!answer.next.is_empty(), "{constraint:?}");
            assert_eq!(answer.constraint, format!("{constraint:?}"));
        }
        let (words, answer) = told(200, |_| ());
        assert!(words.contains("has the code 200"), "{words}");
        assert_eq!(answer.constraint, "Unknown(200)");
    }

    #[test]
    fn a_group_is_told_with_what_it_holds() {
        let (words, _) = told(Constraint::Country.code(), |selection| {
            selection.candidates[0].seat.country = 9;
            selection.candidates[0].seat.held = 40_000_000_000;
            selection.config.params.country_cap_bps = 500;
            selection.pool.total_lamports = 800_000_000_000;
        });
        assert!(words.contains("The validators of your country (number 9) hold 40.00 SOL"), "{words}");
        assert!(words.contains("all they may, 40.00 SOL"), "{words}");
    }

    #[test]
    fn a_young_account_is_told_from_when_on_it_competes() {
        let (words, _) = told(Constraint::NewNoHistory.code(), |selection| {
            selection.candidates[0].history = 2;
            selection.candidates[0].observed_epoch = 30;
            selection.config.params.min_history = 8;
        });
        assert!(words.contains("You have voted for 2 completed epochs; 8 are asked for."), "{words}");
        assert!(words.contains("from epoch 36 on you compete"), "{words}");
    }

    #[test]
    fn a_commission_above_the_limit_has_to_come_down_first() {
        let (words, answer) = told(Constraint::Commission.code(), |selection| {
            selection.candidates[0].commissions = [900; 8];
            selection.candidates[0].worst_commission_bps = 900;
            selection.candidates[0].observed_epoch = 30;
            selection.config.params.max_commission_bps = 700;
        });
        assert!(words.contains("Lower your commission to 7.00 % or less"), "{words}");
        assert_eq!(answer.commission.worst_until_epoch, Some(37));
    }

    #[test]
    fn what_no_bid_makes_up_for_is_not_bid_for() {
        let (words, answer) = told(Constraint::Score.code(), |selection| {
            selection.config.clearing = 2_000_000_000;
            selection.candidates[0].seat.score = 1_000;
        });
        assert!(words.contains("No bid makes up for it: the highest is 1,000,000"), "{words}");
        assert_eq!(answer.bid.enough, Option::None);
    }

    #[test]
    fn a_bid_takes_a_bond() {
        let (words, answer) = told(Constraint::Score.code(), |selection| {
            selection.config.clearing = 100_000_000;
            selection.candidates[0].seat.score = 40_000_500;
            selection.config.cap = 1_000_000_000_000;
            selection.config.params.bid_epochs = 4;
            selection.config.params.min_bond_bps = 10;
        });
        // 59,999.5 lamports per SOL, for four epochs, beside a thousandth: of a thousand SOL that is 1.24 SOL.
        assert_eq!((answer.bid.enough, answer.bond.with_enough_bid), (Some(60_000), Some(1_240_000_000)));
        assert!(words.contains("Bid 60,000 lamports per SOL and epoch more, 60,000 in all"), "{words}");
        assert!(
            words.contains("a full share takes a bond worth 1.24 SOL; yours is worth 0.00 SOL: add 1.24 LST"),
            "{words}"
        );
    }

    #[test]
    fn an_account_that_was_created_anew_has_no_bond() {
        let (words, _) = told(Constraint::Bond.code(), |selection| selection.candidates[0].flags = RECREATED);
        assert!(words.contains("the bond is still its former owner's"), "{words}");
        assert!(!words.contains("Add"), "more would not be its own: {words}");
    }

    #[test]
    fn stake_that_was_taken_in_an_emergency_is_told() {
        let (words, _) = told(Constraint::Delinquent.code(), |selection| {
            selection.candidates[0].flags = UNSTAKED;
            selection.candidates[0].observed_epoch = 12;
        });
        assert!(words.contains("taken in an emergency of epoch 12"), "{words}");
    }

    #[test]
    fn a_pool_steered_by_another_key_is_said_to_be() {
        let (words, _) = told(Constraint::Cap.code(), |selection| {
            selection.pool.delegation_authority = solana_address::Address::new_from_array([3; 32]);
        });
        assert!(words.contains("nothing that is decided here is carried out"), "{words}");
    }

    #[test]
    fn one_that_has_stopped_competing_since_is_told() {
        let (words, _) = told(Constraint::Cap.code(), |selection| {
            selection.candidates[0].verdict = Constraint::Commission.code();
        });
        assert!(words.contains("As last observed you do not compete: Commission."), "{words}");
    }
}
