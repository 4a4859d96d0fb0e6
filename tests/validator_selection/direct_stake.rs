//! `direct_stake`: each line of its specification, and each way it refuses.

use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::programs::VALIDATOR_SELECTION_ID;
use sluice_sdk::validator_selection::types::Params;
use sluice_selection_math::Constraint;
use sluice_tests::selection::{close_account, open_params, write_account};
use sluice_tests::*;
use solana_instruction::error::InstructionError;
use solana_signer::Signer;

use crate::stage::{Holder, Stage};
use crate::{Error, FULL};

const TENTH: u64 = SOL / 10;

/// A good validator, a poor one nobody would choose, and Holly with 100 SOL of 1,000.
fn cast(params: Params) -> (Stage, SelectionFixture, Holder) {
    let (mut stage, selection) =
        Stage::new(params, 900 * SOL, &[("good", FULL), ("fair", FULL - FULL / 50), ("poor", FULL / 2)]);
    let holly = stage.holder(&selection, "holly", 100 * SOL);
    (stage, selection, holly)
}

fn narrow() -> Params {
    Params { cap_bps: 9_500, ..open_params() }
}

#[test]
fn the_owner_pays_and_owns_and_the_lst_lies_in_the_vault() {
    let (mut stage, selection, holly) = cast(open_params());
    let before = token::balance(&stage.svm, &holly.lst);
    let lamports = stage.svm.lamports(&holly.address());
    let sent = stage.direct(&selection, &holly, "poor", "position", 40 * SOL);
    let position = keypair("position").pubkey();
    let rent = stage.svm.lamports(&position);
    assert_eq!(stage.svm.lamports(&holly.address()), lamports - rent - sent.fee);
    assert_eq!(token::balance(&stage.svm, &holly.lst), before - 40 * SOL);
    assert_eq!(token::balance(&stage.svm, &selection.vault), 40 * SOL);

    let direction = selection.direction(&stage.svm, &position);
    assert_eq!((direction.config, direction.owner), (selection.config, holly.address()));
    assert_eq!((direction.vote, direction.shares), (stage.vote("poor"), 40 * SOL));
    assert_eq!((direction.joined_epoch, direction.release_epoch), (100, u64::MAX));
    let candidate = stage.candidate(&selection, "poor");
    assert_eq!((candidate.directed, candidate.seat.directed), (40 * SOL, 0), "counts from the next epoch on");
    let events = sent.events();
    let [Event::ValidatorSelection(ValidatorSelectionEvent::DirectionChanged(event))] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((event.owner, event.direction, event.vote), (holly.address(), position, stage.vote("poor")));
    assert_eq!((event.shares, event.release_epoch), (40 * SOL, u64::MAX));
    assert_eq!((event.behind_before, event.behind_after), (0, 40 * SOL));
    assert_eq!((event.directed_before, event.directed_after), (0, 40 * SOL));
    stage.assert_conserved(&selection);
}

#[test]
fn a_delegate_of_the_lst_may_lock_it_and_owns_the_position() {
    let (mut stage, selection, holly) = cast(open_params());
    let guest = stage.svm.wallet("guest", SOL);
    let approve = token::approve(&holly.lst, &guest.pubkey(), &holly.address(), SOL);
    stage.svm.must(&[approve], &[&holly.keys]);
    let guest = Holder { keys: guest, lst: holly.lst };
    stage.direct(&selection, &guest, "good", "position", SOL);
    assert_eq!(selection.direction(&stage.svm, &keypair("position").pubkey()).owner, guest.address());
    stage.assert_conserved(&selection);
}

#[test]
fn lamports_sent_to_the_position_before_stop_nobody() {
    let (mut stage, selection, holly) = cast(open_params());
    stage.svm.airdrop(&keypair("position").pubkey(), SOL);
    stage.direct(&selection, &holly, "good", "position", SOL);
    stage.assert_conserved(&selection);
}

#[test]
fn a_tenth_of_a_token_is_the_least_and_more_than_there_is_too_much() {
    let (mut stage, selection, holly) = cast(open_params());
    stage.direct(&selection, &holly, "good", "least", TENTH);
    let key = keypair("position");
    let vote = stage.vote("good");
    for (shares, error) in [(TENTH - 1, Error::DirectionTooSmall), (0, Error::DirectionTooSmall)] {
        let direct =
            selection.direct_stake(&stage.svm, &vote, &holly.address(), &holly.lst, &key.pubkey(), shares);
        stage.svm.refuses(&[direct], &[&holly.keys, &key], error);
    }
    for shares in [token::balance(&stage.svm, &holly.lst) + 1, u64::MAX - TENTH] {
        let direct =
            selection.direct_stake(&stage.svm, &vote, &holly.address(), &holly.lst, &key.pubkey(), shares);
        assert!(stage.svm.send(&[direct], &[&holly.keys, &key]).is_err(), "{shares}");
    }
    let direct =
        selection.direct_stake(&stage.svm, &vote, &holly.address(), &holly.lst, &key.pubkey(), u64::MAX);
    stage.svm.refuses(&[direct], &[&holly.keys, &key], Error::Overflow);
    stage.assert_conserved(&selection);
}

#[test]
fn owner_position_and_candidate_must_be_who_they_say() {
    let (mut stage, selection, holly) = cast(open_params());
    let key = keypair("position");
    let vote = stage.vote("good");
    let direct = selection.direct_stake(&stage.svm, &vote, &holly.address(), &holly.lst, &key.pubkey(), SOL);
    // Neither the owner nor the position's new key may be missing.
    let payer = &selection.pool.payer;
    for (signer, present, error) in [
        (holly.address(), &key, InstructionError::MissingRequiredSignature),
        (key.pubkey(), &holly.keys, InstructionError::PrivilegeEscalation),
    ] {
        let without = unsigned(&direct, &signer);
        stage.svm.refuses_with(&[without], &[payer, present], error);
    }
    // Another's LST.
    let mallory = stage.svm.wallet("mallory", SOL);
    let theft = selection.direct_stake(&stage.svm, &vote, &mallory.pubkey(), &holly.lst, &key.pubkey(), SOL);
    stage.svm.refuses(&[theft], &[&mallory, &key], 4u32);
    for index in [1u32, 3, u32::MAX] {
        let mut wrong = direct.clone();
        wrong.data[8..12].copy_from_slice(&index.to_le_bytes());
        stage.svm.refuses(&[wrong], &[&holly.keys, &key], Error::WrongCandidate);
    }
    // A position is used once.
    stage.svm.must(std::slice::from_ref(&direct), &[&holly.keys, &key]);
    assert!(stage.svm.send(&[direct], &[&holly.keys, &key]).is_err());
}

#[test]
fn foreign_vaults_registries_and_token_programs_are_refused() {
    let (mut stage, selection, holly) = cast(open_params());
    let key = keypair("position");
    let vote = stage.vote("good");
    let direct = selection.direct_stake(&stage.svm, &vote, &holly.address(), &holly.lst, &key.pubkey(), SOL);
    let data = stage.svm.account(&selection.registry).unwrap().data;
    let copy = keypair("copy").pubkey();
    write_account(&mut stage.svm, &copy, data, VALIDATOR_SELECTION_ID);
    let vault = keypair("another vault");
    let payer = selection.pool.payer.insecure_clone();
    token::create_token_account(&mut stage.svm, &payer, &vault, &selection.pool.mint, &selection.config);
    for (old, new, error) in [
        (selection.registry, copy, Error::WrongRegistry),
        (selection.vault, vault.pubkey(), Error::WrongVault),
        (selection.pool.token_program, token::TOKEN_2022_PROGRAM, Error::WrongTokenProgram),
    ] {
        stage.svm.refuses(&[substitute(&direct, &old, &new)], &[&holly.keys, &key], error);
    }
    // The vault in the holder's place.
    let same = substitute(&direct, &holly.lst, &selection.vault);
    stage.svm.refuses(&[same], &[&holly.keys, &key], chain::DUPLICATE_MUTABLE_ACCOUNT);
}

#[test]
fn lst_that_anybody_may_burn_is_refused() {
    let (mut stage, selection, holly) = cast(open_params());
    let key = keypair("position");
    let lst = holly.lst;
    stage.svm.edit(&lst, |account| {
        let incinerator = "1nc1nerator11111111111111111111111111111111".parse::<solana_address::Address>();
        account.data[32..64].copy_from_slice(incinerator.expect("an address").as_ref());
    });
    let vote = stage.vote("good");
    let direct = selection.direct_stake(&stage.svm, &vote, &holly.address(), &lst, &key.pubkey(), SOL);
    stage.svm.refuses(&[direct], &[&holly.keys, &key], Error::UnusableTokenAccount);
}

#[test]
fn directed_stake_is_the_validators_before_any_ranking_from_the_next_epoch_on() {
    let (mut stage, selection, holly) = cast(narrow());
    stage.direct(&selection, &holly, "poor", "position", 50 * SOL);
    // Observed this epoch already, when it joined: another look changes nothing.
    stage.allocate(&selection);
    assert_eq!(stage.ideal(&selection, "poor"), 0);
    selection.rebalance_all(&mut stage.svm);

    stage.next(&selection);
    let worth = selection.pool.ledger(&stage.svm);
    let worth = worth.at(stage.svm.clock().slot).unwrap();
    let worth = worth.lamports_for(sluice_money::LstAmount(50 * SOL)).unwrap().0;
    stage.allocate(&selection);
    let poor = stage.candidate(&selection, "poor");
    assert_eq!((poor.seat.directed, poor.seat.ideal), (worth, worth));
    assert_eq!(
        stage.constraint(&selection, "poor"),
        Constraint::Waiting,
        "what the good one gives up comes first"
    );
    assert!(stage.ideal(&selection, "good") + worth <= 950 * SOL);
    selection.rebalance_all(&mut stage.svm);
    // It arrives, and stays as long as it is directed.
    for _ in 0..3 {
        stage.epoch(&selection);
        // To less than what can be moved.
        let least = selection.pool.state(&stage.svm).min_delegation;
        assert!(stage.ideal(&selection, "poor").abs_diff(worth) < least);
    }
    assert!(selection.held(&stage.svm, &stage.vote("poor")) + SOL >= worth);
    stage.undirect(&selection, &holly, "position");
    stage.epoch(&selection);
    assert_eq!(stage.ideal(&selection, "poor"), 0);
    stage.assert_conserved(&selection);
}

#[test]
fn beyond_the_pools_share_it_counts_pro_rata() {
    let (mut stage, selection, holly) = cast(Params { directed_bps: 500, ..narrow() });
    let adam = stage.holder(&selection, "adam", 200 * SOL);
    stage.direct(&selection, &holly, "poor", "holly's", 90 * SOL);
    stage.direct(&selection, &adam, "fair", "adam's", 180 * SOL);
    stage.next(&selection);
    stage.allocate(&selection);
    // A twentieth of 1,200 SOL is 60: one part to Holly's, two to Adam's.
    let total = selection.pool.state(&stage.svm).total_lamports;
    let share = total / 20;
    let (poor, fair) = (stage.ideal(&selection, "poor"), stage.ideal(&selection, "fair"));
    assert!(poor.abs_diff(share / 3) <= share >> 18, "{poor} of {share}");
    assert!(fair.abs_diff(share * 2 / 3) <= share >> 18, "{fair} of {share}");
    assert!(poor + fair <= share);
    assert_eq!(stage.candidate(&selection, "poor").directed, 90 * SOL);
    stage.assert_conserved(&selection);
}

#[test]
fn nothing_is_directed_where_the_pools_share_is_nothing() {
    let (mut stage, selection, holly) = cast(Params { directed_bps: 0, ..narrow() });
    stage.direct(&selection, &holly, "poor", "position", 90 * SOL);
    stage.next(&selection);
    stage.allocate(&selection);
    assert_eq!(stage.ideal(&selection, "poor"), 0);
}

#[test]
fn the_validators_own_caps_bind() {
    let (mut stage, selection, holly) = cast(Params { cap_bps: 400, ..open_params() });
    stage.direct(&selection, &holly, "poor", "position", 90 * SOL);
    stage.next(&selection);
    stage.allocate(&selection);
    assert_eq!(stage.ideal(&selection, "poor"), selection.state(&stage.svm).cap);
    assert_eq!(stage.constraint(&selection, "poor"), Constraint::Cap);
}

#[test]
fn it_counts_only_while_the_validator_competes() {
    let params = Params { max_commission_bps: 1_000, ..narrow() };
    let directed = |change: &dyn Fn(&mut Stage, &SelectionFixture)| {
        let (mut stage, selection, holly) = cast(params.clone());
        stage.direct(&selection, &holly, "poor", "position", 50 * SOL);
        stage.next(&selection);
        change(&mut stage, &selection);
        stage.allocate(&selection);
        stage.assert_conserved(&selection);
        (stage.ideal(&selection, "poor"), stage.constraint(&selection, "poor"))
    };
    assert!(directed(&|_, _| {}).0 > 0);
    let banned = directed(&|stage, selection| {
        let ban = selection.ban(&stage.svm, &stage.vote("poor"), true);
        stage.svm.must(&[ban], &[&selection.pool.admin]);
    });
    assert_eq!(banned, (0, Constraint::Banned));
    let silent = directed(&|stage, _| {
        let vote = stage.vote("poor");
        close_account(&mut stage.svm, &vote)
    });
    assert_eq!(silent, (0, Constraint::Delinquent));
    let dear = directed(&|stage, _| {
        stage.set_commission("poor", 1_001);
        stage.all_vote();
    });
    assert_eq!(dear, (0, Constraint::Commission));
}
