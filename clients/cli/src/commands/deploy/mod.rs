//! `sluice deploy`: a deployment from one file. Shows what is there, what will be made and what it costs; asks; makes it;
//! tells every address.

mod words;

use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;
use sluice_client::{Settings, keys};
use sluice_deploy::{Addresses, Config, Deployment, MissingKeys, Options, Plan, Progress, State};

use crate::act::{agree, spinner};
use crate::error::Error;
use crate::output::{self, Format};

#[derive(Args)]
pub struct Deploy {
    /// What to deploy: see migrations/ for examples
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Folder of keypair files [default: as the file says]
    #[arg(long, value_name = "DIR", conflicts_with = "make_keys")]
    keys: Option<PathBuf>,
    /// The same, where those that are missing are made; none is written over. A dry run writes none and shows examples
    #[arg(long, value_name = "DIR")]
    make_keys: Option<PathBuf>,
    /// Write every address to this file, as JSON; it is not written over
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Upgrade programs whose bytes are not the file's
    #[arg(long)]
    upgrade: bool,
    /// Set the selection's parameters to those of the file
    #[arg(long)]
    set_params: bool,
    /// Needed on mainnet
    #[arg(long)]
    i_know_this_is_mainnet: bool,

    /// URL of an RPC server, or localhost, devnet, testnet, mainnet-beta [default: as the Solana CLI is set, else the server on
    /// this machine]
    #[arg(short, long, value_name = "URL_OR_MONIKER", env = "SLUICE_URL", hide_env = true)]
    url: Option<String>,
    /// Keypair file of whoever pays, and of the admin unless the file names another [default: as the Solana CLI is set, else
    /// ~/.config/solana/id.json]
    #[arg(short, long, value_name = "FILE", env = "SLUICE_KEYPAIR", hide_env = true)]
    keypair: Option<PathBuf>,
    /// Settings of the Solana CLI [default: ~/.config/solana/cli/config.yml, if there is one]
    #[arg(long, value_name = "FILE")]
    solana_config: Option<PathBuf>,
    /// Do it without asking
    #[arg(short, long, conflicts_with = "dry_run")]
    yes: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Pay for priority, in micro-lamports per compute unit
    #[arg(long, value_name = "MICRO_LAMPORTS", default_value_t = 0)]
    unit_price: u64,
}

/// What came of it.
#[derive(Serialize)]
struct Outcome<'a> {
    /// `false`: it was a dry run.
    done: bool,
    plan: &'a Plan,
    addresses: &'a Addresses,
}

impl Deploy {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let settings = Settings::load(
            self.solana_config.as_deref(),
            self.url.as_deref(),
            self.keypair.as_deref(),
            None,
        )?;
        let config = Config::read(&self.config)?;
        let options = Options::new()
            .upgrade(self.upgrade)
            .set_params(self.set_params)
            .mainnet(self.i_know_this_is_mainnet)
            .unit_price(self.unit_price);
        let folder = self.make_keys.as_deref().or(self.keys.as_deref());
        let missing = match self.make_keys {
            None => MissingKeys::Refuse,
            Some(_) if self.dry_run => MissingKeys::Invent,
            Some(_) => MissingKeys::Make,
        };
        let wallet = keys::read(&settings.keypair)?;
        let deployment = Deployment::open(settings.rpc()?, config, wallet, folder, missing, options).await?;
        if let Some(path) = &self.write {
            output::check_unwritten(path, deployment.addresses())?;
        }
        let plan = deployment.plan().await?;
        if format == Format::Table || !self.yes {
            eprint!("{}", words::plan(&plan, &self.config));
        }
        if !self.dry_run {
            if !plan.is_done() {
                agree(self.yes)?;
            }
            let bar = spinner("Looking");
            let result = deployment.run(&|progress| show(&bar, format, progress)).await;
            bar.finish_and_clear();
            result?;
            if let Some(path) = &self.write {
                output::write_new_json(path, deployment.addresses())?;
            }
        }
        let addresses = deployment.addresses();
        output::print(format, &Outcome { done: !self.dry_run, plan: &plan, addresses }, words::outcome)
    }
}

fn show(bar: &ProgressBar, format: Format, progress: Progress<'_>) {
    match progress {
        Progress::Begins { what } => bar.set_message(what.to_owned()),
        Progress::Writes { what, written, total } => {
            let percent = written.saturating_mul(100).checked_div(total).unwrap_or(100);
            bar.set_message(format!("{what}: {percent} % of {total} bytes are written"));
        }
        Progress::Made { what, signature } if format == Format::Table => {
            bar.suspend(|| eprintln!("  made {what}: {signature}"));
        }
        Progress::Made { .. } => {}
    }
}

/// Whether anything of a plan is to be made.
fn is_missing(state: &State) -> bool {
    *state == State::Missing
}
