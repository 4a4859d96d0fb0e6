//! A pool with a few hundred validators, served as a cluster is, and daemons that crank it.
// Each test uses a part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sluice_client::Rpc;
use sluice_client::pool::PoolId;
use sluice_crank::crank::MORE_LOCKS_FEATURE;
use sluice_crank::job::Desk;
use sluice_crank::snapshot::Reader;
use sluice_crank::tables::{self, Tables, WORTH_WRITING};
use sluice_crank::{Cluster, Daemon, Metrics, Outcome, Settings};
use sluice_localnet::{
    Account, Event, Localnet, LocalnetConfig, RpcServer, ValidatorScript, synthetic_validators,
};
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::validator_selection::types::Params;
use sluice_tests::chain::{Chain, keypair};
use sluice_tests::pool::compute_limit;
use sluice_tests::selection::open_params;
use sluice_tests::{Bank, SOL, SelectionFixture};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_signer::Signer;
use tokio::sync::watch;

/// The epoch in which the pool opens: validators have a record by then.
pub const OPENS: u64 = 4;
/// What each daemon's key has at first.
pub const PURSE: u64 = 10 * SOL;
/// How long a test waits for daemons to finish an epoch.
const PATIENCE: Duration = Duration::from_secs(240);
/// Joins that fit a transaction.
const JOINS: usize = 10;

pub struct World {
    pub net: Arc<Mutex<Localnet>>,
    pub server: RpcServer,
    pub selection: SelectionFixture,
    /// What fixtures work on while the server holds the chain.
    spare: Mutex<Option<Localnet>>,
    direct: Cluster,
    tickets: u32,
}

/// The part of the pool that one validator may hold: all of them together nine tenths.
fn params(validators: usize) -> Params {
    Params {
        kappa_prior: 93_000_000_000,
        cap_bps: (9_000 / validators).max(1) as u16,
        max_commission_bps: 2_000,
        delinquent_slots: 300,
        performance_grace_bps: 100,
        ..open_params()
    }
}

fn scripts(validators: usize) -> Vec<ValidatorScript> {
    let mut scripts = synthetic_validators(validators, 7);
    for (at, script) in scripts.iter_mut().enumerate() {
        // Who never voted cannot join.
        script.uptime = script.uptime.max(0.4);
        *script = match at {
            // They break their word, or stop voting, when the pool has stake with them.
            5 | 6 => script.clone().at(OPENS + 3, Event::SetCommission(10_000)),
            9 => script.clone().at(OPENS + 5, Event::Delinquent),
            12 => script.clone().at(OPENS + 6, Event::SetCommission(10_000)),
            _ => continue,
        };
    }
    scripts
}

impl World {
    /// So many validators, all candidates, thirty of them with a bond; and a pool with stake for all.
    pub fn new(validators: usize) -> Self {
        Self::serve(validators, None)
    }

    /// The same, where slots pass by themselves.
    pub fn ticking(validators: usize, slot_time: Duration) -> Self {
        Self::serve(validators, Some(slot_time))
    }

    fn serve(validators: usize, slot_time: Option<Duration>) -> Self {
        // RUST_LOG=sluice_crank=info shows what the daemons do.
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
        let config = LocalnetConfig::new(scripts(validators))
            .with_slots_per_epoch(128)
            // As mainnet is.
            .with_feature_off(MORE_LOCKS_FEATURE);
        let mut bank = Bank::with_config(config);
        bank.0.advance_epochs(OPENS);
        let selection =
            SelectionFixture::with_capacity(&mut bank, params(validators), validators + 8, validators + 8);
        let names: Vec<String> =
            bank.0.validators().iter().map(|validator| validator.name().to_string()).collect();
        let votes: Vec<Address> = names.iter().map(|name| bank.0.validator(name).vote_address()).collect();
        let (backer, lst) = selection.pool.user(&mut bank, "backer", 1_000 * SOL);
        bank.must(&[selection.pool.deposit_sol(&backer.pubkey(), &lst, 100 * SOL, 0)], &[&backer]);
        selection.fund(&mut bank, validators as u64 * 20 * SOL);
        for (part, votes) in votes.chunks(JOINS).enumerate() {
            let joins = votes.iter().map(|vote| {
                let bond = if part < 3 { 2 * SOL } else { 0 };
                selection.join_with_bond(vote, &backer.pubkey(), &lst, bond)
            });
            let instructions: Vec<_> = [compute_limit(1_400_000)].into_iter().chain(joins).collect();
            bank.must(&instructions, &[&backer]);
        }
        bank.wallet("user", 2_000 * SOL);
        selection.pool.user(&mut bank, "user", SOL);
        let net = Arc::new(Mutex::new(bank.0));
        let server = match slot_time {
            None => RpcServer::start(Arc::clone(&net), 0),
            Some(slot_time) => RpcServer::start_ticking(Arc::clone(&net), 0, slot_time),
        };
        let server = server.expect("a free port");
        let spare = Localnet::start(LocalnetConfig::default()).expect("a localnet");
        let direct = cluster(&[server.url()], &Settings::default(), &Metrics::new());
        Self { net, server, selection, spare: Mutex::new(Some(spare)), direct, tickets: 0 }
    }

    pub fn id(&self) -> PoolId {
        PoolId::Pool(self.selection.pool.pool)
    }

    pub fn name(&self) -> String {
        self.selection.pool.pool.to_string()
    }

    /// Fixtures want to own what they work on.
    pub fn with_bank<T>(&self, act: impl FnOnce(&mut Bank) -> T) -> T {
        let mut net = self.net.lock().expect("no holder panics");
        let mut spare = self.spare.lock().expect("no holder panics");
        let mut bank = Bank(std::mem::replace(&mut net, spare.take().expect("put back each time")));
        let result = act(&mut bank);
        *spare = Some(std::mem::replace(&mut net, bank.0));
        result
    }

    pub fn epoch(&self) -> u64 {
        self.net.lock().expect("no holder panics").clock().epoch
    }

    pub fn next_epoch(&self) {
        self.net.lock().expect("no holder panics").advance_epoch();
    }

    pub fn pool(&self) -> Pool {
        self.with_bank(|bank| self.selection.pool.state(bank))
    }

    /// A daemon's key, with SOL.
    pub fn operator(&self, name: &str) -> Arc<Keypair> {
        self.with_bank(|bank| Arc::new(bank.wallet(name, PURSE)))
    }

    /// What a key has paid in fees: what it lost, but for the rent in its lookup tables.
    pub fn fees(&self, key: &Keypair) -> u64 {
        let left = self.net.lock().expect("no holder panics").balance(&key.pubkey());
        PURSE - left - self.rent(key)
    }

    /// Lamports in a key's lookup tables.
    pub fn rent(&self, key: &Keypair) -> u64 {
        self.tables(key).iter().map(|table| table.lamports).sum()
    }

    fn tables(&self, key: &Keypair) -> Vec<Account> {
        let net = self.net.lock().expect("no holder panics");
        let tables = net.get_program_accounts(&solana_sdk_ids::address_lookup_table::ID);
        let tables = tables.into_iter().map(|(_, table)| table);
        // Behind kind, two slots, an index and an option: who may change it.
        tables.filter(|table| table.data.get(22..54) == Some(key.pubkey().as_ref())).collect()
    }

    /// How many lookup tables a key has.
    pub fn tables_of(&self, key: &Keypair) -> usize {
        self.tables(key).len()
    }

    /// Somebody deposits, and somebody orders an exit.
    pub fn live(&mut self) {
        self.tickets += 1;
        let tickets = self.tickets;
        self.with_bank(|bank| {
            let pool = &self.selection.pool;
            let (user, lst) = (keypair("user"), keypair("user's slSOL").pubkey());
            bank.must(&[pool.deposit_sol(&user.pubkey(), &lst, 50 * SOL, 0)], &[&user]);
            let ticket = keypair(&format!("ticket {tickets}"));
            let order = pool.order_unstake(&user.pubkey(), &lst, &ticket.pubkey(), 20 * SOL);
            bank.must(&[order], &[&user, &ticket]);
        });
    }

    /// Waits until all of them have seen this epoch finished. A slot passes where lookup tables wait for one, and nowhere
    /// else: worlds in which the same happened are in the same slot.
    pub async fn settle(&self, metrics: &[Metrics]) {
        let (epoch, began) = (self.epoch(), Instant::now());
        let name = self.name();
        let rpc = rpc(&self.server.url());
        let mut reader = Reader::new(self.direct.clone(), rpc, self.id());
        let mut ticked = false;
        while metrics.iter().any(|metrics| metrics.finished_epoch(&name) < epoch) {
            let text = metrics.first().map(Metrics::text).unwrap_or_default();
            assert!(began.elapsed() < PATIENCE, "epoch {epoch} is not finished:\n{text}");
            if !ticked {
                let snapshot = reader.read(Duration::MAX).await.expect("the server answers");
                let tables = Tables::find(&self.direct, &snapshot.pool_address).await.expect("it answers");
                let needed = tables::needed(&snapshot, &Desk::new(&snapshot));
                if tables.is_settling() && tables.missing(&needed).len() < WORTH_WRITING {
                    self.net.lock().expect("no holder panics").warp_slots(1);
                    ticked = true;
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Targets by vote account, where there are any.
    pub fn targets(&self) -> BTreeMap<Address, u64> {
        let candidates = self.with_bank(|bank| self.selection.registry(bank).records);
        let targets = candidates.iter().map(|candidate| (candidate.vote, candidate.seat.target));
        targets.filter(|(_, target)| *target > 0).collect()
    }
}

pub fn rpc(url: &str) -> Rpc {
    Rpc::new(url, CommitmentConfig::confirmed()).expect("a URL")
}

pub fn cluster(urls: &[String], settings: &Settings, metrics: &Metrics) -> Cluster {
    let servers = urls.iter().map(|url| rpc(url)).collect();
    Cluster::new(servers, settings.timeout, settings.tries, metrics.clone())
}

/// As quick as a test wants it.
pub fn quick(patience: Duration) -> Settings {
    Settings {
        patience,
        poll: Duration::from_millis(200),
        tick: Duration::from_millis(200),
        watch: Duration::from_secs(2),
        pause: Duration::from_secs(20),
        ask: Duration::from_millis(50),
        resend: Duration::from_millis(400),
        lost: Duration::from_secs(30),
        timeout: Duration::from_millis(1_000),
        ..Settings::default()
    }
}

/// A daemon at work.
pub struct Working {
    pub metrics: Metrics,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<Outcome>,
}

impl Working {
    pub fn start(world: &World, url: String, key: &Arc<Keypair>, settings: Settings) -> Self {
        let metrics = Metrics::new();
        let daemon = Daemon {
            servers: vec![rpc(&url)],
            pools: vec![world.id()],
            key: Arc::clone(key),
            settings,
            metrics: metrics.clone(),
            once: None,
        };
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            sluice_crank::run(daemon, stopped).await.expect("a daemon outlives faults")
        });
        Self { metrics, stop, task }
    }

    pub async fn stop(self) -> Outcome {
        self.stop.send(true).expect("it runs");
        self.task.await.expect("it ends")
    }
}
