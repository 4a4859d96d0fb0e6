//! What a validator can do to get more, best first: by commands of this program wherever one does it.

use sluice_client::selection::Selection;
use sluice_sdk::validator_selection::types::Candidate;
use sluice_selection_math::{Bid, Constraint};

use super::{BID, RECREATED, more_bond};
use crate::commands::validator::answer::Answer;
use crate::numbers::{bps, count, lst_needed, sol, sol_needed};

/// Lamports of a yield's unit in one SOL of a bid: 10^-12 against 10^-9.
const BID_UNIT: u64 = 1_000;
/// Observed epochs in a row without credits after which anyone may remove a candidate.
const IDLE_EPOCHS: u8 = 10;

/// What a validator can do, best first.
pub fn next(selection: &Selection, candidate: &Candidate, answer: &Answer) -> Vec<String> {
    let told = &answer.explanation;
    let params = &selection.config.params;
    let following = selection.epoch + 1;
    match Constraint::from_code(told.constraint) {
        Option::None => Vec::new(),
        Some(Constraint::None) => {
            vec![format!(
                "Wait for the next allocation, of epoch {} at the latest: anyone may have it made (`sluice crank --once`).",
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
                "Until then any crank takes your stake at once; after {IDLE_EPOCHS} such epochs in a row, of which {} have passed, \
                 anyone may remove you.",
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
            vec!["Wait until a validator without stake is removed from the list: anyone may do that.".into()]
        }
        Some(Constraint::Left) => vec![
            format!(
                "Come back by `sluice validator leave {} --back`, signed by your identity or withdrawer.",
                answer.vote
            ),
            withdrawal(selection),
        ],
        Some(Constraint::Stale) => {
            vec![
                "See to it that you are observed before the next allocation: any crank does that (`sluice crank --once`)."
                    .into(),
            ]
        }
        Some(Constraint::Bond) if told.flags & RECREATED != 0 => {
            vec![
                "Have the former owner take the bond back (`sluice validator bond withdraw`, then `claim`), then add one \
                 (`sluice validator bond fund`)."
                    .into(),
            ]
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
            vec![
                "Have it confirmed: anyone may (`sluice validator confirm-identity`), unless another candidate has the \
                 identity."
                    .into(),
            ]
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
            "Bid {} {BID} more, {} in all (`sluice validator bid {} {enough}`, signed by your identity or withdrawer): it counts from \
             epoch {} on.",
            count(u64::from(enough - answer.bid.next)),
            count(enough.into()),
            answer.vote,
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
            "With that bid a full share takes a bond worth {}; yours is worth {}: add {} (`sluice validator bond fund`).",
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

fn withdrawal(selection: &Selection) -> String {
    format!(
        "Your bond stays yours: the withdrawer takes it back with {} epochs' notice (`sluice validator bond withdraw`, then `claim`).",
        selection.config.params.notice_epochs
    )
}
