//! Words for every constraint, from a selection of which nothing is known but what a test says.

use sluice_client::Rpc;
use sluice_client::selection::Selection;
use sluice_selection_math::Constraint;

use super::{RECREATED, UNSTAKED, page};
use crate::commands::validator::answer::Answer;

/// What one is told of whom a constraint decided, with a settings' worth of numbers.
fn told(code: u8, change: impl FnOnce(&mut Selection)) -> (String, Answer) {
    let mut selection = Selection::blank(1);
    selection.candidates[0].seat.constraint = code;
    change(&mut selection);
    let answer = Answer::of(
        &selection,
        &selection.candidates[0],
        Rpc::new("localhost", Default::default()).unwrap().host(),
    );
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
        (Bond, "sluice validator bond fund"),
        (Network, "of the whole network's stake"),
        (Aso, "The validators of your hosting provider"),
        (Country, "The validators of your country"),
        (Retired, "The pool's admin has retired you."),
        (Waiting, "has come home"),
        (Identity, "sluice validator confirm-identity"),
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
