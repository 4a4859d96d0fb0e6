//! A cluster on which nothing of Sluice was set up yet, and somebody with SOL and a folder for keys.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use sluice_localnet::{Localnet, LocalnetConfig, RpcServer};
use sluice_sdk::AccountData;
use sluice_tests::chain::Chain;
use sluice_tests::{Bank, SOL};
use solana_address::Address;
use solana_keypair::{Keypair, write_keypair_file};
use solana_loader_v3_interface::get_program_data_address;
use solana_signer::Signer;

use crate::common::{key, said};

/// What the person who deploys has at first.
pub const PURSE: u64 = 100 * SOL;

pub struct World {
    pub net: Arc<Mutex<Localnet>>,
    pub server: RpcServer,
    pub wallet: Keypair,
    pub keypair: PathBuf,
    pub keys: PathBuf,
}

impl World {
    /// With the programs from genesis.
    pub fn new(name: &str) -> Self {
        Self::with(Bank::with_config(LocalnetConfig::default()).0, folder(name))
    }

    pub fn with(net: Localnet, keys: PathBuf) -> Self {
        Self::serve(net, keys, |net| RpcServer::start(net, 0))
    }

    /// Whose slots pass by themselves.
    pub fn ticking(net: Localnet, keys: PathBuf) -> Self {
        Self::serve(net, keys, |net| RpcServer::start_ticking(net, 0, Duration::from_millis(40)))
    }

    fn serve(
        mut net: Localnet,
        keys: PathBuf,
        serve: impl FnOnce(Arc<Mutex<Localnet>>) -> std::io::Result<RpcServer>,
    ) -> Self {
        let wallet = net.wallet("deployer", PURSE);
        let net = Arc::new(Mutex::new(net));
        let server = serve(Arc::clone(&net)).unwrap();
        let keypair = keys.join("wallet.json");
        write_keypair_file(&wallet, &keypair).unwrap();
        Self { net, server, wallet, keypair, keys }
    }

    /// The command, against another server.
    pub fn command(&self, url: &str, config: &Path, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluice"));
        command.env("HOME", &self.keys).stdin(Stdio::null()).arg("deploy");
        command.arg("--config").arg(config).args(["--url", url]);
        command.arg("--make-keys").arg(&self.keys).arg("--keypair").arg(&self.keypair).args(more);
        command
    }

    pub fn run(&self, config: &Path, more: &[&str]) -> Output {
        self.command(&self.server.url(), config, more).output().unwrap()
    }

    /// Does it, and returns what is said of it for programs.
    #[track_caller]
    pub fn deploys(&self, config: &Path, more: &[&str]) -> Value {
        let output = self.run(config, &[&["--yes", "--output", "json"], more].concat());
        serde_json::from_str(&said(&output)).expect("JSON")
    }

    pub fn chain<T>(&self, act: impl FnOnce(&mut Localnet) -> T) -> T {
        act(&mut self.net.lock().unwrap())
    }

    /// Lamports the wallet has spent so far.
    pub fn spent(&self) -> u64 {
        PURSE - self.chain(|net| net.balance(&self.wallet.pubkey()))
    }

    /// Who may upgrade a program, and its bytes with the room behind them.
    #[track_caller]
    pub fn program(&self, id: &Address) -> (Option<Address>, Vec<u8>) {
        let data = self.chain(|net| net.get_account(&get_program_data_address(id)));
        let data = data.expect("a program's data").data;
        let authority = (data[12] == 1).then(|| data[13..45].try_into().unwrap());
        (authority, data[45..].to_vec())
    }

    #[track_caller]
    pub fn read<T: AccountData>(&self, address: &Address) -> T {
        let account = self.chain(|net| net.get_account(address)).expect("it is there");
        T::decode_owned(&account.owner, &account.data).expect("as it should be")
    }

    /// A file of its own, made of the example for a local cluster.
    pub fn config(&self, change: impl FnOnce(String) -> String) -> PathBuf {
        self.config_of("localnet.toml", change)
    }

    /// The same, made of another example.
    pub fn config_of(&self, name: &str, change: impl FnOnce(String) -> String) -> PathBuf {
        let text = std::fs::read_to_string(example(name)).unwrap();
        let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy");
        let text = text.replace("../target/deploy", programs.to_str().unwrap());
        let path = self.keys.join("deployment.toml");
        std::fs::write(&path, change(text)).unwrap();
        path
    }
}

/// An empty folder of that name.
pub fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("deploy-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// An example of the repository.
pub fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(name)
}

/// The address at a path of an outcome.
#[track_caller]
pub fn address(outcome: &Value, path: &str) -> Address {
    key(outcome.pointer(path).unwrap_or_else(|| panic!("no {path} in {outcome:#}")))
}

/// The part of that name in an outcome's plan.
#[track_caller]
pub fn line<'a>(outcome: &'a Value, what: &str) -> &'a Value {
    let lines = outcome["plan"]["lines"].as_array().expect("lines");
    lines.iter().find(|line| line["what"] == what).unwrap_or_else(|| panic!("no {what} in {outcome:#}"))
}

/// Rent, what is paid in, and signatures of an outcome's plan.
pub fn costs(outcome: &Value) -> u64 {
    ["rent", "pays", "fees"].iter().map(|part| outcome["plan"][part].as_u64().expect("lamports")).sum()
}

/// Whether nothing was to be made.
pub fn was_done(outcome: &Value) -> bool {
    let lines = outcome["plan"]["lines"].as_array().expect("lines");
    lines.iter().all(|line| line["state"] != "missing")
}
