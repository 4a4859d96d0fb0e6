//! `explain`: each field, each constraint, and that what it says is lacking is enough.

use sluice_money::{Rounding, mul_div};
use sluice_sdk::validator_selection::types::{Explanation, Params};
use sluice_selection_math::{Constraint, Yield, annual};
use sluice_tests::selection::{open_params, write_account, write_candidates, write_config};
use sluice_tests::*;
use solana_signer::Signer;

use crate::stage::{Holder, Stage};
use crate::{Error, FULL};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

/// Six validators, a hundredth apart; at most a quarter of 1,000 SOL each.
fn cast(params: Params) -> (Stage, SelectionFixture) {
    let validators = NAMES.map(|name| (name, FULL - FULL / 100 * u64::from(name.as_bytes()[0] - b'a')));
    Stage::new(params, 1_000 * SOL, &validators)
}

fn explain(stage: &Stage, selection: &SelectionFixture, name: &str) -> Explanation {
    selection.explain(&stage.svm, &stage.vote(name)).expect("an answer")
}

#[test]
fn every_field_is_what_registry_and_config_say() {
    let (mut stage, selection) = cast(Params { min_bond_bps: 100, ..open_params() });
    let holly = stage.holder(&selection, "holly", 100 * SOL);
    for (name, bond) in [("a", 3 * SOL), ("b", SOL), ("c", 2 * SOL)] {
        bond_of(&mut stage, &selection, &holly, name, bond);
    }
    stage.direct(&selection, &holly, "b", "position", 5 * SOL);
    let oracle = stage.svm.wallet("oracle", SOL);
    stage.svm.must(&[selection.set_oracle(&oracle.pubkey())], &[&selection.pool.admin]);
    let group = selection.set_groups(&stage.svm, &oracle.pubkey(), &[(stage.vote("b"), 3, 4)]);
    stage.svm.must(&[group], &[&oracle]);
    stage.next(&selection);
    selection.crank(&mut stage.svm);
    stage.next(&selection);
    stage.allocate(&selection);
    write_config(&mut stage.svm, &selection, |config| config.epoch_seconds = 172_800);

    let before = [selection.config, selection.registry, selection.pool.pool].map(|at| stage.svm.account(&at));
    for name in NAMES {
        let (answer, candidate) = (explain(&stage, &selection, name), stage.candidate(&selection, name));
        let (state, seat) = (selection.state(&stage.svm), candidate.seat);
        let ledger = selection.pool.ledger(&stage.svm).at(stage.svm.clock().slot).unwrap();
        let bond = ledger.lamports_for(sluice_money::LstAmount(candidate.bond)).unwrap().0;
        let asked = state.cap.div_ceil(100);
        let expected = Explanation {
            allocated_epoch: state.allocated_epoch,
            observed_epoch: candidate.observed_epoch,
            score: seat.score,
            expected: candidate.expected,
            extra: candidate.extra,
            bid: u64::from(candidate.bid) * 1_000,
            expected_apy: annual(Yield(candidate.expected), 172_800),
            realised: candidate.realised,
            price: candidate.price,
            clearing: state.clearing,
            lacks_yield: 0,
            held: seat.held,
            target: seat.target,
            ideal: seat.ideal,
            arrives_now: seat.target.saturating_sub(seat.held),
            leaves_now: seat.held.saturating_sub(seat.target),
            arrives_later: seat.ideal.saturating_sub(seat.target),
            leaves_later: seat.target.saturating_sub(seat.ideal),
            cap: state.cap,
            bound: seat.bound,
            bond,
            lacks_bond: asked.saturating_sub(bond),
            directed: seat.directed,
            worst_commission_bps: candidate.worst_commission_bps,
            aso: seat.aso,
            country: seat.country,
            constraint: seat.constraint,
            bound_by: seat.bound_by,
            flags: candidate.flags,
        };
        assert_eq!(answer, expected, "{name}");
    }
    assert!(explain(&stage, &selection, "b").directed > 0 && explain(&stage, &selection, "b").aso == 3);
    assert!(explain(&stage, &selection, "a").expected_apy > 1_000_000_000);
    let after = [selection.config, selection.registry, selection.pool.pool].map(|at| stage.svm.account(&at));
    assert_eq!(before, after, "a view changes nothing");
}

fn bond_of(stage: &mut Stage, selection: &SelectionFixture, holder: &Holder, name: &str, shares: u64) {
    let vote = stage.vote(name);
    let fund = selection.fund_bond(&stage.svm, &vote, &holder.address(), &holder.lst, shares);
    stage.svm.must(&[fund], &[&holder.keys]);
}

/// Bids what the answer says is lacking, a little more and a little less: whether it gets stake in the next allocation.
fn bids_what_it_lacks(stage: &Stage, selection: &SelectionFixture, name: &str) {
    let answer = explain(stage, selection, name);
    assert_eq!((answer.constraint, answer.ideal), (Constraint::Score.code(), 0));
    // The ranking tells apart what differs by 0.06 % of the best: so much more is sure, so much less is not enough.
    let grain = selection.state(&stage.svm).best_score * 6 / 10_000;
    for (bids, gets) in [(answer.lacks_yield + grain, true), (answer.lacks_yield - grain, false)] {
        let mut stage = stage.clone();
        let node = stage.svm.wallet("withdrawer", SOL);
        let (vote, bid) = (stage.vote(name), bids.div_ceil(1_000) as u32);
        let set = selection.set_bid(&stage.svm, &vote, &node.pubkey(), bid);
        stage.svm.must(&[set], &[&node]);
        stage.next(selection);
        // LiteSVM pays no rewards, which would be held against those who have stake.
        let before = selection.registry(&stage.svm).records;
        selection.observe_all(&mut stage.svm);
        let mut candidates = selection.registry(&stage.svm).records;
        for (candidate, before) in candidates.iter_mut().zip(&before) {
            candidate.seat.score = before.seat.score + u64::from(candidate.bid) * 1_000;
            // What a bond has to cover is another story.
            candidate.seat.bound = before.seat.bound;
        }
        let best = candidates.iter().map(|candidate| candidate.seat.score).max().unwrap();
        write_candidates(&mut stage.svm, selection, &candidates);
        write_config(&mut stage.svm, selection, |config| config.best_score = best);
        stage.svm.must(&[selection.allocate()], &[&selection.pool.payer]);
        assert_eq!(stage.ideal(selection, name) > 0, gets, "{name} bids {bid}");
    }
}

#[test]
fn who_bids_what_it_lacks_gets_stake_in_the_next_allocation() {
    // The last one that gets anything gets half of the cap.
    let (mut stage, selection) = cast(Params { cap_bps: 2_700, ..open_params() });
    stage.allocate(&selection);
    let last = explain(&stage, &selection, "d");
    assert_eq!((last.constraint, last.lacks_yield), (Constraint::Funds.code(), 0));
    assert_eq!(last.clearing, last.score);
    for name in ["e", "f"] {
        bids_what_it_lacks(&stage, &selection, name);
    }
}

/// Who has stake counts for more than its score, by what a move costs: so a newcomer lacks that too.
#[test]
fn who_bids_what_it_lacks_displaces_one_that_has_stake() {
    let params = Params { cap_bps: 2_700, move_cost_bps: 10_000, horizon_epochs: 10, ..open_params() };
    let (mut stage, selection) = cast(params);
    selection.crank(&mut stage.svm);
    let scores = selection.registry(&stage.svm).records;
    stage.next(&selection);
    selection.observe_all(&mut stage.svm);
    let mut candidates = selection.registry(&stage.svm).records;
    for (candidate, before) in candidates.iter_mut().zip(scores) {
        candidate.seat.score = before.seat.score;
    }
    write_candidates(&mut stage.svm, &selection, &candidates);
    stage.svm.must(&[selection.allocate()], &[&selection.pool.payer]);
    let (last, next) = (explain(&stage, &selection, "d"), explain(&stage, &selection, "e"));
    assert_eq!(next.lacks_yield, last.score + last.score.div_ceil(10) - next.score);
    for name in ["e", "f"] {
        bids_what_it_lacks(&stage, &selection, name);
    }
}

#[test]
fn who_adds_the_bond_it_lacks_gets_the_cap_in_the_next_allocation() {
    let (mut stage, selection) = cast(Params { min_bond_bps: 200, ..open_params() });
    let holly = stage.holder(&selection, "holly", 100 * SOL);
    stage.allocate(&selection);
    let answer = explain(&stage, &selection, "a");
    assert_eq!((answer.constraint, answer.bound, answer.ideal), (Constraint::Bond.code(), 0, 0));
    assert_eq!(answer.lacks_bond, answer.cap.div_ceil(50));
    let shares = |stage: &Stage, lamports: u64| {
        let ledger = selection.pool.ledger(&stage.svm).at(stage.svm.clock().slot).unwrap();
        let value = ledger.value().unwrap().0;
        mul_div(lamports, ledger.supply.0, value, Rounding::Ceil).unwrap()
    };
    for (less, reason) in [(0, Constraint::Cap), (SOL / 10, Constraint::Bond)] {
        let mut stage = stage.clone();
        let bond = shares(&stage, answer.lacks_bond) - less;
        bond_of(&mut stage, &selection, &holly, "a", bond);
        assert_eq!(explain(&stage, &selection, "a").lacks_bond > 0, less > 0);
        stage.next(&selection);
        stage.allocate(&selection);
        assert_eq!(stage.constraint(&selection, "a"), reason);
        let cap = selection.state(&stage.svm).cap;
        assert_eq!(stage.ideal(&selection, "a") == cap, less == 0);
        assert!(stage.ideal(&selection, "a") > cap * 9 / 10);
    }
}

#[test]
fn the_bond_that_joining_takes_is_lacking_too() {
    let (mut stage, selection) = cast(open_params());
    let holly = stage.holder(&selection, "holly", 100 * SOL);
    let params = Params { join_bond: 14 * SOL, ..open_params() };
    stage.svm.must(&[selection.set_params(params)], &[&selection.pool.admin]);
    bond_of(&mut stage, &selection, &holly, "a", 3 * SOL);
    stage.next(&selection);
    stage.allocate(&selection);
    let answer = explain(&stage, &selection, "a");
    assert_eq!((answer.constraint, answer.ideal), (Constraint::Bond.code(), 0));
    let rate = selection.pool.rate(&stage.svm);
    assert!(answer.lacks_bond.abs_diff(4 * rate) <= 4, "{} at {rate}", answer.lacks_bond);
    bond_of(&mut stage, &selection, &holly, "a", 4 * SOL);
    assert_eq!(explain(&stage, &selection, "a").lacks_bond, 0);
    stage.next(&selection);
    stage.allocate(&selection);
    assert!(stage.ideal(&selection, "a") > 0);
}

#[test]
fn before_the_first_allocation_there_is_no_reason_yet() {
    let (stage, selection) = cast(open_params());
    let answer = explain(&stage, &selection, "a");
    assert_eq!((answer.constraint, answer.allocated_epoch), (Constraint::None.code(), u64::MAX));
    assert_eq!((answer.observed_epoch, answer.expected_apy, answer.ideal), (100, 0, 0));
}

#[test]
fn each_reason_is_named() {
    let (mut stage, selection) = cast(Params { cap_bps: 2_000, max_commission_bps: 1_000, ..open_params() });
    selection.crank(&mut stage.svm);
    let reason = |stage: &Stage, name: &str| {
        let answer = explain(stage, &selection, name);
        Constraint::from_code(answer.constraint).unwrap()
    };
    assert_eq!(reason(&stage, "a"), Constraint::Cap);
    assert_eq!(reason(&stage, "e"), Constraint::Funds, "the last of what there was");
    assert_eq!(reason(&stage, "f"), Constraint::Score);
    assert!(explain(&stage, &selection, "f").lacks_yield > 0);
    // Chosen instead of another whose stake is not home yet.
    stage.next(&selection);
    stage.set_commission("a", 1_001);
    stage.all_vote();
    let ban = selection.ban(&stage.svm, &stage.vote("b"), true);
    stage.svm.must(&[ban], &[&selection.pool.admin]);
    stage.allocate(&selection);
    assert_eq!(reason(&stage, "a"), Constraint::Commission);
    assert_eq!(explain(&stage, &selection, "a").worst_commission_bps, 1_001);
    assert_eq!((reason(&stage, "b"), explain(&stage, &selection, "b").flags), (Constraint::Banned, 1));
    assert_eq!(reason(&stage, "f"), Constraint::Waiting);
    let waiting = explain(&stage, &selection, "f");
    assert!(waiting.arrives_later > 0 && waiting.ideal > waiting.target);
    assert!(explain(&stage, &selection, "a").leaves_now > 0);
}

#[test]
fn registry_pool_and_candidate_must_be_who_they_say() {
    let (mut stage, selection) = cast(open_params());
    use sluice_sdk::validator_selection::instructions::{Explain, ExplainInstructionArgs};
    let accounts = || Explain {
        config: selection.config,
        registry: selection.registry,
        pool: selection.pool.pool,
        vote: stage.vote("a"),
    };
    let good = accounts().instruction(ExplainInstructionArgs { index: 0 });
    let other = accounts().instruction(ExplainInstructionArgs { index: 1 });
    let payer = &selection.pool.payer;
    stage.svm.refuses(&[other], &[payer], Error::WrongCandidate);
    for (like, error) in [(selection.registry, Error::WrongRegistry), (selection.pool.pool, Error::WrongPool)]
    {
        let copy = keypair("copy").pubkey();
        let account = stage.svm.account(&like).unwrap();
        write_account(&mut stage.svm, &copy, account.data, account.owner);
        stage.svm.refuses(&[substitute(&good, &like, &copy)], &[payer], error);
    }
    stage.svm.must(&[good], &[payer]);
}

#[test]
fn among_five_thousand_it_fits_the_default_compute_budget() {
    let mut svm = Svm::new();
    let selection = crate::stage::fixture(&mut svm, open_params(), 5_000);
    let vote = crate::joined(&mut svm, &selection, "last", FULL, 0);
    let mut last = selection.candidate(&svm, &vote);
    let mut crowd: Vec<_> = (0..4_999u64)
        .map(|i| {
            let mut address = [9; 32];
            address[..8].copy_from_slice(&i.to_le_bytes());
            let mut rival = crate::blank(address.into());
            (rival.seat.score, rival.seat.held, rival.seat.ideal) = (200_000_000 + i, SOL, SOL);
            rival
        })
        .collect();
    last.seat.score = 100_000_000;
    crowd.push(last);
    write_candidates(&mut svm, &selection, &crowd);
    write_config(&mut svm, &selection, |config| config.clearing = 150_000_000);
    // Asked without a word on the compute budget.
    let answer = selection.explain(&svm, &vote).expect("an answer");
    assert_eq!(answer.lacks_yield, 100_000_000, "what the worst of them earns");
}
