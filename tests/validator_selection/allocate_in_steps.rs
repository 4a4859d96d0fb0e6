//! `allocate` in several transactions: the outcome is one, nothing gets in between, and nobody can stop it.

use sluice_sdk::validator_selection::types::{Candidate, Params, SeatRecord};
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::{NOT_IN_POOL, Vote, open_params, write_candidates, write_config};
use sluice_tests::*;
use solana_account::Account;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_signer::Signer;

use crate::stage::{Stage, fixture, silent_since};
use crate::{Error, FULL, joined};

/// Candidates as a mainnet pool would have them, observed this epoch: two in three with stake, some directed to, some
/// bound, in groups whose caps bind.
fn crowd(count: usize, params: Params) -> (Svm, SelectionFixture) {
    let mut svm = Svm::new();
    let selection = fixture(&mut svm, params, count);
    selection.fund(&mut svm, 99_999 * SOL);
    joined(&mut svm, &selection, "first", FULL, 0);
    let first = selection.registry(&svm).records[0].clone();
    let mut seed = 3u64;
    let mut draw = |bound: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % bound
    };
    let average = 120_000 * SOL / count as u64;
    let candidates: Vec<Candidate> = (0..count as u64)
        .map(|i| {
            let mut vote = [0; 32];
            vote[..8].copy_from_slice(&(i + 1).to_le_bytes());
            let seat = SeatRecord {
                score: 150_000_000 + draw(20_000_000),
                held: if draw(3) == 0 { 0 } else { draw(2 * average) + SOL },
                directed: if draw(20) == 0 { draw(40 * SOL) } else { 0 },
                bound: if draw(10) == 0 { draw(30 * SOL) } else { u64::MAX },
                aso: draw(12) as u16,
                country: draw(8) as u16,
                ..first.seat.clone()
            };
            let flags = u8::from(draw(25) == 0);
            let vote = Address::new_from_array(vote);
            Candidate { seat, flags, vote, pool_index: NOT_IN_POOL, ..first.clone() }
        })
        .collect();
    write_candidates(&mut svm, &selection, &candidates);
    write_config(&mut svm, &selection, |config| {
        config.observed = candidates.len() as u64;
        config.best_score = 170_000_000;
        config.directed_lamports = candidates.iter().map(|candidate| candidate.seat.directed).sum();
    });
    (svm, selection)
}

fn grouped() -> Params {
    Params {
        cap_bps: 20,
        aso_cap_bps: 800,
        country_cap_bps: 1_300,
        max_moved_bps: 1_000,
        move_cost_bps: 10_000,
        horizon_epochs: 30,
        ..open_params()
    }
}

/// The allocation in steps of `work`, each signed by somebody else; how many, and what it comes to.
fn in_steps(svm: &Svm, selection: &SelectionFixture, work: u32) -> (u32, [Option<Account>; 2]) {
    let mut svm = svm.clone();
    let epoch = svm.clock().epoch;
    let signers = [svm.wallet("even", SOL), svm.wallet("odd", SOL)];
    let mut steps = 0;
    while selection.state(&svm).allocated_epoch != epoch {
        let step = [compute_limit(1_400_000), selection.allocate_some(work)];
        svm.must(&step, &[&signers[steps as usize % 2]]);
        steps += 1;
    }
    svm.refuses(&[selection.allocate_some(work)], &[&selection.pool.payer], Error::AlreadyAllocated);
    (steps, [selection.config, selection.registry].map(|address| svm.account(&address)))
}

#[test]
fn of_a_hundred_whose_groups_exchange_stake_one_at_a_time_comes_to_the_same() {
    let (svm, selection) = crowd(100, Params { cap_bps: 200, ..grouped() });
    let (_, coarse) = in_steps(&svm, &selection, 1_500);
    for work in [1, 7, 99, 100, 101] {
        let (steps, outcome) = in_steps(&svm, &selection, work);
        assert!(steps > 1);
        assert!(outcome == coarse, "steps of {work}");
    }
}

#[test]
fn of_five_thousand_whose_groups_exchange_stake_every_size_of_step_comes_to_the_same() {
    let (svm, selection) = crowd(5_000, grouped());
    let (few, coarse) = in_steps(&svm, &selection, 1_500);
    let (many, fine) = in_steps(&svm, &selection, 100);
    println!("allocate: 5,000 in {few} steps of 1,500, in {many} of 100, with groups");
    assert!(coarse == fine);
}

/// Of five thousand without groups, compared with as many at a time as fit a transaction.
fn without_groups(with_stake: bool, sizes: &[u32]) {
    let params = Params { aso_cap_bps: 10_000, country_cap_bps: 10_000, ..grouped() };
    let (mut svm, selection) = crowd(5_000, params);
    if !with_stake {
        let mut candidates = selection.registry(&svm).records;
        for candidate in &mut candidates {
            candidate.seat.held = 0;
        }
        write_candidates(&mut svm, &selection, &candidates);
    }
    let (_, coarse) = in_steps(&svm, &selection, 2_000);
    for work in sizes {
        let (steps, outcome) = in_steps(&svm, &selection, *work);
        println!("allocate: 5,000 in {steps} steps of {work}, with stake: {with_stake}");
        assert!(outcome == coarse, "steps of {work}");
    }
}

#[test]
fn of_five_thousand_without_stake_every_size_of_step_comes_to_the_same() {
    without_groups(false, &[1, 7, 100]);
}

#[test]
fn of_five_thousand_with_stake_every_size_of_step_comes_to_the_same() {
    without_groups(true, &[7, 100]);
}

/// A few hundred fit one transaction, if groups have nothing to exchange.
#[test]
fn all_at_once_comes_to_the_same() {
    let params = Params { aso_cap_bps: 10_000, country_cap_bps: 10_000, cap_bps: 100, ..grouped() };
    let (svm, selection) = crowd(1_000, params);
    let (one, outcome) = in_steps(&svm, &selection, u32::MAX);
    assert_eq!(one, 1);
    assert!(in_steps(&svm, &selection, 13).1 == outcome);
}

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Six with stake, in the next epoch, observed; `a` has a new identity, `f` has left.
fn ready() -> (Stage, SelectionFixture) {
    let validators = NAMES.map(|name| (name, FULL - FULL / 100 * u64::from(name.as_bytes()[0] - b'a')));
    let params = Params { max_commission_bps: 1_000, ..open_params() };
    let (mut stage, selection) = Stage::new(params, 1_000 * SOL, &validators);
    selection.crank(&mut stage.svm);
    stage.next(&selection);
    let (epoch, node) = (stage.svm.clock().epoch, Some(keypair("spare").pubkey()));
    Vote { node, ..Vote::steady(epoch, 11, FULL, 0) }.write(&mut stage.svm, "a");
    selection.observe_all(&mut stage.svm);
    stage.set_commission("b", 2_000);
    (stage, selection)
}

/// Everything that changes a candidate's seat.
fn changes(stage: &mut Stage, selection: &SelectionFixture) -> Vec<(Instruction, &'static str)> {
    Vote::steady(stage.svm.clock().epoch, 10, FULL, 0).write(&mut stage.svm, "newcomer");
    let svm = &stage.svm;
    let [a, b, f] = ["a", "b", "f"].map(|name| stage.vote(name));
    vec![
        (selection.join(&stage.vote("newcomer")), "payer"),
        (selection.leave(svm, &f, &keypair("withdrawer").pubkey(), true), "withdrawer"),
        (selection.ban(svm, &b, true), "admin"),
        (selection.observe(svm, &[a, b]), "payer"),
        (selection.set_groups(svm, &keypair("oracle").pubkey(), &[(b, 1, 1)]), "oracle"),
        (selection.remove(svm, &f), "payer"),
        (selection.confirm_identity(svm, &a), "payer"),
        (selection.emergency_unstake(svm, &[b]), "payer"),
    ]
}

#[test]
fn while_it_runs_nothing_that_changes_a_candidate_is_accepted() {
    let (mut stage, selection) = ready();
    for name in ["oracle", "withdrawer"] {
        stage.svm.wallet(name, SOL);
    }
    let set = selection.set_oracle(&keypair("oracle").pubkey());
    stage.svm.must(&[set], &[&selection.pool.admin]);
    let mut undisturbed = stage.clone();
    undisturbed.svm.must(&[selection.allocate()], &[&selection.pool.payer]);

    stage.svm.must(&[selection.allocate_some(1)], &[&selection.pool.payer]);
    stage.all_vote();
    let holly = stage.holder(&selection, "holly", 500 * SOL);
    let mut steps = 0;
    loop {
        for (change, signer) in changes(&mut stage, &selection) {
            let unstaked = [compute_limit(1_400_000), change];
            stage.svm.refuses(&unstaked, &[&keypair(signer)], Error::AllocationRunning);
        }
        let early = selection.rebalance(&stage.svm, &[stage.vote("b")]);
        stage.svm.refuses(&[early], &[&selection.pool.payer], Error::NotAllocated);
        stage.svm.refuses(&[selection.settle(0, 1)], &[&selection.pool.payer], Error::NotAllocated);
        // Money comes and goes, the admin changes its mind, bonds, bids and directions are given.
        selection.fund(&mut stage.svm, 50 * SOL);
        let exit = selection.pool.withdraw_sol(&holly.address(), &holly.lst, SOL, 0);
        stage.svm.must(&[exit], &[&holly.keys]);
        let params = Params { cap_bps: 700 + steps, min_move: SOL, ..open_params() };
        stage.svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
        stage.direct(&selection, &holly, "c", &format!("position {steps}"), SOL);
        let vote = stage.vote("c");
        let fund = selection.fund_bond(&stage.svm, &vote, &holly.address(), &holly.lst, SOL);
        stage.svm.must(&[fund], &[&holly.keys]);
        let bid = selection.set_bid(&stage.svm, &vote, &keypair("withdrawer").pubkey(), 1_000);
        stage.svm.must(&[bid], &[&keypair("withdrawer")]);

        stage.svm.must(&[selection.allocate_some(1)], &[&selection.pool.payer]);
        steps += 1;
        if selection.state(&stage.svm).allocated_epoch == stage.svm.clock().epoch {
            break;
        }
    }
    assert!(steps > 5, "{steps}");
    let seats = |stage: &Stage| {
        let candidates = selection.registry(&stage.svm).records;
        candidates.into_iter().map(|candidate| candidate.seat).collect::<Vec<_>>()
    };
    assert_eq!(seats(&stage), seats(&undisturbed));
    let of = |stage: &Stage| {
        let state = selection.state(&stage.svm);
        (state.targets, state.ideals, state.clearing, state.cap, state.move_limit, state.reserve_target)
    };
    assert_eq!(of(&stage), of(&undisturbed));
    stage.assert_conserved(&selection);
}

#[test]
fn one_that_was_left_half_way_is_begun_anew_in_the_next_epoch_and_blocks_nothing_then() {
    let (mut stage, selection) = ready();
    for name in ["oracle", "withdrawer"] {
        stage.svm.wallet(name, SOL);
    }
    let set = selection.set_oracle(&keypair("oracle").pubkey());
    stage.svm.must(&[set], &[&selection.pool.admin]);
    let mut never_begun = stage.clone();
    for _ in 0..8 {
        stage.svm.must(&[selection.allocate_some(1)], &[&selection.pool.payer]);
    }
    let state = selection.state(&stage.svm);
    assert_eq!((state.allocating_epoch, state.allocated_epoch), (101, 100));
    // It is not carried on in another epoch: that has other numbers.
    for stage in [&mut stage, &mut never_begun] {
        stage.next(&selection);
        stage.svm.refuses(&[selection.allocate()], &[&selection.pool.payer], Error::NotObserved);
        stage.allocate(&selection);
    }
    let outcome =
        |stage: &Stage| [selection.config, selection.registry].map(|address| stage.svm.account(&address));
    assert!(outcome(&stage) == outcome(&never_begun));

    // Left half-way again: the epoch after accepts everything.
    stage.next(&selection);
    selection.observe_all(&mut stage.svm);
    stage.svm.must(&[selection.allocate_some(1)], &[&selection.pool.payer]);
    stage.next(&selection);
    silent_since(&mut stage.svm, "b", FULL, 0);
    for (change, signer) in changes(&mut stage, &selection) {
        let sent = stage.svm.send(&[compute_limit(1_400_000), change], &[&keypair(signer)]);
        let code = sent.err().and_then(|failed| failed.code());
        assert_ne!(code, Some(Error::AllocationRunning as u32), "by {signer}");
    }
    stage.allocate(&selection);
    stage.assert_conserved(&selection);
}

/// Who sends the smallest steps, or none at all, delays nobody.
#[test]
fn steps_of_nothing_begin_and_others_finish() {
    let (mut stage, selection) = ready();
    let mut undisturbed = stage.clone();
    undisturbed.svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    for _ in 0..20 {
        stage.svm.must(&[selection.allocate_some(0)], &[&selection.pool.payer]);
    }
    assert_ne!(selection.state(&stage.svm).allocated_epoch, stage.svm.clock().epoch);
    stage.svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let outcome =
        |stage: &Stage| [selection.config, selection.registry].map(|address| stage.svm.account(&address));
    assert!(outcome(&stage) == outcome(&undisturbed));
}
