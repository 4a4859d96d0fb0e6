//! `sluice validators`: every candidate of a pool, best first.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_sdk::json::text;
use sluice_sdk::validator_selection::types::Candidate;
use sluice_selection_math::{Bid, Yield, annual};
use solana_address::Address;

use super::validator::constraint_name;
use crate::cluster::Cluster;
use crate::error::Error;
use crate::numbers::{bps, count, sol};
use crate::output::{self, Format};
use crate::selection::{PoolChoice, Selection};

/// Arguments of `sluice validators`.
#[derive(Args)]
pub struct Validators {
    /// Show the best so many only
    #[arg(long)]
    limit: Option<usize>,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
}

/// Those that compete come first, by score; then the others, by score as well.
#[derive(Serialize)]
struct List {
    cluster: String,
    slot: u64,
    epoch: u64,
    #[serde(serialize_with = "text")]
    pool: Address,
    /// The epoch of the allocation that decided; `u64::MAX`: there was none.
    allocated_epoch: u64,
    /// Per epoch, in 10^-12, and of a year.
    clearing: u64,
    clearing_apy: u64,
    /// Of all candidates, also those that are not shown.
    candidates: usize,
    competing: usize,
    validators: Vec<Line>,
}

/// Yields in 10^-12 of a year, compounded; amounts in lamports.
#[derive(Serialize)]
struct Line {
    rank: usize,
    #[serde(serialize_with = "text")]
    vote: Address,
    competes: bool,
    score: u64,
    score_apy: u64,
    expected_apy: u64,
    bid: u32,
    worst_commission_bps: u16,
    bond: u64,
    held: u64,
    target: u64,
    ideal: u64,
    constraint: String,
}

impl Validators {
    pub fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let selection = Selection::read(&rpc, &self.pool)?;
        let list = List::of(&selection, rpc.host().to_string(), self.limit.unwrap_or(usize::MAX));
        output::print(format, &list, table)
    }
}

fn competes(candidate: &Candidate) -> bool {
    candidate.verdict == 0 && candidate.flags == 0
}

impl List {
    fn of(selection: &Selection, cluster: String, limit: usize) -> Self {
        let epoch_seconds = selection.config.epoch_seconds;
        let mut ranked: Vec<&Candidate> = selection.candidates.iter().collect();
        // Stable: equals stay in the registry's order, as in an allocation.
        ranked.sort_by_key(|candidate| std::cmp::Reverse((competes(candidate), candidate.seat.score)));
        let line = |(place, candidate): (usize, &&Candidate)| Line {
            rank: place + 1,
            vote: candidate.vote,
            competes: competes(candidate),
            score: candidate.seat.score,
            score_apy: annual(Yield(candidate.seat.score), epoch_seconds),
            expected_apy: annual(Yield(candidate.expected), epoch_seconds),
            bid: Bid(candidate.bid).0,
            worst_commission_bps: candidate.worst_commission_bps,
            bond: selection.worth(candidate.bond),
            held: candidate.seat.held,
            target: candidate.seat.target,
            ideal: candidate.seat.ideal,
            constraint: constraint_name(candidate.seat.constraint),
        };
        Self {
            cluster,
            slot: selection.slot,
            epoch: selection.epoch,
            pool: selection.pool_address,
            allocated_epoch: selection.config.allocated_epoch,
            clearing: selection.config.clearing,
            clearing_apy: annual(Yield(selection.config.clearing), epoch_seconds),
            candidates: ranked.len(),
            competing: ranked.iter().filter(|candidate| competes(candidate)).count(),
            validators: ranked.iter().enumerate().take(limit).map(line).collect(),
        }
    }
}

fn table(list: &List) -> String {
    let percent = |yielded: u64| format!("{:.2}", yielded as f64 / 1e10);
    let mut text = format!(
        "{:>5}  {:<44}  {:>7}  {:>10}  {:>9}  {:>18}  {:>18}  {:>18}  {}\n",
        "Place", "Vote account", "APY %", "Commission", "Bid", "Bond", "Held", "Target", "Decided by"
    );
    for line in &list.validators {
        let _ = writeln!(
            text,
            "{:>5}  {:<44}  {:>7}  {:>10}  {:>9}  {:>18}  {:>18}  {:>18}  {}",
            line.rank,
            line.vote.to_string(),
            percent(line.score_apy),
            bps(line.worst_commission_bps),
            count(line.bid.into()),
            sol(line.bond),
            sol(line.held),
            sol(line.target),
            line.constraint
        );
    }
    let allocated = match list.allocated_epoch {
        epoch if epoch == list.epoch => "this epoch".into(),
        crate::selection::NEVER => "never".into(),
        epoch => format!("in epoch {epoch}; this epoch has no allocation yet"),
    };
    let _ = writeln!(
        text,
        "\n{} of {} candidates compete, {} shown. Clearing score: {} % APY. Epoch {} on {}; allocated {allocated}.",
        list.competing,
        list.candidates,
        list.validators.len(),
        percent(list.clearing_apy),
        list.epoch,
        list.cluster
    );
    text
}
