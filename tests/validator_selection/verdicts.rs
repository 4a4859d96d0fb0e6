//! `observe`: for what reasons a candidate does not compete, each to its exact limit.

use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::{Bid, Constraint};
use sluice_tests::selection::{Vote, open_params, write_candidates};
use sluice_tests::*;
use solana_signer::Signer;

use crate::stage::{Stage, silent_since};
use crate::{Error, FULL};

/// Both active for a whole epoch.
fn cast(params: Params) -> (Stage, SelectionFixture) {
    let (mut stage, selection) = Stage::new(params, 1_000 * SOL, &[("a", FULL), ("b", FULL)]);
    selection.crank(&mut stage.svm);
    stage.next(&selection);
    (stage, selection)
}

fn verdict(stage: &Stage, selection: &SelectionFixture) -> Constraint {
    Constraint::from_code(stage.candidate(selection, "a").verdict).unwrap()
}

#[test]
fn delinquent_is_who_has_not_voted_for_longer_than_is_allowed() {
    let (mut stage, selection) = cast(Params { delinquent_slots: 128, ..open_params() });
    let slot = stage.svm.clock().slot;
    for (ago, expected) in [(0, Constraint::None), (128, Constraint::None), (129, Constraint::Delinquent)] {
        silent_since(&mut stage.svm, "a", FULL, slot - ago);
        selection.observe_all(&mut stage.svm);
        assert_eq!(verdict(&stage, &selection), expected, "{ago} slots");
    }
    // Its credits are those of an honest one: only the vote tells. Voting again, it competes again.
    assert_eq!(stage.candidate(&selection, "a").last_credits, FULL);
    let mut silent = stage.clone();
    silent.allocate(&selection);
    assert_eq!(
        (silent.ideal(&selection, "a"), silent.constraint(&selection, "a")),
        (0, Constraint::Delinquent)
    );
    stage.all_vote();
    stage.allocate(&selection);
    assert!(stage.ideal(&selection, "a") > 0);
    // A vote of a slot to come is none of yesterday's.
    silent_since(&mut stage.svm, "a", FULL, slot + 1_000);
    selection.observe_all(&mut stage.svm);
    assert_eq!(verdict(&stage, &selection), Constraint::None);
}

#[test]
fn who_never_voted_joins_as_a_delinquent() {
    let (mut stage, selection) = cast(open_params());
    let vote = Vote { voted: Some(0), ..Vote::steady(101, 10, FULL, 0) }.write(&mut stage.svm, "mute");
    stage.svm.must(&[selection.join(&vote)], &[&selection.pool.payer]);
    assert_eq!(stage.candidate(&selection, "mute").verdict, Constraint::Delinquent.code());
    stage.allocate(&selection);
    assert_eq!(stage.ideal(&selection, "mute"), 0);
}

#[test]
fn history_and_commission_are_judged_to_the_unit() {
    let (mut stage, selection) = cast(Params { max_commission_bps: 777, ..open_params() });
    for (bps, expected) in [(777, Constraint::None), (778, Constraint::Commission)] {
        stage.set_commission("a", bps);
        stage.all_vote();
        selection.observe_all(&mut stage.svm);
        assert_eq!(verdict(&stage, &selection), expected);
    }
    let history = stage.candidate(&selection, "b").history.into();
    for (least, expected) in [(history, Constraint::None), (history + 1, Constraint::NewNoHistory)] {
        let params = Params { min_history: least, ..open_params() };
        stage.svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
        selection.observe_all(&mut stage.svm);
        assert_eq!(stage.candidate(&selection, "b").verdict, expected.code());
    }
}

#[test]
fn half_of_the_bond_that_joining_takes_is_asked_of_those_who_had_joined() {
    let (mut stage, selection) = cast(open_params());
    let params = Params { join_bond: 4 * SOL, ..open_params() };
    stage.svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    // Half of it: a bond that paid once is not out at once.
    let holly = stage.holder(&selection, "holly", 10 * SOL);
    for (bond, expected) in [(2 * SOL - 1, Constraint::Bond), (1, Constraint::None)] {
        let vote = stage.vote("a");
        let fund = selection.fund_bond(&stage.svm, &vote, &holly.address(), &holly.lst, bond);
        stage.svm.must(&[fund], &[&holly.keys]);
        selection.observe_all(&mut stage.svm);
        assert_eq!(verdict(&stage, &selection), expected);
    }
    stage.allocate(&selection);
    assert!(stage.ideal(&selection, "a") > 0);
    assert_eq!((stage.ideal(&selection, "b"), stage.constraint(&selection, "b")), (0, Constraint::Bond));
    stage.assert_conserved(&selection);
}

#[test]
fn who_the_pools_admin_retired_gets_nothing() {
    let (mut stage, selection) = cast(open_params());
    let retire = selection.pool.retire_validator(&stage.svm, &stage.vote("a"));
    stage.svm.must(&[retire], &[&selection.pool.admin]);
    stage.allocate(&selection);
    assert_eq!(verdict(&stage, &selection), Constraint::Retired);
    assert_eq!((stage.ideal(&selection, "a"), stage.constraint(&selection, "a")), (0, Constraint::Retired));
}

#[test]
fn nobody_joins_without_the_bond_or_with_anybodys_lst() {
    let (mut stage, selection) = cast(open_params());
    let params = Params { join_bond: SOL, ..open_params() };
    stage.svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    let holly = stage.holder(&selection, "holly", 10 * SOL);
    let vote = Vote::steady(101, 10, FULL, 0).write(&mut stage.svm, "new");
    let join = |bond| selection.join_with_bond(&vote, &holly.address(), &holly.lst, bond);
    stage.svm.refuses(&[join(SOL - 1)], &[&holly.keys], Error::BondTooSmall);
    let mallory = stage.svm.wallet("mallory", SOL);
    let theft = selection.join_with_bond(&vote, &mallory.pubkey(), &holly.lst, SOL);
    stage.svm.refuses(&[theft], &[&mallory], 4u32);
    stage.svm.must(&[join(SOL)], &[&holly.keys]);
    assert_eq!(stage.candidate(&selection, "new").bond, SOL);
    stage.assert_conserved(&selection);
}

/// A huge bid costs little on little stake. If it stretched the ranking, all others would fall into few of its places,
/// where the order is that of the registry.
#[test]
fn a_bid_without_stake_does_not_coarsen_the_ranking_of_others() {
    let poor_first = |bid: u32| {
        let mut stage = Stage::new(
            Params { cap_bps: 1_000, ..open_params() },
            1_000 * SOL,
            // Worse than all others by half a per cent, and before them in the registry.
            &[("loud", FULL / 2), ("poor", FULL - FULL / 200), ("good", FULL)],
        );
        let (stage, selection) = (&mut stage.0, &stage.1);
        for i in 0..8 {
            stage.join(selection, &format!("filler {i}"), FULL);
        }
        let node = stage.svm.wallet("loud's node", SOL);
        let vote = stage.vote("loud");
        let set = selection.set_bid(&stage.svm, &vote, &node.pubkey(), bid);
        stage.svm.must(&[set], &[&node]);
        stage.next(selection);
        stage.allocate(selection);
        stage.ideal(selection, "poor") >= stage.ideal(selection, "good")
    };
    assert!(!poor_first(0));
    assert!(!poor_first(Bid::MAX.0));
}

#[test]
fn an_allocation_follows_what_was_written_last() {
    // Verdicts are of the last observation: a candidate whose record says otherwise is judged by the record.
    let (mut stage, selection) = cast(open_params());
    selection.observe_all(&mut stage.svm);
    let mut candidates = selection.registry(&stage.svm).records;
    candidates[0].verdict = Constraint::Retired.code();
    write_candidates(&mut stage.svm, &selection, &candidates);
    stage.svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    assert_eq!(stage.constraint(&selection, "a"), Constraint::Retired);
}
