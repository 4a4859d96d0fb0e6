//! Transactions: simulated first, so that what will happen is known and paid for exactly, then sent until they landed or
//! cannot land any more.
//!
//! A transaction is sent again and again with the same signature and block hash, which the chain takes once; a new one is
//! signed only after the old one has expired, so nothing happens twice.

use std::time::{Duration, Instant};

use sluice_sdk::error::{ProgramFailure, explain};
use sluice_sdk::{Event, logs};
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, VersionedMessage, v0};
use solana_rpc_client_api::config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

use crate::rpc::{Rpc, RpcError, one_line};

/// Bytes of a transaction that fit a packet.
pub const MAX_BYTES: usize = 1_232;
/// Compute units a transaction may use.
pub const MAX_UNITS: u32 = 1_400_000;
/// What a limit exceeds the units a simulation used by, in percent and in units: state may have moved on until it lands.
const SPARE_PERCENT: u64 = 10;
const SPARE_UNITS: u64 = 3_000;
/// How often a status is asked for, and after how many of those a transaction is sent again.
const ASK: Duration = Duration::from_millis(300);
const ASKS_PER_SEND: u32 = 6;
/// How long a server that does not answer is waited for: longer than a block hash is good.
const PATIENCE: Duration = Duration::from_secs(120);

/// Why a transaction did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error(transparent)]
    Rpc(#[from] RpcError),
    /// One of our programs said no.
    #[error("{0}")]
    Refused(ProgramFailure),
    #[error("the transaction fails: {0}")]
    Failed(String),
    #[error(
        "{payer} has no SOL on this cluster to pay the fee with: send it some, or name another --keypair"
    )]
    NoFunds { payer: Address },
    #[error("a signature of {0} is missing")]
    MissingSigner(String),
    #[error("{bytes} bytes do not fit a transaction, which takes {MAX_BYTES}")]
    TooLarge { bytes: usize },
    #[error(
        "{signature} has not landed before its block hash expired, and cannot land any more: run the command again"
    )]
    Expired { signature: Signature },
    #[error(
        "{reason}; whether {signature} has landed is not known: look it up before you run the command again"
    )]
    Unknown { signature: Signature, reason: Box<RpcError> },
}

/// What one transaction is to do.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub instructions: Vec<Instruction>,
    pub tables: Vec<AddressLookupTableAccount>,
    /// Micro-lamports per compute unit.
    pub unit_price: u64,
}

/// What a transaction would do.
#[derive(Clone, Debug)]
pub struct Simulated {
    pub logs: Vec<String>,
    pub units: u64,
    /// The program that returned data last, and the data.
    pub return_data: Option<Vec<u8>>,
}

impl Simulated {
    /// Events of our programs, in order.
    pub fn events(&self) -> Vec<Event> {
        logs::events(&self.logs)
    }

    /// The compute limit to ask for.
    pub fn limit(&self) -> u32 {
        let spare = (self.units.saturating_mul(SPARE_PERCENT) / 100).max(SPARE_UNITS);
        u32::try_from(self.units.saturating_add(spare)).unwrap_or(MAX_UNITS).min(MAX_UNITS)
    }
}

/// A transaction that landed and succeeded.
#[derive(Clone, Debug)]
pub struct Landed {
    pub signature: Signature,
    pub slot: u64,
}

impl Request {
    pub fn new(instructions: Vec<Instruction>) -> Self {
        Self { instructions, ..Self::default() }
    }

    pub fn unit_price(mut self, micro_lamports: u64) -> Self {
        self.unit_price = micro_lamports;
        self
    }

    pub fn tables(mut self, tables: &[AddressLookupTableAccount]) -> Self {
        self.tables = tables.to_vec();
        self
    }

    /// The message with a compute limit of `units`.
    pub fn message(
        &self,
        payer: &Address,
        units: u32,
        blockhash: Hash,
    ) -> Result<VersionedMessage, SendError> {
        let mut instructions = vec![ComputeBudgetInstruction::set_compute_unit_limit(units)];
        if self.unit_price > 0 {
            instructions.push(ComputeBudgetInstruction::set_compute_unit_price(self.unit_price));
        }
        instructions.extend_from_slice(&self.instructions);
        v0::Message::try_compile(payer, &instructions, &self.tables, blockhash)
            .map(VersionedMessage::V0)
            .map_err(|error| SendError::Failed(error.to_string()))
    }

    /// What would happen if everybody it names signed. Fails as the transaction would.
    pub async fn simulate(&self, rpc: &Rpc, payer: &Address) -> Result<Simulated, SendError> {
        let message = self.message(payer, MAX_UNITS, Hash::default())?;
        let signatures = vec![Signature::default(); usize::from(message.header().num_required_signatures)];
        let transaction = VersionedTransaction { signatures, message };
        check_size(&transaction)?;
        let config = RpcSimulateTransactionConfig {
            replace_recent_blockhash: true,
            commitment: Some(rpc.commitment()),
            ..RpcSimulateTransactionConfig::default()
        };
        let answer = rpc.client().simulate_transaction_with_config(&transaction, config).await;
        let answer = rpc.said(answer)?.value;
        let logs = answer.logs.unwrap_or_default();
        if let Some(error) = answer.err {
            return Err(refusal(&error.into(), &logs, payer));
        }
        let units = answer.units_consumed.unwrap_or(u64::from(MAX_UNITS));
        let return_data = logs::return_data(&logs).map(|data| data.bytes);
        Ok(Simulated { logs, units, return_data })
    }

    /// Signs over a recent block hash, with a compute limit of `units`. The first signer pays.
    pub async fn sign(
        &self,
        rpc: &Rpc,
        signers: &[&Keypair],
        units: u32,
    ) -> Result<(VersionedTransaction, u64), SendError> {
        let payer = signers.first().ok_or_else(|| SendError::MissingSigner("the payer".into()))?.pubkey();
        let (blockhash, last_valid) = rpc.latest_blockhash().await?;
        let message = self.message(&payer, units, blockhash)?;
        let required =
            &message.static_account_keys()[..usize::from(message.header().num_required_signatures)];
        let missing = required.iter().find(|key| signers.iter().all(|signer| signer.pubkey() != **key));
        if let Some(missing) = missing {
            return Err(SendError::MissingSigner(missing.to_string()));
        }
        // Keys that were given and are not asked for would be refused.
        let signers: Vec<_> =
            signers.iter().filter(|signer| required.contains(&signer.pubkey())).copied().collect();
        let transaction = VersionedTransaction::try_new(message, &signers)
            .map_err(|error| SendError::Failed(error.to_string()))?;
        check_size(&transaction)?;
        Ok((transaction, last_valid))
    }

    /// Simulates, signs, sends and waits: the whole of it, for who does not want to look in between.
    pub async fn run(&self, rpc: &Rpc, signers: &[&Keypair]) -> Result<(Landed, Simulated), SendError> {
        let payer = signers.first().ok_or_else(|| SendError::MissingSigner("the payer".into()))?.pubkey();
        let simulated = self.simulate(rpc, &payer).await?;
        let (transaction, last_valid) = self.sign(rpc, signers, simulated.limit()).await?;
        Ok((deliver(rpc, &transaction, last_valid).await?, simulated))
    }
}

/// Sends a signed transaction until it has landed or its block hash has expired. Faults of the server on the way are waited
/// out.
pub async fn deliver(
    rpc: &Rpc,
    transaction: &VersionedTransaction,
    last_valid_height: u64,
) -> Result<Landed, SendError> {
    let signature = transaction.signatures.first().copied().unwrap_or_default();
    let payer = transaction.message.static_account_keys().first().copied().unwrap_or_default();
    let config = RpcSendTransactionConfig {
        skip_preflight: true,
        max_retries: Some(0),
        ..RpcSendTransactionConfig::default()
    };
    let mut asks = 0u32;
    // The height is asked for after the status: what landed in between would be called lost but for a second look.
    let mut expired = false;
    let mut heard = Instant::now();
    loop {
        if !expired && asks.is_multiple_of(ASKS_PER_SEND) {
            let sent = rpc.client().send_transaction_with_config(transaction, config).await;
            match rpc.said(sent) {
                Ok(_) => {}
                Err(error) if error.is_passing() => {}
                // It has landed already, or its hash is gone: the status tells which.
                Err(RpcError::Refused { code: -32002, .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        asks = asks.saturating_add(1);
        match rpc.said(rpc.client().get_signature_statuses(&[signature]).await) {
            Ok(answer) => {
                heard = Instant::now();
                match answer.value.into_iter().next().flatten() {
                    Some(status) => {
                        // Until then a fork may undo it, and its log cannot be read.
                        if status.satisfies_commitment(rpc.commitment()) {
                            return match &status.err {
                                None => Ok(Landed { signature, slot: status.slot }),
                                Some(error) => Err(refusal(error, &logs_of(rpc, &signature).await, &payer)),
                            };
                        }
                    }
                    None if expired => return Err(SendError::Expired { signature }),
                    None => {
                        let height = rpc.said(rpc.client().get_block_height().await);
                        expired = height.is_ok_and(|height| height > last_valid_height);
                    }
                }
            }
            Err(reason) if reason.is_passing() && heard.elapsed() < PATIENCE => {}
            Err(reason) => return Err(SendError::Unknown { signature, reason: Box::new(reason) }),
        }
        tokio::time::sleep(ASK).await;
    }
}

/// Log of a transaction that landed; empty where the server does not keep it.
pub async fn logs_of(rpc: &Rpc, signature: &Signature) -> Vec<String> {
    use solana_rpc_client_api::config::RpcTransactionConfig;
    use solana_transaction_status::UiTransactionEncoding;
    let config = RpcTransactionConfig {
        encoding: Some(UiTransactionEncoding::Base64),
        commitment: Some(rpc.commitment()),
        max_supported_transaction_version: Some(0),
    };
    let found = rpc.client().get_transaction_with_config(signature, config).await;
    let meta = found.ok().and_then(|found| found.transaction.meta);
    meta.and_then(|meta| Option::<Vec<String>>::from(meta.log_messages)).unwrap_or_default()
}

fn check_size(transaction: &VersionedTransaction) -> Result<(), SendError> {
    let bytes = bincode::serialized_size(transaction).map_or(usize::MAX, |size| size as usize);
    if bytes > MAX_BYTES { Err(SendError::TooLarge { bytes }) } else { Ok(()) }
}

/// Why the chain does not take a transaction, for a person.
pub fn refusal(error: &TransactionError, log: &[String], payer: &Address) -> SendError {
    if let Some(failure) = explain(error, log) {
        return SendError::Refused(failure);
    }
    match error {
        TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee => {
            SendError::NoFunds { payer: *payer }
        }
        TransactionError::InsufficientFundsForRent { .. } => SendError::Failed(
            "it would leave an account with less than its rent: keep a little more SOL in it".into(),
        ),
        TransactionError::InstructionError(index, reason) => {
            SendError::Failed(instruction(*index, reason, log))
        }
        other => SendError::Failed(one_line(&other.to_string())),
    }
}

/// What an instruction of somebody else's program failed with: its own last words, which say more than its code.
fn instruction(index: u8, reason: &InstructionError, log: &[String]) -> String {
    let failed = logs::failure(log);
    let at = log.iter().position(|line| line.contains(" failed: ")).unwrap_or(log.len());
    let words = log[..at].iter().rev().find_map(|line| {
        let words = line.strip_prefix("Program log: ").or_else(|| line.strip_prefix("Transfer: "))?;
        (!words.starts_with("Instruction: ")).then(|| one_line(words))
    });
    let by =
        failed.map_or_else(|| format!("instruction {index}"), |(program, _)| format!("program {program}"));
    match words {
        Some(words) => format!("{words} ({by}: {reason})"),
        None => format!("{by}: {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYER: Address = Address::new_from_array([9; 32]);

    #[test]
    fn what_the_chain_says_becomes_a_sentence() {
        let log = [
            "Program 11111111111111111111111111111111 invoke [1]",
            "Transfer: insufficient lamports 5, need 100",
            "Program 11111111111111111111111111111111 failed: custom program error: 0x1",
        ]
        .map(String::from);
        let error = TransactionError::InstructionError(2, InstructionError::Custom(1));
        let text = refusal(&error, &log, &PAYER).to_string();
        assert!(text.contains("insufficient lamports 5, need 100"), "{text}");
        let none = refusal(&TransactionError::AccountNotFound, &[], &PAYER).to_string();
        assert!(none.contains(&PAYER.to_string()) && none.contains("--keypair"), "{none}");
    }

    #[test]
    fn a_limit_leaves_room_and_never_asks_for_more_than_there_is() {
        let simulated = |units| Simulated { logs: Vec::new(), units, return_data: None };
        assert_eq!(simulated(4_000).limit(), 7_000);
        assert_eq!(simulated(100_000).limit(), 110_000);
        assert_eq!(simulated(1_399_000).limit(), MAX_UNITS);
    }

    #[test]
    fn what_does_not_fit_is_refused_before_it_is_sent() {
        let accounts = |n: u8| {
            (0..n).map(|i| solana_instruction::AccountMeta::new(Address::new_from_array([i; 32]), false))
        };
        let request = Request::new(vec![Instruction {
            program_id: PAYER,
            accounts: accounts(40).collect(),
            data: vec![],
        }]);
        let message = request.message(&PAYER, 1, Hash::default()).unwrap();
        let transaction = VersionedTransaction { signatures: vec![Signature::default()], message };
        assert!(matches!(check_size(&transaction), Err(SendError::TooLarge { bytes }) if bytes > MAX_BYTES));
    }
}
