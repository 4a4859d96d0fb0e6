//! What the transactions that name some accounts say of themselves: signatures, logs, events, in the chain's order.
//!
//! Events are lines of a log, and whoever wraps our programs can fill the log before they write theirs: where a log was
//! cut, or the server has none, that is told too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{StreamExt, TryStreamExt, stream};
use sluice_client::Rpc;
use sluice_sdk::{Event, logs};
use solana_address::Address;
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status::UiTransactionEncoding;

use crate::Error;

/// Signatures of one answer, and transactions asked for at a time.
const PAGE: usize = 1_000;
pub const REQUESTS: usize = 8;

/// What the runtime writes in place of what a log has no room for. Programs cannot: what they print begins otherwise.
const CUT: &str = "Log truncated";

/// The signature of a transaction, and its slot.
pub type Found = (Signature, u64);

/// Where a history begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With this slot; zero: with the first transaction of all.
    Slot(u64),
    /// After this transaction, which is in this slot. Of the slot there may be some from before it: those of accounts that
    /// it does not name.
    After(Signature, u64),
}

impl Start {
    /// Whether a transaction, and all before it, is from before this.
    fn is_after(self, signature: &Signature, at: u64) -> bool {
        match self {
            Self::Slot(slot) => at < slot,
            // A transaction that does not name this account has its place in the list by slot alone: of its slot all are
            // found.
            Self::After(since, slot) => *signature == since || at < slot,
        }
    }
}

/// What was read, and is not asked for twice.
#[derive(Default)]
pub struct History {
    known: Mutex<HashMap<Signature, Arc<Told>>>,
}

/// Transactions oldest first, and which of the accounts each names.
pub struct Heard {
    pub told: Vec<Arc<Told>>,
    pub named: HashMap<Signature, Vec<String>>,
}

impl History {
    /// What the transactions that succeeded and name one of `accounts` say.
    pub async fn read(&self, rpc: &Rpc, accounts: &[Address], start: Start) -> Result<Heard, Error> {
        let mut found = Vec::new();
        let mut named: HashMap<Signature, Vec<String>> = HashMap::new();
        for account in accounts {
            let more = signatures(rpc, account, start).await?;
            for (signature, _) in &more {
                named.entry(*signature).or_default().push(account.to_string());
            }
            found = merged(found, more);
        }
        let told = stream::iter(found).map(|found| self.one(rpc, found)).buffered(REQUESTS);
        Ok(Heard { told: told.try_collect().await?, named })
    }

    async fn one(&self, rpc: &Rpc, (signature, _): Found) -> Result<Arc<Told>, Error> {
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&signature) {
            return Ok(Arc::clone(known));
        }
        let told = Arc::new(told(rpc, signature).await?);
        // A log that the server does not have yet it may have the next time.
        if told.silence != Some(Silence::Missing) {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(signature, Arc::clone(&told));
        }
        Ok(told)
    }
}

/// Transactions that succeeded and name an account, oldest first.
async fn signatures(rpc: &Rpc, account: &Address, start: Start) -> Result<Vec<Found>, Error> {
    let (mut all, mut before) = (Vec::new(), None);
    'pages: loop {
        let config = GetConfirmedSignaturesForAddress2Config {
            before,
            until: None,
            limit: Some(PAGE),
            commitment: Some(rpc.commitment()),
        };
        let page = rpc.client().get_signatures_for_address_with_config(account, config).await;
        let page = rpc.said(page)?;
        let is_last = page.len() < PAGE;
        for one in page {
            let malformed =
                |_| Error::Since { signature: one.signature.clone(), reason: "no signature".into() };
            let signature: Signature = one.signature.parse().map_err(malformed)?;
            before = Some(signature);
            if start.is_after(&signature, one.slot) {
                break 'pages;
            }
            if one.err.is_none() {
                all.push((signature, one.slot));
            }
        }
        if is_last {
            break;
        }
    }
    all.reverse();
    Ok(all)
}

/// Two lists in the chain's order as one: by slot, and within a slot so that both orders hold.
pub fn merged(one: Vec<Found>, other: Vec<Found>) -> Vec<Found> {
    let places: HashMap<Signature, usize> =
        one.iter().enumerate().map(|(place, (signature, _))| (*signature, place)).collect();
    let mut all = Vec::with_capacity(one.len() + other.len());
    let mut next = 0;
    for found in other {
        match places.get(&found.0) {
            Some(place) => {
                while next <= *place {
                    all.push(one[next]);
                    next += 1;
                }
            }
            None => {
                while next < one.len() && one[next].1 < found.1 {
                    all.push(one[next]);
                    next += 1;
                }
                all.push(found);
            }
        }
    }
    all.extend_from_slice(&one[next..]);
    all
}

/// Slot, time and log of a transaction; `None`: the server has no log of it.
pub async fn transaction(
    rpc: &Rpc,
    signature: &Signature,
) -> Result<(u64, Option<i64>, Option<Vec<String>>), sluice_client::RpcError> {
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(rpc.commitment()),
        // Only the log is read, which all versions have.
        max_supported_transaction_version: Some(u8::MAX),
    };
    let found = rpc.said(rpc.client().get_transaction_with_config(signature, config).await)?;
    let meta = found.transaction.meta;
    let log = meta.and_then(|meta| Option::<Vec<String>>::from(meta.log_messages));
    Ok((found.slot, found.block_time, log))
}

/// What a transaction's log says.
#[derive(Debug)]
pub struct Told {
    pub slot: u64,
    pub time: Option<i64>,
    pub signature: Signature,
    pub events: Vec<Event>,
    pub silence: Option<Silence>,
}

/// Why a log does not say all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    Cut,
    Missing,
}

async fn told(rpc: &Rpc, signature: Signature) -> Result<Told, Error> {
    let (slot, time, log) = transaction(rpc, &signature).await?;
    let (events, silence) = heard(log.as_deref());
    Ok(Told { slot, time, signature, events, silence })
}

/// The events of a log up to where it was cut. Behind that place short lines may still be there, but who wrote them does
/// not show: lines that say who runs may be missing.
pub fn heard(log: Option<&[String]>) -> (Vec<Event>, Option<Silence>) {
    // Whatever ran has written at least that it did.
    let Some(log) = log.filter(|log| !log.is_empty()) else {
        return (Vec::new(), Some(Silence::Missing));
    };
    let cut = log.iter().position(|line| line == CUT);
    (logs::events(&log[..cut.unwrap_or(log.len())]), cut.map(|_| Silence::Cut))
}

#[cfg(test)]
mod tests;
