//! One ledger of business, funds and information, out of the events alone: what happened to a pool, its selection and its
//! vaults, in the chain's order, with the price inputs before and after.
//!
//! Events are lines of a log, and whoever wraps our programs can fill the log before they write theirs. Where a log was
//! cut, or the server has none, and where two events do not join, a row says so: what is not known is not left out.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Value, json};
use sluice_client::Rpc;
use sluice_sdk::restaking_vault::accounts::{Allocation, Distribution};
use sluice_sdk::validator_selection::pdas::find_config;
use sluice_sdk::{AccountData, Event};
use solana_address::Address;
use solana_signature::Signature;

use crate::history::{History, Silence, Start, Told, transaction};
use crate::{Audit, Error};

/// Rows that are no events of a program: a transaction whose log was cut or is missing, and an event that does not begin
/// where the one before ended.
pub const LOG_CUT: &str = "LogCut";
pub const LOG_MISSING: &str = "LogMissing";
pub const GAP: &str = "Gap";

const LOG_CUT_NOTE: &str = "log cut: what it did is not known from events";
const LOG_MISSING_NOTE: &str = "log missing: what it did is not known from events";
const GAP_NOTE: &str =
    "an event is missing before the next row: it does not begin where the row before ended";
const FOREIGN_NOTE: &str =
    "not of these vaults, or of something of theirs that was closed before this ledger begins";

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Somebody from outside came in, went out, or gave something.
    Business,
    /// What is held moved, grew or shrank.
    Funds,
    /// Something was decided, and nothing moved.
    Information,
}

/// One event, or what is not known for the want of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub slot: u64,
    /// Seconds since 1970, as the block says; empty where it does not.
    pub time: Option<i64>,
    pub signature: String,
    /// Which of the transaction's events. A gap has that of the event behind it, and what was cut or is missing comes
    /// last.
    pub index: usize,
    pub program: String,
    pub event: String,
    pub kind: Kind,
    /// The pool, selection or vault; an operator or a service for what concerns no vault in particular; a distribution or an
    /// allocation that is of none of these vaults.
    pub account: String,
    /// Who caused it, where the event says.
    pub who: String,
    /// The price inputs: lamports of a pool or collateral of a vault, of all classes and with rewards on their way; LST or
    /// shares, of all classes; of the former what is not released yet. Empty where the event changes none.
    pub total_before: Option<u64>,
    pub total_after: Option<u64>,
    pub supply_before: Option<u64>,
    pub supply_after: Option<u64>,
    pub locked_before: Option<u64>,
    pub locked_after: Option<u64>,
    /// The whole event, as JSON.
    pub details: String,
}

impl Audit {
    /// All events after `since`, or since the beginning, oldest first. Of the slot of `since` there may be some from before it:
    /// those of accounts that it does not name.
    pub async fn ledger(&self, since: Option<Signature>) -> Result<Vec<Row>, Error> {
        let pool = self.pool.address();
        let mut accounts = vec![pool, find_config(&pool).0];
        accounts.extend(self.all_vaults(&pool).await?);
        let start = match since {
            Some(since) => Start::After(since, slot_of(&self.rpc, &since).await?),
            None => Start::Slot(0),
        };
        let heard = History::default().read(&self.rpc, &accounts, start).await?;
        let mut book = Book {
            ours: accounts.iter().map(Address::to_string).collect(),
            parts: parts(&self.rpc, &accounts).await?,
            ended: HashMap::new(),
            from_nothing: since.is_none(),
        };
        // One after the other: what a distribution or an allocation is of, an event before it may have said.
        Ok(heard.told.iter().flat_map(|told| book.rows(told, &heard.named)).collect())
    }
}

/// Distributions and allocations of the vaults among `accounts`, by address, and whose each is.
async fn parts(rpc: &Rpc, accounts: &[Address]) -> Result<HashMap<String, String>, Error> {
    let mut parts = HashMap::new();
    for vault in accounts {
        let addresses = [of::<Distribution>(rpc, vault).await?, of::<Allocation>(rpc, vault).await?].concat();
        parts.extend(addresses.into_iter().map(|address| (address.to_string(), vault.to_string())));
    }
    Ok(parts)
}

/// Addresses of all accounts of a type that begin with the vault they are of.
async fn of<T: AccountData>(rpc: &Rpc, vault: &Address) -> Result<Vec<Address>, Error> {
    let filters: [(usize, &[u8]); 2] = [(0, &T::DISCRIMINATOR[..]), (8, vault.as_ref())];
    Ok(rpc.program_addresses(&T::PROGRAM, &filters).await?)
}

/// The slot of a transaction that the server must know.
async fn slot_of(rpc: &Rpc, signature: &Signature) -> Result<u64, Error> {
    let found = transaction(rpc, signature)
        .await
        .map_err(|error| Error::Since { signature: signature.to_string(), reason: error.to_string() })?;
    Ok(found.0)
}

/// What has been read so far, and of what.
struct Book {
    /// The pool, its selection, the vaults.
    ours: HashSet<String>,
    /// Distributions and allocations, by address, and of which vault each is.
    parts: HashMap<String, String>,
    /// Total and supply with which an account's last event ended.
    ended: HashMap<String, (u64, u64)>,
    /// Whether this ledger has everything: an account's first event then begins from zero.
    from_nothing: bool,
}

impl Book {
    /// The rows of the next transaction, which names the accounts that `named` says.
    fn rows(&mut self, told: &Told, named: &HashMap<Signature, Vec<String>>) -> Vec<Row> {
        let mut rows = Vec::new();
        for (index, event) in told.events.iter().enumerate() {
            let Some(row) = self.row(told, index, event) else { continue };
            rows.extend(self.gap(told, &row));
            rows.push(row);
        }
        let Some(silence) = told.silence else { return rows };
        let (event, note) = match silence {
            Silence::Cut => (LOG_CUT, LOG_CUT_NOTE),
            Silence::Missing => (LOG_MISSING, LOG_MISSING_NOTE),
        };
        let accounts = named.get(&told.signature).into_iter().flatten();
        let index = told.events.len();
        rows.extend(accounts.map(|account| told.remark(index, event, account, json!({ "note": note }))));
        rows
    }

    /// What tells that an event with price inputs does not begin where the last one of its account ended. Profit and rewards
    /// are released as slots pass, without an event: total and supply are compared, not what is locked.
    fn gap(&mut self, told: &Told, row: &Row) -> Option<Row> {
        let before = (row.total_before?, row.supply_before?);
        let after = (row.total_after?, row.supply_after?);
        let ended = self.ended.insert(row.account.clone(), after);
        let ended = ended.or(self.from_nothing.then_some((0, 0)))?;
        let details = json!({
            "note": GAP_NOTE,
            "total_ended": ended.0,
            "supply_ended": ended.1,
            "total_begins": before.0,
            "supply_begins": before.1,
        });
        (ended != before).then(|| told.remark(row.index, GAP, &row.account, details))
    }

    /// `None`: it is about somebody else's pool.
    fn row(&mut self, told: &Told, index: usize, event: &Event) -> Option<Row> {
        let mut details = serde_json::to_value(event).ok()?;
        let text = |names: &[&str]| {
            let found = names.iter().find_map(|name| details.get(*name).and_then(Value::as_str));
            found.unwrap_or_default().to_owned()
        };
        let owner = text(&["pool", "vault", "config"]);
        let part = text(&["distribution", "allocation"]);
        let (account, is_foreign) = if !owner.is_empty() {
            if !self.ours.contains(&owner) {
                return None;
            }
            if !part.is_empty() {
                self.parts.insert(part, owner.clone());
            }
            (owner, false)
        } else if !part.is_empty() {
            // It names no vault, and anybody can name one of ours beside it.
            match self.parts.get(&part) {
                Some(vault) => (vault.clone(), false),
                None => (part, true),
            }
        } else {
            (text(&["operator", "service"]), false)
        };
        let who = text(&["user", "owner", "depositor", "payer", "by", "creator", "authority", "admin"]);
        let program = text(&["program"]);
        let before = details.get("before").and_then(Entry::read);
        // What opens a pool or a vault begins from nothing.
        let after = details.get("after").and_then(Entry::read);
        let before = before.or(after.as_ref().map(|_| Entry::default()));
        let field = |entry: &Option<Entry>, of: fn(&Entry) -> u64| entry.as_ref().map(of);
        if let Some(fields) = details.as_object_mut().filter(|_| is_foreign) {
            fields.insert("note".into(), FOREIGN_NOTE.into());
        }
        Some(Row {
            slot: told.slot,
            time: told.time,
            signature: told.signature.to_string(),
            index,
            program,
            event: event.name().to_owned(),
            kind: if is_foreign { Kind::Information } else { kind(event.name()) },
            account,
            who,
            total_before: field(&before, |entry| entry.total),
            total_after: field(&after, |entry| entry.total),
            supply_before: field(&before, |entry| entry.supply),
            supply_after: field(&after, |entry| entry.supply),
            locked_before: field(&before, |entry| entry.locked),
            locked_after: field(&after, |entry| entry.locked),
            details: details.to_string(),
        })
    }
}

impl Told {
    /// A row that is no event.
    fn remark(&self, index: usize, event: &str, account: &str, details: Value) -> Row {
        Row {
            slot: self.slot,
            time: self.time,
            signature: self.signature.to_string(),
            index,
            program: String::new(),
            event: event.to_owned(),
            kind: Kind::Information,
            account: account.to_owned(),
            who: String::new(),
            total_before: None,
            total_after: None,
            supply_before: None,
            supply_after: None,
            locked_before: None,
            locked_after: None,
            details: details.to_string(),
        }
    }
}

/// Price inputs of a pool or a vault.
#[derive(Default)]
struct Entry {
    total: u64,
    supply: u64,
    locked: u64,
}

impl Entry {
    fn read(value: &Value) -> Option<Self> {
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let of_pool = || {
            Some(Self {
                total: number("total_lamports")?,
                supply: number("supply")?,
                locked: number("locked_profit")?,
            })
        };
        let of_vault = || {
            let locked = number("locked_rewards")?;
            Some(Self {
                total: number("assets")?.saturating_add(number("junior_assets")?).saturating_add(locked),
                supply: number("supply")?.saturating_add(number("junior_supply")?),
                locked,
            })
        };
        of_pool().or_else(of_vault)
    }
}

/// By the event's name: the programs name no two kinds alike.
fn kind(event: &str) -> Kind {
    match event {
        "SolDeposited"
        | "SolWithdrawn"
        | "StakeDeposited"
        | "StakeWithdrawn"
        | "UnstakeOrdered"
        | "TicketCancelled"
        | "TicketClaimed"
        | "TicketSplit"
        | "TicketTransferred"
        | "LstConverted"
        | "LiquidityAdded"
        | "LiquidityRemoved"
        | "InsuranceFunded"
        | "CollateralDeposited"
        | "StakedAndRestaked"
        | "InstantlyWithdrawn"
        | "WithdrawalEnqueued"
        | "WithdrawalClaimed"
        | "RewardsPaid"
        | "RewardClaimed"
        | "RewardsClawedBack"
        | "DistributionCreated"
        | "BondChanged"
        | "CandidateJoined"
        | "DirectionChanged"
        | "BidSet" => Kind::Business,
        "PoolInitialized"
        | "LiquidityPoolOpened"
        | "VaultInitialized"
        | "JuniorInitialized"
        | "UpdateFinished"
        | "ValidatorsUpdated"
        | "ValidatorMoved"
        | "StakeIncreased"
        | "StakeDecreased"
        | "StakeAddressCleared"
        | "Rebalanced"
        | "EmergencyUnstaked"
        | "BondCharged"
        | "BondsSettled"
        | "SlashExecuted"
        | "CollateralAllocated"
        | "DeallocationStarted"
        | "AllocationReleased"
        | "OptedOut" => Kind::Funds,
        _ => Kind::Information,
    }
}

#[cfg(test)]
mod tests;
