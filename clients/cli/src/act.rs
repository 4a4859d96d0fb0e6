//! How a command changes the chain: it is simulated, what will happen is shown, the person agrees, it is sent and waited for.
//!
//! The preview comes from the simulation's own events, so it says what the program would do and not what this program
//! thinks. Nothing is sent before the person agreed, by an answer or by `--yes`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sluice_client::send::{deliver, logs_of};
use sluice_client::{Landed, Request, Rpc, Simulated, keys};
use sluice_sdk::Event;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::cluster::Cluster;
use crate::error::Error;
use crate::output::{self, Format};

/// Who acts, and whether to ask.
#[derive(Args, Clone)]
pub struct Acting {
    #[command(flatten)]
    pub cluster: Cluster,
    /// Keypair file of whoever acts and pays the fee; - is standard input [default: as the Solana CLI is set, else
    /// ~/.config/solana/id.json]
    #[arg(short, long, value_name = "FILE", env = "SLUICE_KEYPAIR", hide_env = true)]
    keypair: Option<PathBuf>,
    /// Do it without asking
    #[arg(short, long, conflicts_with = "dry_run")]
    yes: bool,
    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Pay for priority, in micro-lamports per compute unit
    #[arg(long, value_name = "MICRO_LAMPORTS", default_value_t = 0)]
    unit_price: u64,
}

impl Acting {
    /// Whether nothing will be sent.
    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }

    /// The server and the key.
    pub fn open(&self, format: Format) -> Result<Wallet, Error> {
        let settings = self.cluster.settings(self.keypair.as_ref())?;
        let (yes, dry_run, unit_price) = (self.yes, self.dry_run, self.unit_price);
        Ok(Wallet {
            rpc: settings.rpc()?,
            key: keys::read(&settings.keypair)?,
            format,
            yes,
            dry_run,
            unit_price,
        })
    }
}

/// A server, a key, and how to deal with the person.
pub struct Wallet {
    pub rpc: Rpc,
    pub key: Keypair,
    pub format: Format,
    yes: bool,
    dry_run: bool,
    unit_price: u64,
}

/// What will happen, or has happened: labels and values, for a person.
pub type Rows = Vec<(String, String)>;

/// One transaction that a person decides about.
pub struct Action<'a> {
    /// What it does, as a title: `Deposit 5 SOL into …`.
    pub title: String,
    pub request: Request,
    /// Who signs beside the wallet.
    pub signers: Vec<&'a Keypair>,
    /// What the events say, for a person.
    pub rows: &'a dyn Fn(&[Event]) -> Rows,
}

/// What came of it, for a program.
#[derive(Serialize)]
struct Outcome<'a> {
    action: &'a str,
    /// `null`: it was a dry run.
    signature: Option<String>,
    slot: Option<u64>,
    compute_units: u64,
    /// Of the transaction that landed; of the simulation where the server keeps no logs, and after a dry run.
    events: &'a [Event],
}

impl Wallet {
    pub fn address(&self) -> Address {
        self.key.pubkey()
    }

    /// What a transaction would do, by the event that says it: for bounds on what it may come to.
    pub async fn foresee<T>(&self, request: &Request, pick: fn(&Event) -> Option<T>) -> Result<T, Error> {
        let simulated = request.simulate(&self.rpc, &self.address()).await?;
        simulated
            .events()
            .iter()
            .find_map(pick)
            .ok_or_else(|| Error::Silent { host: self.rpc.host().to_string() })
    }

    /// Simulates, shows, asks, sends, waits, tells. `None` after a dry run.
    pub async fn act(&self, action: Action<'_>) -> Result<Option<Landed>, Error> {
        let Action { title, request, signers, rows } = action;
        let request = request.unit_price(self.unit_price);
        let simulated = request.simulate(&self.rpc, &self.address()).await?;
        let events = simulated.events();
        let told = rows(&events);
        self.show(&title, &told);
        if self.dry_run {
            self.tell(&title, None, &simulated, &events)?;
            return Ok(None);
        }
        agree(self.yes)?;
        let mut all = vec![&self.key];
        all.extend(signers);
        let waiting = spinner("Sent, waiting for the cluster");
        let landed = async {
            let (transaction, last_valid) = request.sign(&self.rpc, &all, simulated.limit()).await?;
            let landed = deliver(&self.rpc, &transaction, last_valid).await?;
            // What has happened, to the unit; slots have passed since the simulation.
            let logs = logs_of(&self.rpc, &landed.signature).await;
            Ok::<_, Error>((landed, if logs.is_empty() { events } else { sluice_sdk::logs::events(&logs) }))
        }
        .await;
        waiting.finish_and_clear();
        let (landed, happened) = landed?;
        self.tell(&title, Some(&landed), &simulated, &happened)?;
        Ok(Some(landed))
    }

    /// The preview goes to standard error: what goes to standard output is the outcome.
    fn show(&self, title: &str, rows: &Rows) {
        if self.format == Format::Json && self.yes {
            return;
        }
        let mut err = std::io::stderr().lock();
        let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        let _ = writeln!(err, "{title}");
        for (label, value) in rows {
            let _ = writeln!(err, "  {label:<width$}  {value}");
        }
    }

    /// Whether the person has said that nothing need be asked.
    pub fn is_settled(&self) -> bool {
        self.yes
    }

    /// Whether there is somebody to ask.
    pub fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal()
    }

    /// An answer, in small letters.
    pub fn ask(&self, question: &str) -> Result<String, Error> {
        ask(question)
    }

    fn tell(
        &self,
        action: &str,
        landed: Option<&Landed>,
        simulated: &Simulated,
        events: &[Event],
    ) -> Result<(), Error> {
        let outcome = Outcome {
            action,
            signature: landed.map(|landed| landed.signature.to_string()),
            slot: landed.map(|landed| landed.slot),
            compute_units: simulated.units,
            events,
        };
        output::print(self.format, &outcome, |outcome| match &outcome.signature {
            Some(signature) => format!("Done: {signature}\n"),
            None => format!("Not sent: this was a dry run of {} compute units.\n", outcome.compute_units),
        })
    }
}

/// Asks the person, unless it has said yes already.
pub fn agree(yes: bool) -> Result<(), Error> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::NotAsked);
    }
    match ask("Do it? [y/N] ")?.as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::Declined),
    }
}

fn ask(question: &str) -> Result<String, Error> {
    eprint!("{question}");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_ascii_lowercase())
}

/// Something that turns while a person waits; nothing where standard error is no terminal.
pub fn spinner(message: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(message);
    bar.set_style(ProgressStyle::default_spinner());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
