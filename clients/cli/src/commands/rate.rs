//! `sluice rate` and `sluice apy`: what an LST is worth, was worth, and earns.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_client::pool::PoolView;
use sluice_sdk::json::text;
use sluice_sdk::pda::staking_pool::find_rate_history;
use sluice_sdk::quote::{self, Growth, RateEntry};
use solana_address::Address;

use crate::cluster::{Cluster, PoolChoice};
use crate::error::Error;
use crate::holder::sol;
use crate::output::{self, Format};

/// Base units of one LST.
const ONE: u64 = 1_000_000_000;
/// Epochs that a yield is measured over.
const SPANS: [u64; 3] = [1, 10, 64];

/// Arguments of `sluice rate`.
#[derive(Args)]
pub struct Rate {
    /// Show what the last so many updates recorded, too
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    epochs: usize,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
}

/// Arguments of `sluice apy`.
#[derive(Args)]
pub struct Apy {
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
}

/// Rates in lamports per LST, rounded down; amounts in lamports and base units.
#[derive(Serialize)]
struct Now {
    cluster: String,
    slot: u64,
    epoch: u64,
    #[serde(serialize_with = "text")]
    pool: Address,
    #[serde(serialize_with = "text")]
    mint: Address,
    rate: u64,
    /// When all profit that was found is released.
    released_rate: u64,
    released_slot: u64,
    locked_lamports: u64,
    total_lamports: u64,
    supply: u64,
    /// Whether the pool was updated in this epoch: else what the last one earned is not known yet.
    is_updated: bool,
    history: Vec<Recorded>,
}

#[derive(Serialize)]
struct Recorded {
    epoch: u64,
    unix_timestamp: i64,
    rate: u64,
    released_rate: u64,
}

fn rate(lamports: u64, supply: u64) -> u64 {
    let rate = u128::from(lamports) * u128::from(ONE);
    rate.checked_div(supply.into()).and_then(|rate| u64::try_from(rate).ok()).unwrap_or(0)
}

impl Rate {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let PoolView { clock, address, pool, ledger, .. } = PoolView::read(&rpc, &self.pool.id()).await?;
        let rates = quote::entries(&rpc.get(&find_rate_history(&address).0).await?);
        let value = ledger.value().map_or(0, |value| value.0);
        let recorded = |entry: &RateEntry| Recorded {
            epoch: entry.epoch,
            unix_timestamp: entry.unix_timestamp,
            rate: rate(entry.value, entry.supply),
            released_rate: rate(entry.total, entry.supply),
        };
        let shown = rates.len().saturating_sub(self.epochs);
        let now = Now {
            cluster: rpc.host().to_string(),
            slot: clock.slot,
            epoch: clock.epoch,
            pool: address,
            mint: pool.lst_mint,
            rate: rate(value, ledger.supply.0),
            released_rate: rate(ledger.total.0, ledger.supply.0),
            released_slot: pool.profit_end_slot,
            locked_lamports: ledger.total.0.saturating_sub(value),
            total_lamports: ledger.total.0,
            supply: ledger.supply.0,
            is_updated: pool.updated_epoch == clock.epoch,
            history: rates.iter().skip(shown).map(recorded).collect(),
        };
        output::print(format, &now, table)
    }
}

fn table(now: &Now) -> String {
    let mut text = format!("1 LST = {}\n", sol(now.rate));
    if now.locked_lamports > 0 {
        let _ = writeln!(
            text,
            "{} more when all that was found is released, at slot {}; now is slot {}.",
            sol(now.released_rate.saturating_sub(now.rate)),
            now.released_slot,
            now.slot
        );
    }
    if !now.is_updated {
        let _ =
            writeln!(text, "Epoch {} has no update yet: what the last one earned comes on top.", now.epoch);
    }
    for entry in &now.history {
        let _ = writeln!(text, "  epoch {:>5}  {}", entry.epoch, sol(entry.rate));
    }
    text
}

/// Yields of a year, compounded, in 10^-12, by the SDK's own formula.
#[derive(Serialize)]
struct Yields {
    cluster: String,
    #[serde(serialize_with = "text")]
    pool: Address,
    /// Over the last epochs; as many as there are records of.
    over: Vec<Span>,
}

#[derive(Serialize)]
struct Span {
    epochs: u64,
    seconds: u64,
    apy: i64,
}

impl Apy {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let view = PoolView::read(&rpc, &self.pool.id()).await?;
        let history = rpc.get(&find_rate_history(&view.address).0).await?;
        let grown = SPANS.iter().filter_map(|epochs| quote::growth_over(&history, *epochs));
        let mut over: Vec<Span> = grown
            .filter(|growth| growth.seconds > 0)
            .map(|Growth { epochs, seconds, apy, .. }| Span { epochs, seconds, apy })
            .collect();
        over.dedup_by_key(|span| span.epochs);
        let yields = Yields { cluster: rpc.host().to_string(), pool: view.address, over };
        output::print(format, &yields, |yields| {
            let mut text = String::new();
            for span in &yields.over {
                let epochs =
                    if span.epochs == 1 { "epoch".into() } else { format!("{} epochs", span.epochs) };
                let _ = writeln!(text, "{:>7.3} % a year, by the last {epochs}", span.apy as f64 / 1e10);
            }
            if yields.over.is_empty() {
                text += "Nothing is known yet: it takes two updates of the pool in two epochs.\n";
            }
            text
        })
    }
}
