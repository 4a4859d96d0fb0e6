//! `sluice audit`: proof of reserves, and the ledger of everything that happened as CSV.

mod words;

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use sluice_audit::ledger::Row;
use sluice_audit::{Audit as Auditor, Events, Report};
use solana_address::Address;
use solana_signature::Signature;

use crate::act::spinner;
use crate::cluster::{Cluster, PoolChoice, address};
use crate::error::Error;
use crate::output::{self, Format};

#[derive(Args)]
pub struct Audit {
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
    /// A vault of another collateral, beside those of the pool
    #[arg(long = "vault", value_name = "ADDRESS", value_parser = address)]
    vaults: Vec<Address>,
    /// Fail also where a difference waits for the epoch's update
    #[arg(long)]
    strict: bool,
    /// Charge the fees of the whole history again, not only those since the pool's last update
    #[arg(long)]
    history: bool,
    /// Count accounts alone, and charge no fees again: for servers that keep no transactions
    #[arg(long, conflicts_with_all = ["history", "csv"])]
    accounts_only: bool,
    /// Write the ledger of all events to this file, which must not exist unless --since continues it
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Only events after this transaction, appended to the file
    #[arg(long, value_name = "SIGNATURE", requires = "csv", value_parser = signature)]
    since: Option<Signature>,
}

fn signature(text: &str) -> Result<Signature, String> {
    text.parse().map_err(|_| "not a signature, which is 86 to 88 characters of base58".into())
}

/// What came of it.
#[derive(Serialize)]
struct Outcome<'a> {
    /// Lines that are wrong; with --strict also those that wait.
    wrong: usize,
    #[serde(flatten)]
    report: &'a Report,
    ledger: Option<Written>,
}

/// What was written of the ledger.
#[derive(Serialize)]
struct Written {
    rows: usize,
    /// The last transaction: where the next run continues.
    last: Option<String>,
}

impl Audit {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let events = if self.history { Events::All } else { Events::SinceUpdate };
        let auditor = Auditor {
            rpc: self.cluster.rpc()?,
            pool: self.pool.id(),
            vaults: self.vaults.clone(),
            fees: (!self.accounts_only).then_some(events),
        };
        let waiting = spinner("Counting");
        let done = self.count(&auditor).await;
        waiting.finish_and_clear();
        let (report, ledger) = done?;
        let wrong = report.wrong(self.strict);
        output::print(format, &Outcome { wrong, report: &report, ledger }, words::outcome)?;
        if wrong == 0 { Ok(()) } else { Err(Error::Wrong { lines: wrong }) }
    }

    async fn count(&self, auditor: &Auditor) -> Result<(Report, Option<Written>), Error> {
        if let Some(path) = self.csv.as_ref().filter(|path| path.exists() && self.since.is_none()) {
            return Err(Error::LedgerExists { path: path.clone() });
        }
        let report = auditor.run().await?;
        let Some(path) = &self.csv else { return Ok((report, None)) };
        let rows = auditor.ledger(self.since).await?;
        let written = write(path, &rows)?;
        let last = rows.last().map(|row| row.signature.clone());
        let last = last.or(self.since.map(|since| since.to_string()));
        Ok((report, Some(Written { rows: written, last })))
    }
}

/// Appends what the file does not have yet; a new file begins with the names of the columns. Returns how many.
fn write(path: &Path, rows: &[Row]) -> Result<usize, Error> {
    let unwritable = |reason| Error::Unwritable { path: path.to_owned(), reason };
    let new = OpenOptions::new().write(true).create_new(true).open(path);
    let (file, known) = match new {
        Ok(file) => (file, None),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let file = OpenOptions::new().append(true).open(path).map_err(unwritable)?;
            (file, Some(signatures(path)?))
        }
        Err(error) => return Err(unwritable(error)),
    };
    let mut writer = csv::WriterBuilder::new().has_headers(known.is_none()).from_writer(file);
    let is_new = |row: &&Row| known.as_ref().is_none_or(|known| !known.contains(&row.signature));
    let mut written = 0;
    for row in rows.iter().filter(is_new) {
        writer.serialize(row).map_err(|error| unwritable(std::io::Error::other(error)))?;
        written += 1;
    }
    writer.flush().map_err(unwritable)?;
    Ok(written)
}

/// The transactions that a ledger has.
fn signatures(path: &Path) -> Result<HashSet<String>, Error> {
    let unreadable =
        |error: csv::Error| Error::Unreadable { path: path.to_owned(), reason: std::io::Error::other(error) };
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let column = reader.headers().map_err(unreadable)?.iter().position(|name| name == "signature");
    let column = column.ok_or_else(|| Error::Unreadable {
        path: path.to_owned(),
        reason: std::io::Error::other("it is no ledger: it has no column \"signature\""),
    })?;
    let mut found = HashSet::new();
    for record in reader.records() {
        found.extend(record.map_err(unreadable)?.get(column).map(str::to_owned));
    }
    Ok(found)
}
