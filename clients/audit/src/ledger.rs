//! One ledger of business, funds and information, out of the events alone: what happened to a pool, its selection and its
//! vaults, in the chain's order, with the price inputs before and after.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use serde_json::Value;
use sluice_client::Rpc;
use sluice_sdk::validator_selection::pdas::find_config;
use sluice_sdk::{Event, logs};
use solana_address::Address;
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_rpc_client_api::config::RpcTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status::UiTransactionEncoding;

use crate::{Audit, Error};

/// Signatures of one answer, and transactions asked for at a time.
const PAGE: usize = 1_000;
const REQUESTS: usize = 8;

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

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    pub slot: u64,
    /// Seconds since 1970, as the block says; empty where it does not.
    pub time: Option<i64>,
    pub signature: String,
    /// Which of the transaction's events.
    pub index: usize,
    pub program: String,
    pub event: String,
    pub kind: Kind,
    /// The pool, selection or vault.
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

/// The signature of a transaction, and its slot.
type Found = (Signature, u64);

impl Audit {
    /// All events after `since`, or since the beginning, oldest first. Of the slot of `since` there may be some from before it:
    /// those of accounts that it does not name.
    pub async fn ledger(&self, since: Option<Signature>) -> Result<Vec<Row>, Error> {
        let pool = self.pool.address();
        let mut accounts = vec![pool, find_config(&pool).0];
        accounts.extend(self.all_vaults(&pool).await?);
        let mut found = Vec::new();
        let from = match since {
            Some(since) => Some((since, slot_of(&self.rpc, &since).await?)),
            None => None,
        };
        for account in &accounts {
            found = merged(found, signatures(&self.rpc, account, from).await?);
        }
        let rpc = &self.rpc;
        let ours: HashSet<String> = accounts.iter().map(Address::to_string).collect();
        let rows = stream::iter(found).map(|found| rows(rpc, found, &ours)).buffered(REQUESTS);
        Ok(rows.try_collect::<Vec<_>>().await?.into_iter().flatten().collect())
    }
}

/// The slot of a transaction that the server must know.
async fn slot_of(rpc: &Rpc, signature: &Signature) -> Result<u64, Error> {
    let found = transaction(rpc, signature)
        .await
        .map_err(|error| Error::Since { signature: signature.to_string(), reason: error.to_string() })?;
    Ok(found.0)
}

/// Transactions that succeeded and name an account, oldest first, after `from` in the chain's order.
async fn signatures(
    rpc: &Rpc,
    account: &Address,
    from: Option<(Signature, u64)>,
) -> Result<Vec<Found>, Error> {
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
            // A transaction that does not name this account has its place in this list by slot alone: of its slot all
            // are found.
            if from.is_some_and(|(since, slot)| signature == since || one.slot < slot) {
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
fn merged(one: Vec<Found>, other: Vec<Found>) -> Vec<Found> {
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

/// Slot, time and log of a transaction.
async fn transaction(
    rpc: &Rpc,
    signature: &Signature,
) -> Result<(u64, Option<i64>, Vec<String>), sluice_client::RpcError> {
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(rpc.commitment()),
        max_supported_transaction_version: Some(0),
    };
    let found = rpc.said(rpc.client().get_transaction_with_config(signature, config).await)?;
    let meta = found.transaction.meta;
    let log = meta.and_then(|meta| Option::<Vec<String>>::from(meta.log_messages)).unwrap_or_default();
    Ok((found.slot, found.block_time, log))
}

async fn rows(rpc: &Rpc, (signature, _): Found, ours: &HashSet<String>) -> Result<Vec<Row>, Error> {
    let (slot, time, log) = transaction(rpc, &signature).await?;
    let events = logs::events(&log).into_iter().enumerate();
    Ok(events.filter_map(|(index, event)| row(slot, time, &signature, index, &event, ours)).collect())
}

/// `None`: it is about somebody else's pool.
fn row(
    slot: u64,
    time: Option<i64>,
    signature: &Signature,
    index: usize,
    event: &Event,
    ours: &HashSet<String>,
) -> Option<Row> {
    let details = serde_json::to_value(event).ok()?;
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| details.get(*name).and_then(Value::as_str));
        found.unwrap_or_default().to_owned()
    };
    let owner = text(&["pool", "vault", "config"]);
    if !owner.is_empty() && !ours.contains(&owner) {
        return None;
    }
    let account = text(&["pool", "vault", "config", "distribution", "allocation", "operator", "service"]);
    let who = text(&["user", "owner", "depositor", "payer", "by", "creator", "authority", "admin"]);
    let before = details.get("before").and_then(Entry::read);
    // What opens a pool or a vault begins from nothing.
    let after = details.get("after").and_then(Entry::read);
    let before = before.or(after.as_ref().map(|_| Entry::default()));
    let field = |entry: &Option<Entry>, of: fn(&Entry) -> u64| entry.as_ref().map(of);
    Some(Row {
        slot,
        time,
        signature: signature.to_string(),
        index,
        program: text(&["program"]),
        event: event.name().to_owned(),
        kind: kind(event.name()),
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
mod tests {
    use super::*;

    fn found(names: &[(u8, u64)]) -> Vec<Found> {
        names.iter().map(|(name, slot)| (Signature::from([*name; 64]), *slot)).collect()
    }

    #[test]
    fn two_lists_become_one_in_which_both_orders_hold() {
        let one = found(&[(1, 10), (2, 10), (3, 12), (4, 15)]);
        let other = found(&[(5, 9), (2, 10), (6, 12), (4, 15), (7, 15), (8, 16)]);
        let all = merged(one.clone(), other.clone());
        let place = |of: &Found| all.iter().position(|found| found == of).unwrap();
        for list in [&one, &other] {
            assert!(list.windows(2).all(|pair| place(&pair[0]) < place(&pair[1])), "{all:?}");
        }
        assert_eq!(all.len(), 8, "none twice");
        assert!(all.windows(2).all(|pair| pair[0].1 <= pair[1].1), "by slot");
        assert_eq!(merged(Vec::new(), other.clone()), other);
        assert_eq!(merged(other.clone(), Vec::new()), other);
    }

    #[test]
    fn events_that_nobody_caused_from_outside_are_no_business() {
        assert_eq!(kind("SolDeposited"), Kind::Business);
        assert_eq!(kind("UpdateFinished"), Kind::Funds);
        assert_eq!(kind("RolesSet"), Kind::Information);
    }
}
