//! `set_groups`: each line of its specification, and each way it refuses.

use std::collections::BTreeMap;

use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::selection::{open_params, write_account};
use sluice_tests::*;
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::stage::Stage;
use crate::{Error, FULL};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// Eight validators, a hundredth apart, and an oracle.
fn cast(params: Params) -> (Stage, SelectionFixture, Keypair) {
    let validators: Vec<_> =
        NAMES.iter().enumerate().map(|(i, name)| (*name, FULL - FULL / 100 * i as u64)).collect();
    let (mut stage, selection) = Stage::new(params, 1_000 * SOL, &validators);
    let oracle = stage.svm.wallet("oracle", SOL);
    stage.svm.must(&[selection.set_oracle(&oracle.pubkey())], &[&selection.pool.admin]);
    (stage, selection, oracle)
}

fn group(
    stage: &mut Stage,
    selection: &SelectionFixture,
    oracle: &Keypair,
    groups: &[(&str, u16, u16)],
) -> Sent {
    let groups: Vec<_> =
        groups.iter().map(|(name, aso, country)| (stage.vote(name), *aso, *country)).collect();
    let set = selection.set_groups(&stage.svm, &oracle.pubkey(), &groups);
    stage.svm.must(&[set], &[oracle])
}

#[test]
fn a_candidate_is_in_one_provider_and_one_country_and_nothing_else_of_it_changes() {
    let (mut stage, selection, oracle) = cast(open_params());
    let before = selection.registry(&stage.svm).records;
    let sent = group(&mut stage, &selection, &oracle, &[("a", 255, 63), ("b", 1, 0), ("a", 7, 2)]);
    let mut expected = before;
    (expected[0].seat.aso, expected[0].seat.country) = (7, 2);
    expected[1].seat.aso = 1;
    assert_eq!(selection.registry(&stage.svm).records, expected, "the last word counts");
    let changes: Vec<_> = sent
        .events()
        .into_iter()
        .map(|event| match event {
            Event::ValidatorSelection(ValidatorSelectionEvent::CandidateGrouped(e)) => {
                (e.vote, e.index, e.aso_before, e.aso_after, e.country_before, e.country_after)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let (a, b) = (stage.vote("a"), stage.vote("b"));
    assert_eq!(changes, [(a, 0, 0, 255, 0, 63), (b, 1, 0, 1, 0, 0), (a, 0, 255, 7, 63, 2)]);
    group(&mut stage, &selection, &oracle, &[("a", 0, 0)]);
    let a = stage.candidate(&selection, "a").seat;
    assert_eq!((a.aso, a.country), (0, 0));
}

#[test]
fn groups_beyond_the_numbers_are_unknown() {
    let (mut stage, selection, oracle) = cast(open_params());
    let before = stage.svm.account(&selection.registry);
    for (aso, country) in [(256, 0), (0, 64), (u16::MAX, 1), (1, u16::MAX)] {
        // The good one before it is not written either.
        let groups = [(stage.vote("a"), 1, 1), (stage.vote("b"), aso, country)];
        let set = selection.set_groups(&stage.svm, &oracle.pubkey(), &groups);
        stage.svm.refuses(&[set], &[&oracle], Error::UnknownGroup);
    }
    assert_eq!(stage.svm.account(&selection.registry), before);
}

#[test]
fn oracle_registry_and_candidates_must_be_who_they_say() {
    let (mut stage, selection, oracle) = cast(open_params());
    let set = selection.set_groups(&stage.svm, &oracle.pubkey(), &[(stage.vote("a"), 1, 1)]);
    let mallory = stage.svm.wallet("mallory", SOL);
    let by = substitute(&set, &oracle.pubkey(), &mallory.pubkey());
    stage.svm.refuses(&[by], &[&mallory], Error::NotOracle);
    // The admin is no oracle.
    let by = substitute(&set, &oracle.pubkey(), &selection.pool.admin.pubkey());
    stage.svm.refuses(&[by], &[&selection.pool.admin], Error::NotOracle);
    let without = unsigned(&set, &oracle.pubkey());
    stage.svm.refuses_with(&[without], &[&mallory], InstructionError::MissingRequiredSignature);
    let wrong = substitute(&set, &stage.vote("a"), &stage.vote("b"));
    stage.svm.refuses(&[wrong], &[&oracle], Error::WrongCandidate);
    let mut few = set.clone();
    few.accounts.pop();
    stage.svm.refuses(&[few], &[&oracle], Error::WrongAccountCount);
    let data = stage.svm.account(&selection.registry).unwrap().data;
    let copy = keypair("copy").pubkey();
    write_account(&mut stage.svm, &copy, data, VALIDATOR_SELECTION_ID);
    let wrong = substitute(&set, &selection.registry, &copy);
    stage.svm.refuses(&[wrong], &[&oracle], Error::WrongRegistry);
}

#[test]
fn caps_hold_for_providers_and_countries_from_the_next_allocation_on() {
    let params = Params { cap_bps: 2_000, aso_cap_bps: 3_000, country_cap_bps: 5_000, ..open_params() };
    let (mut stage, selection, oracle) = cast(params);
    // The best three share a provider; the first six a country.
    group(
        &mut stage,
        &selection,
        &oracle,
        &[("a", 1, 1), ("b", 1, 1), ("c", 1, 1), ("d", 2, 1), ("e", 3, 1), ("f", 0, 1)],
    );
    stage.allocate(&selection);
    let ideals = NAMES.map(|name| stage.ideal(&selection, name) / SOL);
    assert_eq!(ideals[..3].iter().sum::<u64>(), 300, "{ideals:?}");
    assert_eq!(ideals[..6].iter().sum::<u64>(), 500, "{ideals:?}");
    assert_eq!(ideals[6..], [200, 200], "{ideals:?}");
    let reasons = NAMES.map(|name| stage.constraint(&selection, name));
    assert!(reasons.contains(&Constraint::Aso) && reasons.contains(&Constraint::Country), "{reasons:?}");
    selection.rebalance_all(&mut stage.svm);

    // Regrouped, nothing moves before the next allocation.
    group(&mut stage, &selection, &oracle, &NAMES.map(|name| (name, 0, 0)));
    assert_eq!(NAMES.map(|name| stage.ideal(&selection, name) / SOL), ideals);
    stage.epoch(&selection);
    let ideals = NAMES.map(|name| stage.ideal(&selection, name) / SOL);
    assert_eq!(ideals.iter().filter(|ideal| **ideal >= 199).count(), 4, "{ideals:?}");
}

/// What the members of each group hold, of providers and of countries.
fn held_by_groups(stage: &Stage, selection: &SelectionFixture) -> BTreeMap<(u8, u16), u64> {
    let mut sums = BTreeMap::new();
    let records = selection.pool.list(&stage.svm).records;
    for candidate in selection.registry(&stage.svm).records {
        let held = records
            .iter()
            .find(|record| record.vote == candidate.vote && record.stake_state != 2)
            .map_or(0, |record| record.stake + record.activating);
        for (kind, group) in [(0, candidate.seat.aso), (1, candidate.seat.country)] {
            if group > 0 {
                *sums.entry((kind, group)).or_default() += held;
            }
        }
    }
    sums
}

/// Whatever the oracle says, in whatever order: ideals keep to the caps, and so does every increase.
#[test]
fn no_increase_takes_a_group_above_its_cap() {
    let params = Params {
        cap_bps: 2_500,
        aso_cap_bps: 3_000,
        country_cap_bps: 4_000,
        max_moved_bps: 1_500,
        move_cost_bps: 10_000,
        horizon_epochs: 20,
        ..open_params()
    };
    let (mut raises, mut seed) = (0, 11u64);
    let mut draw = |bound: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % bound
    };
    for _ in 0..4 {
        let (mut stage, selection, oracle) = cast(params.clone());
        for _ in 0..12 {
            let groups = NAMES.map(|name| (name, draw(4) as u16, draw(3) as u16));
            group(&mut stage, &selection, &oracle, &groups);
            if draw(3) == 0 {
                selection.fund(&mut stage.svm, (1 + draw(100)) * SOL);
            }
            stage.next(&selection);
            stage.allocate(&selection);
            let total = selection.pool.state(&stage.svm).total_lamports;
            let caps = [total * 3 / 10, total * 4 / 10];
            let mut ideals = BTreeMap::<_, u64>::new();
            for candidate in selection.registry(&stage.svm).records {
                *ideals.entry((0, candidate.seat.aso)).or_default() += candidate.seat.ideal;
                *ideals.entry((1, candidate.seat.country)).or_default() += candidate.seat.ideal;
            }
            for ((kind, group), ideal) in ideals {
                assert!(group == 0 || ideal <= caps[kind as usize], "ideals of {kind}, {group}: {ideal}");
            }
            let mut votes: Vec<Address> = selection.votes(&stage.svm);
            votes.rotate_left(draw(8) as usize);
            for vote in votes {
                let before = held_by_groups(&stage, &selection);
                let rebalance = selection.rebalance(&stage.svm, &[vote]);
                stage.svm.must(&[pool::compute_limit(1_400_000), rebalance], &[&selection.pool.payer]);
                for ((kind, group), held) in held_by_groups(&stage, &selection) {
                    if held > before[&(kind, group)] {
                        raises += 1;
                        assert!(held <= caps[kind as usize], "{kind}, {group}: {held} of {total}");
                    }
                }
            }
            let state = selection.state(&stage.svm);
            assert!(state.moved_up <= state.move_limit && state.moved_down <= state.move_limit);
            stage.assert_conserved(&selection);
        }
    }
    assert!(raises > 50, "{raises}");
}
