//! Who is told what: a thread that hears what happens in the localnet and passes it on to those who subscribed. It reads
//! accounts, and changes nothing.

use {
    super::{
        Client,
        subscription::{Key, Subscription, encoded, in_slot},
    },
    crate::{
        history::{Happening, Level, Listener, Record},
        localnet::Localnet,
        rpc::{
            Shared,
            accounts::{Loaded, nothing},
            gate::Panicked,
        },
    },
    serde_json::{Value, json},
    solana_account::ReadableAccount,
    solana_address::Address,
    solana_rpc_client_api::response::UiTransactionError,
    std::{
        collections::{BTreeMap, BTreeSet, HashMap},
        sync::{
            Arc,
            atomic::{AtomicU64, Ordering},
            mpsc::{self, Receiver, Sender},
        },
    },
};

enum Message {
    Happened(Happening),
    Subscribe(u64, Client, Subscription),
    Unsubscribe(u64),
    Gone(u64),
    /// No slot passes by itself any more: what landed is final.
    Settle,
    Stop,
}

/// The way to the hub.
pub(in crate::rpc) struct Hub {
    inbox: Sender<Message>,
    next: AtomicU64,
}

/// Where the hub hears what it is told.
pub(in crate::rpc) struct Inbox(Receiver<Message>);

impl Hub {
    pub(in crate::rpc) fn new() -> (Self, Inbox) {
        let (inbox, received) = mpsc::channel();
        (Self { inbox, next: AtomicU64::new(0) }, Inbox(received))
    }

    /// What a localnet calls when something happens.
    pub(super) fn listener(&self) -> Listener {
        let inbox = self.inbox.clone();
        Box::new(move |happening| inbox.send(Message::Happened(happening)).is_ok())
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn subscribe(&self, id: u64, client: Client, subscription: Subscription) {
        self.tell(Message::Subscribe(id, client, subscription));
    }

    pub(super) fn unsubscribe(&self, id: u64) {
        self.tell(Message::Unsubscribe(id));
    }

    /// A client's connection has ended.
    pub(super) fn gone(&self, client: u64) {
        self.tell(Message::Gone(client));
    }

    /// No slot passes by itself any more.
    pub(in crate::rpc) fn settle(&self) {
        self.tell(Message::Settle);
    }

    pub(in crate::rpc) fn stop(&self) {
        self.tell(Message::Stop);
    }

    /// A hub that has ended needs to hear nothing.
    fn tell(&self, message: Message) {
        let _ = self.inbox.send(message);
    }
}

/// Runs the hub until it is told to stop, or the localnet has panicked.
pub(in crate::rpc) fn run(shared: &Shared, inbox: Inbox) {
    let mut switchboard = Switchboard::new(shared);
    while let Ok(first) = inbox.0.recv() {
        let mut dirty = Dirty::default();
        // All that waits is taken together: an account that changed ten times is read once.
        let mut next = Some(first);
        while let Some(message) = next {
            match switchboard.hear(message, &mut dirty) {
                Ok(true) => {}
                Ok(false) | Err(Panicked) => return,
            }
            next = inbox.0.try_recv().ok();
        }
        if switchboard.read(dirty).is_err() {
            return;
        }
    }
}

/// The accounts to look at.
#[derive(Default)]
struct Dirty {
    written: BTreeSet<Address>,
    /// A slot has passed: any account that somebody watches may have changed.
    all_watched: bool,
}

struct Switchboard<'a> {
    shared: &'a Shared,
    subscribers: BTreeMap<u64, (Client, Subscription)>,
    by_key: HashMap<Key, Vec<u64>>,
    /// The transactions of the open block, and of the one closed last, while slots pass by themselves.
    open: Vec<Arc<Record>>,
    confirmed: Vec<Arc<Record>>,
}

impl<'a> Switchboard<'a> {
    fn new(shared: &'a Shared) -> Self {
        Self {
            shared,
            subscribers: BTreeMap::new(),
            by_key: HashMap::new(),
            open: Vec::new(),
            confirmed: Vec::new(),
        }
    }

    /// Acts on a message; false to stop.
    fn hear(&mut self, message: Message, dirty: &mut Dirty) -> Result<bool, Panicked> {
        match message {
            Message::Happened(Happening::Transaction(record)) => {
                if !self.by_key.is_empty() {
                    // Of one that failed only the payer's account has changed.
                    let written = if record.meta.status.is_ok() { usize::MAX } else { 1 };
                    dirty.written.extend(record.written().take(written));
                }
                self.pass_on(&record, Level::Processed);
                self.open.push(record);
                if !self.shared.ticks() {
                    self.settle();
                }
            }
            Message::Happened(Happening::Accounts(written)) => {
                if !self.by_key.is_empty() {
                    dirty.written.extend(written);
                }
            }
            Message::Happened(Happening::Block { slot, parent }) => {
                let closed = std::mem::take(&mut self.open);
                let final_now = std::mem::replace(&mut self.confirmed, closed.clone());
                final_now.iter().for_each(|record| self.pass_on(record, Level::Finalized));
                closed.iter().for_each(|record| self.pass_on(record, Level::Confirmed));
                // Every parent is a root: there is one fork.
                self.send_to(Key::Slot, &json!({ "slot": slot, "parent": parent, "root": parent }));
                self.send_to(Key::Root, &json!(parent));
                dirty.all_watched = true;
            }
            Message::Subscribe(id, client, subscription) => self.subscribe(id, client, subscription)?,
            Message::Unsubscribe(id) => self.forget(id),
            Message::Gone(client) => {
                let of_client = self.subscribers.iter().filter(|(_, (of, _))| of.id == client);
                let ids: Vec<_> = of_client.map(|(id, _)| *id).collect();
                ids.into_iter().for_each(|id| self.forget(id));
            }
            Message::Settle => self.settle(),
            Message::Stop => return Ok(false),
        }
        Ok(true)
    }

    /// All that landed is final.
    fn settle(&mut self) {
        for record in std::mem::take(&mut self.confirmed) {
            self.pass_on(&record, Level::Finalized);
        }
        for record in std::mem::take(&mut self.open) {
            self.pass_on(&record, Level::Confirmed);
            self.pass_on(&record, Level::Finalized);
        }
    }

    /// Registers a subscription. A transaction that has landed already is told of at once.
    fn subscribe(&mut self, id: u64, client: Client, mut subscription: Subscription) -> Result<(), Panicked> {
        let mut landed = None;
        match &mut subscription {
            Subscription::Signature { signature, .. } => {
                let net = self.shared.gate.request()?;
                let record = net.history.by_signature(signature).cloned();
                landed = record.map(|record| (self.shared.level(&net, record.slot), record));
            }
            Subscription::Account { address, last, .. } => {
                *last = self.shared.gate.request()?.bank().get_account(address);
            }
            _ => {}
        }
        self.by_key.entry(subscription.key()).or_default().push(id);
        self.subscribers.insert(id, (client, subscription));
        if let Some((level, record)) = landed {
            let passed = [Level::Processed, Level::Confirmed, Level::Finalized];
            let passed = passed.into_iter().filter(|passed| *passed <= level);
            passed.for_each(|level| self.signature_is(id, &record, level));
        }
        Ok(())
    }

    fn forget(&mut self, id: u64) {
        let Some((_, subscription)) = self.subscribers.remove(&id) else { return };
        let key = subscription.key();
        if let Some(ids) = self.by_key.get_mut(&key) {
            ids.retain(|other| *other != id);
            if ids.is_empty() {
                self.by_key.remove(&key);
            }
        }
    }

    /// Tells who waits for a transaction to be that sure.
    fn pass_on(&mut self, record: &Record, level: Level) {
        for id in self.ids(Key::Signature(record.signature())) {
            self.signature_is(id, record, level);
        }
        let of_logs = self.ids(Key::Logs);
        let wants = |id: &u64| match self.subscribers.get(id) {
            Some((_, Subscription::Logs { mentions, level: wanted })) => {
                *wanted == level && mentions.is_none_or(|mentioned| record.accounts.contains(&mentioned))
            }
            _ => false,
        };
        let of_logs: Vec<_> = of_logs.into_iter().filter(wants).collect();
        if !of_logs.is_empty() {
            let said = in_slot(
                record.slot,
                json!({
                    "signature": record.signature().to_string(),
                    "err": failure(record),
                    "logs": record.meta.log_messages,
                }),
            );
            of_logs.into_iter().for_each(|id| self.send(id, &said));
        }
    }

    /// Tells a subscriber of a transaction, and forgets it, if that is how sure it wanted it to be.
    fn signature_is(&mut self, id: u64, record: &Record, level: Level) {
        let Some((_, Subscription::Signature { level: wanted, received, .. })) = self.subscribers.get(&id)
        else {
            return;
        };
        let (wanted, received) = (*wanted, *received);
        if received && level == Level::Processed {
            self.send(id, &in_slot(record.slot, json!("receivedSignature")));
        }
        if wanted == level {
            self.send(id, &in_slot(record.slot, json!({ "err": failure(record) })));
            self.forget(id);
        }
    }

    /// Reads the accounts that may have changed and tells who watches them, or their programs.
    fn read(&mut self, dirty: Dirty) -> Result<(), Panicked> {
        let watched = self.by_key.keys().filter_map(|key| match key {
            Key::Account(address) => Some(*address),
            _ => None,
        });
        let has_programs = self.by_key.keys().any(|key| matches!(key, Key::Program(_)));
        let mut addresses: BTreeSet<_> = watched.collect();
        if !dirty.all_watched {
            addresses.retain(|address| dirty.written.contains(address));
        }
        if has_programs {
            addresses.extend(&dirty.written);
        }
        if addresses.is_empty() {
            return Ok(());
        }
        let net = self.shared.gate.request()?;
        let slot = net.slot();
        let changes: Vec<_> =
            addresses.iter().flat_map(|address| self.changes(&net, *address, &dirty.written)).collect();
        drop(net);
        for (id, loaded) in changes {
            let told = match self.subscribers.get_mut(&id) {
                Some((_, Subscription::Account { options, last, .. })) => {
                    *last = Some(loaded.account.clone());
                    encoded(&loaded, options, false)
                }
                Some((_, Subscription::Program { options, .. })) => encoded(&loaded, &options.account, true),
                _ => continue,
            };
            self.send(id, &in_slot(slot, told));
        }
        Ok(())
    }

    /// Who is to be told of an account, and as what.
    fn changes(&self, net: &Localnet, address: Address, written: &BTreeSet<Address>) -> Vec<(u64, Loaded)> {
        let account = net.bank().get_account(&address).unwrap_or_else(nothing);
        let of_account = self.ids(Key::Account(address)).into_iter().filter_map(|id| {
            let (_, Subscription::Account { options, last, .. }) = self.subscribers.get(&id)? else {
                return None;
            };
            let before = last.clone().unwrap_or_else(nothing);
            (before != account).then(|| (id, Loaded::with(net.bank(), address, account.clone(), options)))
        });
        let of_program = self.ids(Key::Program(*account.owner())).into_iter().filter_map(|id| {
            let (_, Subscription::Program { options, .. }) = self.subscribers.get(&id)? else { return None };
            let tell = written.contains(&address) && options.allow(account.data());
            tell.then(|| (id, Loaded::with(net.bank(), address, account.clone(), &options.account)))
        });
        of_account.chain(of_program).collect()
    }

    fn ids(&self, key: Key) -> Vec<u64> {
        self.by_key.get(&key).cloned().unwrap_or_default()
    }

    fn send_to(&mut self, key: Key, result: &Value) {
        self.ids(key).into_iter().for_each(|id| self.send(id, result));
    }

    /// Sends a notification; a client that has not read what waits for it already is let go.
    fn send(&mut self, id: u64, result: &Value) {
        if let Some((client, subscription)) = self.subscribers.get(&id)
            && client.outgoing.try_send(subscription.notification(id, result)).is_err()
        {
            client.overflow.notify_one();
        }
    }
}

fn failure(record: &Record) -> Option<UiTransactionError> {
    record.meta.status.clone().err().map(Into::into)
}
