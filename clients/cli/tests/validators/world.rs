//! A pool that has come to every kind of decision about its validators, served to the command line.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use serde_json::Value;
use sluice_localnet::{Event, Localnet, LocalnetConfig, RpcServer, ValidatorScript};
use sluice_sdk::validator_selection::types::{Explanation, Params};
use sluice_tests::chain::Chain;
use sluice_tests::pool::PoolOptions;
use sluice_tests::selection::open_params;
use sluice_tests::{Bank, PoolFixture, SOL, SelectionFixture};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// The epoch in which the pool opens, and the one in which it stands when the story is told.
const OPENS: u64 = 4;
pub const STANDS: u64 = 10;
/// Bond of most, in base units of LST, and of the one whose bond stands for less than the cap.
pub const BOND: u64 = 20 * SOL;
pub const SMALL_BOND: u64 = 5 * SOL;
/// What one took its bond back to, and what joining takes.
pub const LEFT_OF_BOND: u64 = SOL / 2;
pub const JOIN_BOND: u64 = 2 * SOL;
/// Lamports per SOL and epoch: more than stake of the one that bids lacks.
pub const BID: u32 = 25_000;
/// Commission of the one that raised it for two epochs, and the last epoch in which it had it.
pub const RUGGED_BPS: u16 = 5_000;
pub const LAST_RUGGED: u64 = 8;

pub struct World {
    net: Arc<Mutex<Localnet>>,
    pub server: RpcServer,
    pub selection: SelectionFixture,
    /// A pool that nobody selects for.
    pub plain: PoolFixture,
    pub payer: Keypair,
    votes: Vec<(&'static str, Address)>,
    pub identity: Address,
    /// What the program answered, by name, when the story was told.
    pub told: Vec<(&'static str, Explanation)>,
}

fn params() -> Params {
    Params {
        // A credit of 128 slots of 16 credits earns that much of 7 % a year.
        kappa_prior: 93_000_000_000,
        join_bond: JOIN_BOND,
        min_bond_bps: 10,
        max_commission_bps: 2_000,
        delinquent_slots: 128,
        performance_grace_bps: 300,
        aso_cap_bps: 3_000,
        ..open_params()
    }
}

const NAMES: [&str; 13] = [
    "best", "bidder", "short", "crowded", "fair", "dear", "outbid", "poor", "banned", "left", "away", "rug",
    "stranger",
];

fn scripts() -> Vec<ValidatorScript> {
    let new = ValidatorScript::new;
    vec![
        // Stake for three and a half of these: each may hold a quarter.
        new("best").commission_bps(0).mev(500, 30_000),
        new("bidder").commission_bps(1_200),
        new("short").commission_bps(100),
        new("crowded").commission_bps(200),
        new("fair").commission_bps(300),
        new("dear").commission_bps(800),
        new("outbid").commission_bps(800).uptime(0.9),
        new("poor").commission_bps(100),
        new("banned").commission_bps(0),
        new("left").commission_bps(0),
        new("away").commission_bps(1_500).at(STANDS - 1, Event::Delinquent),
        new("rug")
            .commission_bps(0)
            .at(LAST_RUGGED - 1, Event::SetCommission(RUGGED_BPS))
            .at(LAST_RUGGED + 1, Event::SetCommission(0)),
        new("stranger"),
    ]
}

impl World {
    /// The one that tests share, which nobody changes.
    pub fn shared() -> &'static Self {
        static WORLD: OnceLock<World> = OnceLock::new();
        WORLD.get_or_init(Self::tell)
    }

    /// Tells the story and serves where it ends.
    pub fn tell() -> Self {
        let scripts = scripts();
        let mut bank = Bank::with_config(LocalnetConfig::new(scripts).with_slots_per_epoch(128));
        bank.0.advance_epochs(OPENS);
        let votes: Vec<_> = NAMES.iter().map(|name| (*name, bank.0.validator(name).vote_address())).collect();
        let selection = SelectionFixture::with_params(&mut bank, params());
        let plain = PoolFixture::named(&mut bank, "plain ", PoolOptions::default());
        let payer = selection.pool.payer.insecure_clone();

        let (backer, lst) = selection.pool.user(&mut bank, "backer", 1_000 * SOL);
        bank.must(&[selection.pool.deposit_sol(&backer.pubkey(), &lst, 500 * SOL, 0)], &[&backer]);
        let joining = votes.iter().filter(|(name, _)| *name != "stranger");
        for (name, vote) in joining.clone() {
            let bond = if *name == "short" { SMALL_BOND } else { BOND };
            bank.must(&[selection.join_with_bond(vote, &backer.pubkey(), &lst, bond)], &[&backer]);
        }
        let vote_of = |name: &str| votes.iter().find(|(known, _)| *known == name).unwrap().1;
        let bidder = bank.0.validator("bidder").identity().insecure_clone();
        let bid = selection.set_bid(&bank, &vote_of("bidder"), &bidder.pubkey(), BID);
        bank.must(&[bid], &[&payer, &bidder]);
        // Two at one hosting provider, which may hold less than two caps.
        let oracle = bank.wallet("oracle", SOL);
        bank.must(&[selection.set_oracle(&oracle.pubkey())], &[&selection.pool.admin]);
        let groups = [(vote_of("best"), 7, 1), (vote_of("crowded"), 7, 2)];
        bank.must(&[selection.set_groups(&bank, &oracle.pubkey(), &groups)], &[&oracle]);
        selection.fund(&mut bank, 30_000 * SOL);
        selection.crank(&mut bank);
        // Two epochs on, three of those with stake lose it: there is time for it to come home.
        next_epochs(&mut bank, &selection, 2);
        let withdrawer = bank.0.validator("poor").withdrawer().insecure_clone();
        let withdraw =
            selection.withdraw_bond(&bank, &vote_of("poor"), &withdrawer.pubkey(), BOND - LEFT_OF_BOND);
        bank.must(&[withdraw], &[&payer, &withdrawer]);
        bank.must(&[selection.ban(&bank, &vote_of("banned"), true)], &[&selection.pool.admin]);
        let leaver = bank.0.validator("left").identity().insecure_clone();
        let leave = selection.leave(&bank, &vote_of("left"), &leaver.pubkey(), true);
        bank.must(&[leave], &[&payer, &leaver]);
        next_epochs(&mut bank, &selection, STANDS - OPENS - 2);

        let identity = bank.0.validator("best").identity().pubkey();
        let told = joining.map(|(name, vote)| (*name, selection.explain(&bank, vote).unwrap())).collect();
        let net = Arc::new(Mutex::new(bank.0));
        let server = RpcServer::start(Arc::clone(&net), 0).unwrap();
        Self { net, server, selection, plain, payer, votes, identity, told }
    }

    pub fn vote(&self, name: &str) -> Address {
        self.votes.iter().find(|(known, _)| *known == name).expect("a validator of the story").1
    }

    pub fn mint(&self) -> String {
        self.selection.pool.mint.to_string()
    }

    /// Changes the chain between two questions.
    pub fn with_bank<T>(&self, act: impl FnOnce(&mut Bank) -> T) -> T {
        // The fixtures want to own what they work on.
        let mut net: MutexGuard<Localnet> = self.net.lock().unwrap();
        let spare = Localnet::start(LocalnetConfig::default()).unwrap();
        let mut bank = Bank(std::mem::replace(&mut net, spare));
        let result = act(&mut bank);
        *net = bank.0;
        result
    }

    /// Asks for a validator of the pool, as JSON.
    pub fn explain(&self, name: &str) -> Value {
        let vote = self.vote(name).to_string();
        let output = sluice([
            "validator",
            "explain",
            &vote,
            "--mint",
            &self.mint(),
            "--url",
            &self.server.url(),
            "--output",
            "json",
        ]);
        serde_json::from_str(&said(&output)).unwrap()
    }

    /// The same for people.
    pub fn page(&self, name: &str) -> String {
        let vote = self.vote(name).to_string();
        said(&sluice(["validator", "explain", &vote, "--mint", &self.mint(), "--url", &self.server.url()]))
    }
}

fn next_epochs(bank: &mut Bank, selection: &SelectionFixture, epochs: u64) {
    for _ in 0..epochs {
        bank.0.advance_epoch();
        selection.crank(bank);
        selection.settle_all(bank);
    }
}

/// Runs the command line, in a home without settings.
pub fn sluice<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    sluice_at(&home("without settings"), arguments)
}

pub fn sluice_at<A: AsRef<OsStr>>(home: &PathBuf, arguments: impl IntoIterator<Item = A>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sluice")).env("HOME", home).args(arguments).output().unwrap()
}

/// A home of that name, the same for the whole run.
pub fn home(name: &str) -> PathBuf {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&home).unwrap();
    home
}

/// Standard output of a command that succeeded.
#[track_caller]
pub fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line a command failed with.
#[track_caller]
pub fn complaint(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(output.stdout.is_empty(), "nothing but the complaint");
    assert_eq!(text.lines().count(), 1, "{text}");
    text.strip_prefix("error: ").expect("an error").trim_end().to_owned()
}
