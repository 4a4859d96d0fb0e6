//! What tests of acting commands share: a localnet that is served and can be changed in between, people with keypair files,
//! and the real binary run for them. Each test says `mod common` of it and uses what it needs.
#![allow(dead_code)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use sluice_localnet::{Localnet, RpcServer};
use sluice_tests::chain::Chain;
use sluice_tests::{Bank, keypair, token};
use solana_address::Address;
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use solana_stake_interface::instruction::create_account_and_delegate_stake;
use solana_stake_interface::state::{Authorized, Lockup};

/// The fee of a transaction with one signature, in lamports.
pub const FEE: u64 = 5_000;

/// Keypair files written so far.
static FILES: AtomicU64 = AtomicU64::new(0);

/// A localnet behind a server.
pub struct Served {
    net: Arc<Mutex<Localnet>>,
    pub server: Arc<RpcServer>,
    /// Mint of the pool that people deal with.
    pub mint: Address,
}

/// Somebody with SOL and a keypair file.
pub struct Person {
    pub key: Keypair,
    pub file: PathBuf,
}

impl Person {
    pub fn address(&self) -> Address {
        self.key.pubkey()
    }

    fn file(&self) -> &str {
        self.file.to_str().expect("a path of letters")
    }
}

impl Served {
    pub fn new(bank: Bank, mint: Address) -> Self {
        let net = Arc::new(Mutex::new(bank.0));
        let server = Arc::new(RpcServer::start(Arc::clone(&net), 0).unwrap());
        Self { net, server, mint }
    }

    /// The same localnet, for people who deal with another pool.
    pub fn of(&self, mint: Address) -> Self {
        Self { net: Arc::clone(&self.net), server: Arc::clone(&self.server), mint }
    }

    /// Looks at the chain, or changes it, between two commands.
    pub fn chain<T>(&self, act: impl FnOnce(&mut Localnet) -> T) -> T {
        act(&mut self.net.lock().unwrap())
    }

    /// Of that name, with so much SOL; nobody else's name in the same world.
    pub fn person(&self, name: &str, lamports: u64) -> Person {
        self.known(self.chain(|net| net.wallet(name, lamports)))
    }

    /// Whose key the test has already.
    pub fn known(&self, key: Keypair) -> Person {
        // The same name has the same key in every world, and tests run side by side: each has a file of its own.
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let file = scratch().join(format!("{}-{number}.json", std::process::id()));
        write_keypair_file(&key, &file).unwrap();
        Person { key, file }
    }

    pub fn lamports(&self, address: &Address) -> u64 {
        self.chain(|net| net.lamports(address))
    }

    /// Base units in a token account; 0 where there is none.
    pub fn tokens(&self, account: &Address) -> u64 {
        self.chain(|net| token::balance(net, account))
    }

    /// Runs a command for a person, about the world's pool.
    pub fn run(&self, person: &Person, arguments: &[&str]) -> Output {
        let (url, mint) = (self.server.url(), self.mint.to_string());
        let whose = ["--keypair", person.file(), "--url", &url, "--mint", &mint];
        sluice(arguments.iter().chain(&whose))
    }

    /// Does it, and returns what is said of it for programs.
    #[track_caller]
    pub fn does(&self, person: &Person, arguments: &[&str]) -> Value {
        let output = self.run(person, &[arguments, &["--yes", "--output", "json"]].concat());
        serde_json::from_str(&said(&output)).expect("JSON")
    }

    /// Runs a command for a person at a terminal, who types `answer`; what the terminal shows, and whether it went well.
    pub fn converses(&self, person: &Person, arguments: &[&str], answer: &str) -> (String, bool) {
        let (url, mint) = (self.server.url(), self.mint.to_string());
        let all = [arguments, &["--keypair", person.file(), "--url", &url, "--mint", &mint]].concat();
        // Debian's `script` runs a command on a terminal of its own.
        let line = format!("'{}' {}", env!("CARGO_BIN_EXE_sluice"), all.join(" "));
        let mut child = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("script, of Debian's bsdutils");
        let mut input = child.stdin.take().expect("it is piped");
        std::io::Write::write_all(&mut input, answer.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        drop(input);
        (String::from_utf8(output.stdout).unwrap(), output.status.success())
    }

    /// What a dry run says to a person.
    #[track_caller]
    pub fn previews(&self, person: &Person, arguments: &[&str]) -> String {
        let output = self.run(person, &[arguments, &["--dry-run"]].concat());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{text}");
        assert!(
            String::from_utf8(output.stdout).unwrap().starts_with("Not sent: this was a dry run"),
            "{text}"
        );
        text
    }

    /// The one line with which it is refused before anything was sent.
    #[track_caller]
    pub fn refuses(&self, person: &Person, arguments: &[&str]) -> String {
        complaint(&self.run(person, &[arguments, &["--yes", "--output", "json"]].concat()))
    }

    /// Runs a command that needs nobody's key, about the world's pool.
    pub fn asks(&self, arguments: &[&str]) -> Output {
        let (url, mint) = (self.server.url(), self.mint.to_string());
        sluice(arguments.iter().chain(&["--url", &url, "--mint", &mint]))
    }

    /// What such a command answers to programs.
    #[track_caller]
    pub fn answers(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&said(&self.asks(&[arguments, &["--output", "json"]].concat()))).expect("JSON")
    }

    /// What it answers to people.
    #[track_caller]
    pub fn tells(&self, arguments: &[&str]) -> String {
        said(&self.asks(arguments))
    }
}

/// The event of that name in what a command says for programs.
#[track_caller]
pub fn event<'a>(done: &'a Value, name: &str) -> &'a Value {
    let events = done["events"].as_array().expect("events");
    events.iter().find(|event| event["event"] == name).unwrap_or_else(|| panic!("no {name} in {done:#}"))
}

#[track_caller]
pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[track_caller]
pub fn key(value: &Value) -> Address {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is no address"))
}

/// The value that a preview shows behind a label.
#[track_caller]
pub fn row<'a>(preview: &'a str, label: &str) -> &'a str {
    let mut values = preview.lines().filter_map(|line| line.trim_start().strip_prefix(label));
    let line = values.find(|value| value.starts_with("  "));
    line.unwrap_or_else(|| panic!("no {label:?} in\n{preview}")).trim()
}

/// Runs the command line, in a home without settings.
pub fn sluice<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    let home = scratch().join("a home without settings");
    std::fs::create_dir_all(&home).unwrap();
    Command::new(env!("CARGO_BIN_EXE_sluice"))
        .env("HOME", home)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// Standard output of a command that succeeded and had nothing else to say.
#[track_caller]
pub fn said(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    assert!(output.stderr.is_empty(), "{complaint}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line a command failed with.
#[track_caller]
pub fn complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty(), "nothing but the complaint");
    assert_eq!(text.lines().count(), 1, "{text}");
    text.strip_prefix("error: ").expect("an error").trim_end().to_owned()
}

/// The one line a command line that is not understood is answered with.
#[track_caller]
pub fn misuse(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{text}{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.stdout.is_empty(), "nothing but the complaint");
    assert_eq!(text.lines().count(), 1, "{text}");
    text.strip_prefix("error: ").expect("an error").trim_end().to_owned()
}

/// A stake account of so many lamports that will be active, by its owner and the names of itself and its validator.
pub fn delegated(bank: &mut Bank, owner: &Keypair, name: &str, vote: &Address, lamports: u64) -> Address {
    let stake = keypair(name);
    let (owner_key, both) = (owner.pubkey(), Authorized::auto(&owner.pubkey()));
    let make = create_account_and_delegate_stake(
        &owner_key,
        &stake.pubkey(),
        vote,
        &both,
        &Lockup::default(),
        lamports,
    );
    bank.must(&make, &[owner, &stake]);
    stake.pubkey()
}

/// An address that nobody has.
pub fn nobody(name: &str) -> Address {
    keypair(name).pubkey()
}
