//! validator-selection: one file an instruction, and stories over several.

mod accept_admin;
mod allocate;
mod attacks;
mod ban;
mod initialize;
mod join;
mod leave;
mod observe;
mod propose_admin;
mod random_walk;
mod rebalance;
mod remove;
mod set_params;
mod story_epochs;

use sluice_sdk::validator_selection::errors::ValidatorSelectionError as Error;
use sluice_sdk::validator_selection::types::Candidate;
use sluice_tests::selection::Vote;
use sluice_tests::*;
use solana_address::Address;

/// Credits of an epoch in which every vote landed at once.
const FULL: u64 = 432_000 * 16;

/// Writes a steady vote account of ten epochs and lets it join.
fn joined(
    svm: &mut Svm,
    selection: &SelectionFixture,
    name: &str,
    credits: u64,
    commission_bps: u16,
) -> Address {
    let epoch = svm.clock().epoch;
    let vote = Vote::steady(epoch, 10, credits, commission_bps).write(svm, name);
    svm.must(&[selection.join(&vote)], &[&selection.pool.payer]);
    vote
}

/// Brings the vote account of `name` to the present epoch, the last ones as full as `credits` says.
fn voted(svm: &mut Svm, name: &str, credits: u64, commission_bps: u16) {
    let epoch = svm.clock().epoch;
    Vote::steady(epoch, 10 + (epoch - 100), credits, commission_bps).write(svm, name);
}

/// The next epoch, with the pool updated.
fn next_epoch(svm: &mut Svm, selection: &SelectionFixture) {
    svm.advance_epoch();
    selection.pool.update(svm);
}

fn blank(vote: Address) -> Candidate {
    Candidate {
        vote,
        score: 0,
        target: 0,
        credits: 0,
        last_credits: 0,
        total_credits: 0,
        observed_epoch: u64::MAX,
        realised_epoch: u64::MAX,
        joined_epoch: 0,
        left_epoch: u64::MAX,
        commissions: [0; 8],
        surplus_ppm: 0,
        pool_index: u32::MAX,
        block_commission_bps: 0,
        history: 0,
        idle: 0,
        flags: 0,
        constraint: 0,
        worst_commission_bps: 0,
        reserved: [0; 88],
    }
}
