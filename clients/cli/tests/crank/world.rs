//! A pool with a few candidates and SOL to give them, in an epoch that nobody has worked on.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sluice_localnet::{Localnet, LocalnetConfig, RpcServer, ValidatorScript};
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_tests::chain::Chain;
use sluice_tests::selection::open_params;
use sluice_tests::{Bank, FaultyProxy, Rates, SOL, SelectionFixture};
use solana_address::Address;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;

use crate::running::Running;

/// Validators have a record by then.
const OPENS: u64 = 4;
/// Enough that lookup tables are worth their writing.
pub const VALIDATORS: usize = 10;

pub struct World {
    pub net: Arc<Mutex<Localnet>>,
    pub server: RpcServer,
    pub selection: SelectionFixture,
    pub operator: Keypair,
    pub key: PathBuf,
}

impl World {
    /// `name` keeps the files of tests apart.
    pub fn new(name: &str) -> Self {
        let scripts = (0..VALIDATORS).map(|at| ValidatorScript::new(format!("validator {at}"))).collect();
        let mut bank = Bank::with_config(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
        bank.0.advance_epochs(OPENS);
        let selection = SelectionFixture::with_params(&mut bank, open_params());
        for at in 0..VALIDATORS {
            let vote = bank.0.validator(&format!("validator {at}")).vote_address();
            bank.must(&[selection.join(&vote)], &[&selection.pool.payer]);
        }
        selection.fund(&mut bank, 1_000 * SOL);
        let operator = bank.wallet("operator", SOL);
        bank.0.advance_epoch();
        let key = keypair_file(name, &operator);
        let net = Arc::new(Mutex::new(bank.0));
        let server = RpcServer::start(Arc::clone(&net), 0).unwrap();
        Self { net, server, selection, operator, key }
    }

    pub fn mint(&self) -> String {
        self.selection.pool.mint.to_string()
    }

    pub fn next_epoch(&self) {
        self.net.lock().unwrap().advance_epoch();
    }

    pub fn epoch(&self) -> u64 {
        self.net.lock().unwrap().clock().epoch
    }

    pub fn pool(&self) -> Pool {
        self.selection.pool.state(&*self.net.lock().unwrap())
    }

    pub fn balance(&self, address: &Address) -> u64 {
        self.net.lock().unwrap().balance(address)
    }

    /// Of the operator.
    pub fn purse(&self) -> u64 {
        self.balance(&self.operator.pubkey())
    }

    /// `sluice crank` for this pool, with these arguments beside.
    pub fn crank<'a>(&'a self, more: impl IntoIterator<Item = &'a str>) -> Output {
        self.command(more).output().unwrap()
    }

    pub fn command<'a>(&self, more: impl IntoIterator<Item = &'a str>) -> Command {
        self.command_at(&self.server.url(), more)
    }

    /// The same by way of another server.
    pub fn command_at<'a>(&self, url: &str, more: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = sluice();
        command.args(["crank", "--mint", &self.mint(), "--url", url, "--keypair"]);
        command.arg(&self.key).args(more);
        command
    }

    /// A daemon by way of that server.
    pub fn daemon<'a>(&self, url: &str, more: impl IntoIterator<Item = &'a str>) -> Running {
        Running::start(self.command_at(url, ["--no-tables"].into_iter().chain(more)))
    }
}

/// Before a server: of what is sent and asked, that happens to it.
pub fn bad_way(url: String, rates: Rates) -> FaultyProxy {
    FaultyProxy::start(url, rates, 1, Duration::from_secs(1)).unwrap()
}

pub fn keypair_file(name: &str, key: &Keypair) -> PathBuf {
    let path = home().join(format!("{name}.json"));
    write_keypair_file(key, &path).unwrap();
    path
}

pub fn sluice() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
    command.env("HOME", home()).env_remove("RUST_LOG");
    command
}

pub fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    sluice().args(arguments).output().unwrap()
}

fn home() -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("crank");
    std::fs::create_dir_all(&home).unwrap();
    home
}

/// Standard output of a command that succeeded and had nothing to complain of.
#[track_caller]
pub fn said(output: &Output) -> String {
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line a command failed with.
#[track_caller]
pub fn complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(output.stdout.is_empty(), "nothing but the complaint");
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}
