//! Several RPC servers as one: a question that one of them does not answer goes to the next, and an answer that is older
//! than what was seen already is none.
//!
//! Never tells what to do about a fault; never shows more of a server than its host.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use sluice_client::rpc::ACCOUNTS_PER_REQUEST;
use sluice_client::send::MAX_UNITS;
use sluice_client::{Account, Host, Rpc, RpcError};
use solana_account_decoder::UiAccountEncoding;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_rpc_client_api::config::{
    RpcAccountInfoConfig, RpcContextConfig, RpcProgramAccountsConfig, RpcSendTransactionConfig,
    RpcSimulateTransactionConfig, RpcTransactionConfig,
};
use solana_rpc_client_api::filter::{Memcmp, RpcFilterType};
use solana_rpc_client_api::request::RpcRequest;
use solana_rpc_client_api::response::{Response, RpcBlockhash, RpcKeyedAccount};
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status::UiTransactionEncoding;

use crate::metrics::Metrics;

/// The first wait between two tries, and the longest.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Rpc(#[from] RpcError),
    #[error("{host} did not answer within {} ms", waited.as_millis())]
    Timeout { host: Host, waited: Duration },
    #[error("{host} is behind: it answers as of slot {slot}, slot {newest} was seen before")]
    Behind { host: Host, slot: u64, newest: u64 },
}

impl Fault {
    /// Whether asking again may help.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Rpc(error) => error.is_passing(),
            Self::Timeout { .. } | Self::Behind { .. } => true,
        }
    }

    /// The fault in one word, as metrics name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Timeout { .. } => "timeout",
            Self::Behind { .. } | Self::Rpc(RpcError::Refused { code: -32016, .. }) => "behind",
            Self::Rpc(RpcError::Unreachable { .. }) => "unreachable",
            Self::Rpc(RpcError::Busy { .. }) => "busy",
            Self::Rpc(RpcError::Status { .. }) => "status",
            Self::Rpc(RpcError::Malformed { .. }) => "malformed",
            Self::Rpc(RpcError::Refused { .. } | RpcError::Url(_)) => "refused",
        }
    }
}

/// What a transaction would do.
#[derive(Clone, Debug)]
pub struct Simulated {
    pub error: Option<TransactionError>,
    pub logs: Vec<String>,
    pub units: u64,
}

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    pub slot: u64,
    pub error: Option<TransactionError>,
    /// It has the commitment that reads have.
    pub settled: bool,
}

/// The servers. Clones share what was seen.
#[derive(Clone)]
pub struct Cluster {
    servers: Arc<[Rpc]>,
    /// The one that is asked.
    at: Arc<AtomicUsize>,
    /// The newest slot of any answer.
    newest: Arc<AtomicU64>,
    timeout: Duration,
    tries: u32,
    metrics: Metrics,
}

impl Cluster {
    /// # Panics
    /// Without a server.
    pub fn new(servers: Vec<Rpc>, timeout: Duration, tries: u32, metrics: Metrics) -> Self {
        assert!(!servers.is_empty(), "a cluster has a server");
        Self {
            servers: servers.into(),
            at: Arc::default(),
            newest: Arc::default(),
            timeout,
            tries: tries.max(1),
            metrics,
        }
    }

    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The newest slot that any answer was of.
    pub fn newest_slot(&self) -> u64 {
        self.newest.load(Ordering::Relaxed)
    }

    /// Something of that slot is settled: no answer as of an earlier one is taken any more.
    pub fn saw(&self, slot: u64) {
        self.newest.fetch_max(slot, Ordering::Relaxed);
    }

    /// Asks until somebody answers, or until it is no use: nobody does, or all say that the question is none. A slot that those who
    /// answer do not come to in all that time is forgotten: one server must not make all others useless.
    async fn ask<T, F>(&self, question: impl Fn(Rpc) -> F) -> Result<T, Fault>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let mut wait = FIRST_WAIT;
        let (mut tries, mut hopeless, mut heard) = (0, 0, None);
        loop {
            let at = self.at.load(Ordering::Relaxed);
            let rpc = self.servers[at % self.servers.len()].clone();
            let host = rpc.host().clone();
            let answer = tokio::time::timeout(self.timeout, question(rpc)).await;
            let fault = match answer.unwrap_or(Err(Fault::Timeout { host, waited: self.timeout })) {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            self.metrics.rpc_fault(fault.kind());
            tries += 1;
            hopeless += usize::from(!fault.is_passing());
            if fault.kind() == "behind" {
                let slot = if let Fault::Behind { slot, .. } = &fault { *slot } else { 0 };
                heard = heard.max(Some(slot));
            }
            if hopeless >= self.servers.len() || tries >= self.tries {
                if let Some(slot) = heard {
                    tracing::warn!(%fault, "not everybody comes to the newest slot: going on without it");
                    self.newest.store(slot, Ordering::Relaxed);
                }
                return Err(fault);
            }
            tracing::debug!(%fault, tries, "asking again");
            // Others may have moved on already.
            let next = at.wrapping_add(1);
            let _ = self.at.compare_exchange(at, next, Ordering::Relaxed, Ordering::Relaxed);
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// Takes note of the slot an answer is of; refuses one that is older than another answer was.
    fn accept(&self, rpc: &Rpc, slot: u64) -> Result<(), Fault> {
        let newest = self.newest.fetch_max(slot, Ordering::Relaxed);
        if slot < newest {
            return Err(Fault::Behind { host: rpc.host().clone(), slot, newest });
        }
        Ok(())
    }

    fn at_least(&self) -> Option<u64> {
        Some(self.newest_slot()).filter(|slot| *slot > 0)
    }

    /// Accounts; those of one request are of one slot, which is returned where there is only one request, and else the lowest.
    pub async fn accounts(&self, addresses: &[Address]) -> Result<(u64, Vec<Option<Account>>), Fault> {
        let mut lowest = u64::MAX;
        let mut accounts = Vec::with_capacity(addresses.len());
        for part in addresses.chunks(ACCOUNTS_PER_REQUEST) {
            let (slot, found) = self.ask(|rpc| self.some_accounts(rpc, part)).await?;
            lowest = lowest.min(slot);
            accounts.extend(found);
        }
        Ok((lowest, accounts))
    }

    async fn some_accounts(
        &self,
        rpc: Rpc,
        addresses: &[Address],
    ) -> Result<(u64, Vec<Option<Account>>), Fault> {
        let config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(rpc.commitment()),
            min_context_slot: self.at_least(),
            data_slice: None,
        };
        let answer = rpc.said(rpc.client().get_multiple_ui_accounts_with_config(addresses, config).await)?;
        self.accept(&rpc, answer.context.slot)?;
        let malformed =
            |reason: &str| RpcError::Malformed { host: rpc.host().clone(), reason: reason.into() };
        if answer.value.len() != addresses.len() {
            return Err(malformed("not as many accounts as were asked for").into());
        }
        let decode = |account: Option<solana_account_decoder::UiAccount>| match account {
            None => Ok(None),
            Some(account) => {
                account.to_account().map(Some).ok_or_else(|| malformed("an account that is none"))
            }
        };
        let accounts = answer.value.into_iter().map(decode).collect::<Result<_, _>>()?;
        Ok((answer.context.slot, accounts))
    }

    /// Accounts of a program that have `bytes` at each offset, by address.
    pub async fn program_accounts(
        &self,
        program: &Address,
        bytes: &[(usize, &[u8])],
    ) -> Result<Vec<(Address, Account)>, Fault> {
        self.ask(|rpc| self.accounts_of(rpc, program, bytes)).await
    }

    async fn accounts_of(
        &self,
        rpc: Rpc,
        program: &Address,
        bytes: &[(usize, &[u8])],
    ) -> Result<Vec<(Address, Account)>, Fault> {
        let equal = |(offset, bytes): &(usize, &[u8])| {
            RpcFilterType::Memcmp(Memcmp::new_base58_encoded(*offset, bytes))
        };
        let config = RpcProgramAccountsConfig {
            filters: Some(bytes.iter().map(equal).collect()),
            account_config: RpcAccountInfoConfig {
                encoding: Some(UiAccountEncoding::Base64),
                commitment: Some(rpc.commitment()),
                min_context_slot: self.at_least(),
                data_slice: None,
            },
            // Says as of which slot, which the client's own function does not tell.
            with_context: Some(true),
            ..RpcProgramAccountsConfig::default()
        };
        let question = serde_json::json!([program.to_string(), config]);
        let sent =
            rpc.client().send::<Response<Vec<RpcKeyedAccount>>>(RpcRequest::GetProgramAccounts, question);
        let answer = rpc.said(sent.await)?;
        self.accept(&rpc, answer.context.slot)?;
        let decode = |found: RpcKeyedAccount| {
            Some((found.pubkey.parse::<Address>().ok()?, found.account.to_account()?))
        };
        let mut accounts =
            answer.value.into_iter().map(decode).collect::<Option<Vec<_>>>().ok_or_else(|| {
                RpcError::Malformed { host: rpc.host().clone(), reason: "an account that is none".into() }
            })?;
        accounts.sort_unstable_by_key(|(address, _)| *address);
        Ok(accounts)
    }

    pub async fn balance(&self, address: &Address) -> Result<u64, Fault> {
        self.ask(|rpc| async move { Ok(rpc.balance(address).await?) }).await
    }

    pub async fn minimum_balance(&self, space: usize) -> Result<u64, Fault> {
        self.ask(|rpc| async move { Ok(rpc.minimum_balance(space).await?) }).await
    }

    /// A block hash to sign over, and the last block height at which it is good. One of a slot before the newest is none:
    /// what is signed over an old hash waits for nothing.
    pub async fn latest_blockhash(&self) -> Result<(Hash, u64), Fault> {
        self.ask(|rpc| async move {
            // Says as of which slot, which the client's own function does not tell.
            let config =
                RpcContextConfig { commitment: Some(rpc.commitment()), min_context_slot: self.at_least() };
            let question = serde_json::json!([config]);
            let sent = rpc.client().send::<Response<RpcBlockhash>>(RpcRequest::GetLatestBlockhash, question);
            let answer = rpc.said(sent.await)?;
            self.accept(&rpc, answer.context.slot)?;
            let hash = answer.value.blockhash.parse().map_err(|_| RpcError::Malformed {
                host: rpc.host().clone(),
                reason: "a block hash that is none".into(),
            })?;
            Ok((hash, answer.value.last_valid_block_height))
        })
        .await
    }

    pub async fn block_height(&self) -> Result<u64, Fault> {
        self.ask(|rpc| async move { Ok(rpc.said(rpc.client().get_block_height().await)?) }).await
    }

    /// What would happen if everybody a transaction names signed, in the newest slot the server knows.
    pub async fn simulate(&self, transaction: &VersionedTransaction) -> Result<Simulated, Fault> {
        self.ask(|rpc| async move {
            let config = RpcSimulateTransactionConfig {
                replace_recent_blockhash: true,
                commitment: Some(CommitmentConfig::processed()),
                min_context_slot: self.at_least(),
                ..RpcSimulateTransactionConfig::default()
            };
            let answer =
                rpc.said(rpc.client().simulate_transaction_with_config(transaction, config).await)?;
            let newest = self.newest_slot();
            if answer.context.slot < newest {
                let (host, slot) = (rpc.host().clone(), answer.context.slot);
                return Err(Fault::Behind { host, slot, newest });
            }
            let answer = answer.value;
            let units = answer.units_consumed.unwrap_or_default();
            if units > u64::from(MAX_UNITS) {
                let reason = "more compute units than a transaction may use".into();
                return Err(RpcError::Malformed { host: rpc.host().clone(), reason }.into());
            }
            Ok(Simulated {
                error: answer.err.map(TransactionError::from),
                logs: answer.logs.unwrap_or_default(),
                units,
            })
        })
        .await
    }

    /// Hands a transaction to one server, once. What the server says to it is told by its status, later.
    pub async fn send(&self, transaction: &VersionedTransaction) -> Result<(), Fault> {
        let at = self.at.load(Ordering::Relaxed);
        let rpc = self.servers[at % self.servers.len()].clone();
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            max_retries: Some(0),
            ..RpcSendTransactionConfig::default()
        };
        let sent = rpc.client().send_transaction_with_config(transaction, config);
        let fault = match tokio::time::timeout(self.timeout, sent).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => match rpc.said::<()>(Err(error)) {
                Ok(()) => return Ok(()),
                // It has landed already, or its hash is not known: the status tells which.
                Err(RpcError::Refused { code: -32002, .. }) => return Ok(()),
                Err(error) => Fault::Rpc(error),
            },
            Err(_) => Fault::Timeout { host: rpc.host().clone(), waited: self.timeout },
        };
        self.metrics.rpc_fault(fault.kind());
        let next = at.wrapping_add(1);
        let _ = self.at.compare_exchange(at, next, Ordering::Relaxed, Ordering::Relaxed);
        Err(fault)
    }

    /// What became of transactions; `None` where nothing is known of one.
    pub async fn statuses(&self, signatures: &[Signature]) -> Result<Vec<Option<Status>>, Fault> {
        self.ask(|rpc| async move {
            let answer = rpc.said(rpc.client().get_signature_statuses(signatures).await)?;
            let commitment = rpc.commitment();
            let status = |status: solana_transaction_status::TransactionStatus| Status {
                slot: status.slot,
                settled: status.satisfies_commitment(commitment),
                error: status.err,
            };
            Ok(answer.value.into_iter().map(|found| found.map(status)).collect())
        })
        .await
    }

    /// What was lately paid for priority where these accounts are written, in micro-lamports a unit.
    pub async fn recent_prices(&self, accounts: &[Address]) -> Result<Vec<u64>, Fault> {
        self.ask(|rpc| async move {
            let fees = rpc.said(rpc.client().get_recent_prioritization_fees(accounts).await)?;
            Ok(fees.into_iter().map(|fee| fee.prioritization_fee).collect())
        })
        .await
    }

    /// The last transactions that name an account and did not fail, newest first.
    pub async fn signatures_of(&self, address: &Address, limit: usize) -> Result<Vec<Signature>, Fault> {
        self.ask(|rpc| async move {
            let config = GetConfirmedSignaturesForAddress2Config {
                limit: Some(limit),
                commitment: Some(rpc.commitment()),
                ..GetConfirmedSignaturesForAddress2Config::default()
            };
            let found =
                rpc.said(rpc.client().get_signatures_for_address_with_config(address, config).await)?;
            let good = found.into_iter().filter(|found| found.err.is_none());
            Ok(good.filter_map(|found| found.signature.parse().ok()).collect())
        })
        .await
    }

    /// A transaction that landed; `None` where it is no longer kept.
    pub async fn transaction(&self, signature: &Signature) -> Result<Option<VersionedTransaction>, Fault> {
        self.ask(|rpc| async move {
            let config = RpcTransactionConfig {
                encoding: Some(UiTransactionEncoding::Base64),
                commitment: Some(rpc.commitment()),
                max_supported_transaction_version: Some(0),
            };
            let found = rpc.said(rpc.client().get_transaction_with_config(signature, config).await);
            match found {
                Ok(found) => Ok(found.transaction.transaction.decode()),
                // No such transaction: the answer is null, which the client takes for malformed.
                Err(RpcError::Malformed { .. }) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }
}
