//! `undirect_stake`: each line of its specification, and each way it refuses.

use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
use sluice_tests::selection::{Vote, close_account, open_params, write_account};
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::{Holder, Stage};
use crate::{Error, FULL};

fn cast() -> (Stage, SelectionFixture, Holder) {
    let params = sluice_sdk::validator_selection::types::Params { cap_bps: 9_500, ..open_params() };
    let (mut stage, selection) =
        Stage::new(params, 900 * SOL, &[("good", FULL), ("poor", FULL / 2), ("bad", FULL / 3)]);
    let holly = stage.holder(&selection, "holly", 100 * SOL);
    (stage, selection, holly)
}

#[test]
fn the_weight_is_gone_at_once_and_the_lst_two_epochs_later() {
    let (mut stage, selection, holly) = cast();
    stage.direct(&selection, &holly, "poor", "one", 40 * SOL);
    stage.direct(&selection, &holly, "poor", "two", 5 * SOL);
    let before = token::balance(&stage.svm, &holly.lst);
    let sent = stage.undirect(&selection, &holly, "one");
    assert_eq!(stage.candidate(&selection, "poor").directed, 5 * SOL);
    assert_eq!(selection.direction(&stage.svm, &keypair("one").pubkey()).release_epoch, 102);
    assert_eq!(selection.state(&stage.svm).directed, 45 * SOL, "it waits in the vault");
    assert_eq!(token::balance(&stage.svm, &holly.lst), before);
    let events = sent.events();
    let [Event::ValidatorSelection(ValidatorSelectionEvent::DirectionChanged(event))] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((event.shares, event.release_epoch), (40 * SOL, 102));
    assert_eq!((event.behind_before, event.behind_after), (45 * SOL, 5 * SOL));
    assert_eq!((event.directed_before, event.directed_after), (45 * SOL, 45 * SOL));
    stage.next(&selection);
    stage.allocate(&selection);
    assert_eq!(stage.candidate(&selection, "poor").seat.directed, 5 * SOL);
    stage.assert_conserved(&selection);
}

#[test]
fn an_epochs_weight_is_fixed_by_its_first_observation() {
    let (mut stage, selection, holly) = cast();
    stage.direct(&selection, &holly, "poor", "position", 40 * SOL);
    stage.next(&selection);
    selection.observe_all(&mut stage.svm);
    stage.undirect(&selection, &holly, "position");
    stage.allocate(&selection);
    assert_eq!(stage.candidate(&selection, "poor").seat.directed, 40 * SOL);
    stage.next(&selection);
    stage.allocate(&selection);
    assert_eq!(stage.candidate(&selection, "poor").seat.directed, 0);
    stage.assert_conserved(&selection);
}

/// The same LST counts for one validator an epoch, whatever is locked and unlocked around the observations.
#[test]
fn no_lst_counts_twice_in_an_epoch() {
    let (mut stage, selection, holly) = cast();
    let all = token::balance(&stage.svm, &holly.lst);
    let total = |stage: &Stage| {
        let candidates = selection.registry(&stage.svm).records;
        let directed = candidates.iter().map(|candidate| candidate.seat.directed).sum::<u64>();
        assert!(directed <= all, "{directed}");
        assert_eq!(selection.state(&stage.svm).directed_lamports, directed);
    };
    for epoch in 0..6u64 {
        let (name, position) = (["poor", "bad"][epoch as usize % 2], format!("position {epoch}"));
        let has_lst = token::balance(&stage.svm, &holly.lst) == all;
        if has_lst {
            stage.direct(&selection, &holly, name, &position, all);
        }
        stage.next(&selection);
        // One after the other, with the weight moved in between as far as that goes.
        let poor = selection.observe(&stage.svm, &[stage.vote("poor")]);
        stage.svm.must(&[poor], &[&selection.pool.payer]);
        if has_lst {
            stage.undirect(&selection, &holly, &position);
        }
        let claim = |position: &str| {
            selection.claim_directed(&keypair(position).pubkey(), &holly.address(), &holly.lst)
        };
        if has_lst {
            // Within the cool-down nothing can be locked again.
            stage.svm.refuses(&[claim(&position)], &[&holly.keys], Error::DirectionNotReleased);
            let (key, vote) = (keypair("again"), stage.vote("bad"));
            let again =
                selection.direct_stake(&stage.svm, &vote, &holly.address(), &holly.lst, &key.pubkey(), SOL);
            assert!(stage.svm.send(&[again], &[&holly.keys, &key]).is_err());
        } else {
            let last = format!("position {}", epoch - 1);
            let _ = stage.svm.send(&[claim(&last)], &[&holly.keys]);
        }
        selection.observe_all(&mut stage.svm);
        total(&stage);
        stage.assert_conserved(&selection);
    }
}

/// A flash of weight: borrowed, locked, observed and unlocked in one transaction. It stays locked for two epochs.
#[test]
fn weight_for_a_moment_costs_two_epochs_of_lock() {
    let (mut stage, selection, holly) = cast();
    stage.next(&selection);
    let (key, vote) = (keypair("flash"), stage.vote("poor"));
    let direct =
        selection.direct_stake(&stage.svm, &vote, &holly.address(), &holly.lst, &key.pubkey(), 90 * SOL);
    let observe = selection.observe(&stage.svm, &[vote]);
    let undirect = selection.undirect_stake(&key.pubkey(), &holly.address(), 1);
    let claim = selection.claim_directed(&key.pubkey(), &holly.address(), &holly.lst);
    let with_claim = [direct.clone(), observe.clone(), undirect.clone(), claim.clone()];
    stage.svm.refuses(&with_claim, &[&holly.keys, &key], Error::DirectionNotReleased);
    stage.svm.must(&[direct, observe, undirect], &[&holly.keys, &key]);
    assert_eq!(stage.candidate(&selection, "poor").seat.directed, 90 * SOL, "once");
    stage.next(&selection);
    stage.allocate(&selection);
    assert_eq!(stage.candidate(&selection, "poor").seat.directed, 0);
    stage.svm.refuses(std::slice::from_ref(&claim), &[&holly.keys], Error::DirectionNotReleased);
    stage.next(&selection);
    stage.svm.must(&[claim], &[&holly.keys]);
    stage.assert_conserved(&selection);
}

#[test]
fn nobody_takes_back_twice() {
    let (mut stage, selection, holly) = cast();
    stage.direct(&selection, &holly, "poor", "one", 40 * SOL);
    stage.direct(&selection, &holly, "poor", "two", 40 * SOL);
    stage.undirect(&selection, &holly, "one");
    let again = selection.undirect_stake(&keypair("one").pubkey(), &holly.address(), 1);
    stage.svm.refuses(&[again], &[&holly.keys], Error::AlreadyReleasing);
    assert_eq!(stage.candidate(&selection, "poor").directed, 40 * SOL);
}

#[test]
fn only_its_owner_takes_a_position_back() {
    let (mut stage, selection, holly) = cast();
    stage.direct(&selection, &holly, "poor", "position", 40 * SOL);
    let mallory = stage.svm.wallet("mallory", SOL);
    let position = keypair("position").pubkey();
    let theft = selection.undirect_stake(&position, &mallory.pubkey(), 1);
    stage.svm.refuses(&[theft], &[&mallory], Error::NotDirectionOwner);
    let without = unsigned(&selection.undirect_stake(&position, &holly.address(), 1), &holly.address());
    stage.svm.refuses_with(&[without], &[&mallory], InstructionError::MissingRequiredSignature);
    // Nor does it pass for a position what is none, or another selection's.
    let data = stage.svm.account(&position).unwrap().data;
    let forged = keypair("forged").pubkey();
    let mut foreign = data.clone();
    foreign[8..40].copy_from_slice(mallory.pubkey().as_ref());
    write_account(&mut stage.svm, &forged, foreign, VALIDATOR_SELECTION_ID);
    let wrong = selection.undirect_stake(&forged, &holly.address(), 1);
    stage.svm.refuses(&[wrong], &[&holly.keys], Error::WrongDirection);
    write_account(&mut stage.svm, &forged, data, solana_sdk_ids::system_program::ID);
    let wrong = selection.undirect_stake(&forged, &holly.address(), 1);
    assert!(stage.svm.send(&[wrong], &[&holly.keys]).is_err());
    let config = selection.undirect_stake(&selection.config, &holly.address(), 1);
    assert!(stage.svm.send(&[config], &[&holly.keys]).is_err());
}

#[test]
fn a_foreign_registry_is_refused() {
    let (mut stage, selection, holly) = cast();
    stage.direct(&selection, &holly, "poor", "position", 40 * SOL);
    let copy = keypair("copy").pubkey();
    let data = stage.svm.account(&selection.registry).unwrap().data;
    write_account(&mut stage.svm, &copy, data, VALIDATOR_SELECTION_ID);
    let undirect = selection.undirect_stake(&keypair("position").pubkey(), &holly.address(), 1);
    let undirect = substitute(&undirect, &selection.registry, &copy);
    stage.svm.refuses(&[undirect], &[&holly.keys], Error::WrongRegistry);
}

#[test]
fn a_wrong_index_costs_a_search_and_nothing_else() {
    for index in [0, 1, 2, 3, u32::MAX] {
        let (mut stage, selection, holly) = cast();
        stage.direct(&selection, &holly, "poor", "position", 40 * SOL);
        stage.direct(&selection, &holly, "good", "other", 10 * SOL);
        let undirect = selection.undirect_stake(&keypair("position").pubkey(), &holly.address(), index);
        stage.svm.must(&[undirect], &[&holly.keys]);
        let behind = ["good", "poor", "bad"].map(|name| stage.candidate(&selection, name).directed);
        assert_eq!(behind, [10 * SOL, 0, 0], "index {index}");
        stage.assert_conserved(&selection);
    }
}

#[test]
fn what_was_behind_one_that_was_removed_and_joined_again_is_not_taken_from_the_new_one() {
    let (mut stage, selection, holly) = cast();
    stage.direct(&selection, &holly, "bad", "old", 40 * SOL);
    stage.direct(&selection, &holly, "bad", "older", 10 * SOL);
    // It stops voting for ten epochs, is removed, and comes back.
    let vote = stage.vote("bad");
    close_account(&mut stage.svm, &vote);
    for _ in 0..10 {
        stage.svm.advance_epoch();
        selection.observe_all(&mut stage.svm);
    }
    let remove = selection.remove(&stage.svm, &vote);
    stage.svm.must(&[remove], &[&selection.pool.payer]);
    stage.assert_conserved(&selection);
    // Gone: its holders take their LST back all the same.
    stage.undirect(&selection, &holly, "older");
    stage.assert_conserved(&selection);

    let epoch = stage.svm.clock().epoch;
    Vote::steady(epoch, 10, FULL / 3, 0).write(&mut stage.svm, "bad");
    stage.svm.must(&[selection.join(&vote)], &[&selection.pool.payer]);
    assert_eq!(stage.candidate(&selection, "bad").directed, 0, "the old weight is not the new one's");
    stage.direct(&selection, &holly, "bad", "new", 7 * SOL);
    stage.assert_conserved(&selection);
    let sent = stage.undirect(&selection, &holly, "old");
    let Some(Event::ValidatorSelection(ValidatorSelectionEvent::DirectionChanged(event))) =
        sent.events().pop()
    else {
        panic!("no event")
    };
    assert_eq!((event.behind_before, event.behind_after), (0, 0));
    assert_eq!(stage.candidate(&selection, "bad").directed, 7 * SOL);
    stage.assert_conserved(&selection);
    stage.svm.advance_epoch();
    stage.svm.advance_epoch();
    for position in ["old", "older"] {
        stage.claim(&selection, &holly, position);
        stage.assert_conserved(&selection);
    }
}

#[test]
fn among_five_thousand_the_search_fits_the_default_compute_budget() {
    let mut svm = Svm::new();
    let selection = crate::stage::fixture(&mut svm, open_params(), 5_000);
    let vote = crate::joined(&mut svm, &selection, "last", FULL, 0);
    let (keys, lst) = selection.pool.user(&mut svm, "holly", 10 * SOL);
    let deposit = selection.pool.deposit_sol(&keys.pubkey(), &lst, 5 * SOL, 0);
    svm.must(&[deposit], &[&keys]);
    let key = keypair("position");
    let direct = selection.direct_stake(&svm, &vote, &keys.pubkey(), &lst, &key.pubkey(), SOL);
    svm.must(&[direct], &[&keys, &key]);
    let last = selection.candidate(&svm, &vote);
    let mut crowd: Vec<_> = (0..4_999u64)
        .map(|i| {
            let mut address = [9; 32];
            address[..8].copy_from_slice(&i.to_le_bytes());
            crate::blank(address.into())
        })
        .collect();
    crowd.push(last);
    sluice_tests::selection::write_candidates(&mut svm, &selection, &crowd);
    let sent = svm.must(&[selection.undirect_stake(&key.pubkey(), &keys.pubkey(), 0)], &[&keys]);
    println!("undirect_stake: {} compute units to find the 5,000th", sent.compute_units);
    assert!(sent.compute_units < 200_000);
    assert_eq!(selection.candidate(&svm, &vote).directed, 0);
}
