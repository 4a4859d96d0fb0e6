//! `sluice localnet`: a cluster in this process, served as a validator serves one. It starts from genesis each time, and
//! nothing of it is left when it ends.

use std::fmt::Write;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use sluice_localnet::{
    Account, CsvError, Localnet, LocalnetConfig, LocalnetError, RpcServer, Select, ValidatorScript,
    synthetic_validators, validators_from_csv,
};
use sluice_sdk::json::text;
use solana_address::Address;
use solana_keypair::{Keypair, read_keypair_file, write_keypair_file};
use solana_signer::Signer;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::Error;
use crate::numbers::{count, sol};
use crate::output::{self, Format};

/// How many of the last transactions are kept.
const TRANSACTIONS_KEPT: usize = 65_536;
const VALIDATORS: usize = 24;
const A_DAY: f64 = 86_400.0;

/// Programs that are deployed where their files are: an example that calls the pool, and two of others that ours meet.
const BESIDE: [(&str, Address); 3] = [
    ("composer", Address::from_str_const("APEbNHBwNTngHANhUtA86X1QBCGKmiRCxsTqxU7AhVvm")),
    ("peer_spl_stake_pool", Address::from_str_const("SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy")),
    ("peer_token_metadata", Address::from_str_const("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s")),
];

/// Arguments of `sluice localnet`.
#[derive(Args)]
pub struct LocalnetCommand {
    /// TCP port of 127.0.0.1 to serve, WebSocket also on the next one; 0: any that is free
    #[arg(long, default_value_t = 8899)]
    port: u16,
    /// How many validators: made up in mainnet's shape, or taken evenly from a file [default: 24, or the whole file]
    #[arg(long, value_name = "NUMBER")]
    validators: Option<usize>,
    /// Recorded validators to take, a CSV file: vote_account,commission_pct,mev_commission_bps,active_stake_lamports,epoch_credits
    #[arg(long, value_name = "FILE")]
    validators_csv: Option<PathBuf>,
    /// Slots of an epoch, at least 32 and a multiple of 4
    #[arg(long, value_name = "NUMBER", default_value_t = 64)]
    slots_per_epoch: u64,
    /// Wall-clock time of a slot, as 400ms or 2s; 0: slots pass only when somebody calls localnet_advanceSlots or
    /// localnet_advanceEpoch, and transactions are final at once
    #[arg(long, value_name = "TIME", default_value = "400ms", value_parser = time)]
    slot_time: Duration,
    /// Days that an epoch stands for: how fast the chain's clock runs and how much inflation an epoch brings
    #[arg(long, value_name = "DAYS", default_value_t = 1.0)]
    epoch_days: f64,
    /// Seed of all keys, block hashes and made-up validators: the same seed, the same cluster
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Folder of the built programs, which are there from genesis and may be upgraded by the faucet's key
    #[arg(long, value_name = "DIR", default_value = "target/deploy")]
    programs: PathBuf,
    /// Start without programs of ours: `sluice deploy` deploys them
    #[arg(long, conflicts_with = "programs")]
    no_programs: bool,
    /// File to write the faucet's keypair to
    #[arg(long, value_name = "FILE")]
    faucet_keypair: Option<PathBuf>,
    /// An account to write at genesis, as `solana account --output json` prints it; an address of - is the one in the file.
    /// May be given more than once
    #[arg(long, num_args = 2, value_names = ["ADDRESS", "FILE"])]
    account: Vec<String>,
}

/// Why a localnet does not start, or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum LocalnetCommandError {
    #[error("cannot read {}: {reason}; build the programs (`make build`), name their folder by --programs, or leave them out by --no-programs", path.display())]
    Program { path: PathBuf, reason: std::io::Error },
    #[error(transparent)]
    Config(LocalnetError),
    #[error("cannot read validators from {}: {reason}", path.display())]
    Validators { path: PathBuf, reason: CsvError },
    #[error("--epoch-days {0} makes no epoch: it is a number of days above 0 and at most 36500")]
    Days(f64),
    #[error("--account {text}: {reason}; or - for the one in the file")]
    Address { text: String, reason: String },
    #[error("{} is no account as `solana account --output json` prints one: {reason}", path.display())]
    Account { path: PathBuf, reason: String },
    #[error("{} holds another keypair already: move it away, or name another file", path.display())]
    Occupied { path: PathBuf },
    #[error("cannot write {}: {reason}", path.display())]
    Keypair { path: PathBuf, reason: String },
    #[error(
        "cannot serve 127.0.0.1:{port}: {reason}; stop what holds the port, or choose another one by --port"
    )]
    Port { port: u16, reason: std::io::Error },
    #[error("the localnet has panicked, which it never should: start it again, and report what it did last")]
    Panicked,
}

/// What was set up.
#[derive(Serialize)]
struct Started {
    url: String,
    websocket: String,
    genesis_hash: String,
    /// The owner of the spare SOL, who may also upgrade the programs.
    #[serde(serialize_with = "text")]
    faucet: Address,
    faucet_lamports: u64,
    faucet_keypair: Option<PathBuf>,
    slots_per_epoch: u64,
    /// Wall-clock milliseconds; 0: slots pass on demand.
    slot_milliseconds: u128,
    /// Seconds of the chain's clock.
    epoch_seconds: f64,
    seed: u64,
    programs: Vec<Deployed>,
    accounts: usize,
    validators: Vec<Member>,
}

#[derive(Serialize)]
struct Deployed {
    name: &'static str,
    #[serde(serialize_with = "text")]
    id: Address,
}

#[derive(Serialize)]
struct Member {
    name: String,
    #[serde(serialize_with = "text")]
    vote: Address,
    stake_lamports: u64,
    commission_bps: u16,
}

impl LocalnetCommand {
    /// Starts, says so, and serves until it is interrupted.
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let mut interrupted = signal(SignalKind::interrupt())?;
        let mut terminated = signal(SignalKind::terminate())?;
        let progress = crate::act::spinner("starting a cluster");
        let (config, programs) = self.config()?;
        if let Some(path) = &self.faucet_keypair {
            write_key(path, &config.faucet())?;
        }
        let (faucet, faucet_lamports) = (config.faucet().pubkey(), config.faucet_lamports);
        let accounts = config.accounts.len();
        let net = Localnet::start(config).map_err(LocalnetCommandError::Config)?;
        let net = Arc::new(Mutex::new(net));
        let server = self.serve(&net)?;
        progress.finish_and_clear();

        let started = {
            let net = net.lock().map_err(|_| LocalnetCommandError::Panicked)?;
            let member = |validator: &sluice_localnet::Validator| Member {
                name: validator.name().to_owned(),
                vote: validator.vote_address(),
                stake_lamports: validator.script().stake_lamports,
                commission_bps: validator.script().commission_bps,
            };
            Started {
                url: server.url(),
                websocket: server.ws_url(),
                genesis_hash: net.genesis_hash().to_string(),
                faucet,
                faucet_lamports,
                faucet_keypair: self.faucet_keypair.clone(),
                slots_per_epoch: self.slots_per_epoch,
                slot_milliseconds: self.slot_time.as_millis(),
                epoch_seconds: self.epoch_days * A_DAY,
                seed: self.seed,
                programs,
                accounts,
                validators: net.validators().iter().map(member).collect(),
            }
        };
        output::print(format, &started, table)?;
        if format == Format::Json {
            // The JSON stands alone on standard output.
            eprintln!("ready");
        }
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
            panicked = self.watch(&net) => return Err(panicked.into()),
        }
        drop(server);
        if std::io::stderr().is_terminal() {
            eprintln!("stopped");
        }
        Ok(())
    }

    fn serve(&self, net: &Arc<Mutex<Localnet>>) -> Result<RpcServer, LocalnetCommandError> {
        let net = Arc::clone(net);
        let server = match self.slot_time {
            Duration::ZERO => RpcServer::start(net, self.port),
            slot_time => RpcServer::start_ticking(net, self.port, slot_time),
        };
        server.map_err(|reason| LocalnetCommandError::Port { port: self.port, reason })
    }

    /// Shows where time stands, on a terminal, until the localnet panics.
    async fn watch(&self, net: &Mutex<Localnet>) -> LocalnetCommandError {
        let bar = ProgressBar::new(self.slots_per_epoch);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len} slots  Ctrl-C stops")
        {
            bar.set_style(style);
        }
        loop {
            match net.try_lock() {
                Ok(net) => {
                    let (epoch, index) = net.epoch_schedule().get_epoch_and_slot_index(net.slot());
                    bar.set_message(format!("epoch {epoch}"));
                    bar.set_position(index);
                }
                // Somebody is at work: next time.
                Err(std::sync::TryLockError::WouldBlock) => {}
                Err(std::sync::TryLockError::Poisoned(_)) => return LocalnetCommandError::Panicked,
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    fn config(&self) -> Result<(LocalnetConfig, Vec<Deployed>), LocalnetCommandError> {
        if !(self.epoch_days > 0.0 && self.epoch_days <= 36_500.0) {
            return Err(LocalnetCommandError::Days(self.epoch_days));
        }
        let mut config = LocalnetConfig::new(self.scripts()?)
            .with_slots_per_epoch(self.slots_per_epoch)
            .with_epoch_duration(Duration::from_secs_f64(self.epoch_days * A_DAY))
            .with_seed(self.seed)
            .with_transactions_kept(TRANSACTIONS_KEPT);
        let mut deployed = Vec::new();
        let authority = config.faucet().pubkey();
        for (name, path, id) in self.program_files()? {
            config = config.with_upgradeable_program(id, path, authority);
            deployed.push(Deployed { name, id });
        }
        for pair in self.account.chunks_exact(2) {
            let (address, account) = read_account(&pair[0], Path::new(&pair[1]))?;
            config = config.with_account(address, account);
        }
        Ok((config, deployed))
    }

    fn scripts(&self) -> Result<Vec<ValidatorScript>, LocalnetCommandError> {
        let Some(path) = &self.validators_csv else {
            return Ok(synthetic_validators(self.validators.unwrap_or(VALIDATORS), self.seed));
        };
        let select = self.validators.map_or(Select::All, Select::Spread);
        validators_from_csv(path, select)
            .map_err(|reason| LocalnetCommandError::Validators { path: path.clone(), reason })
    }

    /// The programs that there are: ours must be there.
    fn program_files(&self) -> Result<Vec<(&'static str, PathBuf, Address)>, LocalnetCommandError> {
        if self.no_programs {
            return Ok(Vec::new());
        }
        let file = |name: &str| self.programs.join(format!("{name}.so"));
        let mut found = Vec::new();
        for program in sluice_sdk::PROGRAMS {
            let path = file(program.name);
            if let Err(reason) = std::fs::metadata(&path) {
                return Err(LocalnetCommandError::Program { path, reason });
            }
            found.push((program.name, path, program.id));
        }
        let beside = BESIDE.into_iter().map(|(name, id)| (name, file(name), id));
        found.extend(beside.filter(|(_, path, _)| path.exists()));
        Ok(found)
    }
}

/// A time with its unit: `400ms`, `2s`; or `0`.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time: write it as 400ms or 2s, or 0");
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let (number, unit) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => (number, 1),
        (None, Some(number)) => (number, 1_000),
        (None, None) => return Err(wrong()),
    };
    let number: u64 = number.trim().parse().map_err(|_| wrong())?;
    let milliseconds = number.checked_mul(unit).filter(|time| *time <= 3_600_000);
    milliseconds.map(Duration::from_millis).ok_or_else(|| format!("{text:?} is more than an hour"))
}

/// Writes a keypair, unless the file holds another one.
fn write_key(path: &Path, key: &Keypair) -> Result<(), LocalnetCommandError> {
    let occupied = || LocalnetCommandError::Occupied { path: path.to_owned() };
    if path.exists() {
        let known = read_keypair_file(path).map_err(|_| occupied())?;
        return if known.pubkey() == key.pubkey() { Ok(()) } else { Err(occupied()) };
    }
    let failed = |reason: String| LocalnetCommandError::Keypair { path: path.to_owned(), reason };
    write_keypair_file(key, path).map(drop).map_err(|error| failed(error.to_string()))
}

/// An account out of a file.
fn read_account(address: &str, path: &Path) -> Result<(Address, Account), LocalnetCommandError> {
    #[derive(Deserialize)]
    struct File {
        pubkey: String,
        account: Fields,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Fields {
        lamports: u64,
        data: (String, String),
        owner: String,
        executable: bool,
        rent_epoch: u64,
    }
    let misspelt = |reason| LocalnetCommandError::Address { text: address.to_owned(), reason };
    let named = (address != "-").then(|| crate::cluster::address(address).map_err(misspelt)).transpose()?;
    let wrong = |reason: String| LocalnetCommandError::Account { path: path.to_owned(), reason };
    let text = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let file: File = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    let parse = |text: &str| text.parse::<Address>().map_err(|_| wrong(format!("{text:?} is no address")));
    let Fields { lamports, data: (data, encoding), owner, executable, rent_epoch } = file.account;
    if encoding != "base64" {
        return Err(wrong(format!("its data are encoded as {encoding:?}, not as base64")));
    }
    let data = STANDARD.decode(data).map_err(|error| wrong(error.to_string()))?;
    let address = named.map_or_else(|| parse(&file.pubkey), Ok)?;
    Ok((address, Account { lamports, data, owner: parse(&owner)?, executable, rent_epoch }))
}

fn table(started: &Started) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{name:<16}{value}");
    };
    line("RPC", &started.url);
    line("WebSocket", &started.websocket);
    line("Genesis hash", &started.genesis_hash);
    line("Faucet", &format!("{}, {}", started.faucet, sol(started.faucet_lamports)));
    if let Some(path) = &started.faucet_keypair {
        line("Its keypair", &path.display().to_string());
    }
    let pace = match started.slot_milliseconds {
        0 => "which pass on demand".to_owned(),
        milliseconds => format!("{} ms each", count(u64::try_from(milliseconds).unwrap_or(u64::MAX))),
    };
    let days = match started.epoch_seconds / A_DAY {
        1.0 => "a day".to_owned(),
        days => format!("{days} days"),
    };
    line("Epochs", &format!("{} slots, {pace}; an epoch stands for {days}", started.slots_per_epoch));
    for program in &started.programs {
        line("Program", &format!("{}  {}", program.id, program.name));
    }
    if started.accounts > 0 {
        line("Accounts", &format!("{} from files", started.accounts));
    }
    let stake: u64 = started.validators.iter().map(|member| member.stake_lamports).sum();
    line("Validators", &format!("{}, with {}", started.validators.len(), sol(stake)));
    text += "ready\n";
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit() {
        assert_eq!(time("400ms"), Ok(Duration::from_millis(400)));
        assert_eq!(time("2s"), Ok(Duration::from_secs(2)));
        assert_eq!(time("0"), Ok(Duration::ZERO));
        for wrong in ["400", "-1s", "1.5s", "ms", "", "1h", "3601s", "99999999999999999999ms"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
