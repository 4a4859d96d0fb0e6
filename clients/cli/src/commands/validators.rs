//! `sluice validators`: every candidate of a pool, best first unless another order is asked for.

use std::fmt::Write;

use clap::{Args, ValueEnum};
use serde::Serialize;
use sluice_client::selection::{NEVER, Selection};
use sluice_sdk::json::text;
use sluice_sdk::validator_selection::types::Candidate;
use sluice_selection_math::{Bid, Yield, annual};
use solana_address::Address;

use super::validator::constraint_name;
use crate::cluster::{Cluster, PoolChoice};
use crate::error::Error;
use crate::numbers::{bps, count, sol};
use crate::output::{self, Format};

/// Arguments of `sluice validators`.
#[derive(Args)]
pub struct Validators {
    /// Show the first so many only
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// In which order
    #[arg(long, value_enum, default_value_t = Order::Score)]
    sort: Order,
    /// Only those whose vote account begins like this
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
}

/// What candidates are ordered by: most first, but commissions lowest first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    /// Those that compete before the others, each by score
    Score,
    /// What the pool holds with them
    Held,
    Bond,
    Bid,
    Commission,
    /// By address
    Vote,
}

/// In the order that was asked for. `rank` is the place by score, among all.
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
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let selection = Selection::read(&rpc, &self.pool.id()).await?;
        let list = self.list(&selection, rpc.host().to_string());
        output::print(format, &list, table)
    }
}

fn competes(candidate: &Candidate) -> bool {
    candidate.verdict == 0 && candidate.flags == 0
}

impl Validators {
    fn list(&self, selection: &Selection, cluster: String) -> List {
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
        let (candidates, competing) = (ranked.len(), ranked.iter().filter(|one| competes(one)).count());
        let mut validators: Vec<Line> = ranked.iter().enumerate().map(line).collect();
        if let Some(begin) = &self.find {
            validators.retain(|line| line.vote.to_string().starts_with(begin));
        }
        match self.sort {
            Order::Score => {}
            Order::Held => validators.sort_by_key(|line| std::cmp::Reverse(line.held)),
            Order::Bond => validators.sort_by_key(|line| std::cmp::Reverse(line.bond)),
            Order::Bid => validators.sort_by_key(|line| std::cmp::Reverse(line.bid)),
            Order::Commission => validators.sort_by_key(|line| line.worst_commission_bps),
            Order::Vote => validators.sort_by_key(|line| line.vote.to_string()),
        }
        validators.truncate(self.limit.unwrap_or(usize::MAX));
        List {
            cluster,
            slot: selection.slot,
            epoch: selection.epoch,
            pool: selection.pool_address,
            allocated_epoch: selection.config.allocated_epoch,
            clearing: selection.config.clearing,
            clearing_apy: annual(Yield(selection.config.clearing), epoch_seconds),
            candidates,
            competing,
            validators,
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
        NEVER => "never".into(),
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
