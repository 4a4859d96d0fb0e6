//! Rows of validator-selection.

use sluice_localnet::{LocalnetConfig, ValidatorScript};
use sluice_sdk::validator_selection::instructions::{AcceptAdmin, ProposeAdmin};
use sluice_sdk::validator_selection::types::Params;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::field::{Field, LEAST_CAP_BPS, equal_parts, funds, moved};
use super::report::{ON_BANK, Report};
use crate::selection::{VoteLayout, open_params};
use crate::{Bank, Chain, SOL, SelectionFixture, Sent, Svm, keypair};

const PROGRAM: &str = "validator_selection";
/// The most a registry holds.
const MAX_CANDIDATES: usize = 5_000;

const OBSERVE_LIMIT: u64 = 3_000;
const ALLOCATE_LIMIT: u64 = 150;
/// What the pool's own instruction may cost: here with the decision and the call.
const INCREASE_LIMIT: u64 = 33_000;

pub fn measure(report: &mut Report) {
    admin(report);
    for size in [10, 1_000] {
        let mut svm = Svm::new();
        let mut field = Field::staked(&mut svm, equal_parts(size, 9_000), size, 1);
        flags(report, size, &svm, &field);
        moves(report, size, &svm, &field);
        newcomer(report, size, svm, &mut field);
    }
    observations(report);
    allocations(report);
    crowd(report);
    on_the_bank(report);
}

/// Pays, and signs besides the admin.
fn keys(selection: &SelectionFixture) -> [&Keypair; 2] {
    [&selection.pool.payer, &selection.pool.admin]
}

/// The largest registry there may be, and what touches the settings alone.
fn admin(report: &mut Report) {
    for size in [10, MAX_CANDIDATES] {
        let mut svm = Svm::new();
        let selection = SelectionFixture::prepare(&mut svm, size, size);
        let keys = [keypair("registry"), keypair("ranking")];
        let signers = [&selection.pool.payer, &selection.pool.admin, &keys[0], &keys[1]];
        let sent = svm.must(&[selection.initialize(open_params())], &signers);
        report.add((PROGRAM, "initialize", ""), size, &sent, None);
    }
    // The last place of the largest registry.
    let (size, mut svm) = (MAX_CANDIDATES - 1, Svm::new());
    let mut field = Field::joined(&mut svm, equal_parts(size, 10_000), size, 1);
    join(report, size, &mut svm, &mut field);

    let mut svm = Svm::new();
    let selection = SelectionFixture::new(&mut svm);
    let sent = svm.must(&[selection.set_params(open_params())], &keys(&selection));
    report.add((PROGRAM, "set_params", ""), 0, &sent, None);
    let (config, admin, heir) = (selection.config, selection.pool.admin.pubkey(), keypair("heir"));
    let propose = ProposeAdmin { config, admin, proposed: heir.pubkey() };
    let sent = svm.must(&[propose.instruction()], &keys(&selection));
    report.add((PROGRAM, "propose_admin", ""), 0, &sent, None);
    let accept = AcceptAdmin { config, pending_admin: heir.pubkey() };
    let sent = svm.must(&[accept.instruction()], &[&selection.pool.payer, &heir]);
    report.add((PROGRAM, "accept_admin", ""), 0, &sent, None);
}

fn flags(report: &mut Report, size: usize, svm: &Svm, field: &Field) {
    let mut svm = svm.clone();
    let (selection, vote) = (&field.selection, &field.votes[size / 2]);
    for (banned, case) in [(true, "banned"), (false, "its end")] {
        let ban = selection.ban(&svm, vote, banned);
        let sent = svm.must(&[ban], &keys(selection));
        report.add((PROGRAM, "ban", case), size, &sent, None);
    }
    let node = keypair(&format!("candidate {}'s node", size / 2));
    for (leaving, case) in [(true, "leaves"), (false, "comes back")] {
        let leave = selection.leave(&svm, vote, &node.pubkey(), leaving);
        let sent = svm.must(&[leave], &[&selection.pool.payer, &node]);
        report.add((PROGRAM, "leave", case), size, &sent, None);
    }
}

/// One more joins; it gets stake, or leaves and is removed when it is forgotten.
fn newcomer(report: &mut Report, size: usize, mut svm: Svm, field: &mut Field) {
    join(report, size, &mut svm, field);
    let (selection, vote) = (&field.selection, field.votes[size]);

    let mut chosen = svm.clone();
    field.update(&mut chosen);
    field.observe(&mut chosen);
    selection.fund(&mut chosen, funds(&equal_parts(size, 9_000)));
    field.allocate(&mut chosen);
    let sent = field.rebalance_some(&mut chosen, &[size]);
    assert_eq!(moved(std::slice::from_ref(&sent)), 1);
    report.add((PROGRAM, "rebalance", "first stake, enters the list"), size, &sent, None);

    let node = keypair(&format!("candidate {size}'s node"));
    let leave = selection.leave(&svm, &vote, &node.pubkey(), true);
    svm.must(&[leave], &[&selection.pool.payer, &node]);
    (0..8).for_each(|_| svm.advance_epoch());
    let sent = svm.must(&[selection.remove(&svm, &vote)], &[&selection.pool.payer]);
    report.add((PROGRAM, "remove", ""), size, &sent, None);
}

fn join(report: &mut Report, size: usize, svm: &mut Svm, field: &mut Field) {
    field.add(svm, 1);
    let sent = svm.must(&[field.selection.join(&field.votes[size])], &[&field.selection.pool.payer]);
    report.add((PROGRAM, "join", ""), size, &sent, None);
}

/// Stake, from a validator's first to its last.
fn moves(report: &mut Report, size: usize, svm: &Svm, field: &Field) {
    let row = |report: &mut Report, case: &str, moves: usize, sent: &Sent, limit: Option<u64>| {
        assert_eq!(moved(std::slice::from_ref(sent)), moves, "{case}");
        report.add((PROGRAM, "rebalance", case), size, sent, limit);
    };
    let mut quiet = svm.clone();
    field.update(&mut quiet);
    field.observe(&mut quiet);
    let mut allocated = quiet.clone();
    field.allocate(&mut allocated);
    let one = field.rebalance_some(&mut allocated, &[1]);
    row(report, "one that needs nothing", 0, &one, None);
    let more: Vec<usize> = (2..10).collect();
    let many = field.rebalance_some(&mut allocated, &more);
    assert_eq!(moved(std::slice::from_ref(&many)), 0);
    let case = "one more that needs nothing";
    report.add_marginal((PROGRAM, "rebalance", case), size, (&one, &many, 7), None);

    let params = equal_parts(size, 9_000);
    let mut richer = quiet.clone();
    field.selection.fund(&mut richer, funds(&params));
    field.allocate(&mut richer);
    let one = field.rebalance_some(&mut richer, &[1]);
    row(report, "increase beside existing stake", 1, &one, None);
    let many = field.rebalance_some(&mut richer, &[2, 3, 4, 5]);
    assert_eq!(moved(std::slice::from_ref(&many)), 4);
    let case = "one more increase beside existing stake";
    report.add_marginal((PROGRAM, "rebalance", case), size, (&one, &many, 3), Some(INCREASE_LIMIT));

    let mut lowered = quiet.clone();
    let cap_bps = (params.cap_bps / 3).max(LEAST_CAP_BPS);
    let lower = Params { cap_bps, min_move: SOL, ..params };
    lowered.must(&[field.selection.set_params(lower)], &keys(&field.selection));
    field.allocate(&mut lowered);
    let one = field.rebalance_some(&mut lowered, &[1]);
    row(report, "decrease, part", 1, &one, None);
    let many = field.rebalance_some(&mut lowered, &[2, 3, 4, 5]);
    assert_eq!(moved(std::slice::from_ref(&many)), 4);
    let case = "one more decrease, part";
    report.add_marginal((PROGRAM, "rebalance", case), size, (&one, &many, 3), None);

    let mut banned = allocated;
    for index in 1..6 {
        let ban = field.selection.ban(&banned, &field.votes[index], true);
        banned.must(&[ban], &keys(&field.selection));
    }
    let one = field.rebalance_some(&mut banned, &[1]);
    row(report, "decrease, whole", 1, &one, None);
    let many = field.rebalance_some(&mut banned, &[2, 3, 4, 5]);
    assert_eq!(moved(std::slice::from_ref(&many)), 4);
    let case = "one more decrease, whole";
    report.add_marginal((PROGRAM, "rebalance", case), size, (&one, &many, 3), None);
    field.turn_epoch(&mut banned);
    field.update(&mut banned);
    field.observe(&mut banned);
    field.allocate(&mut banned);
    let one = field.rebalance_some(&mut banned, &[1]);
    row(report, "an empty record leaves the list", 0, &one, None);
}

/// What one more candidate adds to an observation.
fn observations(report: &mut Report) {
    let size = 100;
    let marginal = |report: &mut Report, svm: &mut Svm, field: &Field, case: &str, limit: Option<u64>| {
        // The epoch's first observation measures the yield of a credit for all.
        field.observe_some(svm, 0..1);
        let few = field.observe_some(svm, 1..2);
        let many = field.observe_some(svm, 2..43);
        report.add_marginal((PROGRAM, "observe", case), size, (&few, &many, 40), limit);
    };
    let mut svm = Svm::new();
    let mut field = Field::staked(&mut svm, equal_parts(size, 9_000), size, 0);
    field.update(&mut svm);
    for layout in [VoteLayout::V1_14_11, VoteLayout::V3, VoteLayout::V4] {
        let mut svm = svm.clone();
        field.relayout(&mut svm, layout);
        let case = format!("one more with stake, {layout:?}");
        marginal(report, &mut svm, &field, &case, Some(OBSERVE_LIMIT));
    }
    let sent = field.observe_some(&mut svm, 0..1);
    report.add((PROGRAM, "observe", "the first of the epoch, alone"), size, &sent, None);
    let sent = field.observe_some(&mut svm, 1..2);
    report.add((PROGRAM, "observe", "one, alone"), size, &sent, None);
    let again = field.observe_some(&mut svm, 1..2);
    report.add((PROGRAM, "observe", "one, a second time"), size, &again, None);
    let sent = field.observe(&mut svm);
    report.add((PROGRAM, "observe", "as many as fit a transaction"), size, &sent[0], None);

    let mut svm = Svm::new();
    let field = Field::joined(&mut svm, equal_parts(size, 9_000), size, 0);
    field.turn_epoch(&mut svm);
    marginal(report, &mut svm, &field, "one more without stake, V4", Some(OBSERVE_LIMIT));
}

/// Half of the candidates, or all of them, get something; or all have what they should have.
fn allocations(report: &mut Report) {
    for (case, share) in [("half are chosen", 2 * 9_000), ("all are chosen", 9_000)] {
        marginal_allocation(report, case, |size| {
            let mut svm = Svm::new();
            let mut params = equal_parts(size, 9_000);
            if share > 9_000 {
                params.cap_bps *= 2;
            }
            let field = Field::joined(&mut svm, params, size, 0);
            (svm, field)
        });
    }
    marginal_allocation(report, "all have what they should", |size| {
        let mut svm = Svm::new();
        let field = Field::staked(&mut svm, equal_parts(size, 9_000), size, 0);
        field.update(&mut svm);
        field.observe(&mut svm);
        (svm, field)
    });
}

/// What one more candidate adds to an allocation.
fn marginal_allocation(report: &mut Report, case: &str, stage: impl Fn(usize) -> (Svm, Field)) {
    let [few, many] = [10, 1_000].map(|size| {
        let (mut svm, field) = stage(size);
        let sent = field.allocate(&mut svm);
        report.add((PROGRAM, "allocate", case), size, &sent, None);
        sent
    });
    let case = format!("one more, {case}");
    let limit = if case.contains("chosen") { None } else { Some(ALLOCATE_LIMIT) };
    report.add_marginal((PROGRAM, "allocate", &case), 1_000, (&few, &many, 990), limit);
}

/// The largest registry.
fn crowd(report: &mut Report) {
    let mut svm = Svm::new();
    let field = Field::joined(&mut svm, equal_parts(1_000, 9_000), MAX_CANDIDATES, 0);
    for (step, sent) in (1..).zip(field.allocate_in_steps(&mut svm)) {
        let case = format!("a fifth is chosen, step {step}");
        report.add((PROGRAM, "allocate", &case), MAX_CANDIDATES, &sent, None);
    }
}

/// Rewards, and the newer stake program, on the real Bank.
fn on_the_bank(report: &mut Report) {
    let names = ["ann", "ben", "cat", "dan", "eve"];
    let size = names.len();
    let scripts = names.iter().map(|name| ValidatorScript::new(*name).mev(800, 40_000)).collect();
    let mut bank = Bank::with_config(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
    let votes: Vec<Address> = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();
    // 7 % a year, an epoch a day, 128 slots of 16 credits.
    // All that is ever looked at: a bond, the network's stake, tips.
    let params = Params {
        kappa_prior: 75_000_000_000,
        cap_bps: 1_500,
        min_bond_bps: 10,
        network_cap_bps: 9_000,
        ..open_params()
    };
    let selection = SelectionFixture::with_params(&mut bank, params.clone());
    bank.0.advance_epochs(4);
    selection.pool.update(&mut bank);
    for vote in &votes {
        bank.must(&[selection.join(vote)], &[&selection.pool.payer]);
    }
    let (backer, lst) = selection.pool.user(&mut bank, "backer", 1_000 * SOL);
    bank.must(&[selection.pool.deposit_sol(&backer.pubkey(), &lst, 900 * SOL, 0)], &[&backer]);
    for vote in &votes {
        let fund = selection.fund_bond(&bank, vote, &backer.pubkey(), &lst, 100 * SOL);
        bank.must(&[fund], &[&backer]);
    }
    selection.fund(&mut bank, 10_000 * SOL);
    for _ in 0..3 {
        selection.crank(&mut bank);
        bank.0.advance_epoch();
        selection.pool.update(&mut bank);
    }
    let observe = |bank: &mut Bank, votes: &[Address]| {
        let observe = selection.observe(bank, votes);
        bank.must(&[observe], &[&selection.pool.payer])
    };
    observe(&mut bank, &votes[..1]);
    let few = observe(&mut bank, &votes[1..2]);
    let many = observe(&mut bank, &votes[2..]);
    let record = selection.pool.record(&bank, &votes[1]).1;
    assert!(record.earning > SOL && record.growth > 0, "the stake earned something");
    let case = "one more with stake that earned, bond, tips and network share, on the Bank";
    report.add_marginal((PROGRAM, "observe", case), size, (&few, &many, 3 - 1), Some(OBSERVE_LIMIT));

    let mut row = |bank: &mut Bank, case: &str| {
        bank.must(&[selection.allocate()], &[&selection.pool.payer]);
        let rebalance = selection.rebalance(bank, &votes[..1]);
        let sent = bank.must(&[rebalance], &[&selection.pool.payer]);
        assert_eq!(moved(std::slice::from_ref(&sent)), 1, "{case}");
        report.add((PROGRAM, "rebalance", &format!("{case}, {ON_BANK}")), size, &sent, None);
    };
    selection.fund(&mut bank, 10_000 * SOL);
    row(&mut bank, "increase beside existing stake");
    bank.0.advance_epoch();
    selection.pool.update(&mut bank);
    selection.observe_all(&mut bank);
    bank.must(&[selection.set_params(Params { cap_bps: 500, ..params })], &keys(&selection));
    row(&mut bank, "decrease, part");
}
