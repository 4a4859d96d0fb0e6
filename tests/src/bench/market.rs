//! Rows of validator-selection around its crank: groups, bonds and bids, directed stake, emergencies, the view.

use sluice_sdk::validator_selection::types::Params;
use solana_signer::Signer;

use super::field::{Field, equal_parts};
use super::report::Report;
use crate::pool::compute_limit;
use crate::selection::Vote;
use crate::{Chain, SOL, Sent, Svm, keypair};

const PROGRAM: &str = "validator_selection";
const BOND: u64 = 10 * SOL;

pub fn measure(report: &mut Report) {
    for size in [10, 1_000] {
        let mut svm = Svm::new();
        let params = Params { min_bond_bps: 10, ..equal_parts(size, 9_000) };
        let field = Field::bonded(&mut svm, params, size, BOND);
        groups(report, size, &svm, &field);
        bonds(report, size, &svm, &field);
        directed(report, size, &svm, &field);
        emergency(report, size, &svm, &field);
    }
    settlements(report);
}

fn groups(report: &mut Report, size: usize, svm: &Svm, field: &Field) {
    let (mut svm, selection) = (svm.clone(), &field.selection);
    let oracle = keypair("oracle");
    let set = selection.set_oracle(&oracle.pubkey());
    let sent = svm.must(&[set], &[&selection.pool.payer, &selection.pool.admin]);
    report.add((PROGRAM, "set_oracle", ""), size, &sent, None);
    let group = |svm: &mut Svm, range: std::ops::Range<usize>| -> Sent {
        let groups: Vec<_> = field.votes[range].iter().map(|vote| (*vote, 1, 1)).collect();
        let set = selection.set_groups(svm, &oracle.pubkey(), &groups);
        svm.must(&[compute_limit(1_400_000), set], &[&selection.pool.payer, &oracle])
    };
    let one = group(&mut svm, 0..1);
    report.add((PROGRAM, "set_groups", "one"), size, &one, None);
    let many = group(&mut svm, 1..9);
    report.add_marginal((PROGRAM, "set_groups", "one more"), size, (&one, &many, 7), None);

    // An identity that changed.
    field.turn_epoch(&mut svm);
    let (name, vote) = ("candidate 3".to_owned(), field.votes[3]);
    let epoch = svm.clock().epoch;
    let moved =
        Vote { node: Some(keypair("new node").pubkey()), ..Vote::steady(epoch, 60, 432_000 * 16, 500) };
    moved.write(&mut svm, &name);
    let observe = selection.observe(&svm, &[vote]);
    svm.must(&[observe], &[&selection.pool.payer]);
    let confirm = selection.confirm_identity(&svm, &vote);
    let sent = svm.must(&[confirm], &[&selection.pool.payer]);
    report.add((PROGRAM, "confirm_identity", ""), size, &sent, None);
}

fn bonds(report: &mut Report, size: usize, svm: &Svm, field: &Field) {
    let (mut svm, selection, vote) = (svm.clone(), &field.selection, field.votes[1]);
    let payer = &selection.pool.payer;
    let (withdrawer, node) = (keypair("withdrawer"), keypair("candidate 1's node"));
    let (backer, lst) = (keypair("backer"), keypair("backer's slSOL").pubkey());
    let mut row = |name: &str, sent: &Sent| report.add((PROGRAM, name, ""), size, sent, None);

    let bid = selection.set_bid(&svm, &vote, &node.pubkey(), 10_000);
    row("set_bid", &svm.must(&[bid], &[payer, &node]));
    let fund = selection.fund_bond(&svm, &vote, &backer.pubkey(), &lst, SOL);
    row("fund_bond", &svm.must(&[fund], &[payer, &backer]));
    let withdraw = selection.withdraw_bond(&svm, &vote, &withdrawer.pubkey(), SOL);
    row("withdraw_bond", &svm.must(&[withdraw], &[payer, &withdrawer]));
    field.turn_epoch(&mut svm);
    field.crank(&mut svm);
    field.turn_epoch(&mut svm);
    field.crank(&mut svm);
    let claim = selection.claim_bond(&svm, &vote, &withdrawer.pubkey(), &lst);
    row("claim_bond", &svm.must(&[claim], &[payer, &withdrawer]));
    let explain = selection.explain_instruction(&svm, &vote);
    row("explain", &svm.must(&[explain], &[payer]));
}

fn directed(report: &mut Report, size: usize, svm: &Svm, field: &Field) {
    let (mut svm, selection, vote) = (svm.clone(), &field.selection, field.votes[1]);
    let payer = &selection.pool.payer;
    let (holder, lst) = (keypair("backer"), keypair("backer's slSOL").pubkey());
    let direction = keypair("direction");
    let mut row = |name: &str, sent: &Sent| report.add((PROGRAM, name, ""), size, sent, None);
    svm.airdrop(&holder.pubkey(), SOL);
    let direct = selection.direct_stake(&svm, &vote, &holder.pubkey(), &lst, &direction.pubkey(), SOL);
    row("direct_stake", &svm.must(&[direct], &[payer, &holder, &direction]));
    let undirect = selection.undirect_stake(&direction.pubkey(), &holder.pubkey(), 1);
    row("undirect_stake", &svm.must(&[undirect], &[payer, &holder]));
    (0..2).for_each(|_| svm.advance_epoch());
    let claim = selection.claim_directed(&direction.pubkey(), &holder.pubkey(), &lst);
    row("claim_directed", &svm.must(&[claim], &[payer, &holder]));
}

/// Everybody's votes are too old.
fn emergency(report: &mut Report, size: usize, svm: &Svm, field: &Field) {
    let (mut svm, selection) = (svm.clone(), &field.selection);
    field.turn_epoch(&mut svm);
    field.update(&mut svm);
    let unstake = |svm: &mut Svm, range: std::ops::Range<usize>| {
        let unstake = selection.emergency_unstake(svm, &field.votes[range]);
        svm.must(&[compute_limit(1_400_000), unstake], &[&selection.pool.payer])
    };
    let sent = unstake(&mut svm, 5..6);
    report.add((PROGRAM, "emergency_unstake", "one that votes"), size, &sent, None);
    svm.advance_slots(20_000);
    let one = unstake(&mut svm, 1..2);
    report.add((PROGRAM, "emergency_unstake", "one that stopped"), size, &one, None);
    let many = unstake(&mut svm, 2..5);
    let case = "one more that stopped";
    report.add_marginal((PROGRAM, "emergency_unstake", case), size, (&one, &many, 2), None);
}

/// What one more candidate adds to a settlement: without a bond, with one that owes nothing, and with one that pays.
fn settlements(report: &mut Report) {
    let size = 200;
    for (case, bond, bid) in [("no bond", 0, 0), ("nothing due", BOND, 0), ("charged", BOND, 10_000)] {
        let mut svm = Svm::new();
        let params = Params { bid_epochs: 3, ..equal_parts(size, 9_000) };
        let field = Field::bonded(&mut svm, params, size, bond);
        let selection = &field.selection;
        if bid > 0 {
            for (index, vote) in field.votes.iter().enumerate() {
                let node = keypair(&format!("candidate {index}'s node"));
                let set = selection.set_bid(&svm, vote, &node.pubkey(), bid);
                svm.must(&[set], &[&selection.pool.payer, &node]);
            }
            // Not everybody gets all it wants: there is a price.
            let tight = Params { reserve_bps: 2_000, ..selection.state(&svm).params };
            svm.must(&[selection.set_params(tight)], &[&selection.pool.payer, &selection.pool.admin]);
            // The price of an allocation is due on the stake that earns in the epoch after.
            for _ in 0..2 {
                field.turn_epoch(&mut svm);
                field.crank(&mut svm);
            }
        }
        field.turn_epoch(&mut svm);
        field.update(&mut svm);
        field.observe(&mut svm);
        field.allocate_in_steps(&mut svm);
        let settle = |svm: &mut Svm, start, count| {
            let settle = [compute_limit(1_400_000), selection.settle(start, count)];
            svm.must(&settle, &[&selection.pool.payer])
        };
        let few = settle(&mut svm, 0, 10);
        let many = settle(&mut svm, 10, 110);
        report.add((PROGRAM, "settle", &format!("ten, {case}")), size, &few, None);
        report.add_marginal(
            (PROGRAM, "settle", &format!("one more, {case}")),
            size,
            (&few, &many, 100),
            None,
        );
    }
}
