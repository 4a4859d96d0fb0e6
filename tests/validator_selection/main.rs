//! validator-selection: one file an instruction, and stories over several.

mod accept_admin;
mod allocate;
mod allocate_in_steps;
mod attacks;
mod auction;
mod ban;
mod bonds;
mod claim_bond;
mod claim_directed;
mod confirm_identity;
mod direct_stake;
mod emergency_unstake;
mod explain;
mod fund_bond;
mod holders_walk;
mod initialize;
mod join;
mod leave;
mod network_share;
mod observe;
mod propose_admin;
mod protection;
mod random_walk;
mod rebalance;
mod remove;
mod rogue_oracle;
mod set_bid;
mod set_groups;
mod set_oracle;
mod set_params;
mod settle;
mod stage;
mod story_emergency;
mod story_epochs;
mod undirect_stake;
mod verdicts;
mod withdraw_bond;

use borsh::BorshDeserialize;
use sluice_sdk::slab::SlabHeader;
use sluice_sdk::validator_selection::accounts::RegistryHeader;
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

/// A candidate that joined and that nobody has looked at.
fn blank(vote: Address) -> Candidate {
    let never = u64::MAX;
    let zeroed = Candidate::try_from_slice(&[0; RegistryHeader::RECORD_SIZE]).unwrap();
    Candidate {
        vote,
        observed_epoch: never,
        realised_epoch: never,
        left_epoch: never,
        release_epoch: never,
        settled_epoch: never,
        pool_index: u32::MAX,
        ..zeroed
    }
}
