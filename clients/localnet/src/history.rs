//! What happened, as far back as it is kept: transactions with their results, blocks, inflation rewards by epoch. Records
//! are the runtime's own structures; nothing is encoded before somebody asks. It never reads a bank.

use {
    crate::chain::Reward,
    solana_address::Address,
    solana_clock::{Epoch, Slot, UnixTimestamp},
    solana_hash::Hash,
    solana_signature::Signature,
    solana_svm::transaction_balances::SvmTokenInfo,
    solana_transaction::versioned::VersionedTransaction,
    solana_transaction_status::TransactionStatusMeta,
    std::{
        collections::{BTreeMap, HashMap, VecDeque},
        sync::Arc,
    },
};

/// How many blocks are kept, with or without transactions in them.
const BLOCKS_KEPT: usize = 50_000;
/// Of how many epochs the rewards are kept.
const REWARD_EPOCHS_KEPT: usize = 64;
/// How many transactions count as the last ones.
const RECENT: usize = 256;

/// A transaction that landed, whether it succeeded or not.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) transaction: VersionedTransaction,
    pub(crate) slot: Slot,
    /// Its place among those of its block.
    pub(crate) index: u32,
    pub(crate) block_time: UnixTimestamp,
    /// Accounts in the transaction's order, looked up ones included.
    pub(crate) accounts: Vec<Address>,
    /// By account: whether the transaction may have changed it.
    pub(crate) writable: Vec<bool>,
    /// Without token balances: those are in `pre_tokens` and `post_tokens` until somebody asks.
    pub(crate) meta: TransactionStatusMeta,
    pub(crate) pre_tokens: Vec<SvmTokenInfo>,
    pub(crate) post_tokens: Vec<SvmTokenInfo>,
}

impl Record {
    pub(crate) fn signature(&self) -> Signature {
        self.transaction.signatures.first().copied().unwrap_or_default()
    }

    /// The accounts that the transaction may have changed.
    pub(crate) fn written(&self) -> impl Iterator<Item = &Address> {
        self.accounts
            .iter()
            .zip(&self.writable)
            .filter(|(_, writable)| **writable)
            .map(|(address, _)| address)
    }
}

/// A block: the last one is still open.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) slot: Slot,
    pub(crate) parent: Slot,
    pub(crate) height: u64,
    pub(crate) time: UnixTimestamp,
    /// The hash that closed it; all zeros while it is open.
    pub(crate) hash: Hash,
    pub(crate) parent_hash: Hash,
    pub(crate) rewards: Vec<Reward>,
    /// In how many blocks an epoch's rewards are paid, in the first block of the epoch.
    pub(crate) reward_partitions: Option<u64>,
    /// The number of its first transaction, counted from the start of the chain.
    first: u64,
}

/// How sure it is that a block stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Of the open block.
    Processed,
    /// Of the block closed last.
    Confirmed,
    /// Of any block before.
    Finalized,
}

/// Who is told what happens; false once nobody listens any more.
pub(crate) type Listener = Box<dyn Fn(Happening) -> bool + Send + Sync>;

/// Something a client may want to hear of.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    Transaction(Arc<Record>),
    /// Accounts changed without a transaction: votes, rewards.
    Accounts(Vec<Address>),
    /// A block was opened on top of its parent.
    Block {
        slot: Slot,
        parent: Slot,
    },
}

/// The record of a localnet.
pub(crate) struct History {
    kept: usize,
    records: VecDeque<Arc<Record>>,
    /// The number of the first of `records`.
    first: u64,
    by_signature: HashMap<Signature, u64>,
    by_address: HashMap<Address, VecDeque<u64>>,
    blocks: VecDeque<Block>,
    rewards: BTreeMap<Epoch, HashMap<Address, (Slot, Reward)>>,
    listeners: Vec<Listener>,
}

impl History {
    /// Keeps the last `kept` transactions.
    pub(crate) fn new(kept: usize) -> Self {
        Self {
            kept,
            records: VecDeque::new(),
            first: 0,
            by_signature: HashMap::new(),
            by_address: HashMap::new(),
            blocks: VecDeque::new(),
            rewards: BTreeMap::new(),
            listeners: Vec::new(),
        }
    }

    pub(crate) fn listen(&mut self, listener: Listener) {
        self.listeners.push(listener);
    }

    /// Tells the listeners, if there are any, what `what` says.
    pub(crate) fn tell(&mut self, what: impl FnOnce() -> Happening) {
        if !self.listeners.is_empty() {
            let happening = what();
            self.listeners.retain(|listener| listener(happening.clone()));
        }
    }

    /// Closes the open block, with a hash and the fees its leader got, and opens the next one.
    pub(crate) fn open(&mut self, block: Block, fees: Vec<Reward>) {
        if let Some(open) = self.blocks.back_mut() {
            open.hash = block.parent_hash;
            open.rewards.extend(fees);
        }
        let (slot, parent) = (block.slot, block.parent);
        self.blocks.push_back(Block { first: self.next(), ..block });
        if self.blocks.len() > BLOCKS_KEPT {
            self.blocks.pop_front();
        }
        self.tell(|| Happening::Block { slot, parent });
    }

    /// The place in its block of the transaction that is recorded next.
    pub(crate) fn next_index(&self) -> u32 {
        let first = self.blocks.back().map_or(0, |block| block.first);
        u32::try_from(self.next() - first).unwrap_or(u32::MAX)
    }

    /// Keeps a transaction, in place of the oldest one if there are too many.
    pub(crate) fn record(&mut self, record: Record) {
        let number = self.next();
        let record = Arc::new(record);
        self.by_signature.insert(record.signature(), number);
        for address in &record.accounts {
            self.by_address.entry(*address).or_default().push_back(number);
        }
        self.records.push_back(Arc::clone(&record));
        while self.records.len() > self.kept {
            self.forget_oldest();
        }
        self.tell(|| Happening::Transaction(record));
    }

    fn forget_oldest(&mut self) {
        let Some(record) = self.records.pop_front() else { return };
        self.first += 1;
        // The same bytes may have landed again once the chain had forgotten them: then the later record stays known.
        if self.by_signature.get(&record.signature()).is_some_and(|number| *number < self.first) {
            self.by_signature.remove(&record.signature());
        }
        for address in &record.accounts {
            if let Some(numbers) = self.by_address.get_mut(address) {
                while numbers.front().is_some_and(|number| *number < self.first) {
                    numbers.pop_front();
                }
                if numbers.is_empty() {
                    self.by_address.remove(address);
                }
            }
        }
    }

    /// Keeps what was paid of an epoch's inflation.
    pub(crate) fn pay(&mut self, epoch: Epoch, slot: Slot, rewards: &[Reward]) {
        let of_epoch = self.rewards.entry(epoch).or_default();
        of_epoch.extend(rewards.iter().map(|reward| (reward.to, (slot, *reward))));
        while self.rewards.len() > REWARD_EPOCHS_KEPT {
            self.rewards.pop_first();
        }
    }

    /// What an account got of an epoch's inflation, and in which slot.
    pub(crate) fn reward(&self, epoch: Epoch, to: &Address) -> Option<(Slot, Reward)> {
        self.rewards.get(&epoch)?.get(to).copied()
    }

    /// The first epoch whose rewards are kept.
    pub(crate) fn first_rewarded_epoch(&self) -> Option<Epoch> {
        self.rewards.keys().next().copied()
    }

    pub(crate) fn by_signature(&self, signature: &Signature) -> Option<&Arc<Record>> {
        self.get(*self.by_signature.get(signature)?)
    }

    /// The transactions that name an account, the latest first.
    pub(crate) fn by_address(&self, address: &Address) -> impl Iterator<Item = &Arc<Record>> {
        self.by_address.get(address).into_iter().flatten().rev().filter_map(|number| self.get(*number))
    }

    /// Blocks, the oldest first; the last one is open.
    pub(crate) fn blocks(&self) -> impl DoubleEndedIterator<Item = &Block> {
        self.blocks.iter()
    }

    pub(crate) fn block(&self, slot: Slot) -> Option<&Block> {
        let place = self.blocks.binary_search_by_key(&slot, |block| block.slot).ok()?;
        self.blocks.get(place)
    }

    /// The transactions of a block that are still kept, in order.
    pub(crate) fn transactions(&self, block: &Block) -> impl DoubleEndedIterator<Item = &Arc<Record>> {
        let place = self.blocks.partition_point(|other| other.slot <= block.slot);
        let end = self.blocks.get(place).map_or(self.next(), |next| next.first);
        (block.first.max(self.first)..end).filter_map(|number| self.get(number))
    }

    /// How sure it is that a block of that slot stays, while slots pass.
    pub(crate) fn level(&self, slot: Slot) -> Level {
        let mut later = self.blocks.iter().rev().take_while(|block| block.slot > slot);
        match (later.next(), later.next()) {
            (None, _) => Level::Processed,
            (Some(_), None) => Level::Confirmed,
            (Some(_), Some(_)) => Level::Finalized,
        }
    }

    /// True if one of the last transactions used the block hash, so that the same again would be a duplicate.
    pub(crate) fn was_used(&self, blockhash: &Hash) -> bool {
        let mut last = self.records.iter().rev().take(RECENT);
        last.any(|record| record.transaction.message.recent_blockhash() == blockhash)
    }

    fn next(&self) -> u64 {
        self.first + self.records.len() as u64
    }

    fn get(&self, number: u64) -> Option<&Arc<Record>> {
        self.records.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }
}

impl Block {
    /// A block that is just opened.
    pub(crate) fn open(
        (slot, parent): (Slot, Slot),
        height: u64,
        time: UnixTimestamp,
        parent_hash: Hash,
        rewards: Vec<Reward>,
        reward_partitions: Option<u64>,
    ) -> Self {
        let hash = Hash::default();
        Self { slot, parent, height, time, hash, parent_hash, rewards, reward_partitions, first: 0 }
    }
}
