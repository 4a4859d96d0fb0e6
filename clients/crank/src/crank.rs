//! The crank of one pool: reads, plans, packs, takes its turns, sends, and reads again.
//!
//! What it remembers is of no consequence: how often something was tried this epoch, when a batch was first seen undone,
//! where batches begin, what things cost. A crank that starts anew in the middle of an epoch goes on where the chain is.

mod digest;
mod tend;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sluice_client::Rpc;
use sluice_client::pool::PoolId;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::cluster::{Cluster, Fault};
use crate::costs::Costs;
use crate::error::CrankError;
use crate::fees::{SIGNATURE_LAMPORTS, fee};
use crate::job::{Desk, Kind};
use crate::metrics::Metrics;
use crate::pack::{Batch, Cuts, Packer};
use crate::peers;
use crate::plan::{Plan, plan};
use crate::report::{EpochReport, PlannedStage, PlannedTransaction, Preview};
use crate::send::{Draft, Outcome, Sender};
use crate::settings::Settings;
use crate::snapshot::{Reader, Snapshot};
use crate::tables::Tables;
use crate::turns::{BatchKey, Turns};

/// Accounts a transaction may lock, and how many where this feature is active.
const MAX_LOCKS: usize = 64;
const MORE_LOCKS: usize = 128;
pub const MORE_LOCKS_FEATURE: Address =
    Address::from_str_const("9LZdXeKGeBV6hRLdxS1rHbHoEUsKqesCC2ZAPTPKJAbK");
/// How often an item may land and still be there before it is left alone for a while.
const LANDINGS: u32 = 3;
/// Who is left alone again is so for twice as long, so often.
const DOUBLINGS: u32 = 8;
/// Steps that an allocation of the largest registry cannot exceed.
const REPEATS: u32 = 40;
/// Lookup tables take several transactions one after the other: others wait for them so many times longer.
const TABLE_PATIENCE: u32 = 3;

/// How often lookup tables are written in an epoch: once, and again where that failed.
const TABLE_ROUNDS: u32 = 3;

/// How long tables that were just written are waited for in an epoch; a slot is enough.
const LONGEST_SETTLING: Duration = Duration::from_secs(20);

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Something was sent: there may be more to do at once.
    Worked,
    /// It is somebody else's turn, or the chain is not ready: look again after so long.
    Wait(Duration),
    /// What was sent did not land, or could not be sent, for no fault of its own: it is tried again after so long.
    Lost(Duration),
    /// The epoch needs nothing more.
    Done,
    /// What is left fails again and again, and is left alone for a while.
    Stuck,
}

/// One pool's crank.
pub struct Crank {
    cluster: Cluster,
    settings: Settings,
    sender: Sender,
    me: Address,
    pool: Address,
    name: String,
    reader: Reader,
    metrics: Metrics,
    costs: Costs,
    cuts: Cuts,
    tables: Tables,
    turns: Turns,
    max_locks: Option<usize>,
    memory: Memory,
    report: EpochReport,
}

/// What was tried in an epoch.
#[derive(Default)]
struct Memory {
    epoch: Option<u64>,
    stage: Option<Kind>,
    /// When a batch was first found undone.
    seen: HashMap<BatchKey, Instant>,
    landed: HashMap<(Kind, Address), u32>,
    refused: HashMap<(Kind, Address), u32>,
    /// What became of the last try.
    reasons: HashMap<(Kind, Address), String>,
    /// About what nothing can be done in this epoch.
    dropped: HashSet<(Kind, Address)>,
    /// What is left alone, and since when; how often it was.
    paused: HashMap<(Kind, Address), Instant>,
    pauses: HashMap<(Kind, Address), u32>,
    /// How often lookup tables were written, and whether that is enough for this epoch.
    tables_written: u32,
    tables_tried: bool,
    /// Since when tables that cannot be used yet are waited for.
    settling: Option<Instant>,
}

impl Crank {
    /// `rpc` is one of the cluster's servers, whose name errors show.
    pub fn new(cluster: Cluster, rpc: Rpc, key: Arc<Keypair>, id: PoolId, settings: Settings) -> Self {
        let metrics = cluster.metrics().clone();
        let pool = id.address();
        Self {
            sender: Sender::new(cluster.clone(), Arc::clone(&key), settings.clone(), pool.to_string()),
            me: key.pubkey(),
            pool,
            name: pool.to_string(),
            reader: Reader::new(cluster.clone(), rpc, id),
            cluster,
            settings,
            metrics,
            costs: Costs::default(),
            cuts: Cuts::default(),
            tables: Tables::default(),
            turns: Turns::default(),
            max_locks: None,
            memory: Memory::default(),
            report: EpochReport::default(),
        }
    }

    /// What was done so far in the epoch that was read last.
    pub fn report(&self) -> &EpochReport {
        &self.report
    }

    pub fn pool(&self) -> Address {
        self.pool
    }

    /// Reads once, and does what can be done at once.
    pub async fn step(&mut self) -> Result<Turn, CrankError> {
        let snapshot = self.reader.read(self.settings.watch).await?;
        self.metrics.read(&self.name);
        let epoch = snapshot.clock.epoch;
        let desk = Desk::new(&snapshot);
        if self.memory.epoch != Some(epoch) {
            self.begin(&snapshot, &desk).await?;
        }
        let plan = self.plan(&snapshot);
        let stages = plan.now();
        let Some(first) = stages.first() else {
            // Whether there is more to do is not known.
            return match self.reader.blindness(&snapshot) {
                Some(error) => Err(error),
                None => Ok(self.rest(&snapshot, &plan)),
            };
        };
        if self.turns.others.is_none() && self.memory.stage != Some(first.kind) {
            // Nobody was known when the epoch began; somebody may have done something since.
            self.meet(&desk).await;
        }
        self.memory.stage = Some(first.kind);
        if let Some(turn) = self.tend_tables(&snapshot, &desk).await? {
            return Ok(turn);
        }
        let unit_price = self.settings.price.now(&self.cluster, &[desk.pool, desk.list]).await;
        let packer = Packer {
            payer: self.me,
            desk: &desk,
            tables: &self.tables,
            costs: &self.costs,
            unit_price,
            max_locks: self.max_locks.unwrap_or(MAX_LOCKS),
        };
        let batches =
            stages.into_iter().flat_map(|stage| packer.pack(epoch, stage, &mut self.cuts)).collect();
        let (due, wait) = self.due(batches);
        if due.is_empty() {
            return Ok(Turn::Wait(wait.min(self.settings.tick)));
        }
        let drafts: Vec<Draft> = due
            .iter()
            .map(|batch| Draft {
                kind: batch.kind,
                instructions: batch.instructions.clone(),
                tables: batch.tables.clone(),
            })
            .collect();
        let outcomes = self.sender.send(&drafts, unit_price).await;
        let is_broke = outcomes.iter().any(Outcome::is_for_want_of_funds);
        let is_lost = outcomes.iter().all(Outcome::is_lost);
        let mut progress = false;
        for (batch, outcome) in due.iter().zip(outcomes) {
            progress |= self.digest(batch, outcome, unit_price);
        }
        let tick = self.settings.tick;
        if is_broke {
            let lamports = self.purse().await?;
            return Err(CrankError::NoFunds { payer: self.me, lamports });
        }
        if is_lost {
            let items = due.iter().flat_map(|batch| batch.items.iter().map(|item| (batch.kind, item.of)));
            self.report.left = self.left(items.collect());
            return Ok(Turn::Lost(tick));
        }
        Ok(if progress { Turn::Worked } else { Turn::Wait(tick) })
    }

    /// Lamports that there are to pay with.
    async fn purse(&self) -> Result<u64, Fault> {
        let lamports = self.cluster.balance(&self.me).await?;
        self.metrics.balance(&self.me.to_string(), lamports);
        Ok(lamports)
    }

    /// What is left, by name, with what became of the last try of it.
    fn left(&self, mut items: Vec<(Kind, Address)>) -> Vec<String> {
        items.sort_unstable();
        let name = |item: &(Kind, Address)| {
            let why = self.memory.reasons.get(item).map_or_else(String::new, |why| format!(": {why}"));
            format!("{} {}{why}", item.0.name(), item.1)
        };
        items.iter().map(name).collect()
    }

    /// What would be sent now and later, as far as that is known. Sends nothing.
    pub async fn preview(&mut self) -> Result<Preview, CrankError> {
        let snapshot = self.reader.read(self.settings.watch).await?;
        if let Some(error) = self.reader.blindness(&snapshot) {
            return Err(error);
        }
        let desk = Desk::new(&snapshot);
        self.learn_limits().await?;
        self.tables = Tables::find(&self.cluster, &self.pool).await?;
        let plan = plan(&snapshot);
        let unit_price = self.settings.price.now(&self.cluster, &[desk.pool, desk.list]).await;
        let packer = Packer {
            payer: self.me,
            desk: &desk,
            tables: &self.tables,
            costs: &self.costs,
            unit_price,
            max_locks: self.max_locks.unwrap_or(MAX_LOCKS),
        };
        let mut stages = Vec::new();
        for stage in &plan.stages {
            let batches = packer.pack(plan.epoch, stage, &mut Cuts::default());
            let planned = batches.iter().map(|batch| PlannedTransaction {
                items: batch.items.len(),
                units: batch.planned,
                locks: batch.locks,
                bytes: batch.bytes,
                fee: fee(batch.planned, unit_price),
            });
            stages.push(PlannedStage {
                stage: stage.kind,
                ready: stage.ready,
                items: stage.pending(),
                transactions: planned.collect(),
            });
        }
        Ok(Preview {
            pool: self.name.clone(),
            epoch: plan.epoch,
            slot: snapshot.clock.slot,
            waits_for_rewards: plan.waits_for_rewards,
            is_open: plan.is_open,
            unit_price,
            tables: self.tables.in_use(),
            stages,
        })
    }

    /// A new epoch: what was tried in the last one is forgotten, and who is there is looked at again.
    async fn begin(&mut self, snapshot: &Snapshot, desk: &Desk) -> Result<(), CrankError> {
        let epoch = snapshot.clock.epoch;
        let lamports = self.purse().await?;
        if lamports <= SIGNATURE_LAMPORTS {
            return Err(CrankError::NoFunds { payer: self.me, lamports });
        }
        tracing::info!(pool = %self.name, epoch, slot = snapshot.clock.slot, "epoch");
        self.memory = Memory { epoch: Some(epoch), ..Memory::default() };
        self.report = EpochReport { pool: self.name.clone(), epoch, ..EpochReport::default() };
        self.cuts.clear();
        self.costs.new_epoch();
        self.reader.look_again();
        self.learn_limits().await?;
        self.meet(desk).await;
        self.find_tables().await;
        Ok(())
    }

    /// Reads which limits the chain has.
    async fn learn_limits(&mut self) -> Result<(), Fault> {
        if self.max_locks.is_none() {
            let feature = self.cluster.accounts(&[MORE_LOCKS_FEATURE]).await?.1.pop().flatten();
            // An option: 1 and the slot, once it is active.
            let is_active = feature.is_some_and(|account| account.data.first() == Some(&1));
            self.max_locks = Some(if is_active { MORE_LOCKS } else { MAX_LOCKS });
        }
        Ok(())
    }

    /// Looks who else is at work.
    async fn meet(&mut self, desk: &Desk) {
        if self.settings.patience.is_zero() {
            self.turns.others = Some(Vec::new());
            return;
        }
        let account = if desk.registry == Address::default() { desk.list } else { desk.registry };
        match peers::recent(&self.cluster, &account).await {
            Ok(others) => {
                tracing::debug!(pool = %self.name, ?others, "operators");
                self.turns.others = others;
            }
            Err(fault) => tracing::debug!(%fault, "who else is there is not known"),
        }
    }

    /// The plan, less what is left alone.
    fn plan(&mut self, snapshot: &Snapshot) -> Plan {
        let mut plan = plan(snapshot);
        let pause = self.settings.pause;
        let (landed, refused) = (&mut self.memory.landed, &mut self.memory.refused);
        let pauses = &self.memory.pauses;
        self.memory.paused.retain(|item, since| {
            let doublings = pauses.get(item).map_or(0, |pauses| pauses.saturating_sub(1).min(DOUBLINGS));
            let is_over = since.elapsed() >= pause * (1 << doublings);
            if is_over {
                landed.remove(item);
                refused.remove(item);
            }
            !is_over
        });
        let mut newly: BTreeMap<Kind, Vec<Address>> = BTreeMap::new();
        for stage in &plan.stages {
            let kind = stage.kind;
            let landings = if kind.is_repeated() { REPEATS } else { LANDINGS };
            for item in stage.items.iter().filter(|item| item.pending) {
                let key = (kind, item.of);
                let count = |counts: &HashMap<_, u32>| counts.get(&key).copied().unwrap_or(0);
                let is_idle = count(&self.memory.landed) >= landings;
                let is_refused = count(&self.memory.refused) >= kind.refusals();
                // What is left of a slash may be nothing, by its bounds.
                let is_hopeless = is_idle && kind.is_optional() || is_refused && kind == Kind::ExecuteSlash;
                let (pool, of, stage) = (&self.name, item.of, kind.name());
                if is_hopeless && self.memory.dropped.insert(key) {
                    tracing::info!(%pool, stage, %of, "nothing to be done in this epoch");
                } else if !is_hopeless && (is_idle || is_refused) && !self.memory.paused.contains_key(&key) {
                    newly.entry(kind).or_default().push(of);
                    self.memory.paused.insert(key, Instant::now());
                    *self.memory.pauses.entry(key).or_default() += 1;
                }
            }
        }
        for (kind, items) in newly {
            let (pool, stage, of) = (&self.name, kind.name(), items.first().copied().unwrap_or_default());
            let reason = self.memory.reasons.get(&(kind, of)).map_or("", String::as_str);
            tracing::warn!(%pool, stage, items = items.len(), first = %of, reason, "left alone for a while");
        }
        plan.drop(&self.memory.dropped);
        let held: HashSet<(Kind, Address)> = self.memory.paused.keys().copied().collect();
        let pending: HashSet<(Kind, Address)> = plan.pending().collect();
        plan.hold(&held);

        for kind in Kind::ALL {
            let pending = plan.stages.iter().find(|stage| stage.kind == kind);
            self.metrics.pending(&self.name, kind, pending.map_or(0, |stage| stage.pending()));
        }
        let lag = snapshot.clock.slot.saturating_sub(snapshot.epoch_start());
        self.metrics.lag(&self.name, plan.epoch, if plan.is_done() { 0 } else { lag });
        let is_late = plan.pending().any(|(kind, _)| kind.is_of_every_epoch());
        self.metrics.late(&self.name, plan.epoch, if is_late { lag } else { 0 });
        self.metrics.stuck(&self.name, plan.held);
        self.report.left = self.left(held.intersection(&pending).copied().collect());
        plan
    }

    /// There is nothing to send.
    fn rest(&mut self, snapshot: &Snapshot, plan: &Plan) -> Turn {
        if plan.is_done() {
            let slots = snapshot.clock.slot.saturating_sub(snapshot.epoch_start());
            if !self.report.finished {
                let (transactions, fees) = (self.report.transactions(), self.report.fees());
                tracing::info!(pool = %self.name, epoch = plan.epoch, slots, transactions, fees, "epoch finished");
            }
            self.report.finished = true;
            self.metrics.finished(&self.name, plan.epoch, slots);
            return Turn::Done;
        }
        self.report.finished = false;
        if plan.held > 0 && !plan.waits_for_rewards { Turn::Stuck } else { Turn::Wait(self.settings.tick) }
    }

    /// The batches whose time has come, and how long it is until the next one's.
    fn due(&mut self, batches: Vec<Batch>) -> (Vec<Batch>, Duration) {
        let mut wait = Duration::MAX;
        let mut due = Vec::new();
        for batch in batches {
            let seen = self.memory.seen.entry(batch.key).or_insert_with(Instant::now);
            let turn = self.turns.wait(&self.me, batch.key, self.settings.patience);
            match turn.checked_sub(seen.elapsed()).filter(|left| !left.is_zero()) {
                None => due.push(batch),
                Some(left) => wait = wait.min(left),
            }
        }
        (due, wait)
    }
}
