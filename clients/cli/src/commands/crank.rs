//! `sluice crank`: does what an epoch of a pool needs, once or as a daemon.

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use sluice_client::pool::PoolId;
use sluice_client::{Rpc, Settings as ClusterSettings, keys};
use sluice_crank::fees::{MAX_PRICE, Price};
use sluice_crank::report::{EpochReport, Preview};
use sluice_crank::{Cluster, Crank as PoolCrank, Daemon, Metrics, Settings, serve};
use solana_address::Address;
use solana_keypair::Keypair;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::cluster::address;
use crate::error::Error;
use crate::numbers::sol;
use crate::output::{self, Format};

/// How long `--once` bears servers that do not answer.
const PATIENCE_WITH_SERVERS: Duration = Duration::from_secs(30);

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// For machines: one JSON object a line
    Json,
}

#[derive(Args)]
pub struct Crank {
    /// Mint of the pool's LST; may be given several times
    #[arg(long, value_parser = address, env = "SLUICE_MINT", hide_env = true, required_unless_present = "pool")]
    mint: Vec<Address>,
    /// Address of the pool, instead; may be given several times
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pool: Vec<Address>,
    /// URL of an RPC server, or localhost, devnet, testnet, mainnet-beta; several are asked one after the other when one
    /// fails [default: as the Solana CLI is set, else the server on this machine]
    #[arg(short, long, value_name = "URL_OR_MONIKER", env = "SLUICE_URL", hide_env = true)]
    url: Vec<String>,
    /// Settings of the Solana CLI [default: ~/.config/solana/cli/config.yml, if there is one]
    #[arg(short = 'C', long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keypair file of whoever pays the fees; - is standard input [default: as the Solana CLI is set, else
    /// ~/.config/solana/id.json]
    #[arg(short, long, value_name = "FILE", env = "SLUICE_KEYPAIR", hide_env = true)]
    keypair: Option<PathBuf>,
    /// Do what this epoch still needs, then end: with 0, or with 1 if something was left
    #[arg(long)]
    once: bool,
    /// Say what would be sent, and send nothing
    #[arg(long, conflicts_with = "once")]
    dry_run: bool,
    /// Deactivate this key's lookup tables of the pool, or close those that were deactivated ten minutes ago; their rent
    /// comes back
    #[arg(long, conflicts_with_all = ["once", "dry_run"])]
    close_tables: bool,
    /// Serve Prometheus metrics at /metrics and health at /healthz
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with_all = ["dry_run", "close_tables"])]
    metrics_addr: Option<SocketAddr>,
    /// For how long a pool may not be read before /healthz says that something is wrong, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 180.0, requires = "metrics_addr")]
    stale_after: f64,
    /// After how many slots of an epoch that still needs something /healthz says that it is late
    #[arg(long, value_name = "SLOTS", default_value_t = 9_000, requires = "metrics_addr")]
    late_after: u64,
    /// Pay exactly this for priority, in micro-lamports per compute unit
    #[arg(long, value_name = "MICRO_LAMPORTS", conflicts_with_all = ["percentile", "max_unit_price"])]
    unit_price: Option<u64>,
    /// Pay for priority what this part of a hundred lately paid at most
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u8).range(0..=100))]
    percentile: u8,
    /// Pay no more than this for priority, in micro-lamports per compute unit
    #[arg(long, value_name = "MICRO_LAMPORTS", default_value_t = MAX_PRICE)]
    max_unit_price: u64,
    /// How long to leave a batch to the operator whose turn it is, in seconds; 0: you are the only one [default: 20, with
    /// --once 0]
    #[arg(long, value_name = "SECONDS")]
    patience: Option<f64>,
    /// How long to sleep when an epoch needs nothing, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 15.0)]
    poll: f64,
    /// Write no lookup tables: transactions get larger and more
    #[arg(long)]
    no_tables: bool,
    /// How log lines on standard error look; RUST_LOG says which there are [default level: info]
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

impl Crank {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        self.log();
        let (servers, key) = self.open()?;
        if self.dry_run || self.close_tables {
            return self.look(servers, key, format).await;
        }
        let metrics = Metrics::new();
        let listener = match self.metrics_addr {
            Some(address) => {
                Some(serve::bind(address).await.map_err(|reason| Error::Bind { address, reason })?)
            }
            None => None,
        };
        if let Some(address) = listener.as_ref().and_then(|listener| listener.local_addr().ok()) {
            tracing::info!(%address, "serving /metrics and /healthz");
        }
        let daemon = Daemon {
            servers,
            pools: self.pools(),
            key,
            settings: self.settings()?,
            metrics: metrics.clone(),
            once: self.once.then_some(PATIENCE_WITH_SERVERS),
        };
        let outcome = tokio::select! {
            outcome = sluice_crank::run(daemon, sluice_crank::stop_signal()) => outcome?,
            served = serve_forever(listener, metrics) => return Err(served),
        };
        if !self.once {
            return Ok(());
        }
        output::print(format, &outcome.reports, |reports| reports.iter().map(table_of_epoch).collect())?;
        // Without anything that failed, it was told to stop.
        if outcome.is_finished() {
            Ok(())
        } else {
            Err(outcome.left().map_or(Error::Unfinished, Error::Crank))
        }
    }

    /// A dry run, or the end of tables.
    async fn look(&self, servers: Vec<Rpc>, key: Arc<Keypair>, format: Format) -> Result<(), Error> {
        let settings = self.settings()?;
        let mut previews = Vec::new();
        for id in self.pools() {
            let cluster = Cluster::new(servers.clone(), settings.timeout, settings.tries, Metrics::new());
            let mut crank =
                PoolCrank::new(cluster, servers[0].clone(), Arc::clone(&key), id, settings.clone());
            if self.close_tables {
                let left = crank.close_tables().await?;
                let result = Closed { pool: crank.pool().to_string(), tables_left: left };
                output::print(format, &result, |closed| match closed.tables_left {
                    0 => format!("{}: no table of this key is left\n", closed.pool),
                    left => format!(
                        "{}: {left} deactivated; run this again in ten minutes to close them and get the rent back\n",
                        closed.pool
                    ),
                })?;
                continue;
            }
            previews.push(crank.preview().await?);
        }
        if self.close_tables {
            return Ok(());
        }
        output::print(format, &previews, |previews| previews.iter().map(table_of_plan).collect())
    }

    fn open(&self) -> Result<(Vec<Rpc>, Arc<Keypair>), Error> {
        let load = |url: Option<&str>| {
            ClusterSettings::load(self.config.as_deref(), url, self.keypair.as_deref(), None)
        };
        let first = load(self.url.first().map(String::as_str))?;
        let mut servers = vec![first.rpc()?];
        for url in self.url.iter().skip(1) {
            servers.push(load(Some(url))?.rpc()?);
        }
        Ok((servers, Arc::new(keys::read(&first.keypair)?)))
    }

    fn pools(&self) -> Vec<PoolId> {
        let mints = self.mint.iter().copied().map(PoolId::Mint);
        mints.chain(self.pool.iter().copied().map(PoolId::Pool)).collect()
    }

    fn settings(&self) -> Result<Settings, Error> {
        let seconds = |name: &'static str, value: f64| {
            Duration::try_from_secs_f64(value).map_err(|_| Error::Seconds { name, value })
        };
        let usual = Settings::default();
        let patience = match self.patience {
            Some(patience) => seconds("--patience", patience)?,
            None if self.once => Duration::ZERO,
            None => usual.patience,
        };
        let price = match self.unit_price {
            Some(price) => Price::Fixed(price),
            None => Price::Percentile { percent: self.percentile, most: self.max_unit_price },
        };
        let poll = seconds("--poll", self.poll)?;
        let tick = usual.tick.min(poll.max(Duration::from_millis(100)));
        // Between two looks nothing is read.
        let (stale, late) =
            (seconds("--stale-after", self.stale_after)?.saturating_add(poll), self.late_after);
        Ok(Settings { price, patience, poll, tick, stale, late, keep_tables: !self.no_tables, ..usual })
    }

    fn log(&self) {
        let filter = EnvFilter::try_from_default_env()
            .unwrap_or_else(|_| EnvFilter::new(if self.once || self.dry_run { "warn" } else { "info" }));
        // https://no-color.org
        let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal() && !is_plain);
        match self.log_format {
            LogFormat::Text => log.init(),
            LogFormat::Json => log.json().flatten_event(true).init(),
        }
    }
}

/// What is left of this key's tables.
#[derive(serde::Serialize)]
struct Closed {
    pool: String,
    tables_left: usize,
}

/// Ends only with an error; without a listener, never.
async fn serve_forever(listener: Option<TcpListener>, metrics: Metrics) -> Error {
    match listener {
        None => std::future::pending().await,
        Some(listener) => match serve::serve(listener, metrics).await {
            Ok(()) => Error::Output(std::io::ErrorKind::BrokenPipe.into()),
            Err(reason) => Error::Output(reason),
        },
    }
}

fn table_of_plan(preview: &Preview) -> String {
    let mut text = format!("Pool {}, epoch {}, slot {}\n", preview.pool, preview.epoch, preview.slot);
    if preview.stages.is_empty() && !preview.is_open {
        text.push_str("This epoch needs nothing more.\n");
        return text;
    }
    let header = ["stage", "", "items", "txs", "CU", "bytes", "locks", "fees"];
    let _ = writeln!(
        text,
        "{:<20} {:<5} {:>6} {:>5} {:>10} {:>6} {:>6} {:>15}",
        header[0], header[1], header[2], header[3], header[4], header[5], header[6], header[7]
    );
    for stage in &preview.stages {
        let transactions = &stage.transactions;
        let _ = writeln!(
            text,
            "{:<20} {:<5} {:>6} {:>5} {:>10} {:>6} {:>6} {:>15}",
            stage.stage.name(),
            if stage.ready { "now" } else { "later" },
            stage.items,
            transactions.len(),
            transactions.iter().map(|one| u64::from(one.units)).sum::<u64>(),
            transactions.iter().map(|one| one.bytes).max().unwrap_or(0),
            transactions.iter().map(|one| one.locks).max().unwrap_or(0),
            sol(transactions.iter().map(|one| one.fee).sum()),
        );
    }
    let _ = writeln!(
        text,
        "{} transactions, {} of fees at {} micro-lamports a unit, {} lookup tables",
        preview.transactions(),
        sol(preview.fees()),
        preview.unit_price,
        preview.tables
    );
    if preview.is_open {
        text.push_str("The moves are known once the allocation is made.\n");
    }
    if preview.waits_for_rewards {
        text.push_str("The chain still pays this epoch's rewards: what touches stake waits for that.\n");
    }
    text
}

fn table_of_epoch(report: &EpochReport) -> String {
    let mut text = format!("Pool {}, epoch {}\n", report.pool, report.epoch);
    for (stage, spent) in &report.stages {
        let _ = writeln!(
            text,
            "{:<20} {:>6} items {:>5} txs {:>10} CU {:>15}",
            stage.name(),
            spent.items,
            spent.landed + spent.failed,
            spent.units,
            sol(spent.fees),
        );
    }
    let _ = writeln!(text, "{} transactions, {} of fees", report.transactions(), sol(report.fees()));
    for left in &report.left {
        let _ = writeln!(text, "left: {left}");
    }
    text.push_str(if report.finished { "This epoch needs nothing more.\n" } else { "Something is left.\n" });
    text
}
