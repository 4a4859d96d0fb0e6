//! Sends transactions until each landed, or is known not to: simulated first, so that what would fail or do nothing is
//! not paid for; sent again while nobody has seen it; signed anew when its block hash has expired.
//!
//! Statuses of all that is in flight are asked for at once. A status that was there and is gone (a fork) is as good as
//! none. Whether the work is done is for the next reading of the chain to say, not for a status.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use futures_util::future::join_all;
use sluice_client::Request;
use sluice_client::send::{MAX_UNITS, refusal};
use sluice_sdk::logs;
use solana_address::Address;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_instruction::error::InstructionError;
use solana_keypair::Keypair;
use solana_message::AddressLookupTableAccount;
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;

use crate::cluster::{Cluster, Fault};
use crate::fees::fee;
use crate::job::{Kind, does_something};
use crate::settings::Settings;

/// What a limit exceeds the simulated units by, in percent and in units: others may land in between.
const SPARE_PERCENT: u64 = 10;
const SPARE_UNITS: u64 = 3_000;
/// Transactions that differ in nothing else differ in their limit by less than so many units: the chain takes no
/// transaction twice.
const NONCES: u32 = 997;
/// How often a transaction is signed anew before it is left to the next plan.
const SIGNINGS: u32 = 3;

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct Draft {
    pub kind: Kind,
    pub instructions: Vec<Instruction>,
    pub tables: Vec<AddressLookupTableAccount>,
}

/// What became of a draft.
#[derive(Debug)]
pub enum Outcome {
    Landed {
        slot: u64,
        units: u64,
        fee: u64,
    },
    /// It would do nothing: somebody else was faster.
    Idle,
    /// The simulation failed: nothing was paid.
    Refused {
        error: TransactionError,
        log: Vec<String>,
    },
    /// It landed and failed.
    Failed {
        error: TransactionError,
        fee: u64,
    },
    /// It does not fit what the chain lets a transaction do.
    TooMuch,
    /// It was signed several times and never landed.
    Expired,
    /// No server takes it, or says what became of it.
    Unanswered(Arc<Fault>),
}

impl Outcome {
    /// As metrics name it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Landed { .. } => "landed",
            Self::Idle => "idle",
            Self::Refused { .. } | Self::TooMuch => "refused",
            Self::Failed { .. } => "failed",
            Self::Expired | Self::Unanswered(_) => "expired",
        }
    }

    /// The same for people, where `payer` pays.
    pub fn reason(&self, payer: &Address) -> String {
        match self {
            Self::Landed { .. } => "it landed, and is still there".into(),
            Self::Idle => "nothing happens when it is tried".into(),
            Self::TooMuch => "it is too much for one transaction".into(),
            Self::Refused { error, log } => refusal(error, log, payer).to_string(),
            Self::Failed { error, .. } => error.to_string(),
            Self::Expired => format!("it was signed {SIGNINGS} times and never seen to land"),
            Self::Unanswered(fault) => fault.to_string(),
        }
    }

    /// Nothing is known against what was to be sent.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Expired | Self::Unanswered(_))
    }

    /// It failed because whoever pays has too little.
    pub fn is_for_want_of_funds(&self) -> bool {
        match self {
            Self::Refused { error, .. } | Self::Failed { error, .. } => is_for_want_of_funds(error),
            _ => false,
        }
    }
}

/// Sends for one key.
pub struct Sender {
    pub cluster: Cluster,
    pub key: Arc<Keypair>,
    pub settings: Settings,
    /// The pool whose work it is, as metrics name it.
    pool: String,
    nonce: u32,
}

/// A transaction on its way.
struct Flight {
    draft: usize,
    transaction: VersionedTransaction,
    signature: Signature,
    last_valid: u64,
    signed: Instant,
    sent: Instant,
    signings: u32,
    units: u64,
    fee: u64,
}

impl Sender {
    pub fn new(cluster: Cluster, key: Arc<Keypair>, settings: Settings, pool: String) -> Self {
        Self { cluster, key, settings, pool, nonce: 0 }
    }

    /// Sends all of them, so many at once as the settings say; what became of each, in order.
    pub async fn send(&mut self, drafts: &[Draft], unit_price: u64) -> Vec<Outcome> {
        let mut outcomes: Vec<Option<Outcome>> = drafts.iter().map(|_| None).collect();
        let mut waiting: VecDeque<(usize, u32)> = (0..drafts.len()).map(|draft| (draft, 1)).collect();
        let mut flying: Vec<Flight> = Vec::new();
        while !waiting.is_empty() || !flying.is_empty() {
            let room = self.settings.in_flight.saturating_sub(flying.len()).min(waiting.len());
            let starting: Vec<_> = waiting.drain(..room).collect();
            if !starting.is_empty() {
                match self.cluster.latest_blockhash().await {
                    Ok(blockhash) => {
                        for (draft, launched) in self.launch(drafts, &starting, unit_price, blockhash).await {
                            match launched {
                                Ok(flight) => flying.push(flight),
                                Err(outcome) => outcomes[draft] = Some(outcome),
                            }
                        }
                    }
                    // What has not begun would meet the same: it is for the next step.
                    Err(fault) => {
                        let all = starting.into_iter().chain(waiting.drain(..)).map(|(draft, _)| draft);
                        unanswered(fault, all, &mut outcomes);
                    }
                }
            }
            if flying.is_empty() {
                continue;
            }
            tokio::time::sleep(self.settings.ask).await;
            let drafts_flying: Vec<usize> = flying.iter().map(|flight| flight.draft).collect();
            match self.look(std::mem::take(&mut flying), &mut outcomes).await {
                Ok((still, again)) => {
                    // The pool is not read meanwhile, and all is well as long as somebody answers.
                    self.cluster.metrics().read(&self.pool);
                    flying = still;
                    waiting.extend(again);
                }
                // Whether it landed is for the next reading to say, whenever there is one.
                Err(fault) => {
                    let rest = waiting.drain(..).map(|(draft, _)| draft);
                    unanswered(fault, drafts_flying.into_iter().chain(rest), &mut outcomes);
                }
            }
        }
        outcomes.into_iter().map(|outcome| outcome.unwrap_or(Outcome::Expired)).collect()
    }

    /// Simulates, signs and sends drafts over one block hash.
    async fn launch(
        &mut self,
        drafts: &[Draft],
        starting: &[(usize, u32)],
        unit_price: u64,
        blockhash: (Hash, u64),
    ) -> Vec<(usize, Result<Flight, Outcome>)> {
        let first = self.nonce;
        self.nonce = self.nonce.wrapping_add(starting.len() as u32);
        let this = &*self;
        join_all(starting.iter().zip(first..).map(|((draft, signings), nonce)| async move {
            let launched =
                this.launch_one(&drafts[*draft], (*draft, *signings), unit_price, blockhash, nonce).await;
            (*draft, launched)
        }))
        .await
    }

    async fn launch_one(
        &self,
        draft: &Draft,
        (index, signings): (usize, u32),
        unit_price: u64,
        (blockhash, last_valid): (Hash, u64),
        nonce: u32,
    ) -> Result<Flight, Outcome> {
        let payer = self.key.pubkey();
        let request = Request::new(draft.instructions.clone()).tables(&draft.tables).unit_price(unit_price);
        let impossible = |_| Outcome::TooMuch;
        let message = request.message(&payer, MAX_UNITS, Hash::default()).map_err(impossible)?;
        let signatures = vec![Signature::default(); usize::from(message.header().num_required_signatures)];
        let rehearsal = VersionedTransaction { signatures, message };
        let simulated = self.cluster.simulate(&rehearsal).await;
        let simulated = simulated.map_err(|fault| Outcome::Unanswered(Arc::new(fault)))?;
        if let Some(error) = simulated.error {
            return Err(refused(error, simulated.logs));
        }
        if !does_something(draft.kind, &logs::events(&simulated.logs)) {
            return Err(Outcome::Idle);
        }
        let spare = (simulated.units * SPARE_PERCENT / 100).max(SPARE_UNITS) + u64::from(nonce % NONCES);
        let limit = u32::try_from(simulated.units + spare).unwrap_or(MAX_UNITS).min(MAX_UNITS);
        let message = request.message(&payer, limit, blockhash).map_err(impossible)?;
        let transaction =
            VersionedTransaction::try_new(message, &[&*self.key]).map_err(|_| Outcome::TooMuch)?;
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        // Whoever does not take it now is asked again.
        let _ = self.cluster.send(&transaction).await;
        let (sent, fee) = (Instant::now(), fee(limit, unit_price));
        let units = simulated.units;
        let signed = sent;
        Ok(Flight { draft: index, transaction, signature, last_valid, signed, sent, signings, units, fee })
    }

    /// Asks what became of all that flies; what still does, and what has to be signed anew.
    async fn look(
        &self,
        flying: Vec<Flight>,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<(Vec<Flight>, Vec<(usize, u32)>), Fault> {
        let signatures: Vec<Signature> = flying.iter().map(|flight| flight.signature).collect();
        let statuses = self.cluster.statuses(&signatures).await?;
        let unseen = statuses.iter().any(Option::is_none);
        // The height is read after the statuses: what is unseen although its hash has expired before can never land.
        let height = if unseen { self.cluster.block_height().await.unwrap_or(0) } else { 0 };
        let (mut still, mut again) = (Vec::new(), Vec::new());
        for (mut flight, status) in flying.into_iter().zip(statuses) {
            let is_over = height > flight.last_valid || flight.signed.elapsed() >= self.settings.lost;
            match status {
                Some(status) if status.settled => {
                    let (slot, units, fee) = (status.slot, flight.units, flight.fee);
                    outcomes[flight.draft] = Some(match status.error {
                        None => Outcome::Landed { slot, units, fee },
                        Some(error) => Outcome::Failed { error, fee },
                    });
                }
                Some(_) => still.push(flight),
                None if is_over && flight.signings < SIGNINGS => {
                    again.push((flight.draft, flight.signings + 1));
                }
                None if is_over => outcomes[flight.draft] = Some(Outcome::Expired),
                None => {
                    if flight.sent.elapsed() >= self.settings.resend {
                        let _ = self.cluster.send(&flight.transaction).await;
                        flight.sent = Instant::now();
                    }
                    still.push(flight);
                }
            }
        }
        Ok((still, again))
    }
}

/// Of these drafts nobody has said what became of them.
fn unanswered(fault: Fault, drafts: impl Iterator<Item = usize>, outcomes: &mut [Option<Outcome>]) {
    let fault = Arc::new(fault);
    for draft in drafts {
        outcomes[draft] = Some(Outcome::Unanswered(Arc::clone(&fault)));
    }
}

fn refused(error: TransactionError, log: Vec<String>) -> Outcome {
    match error {
        TransactionError::InstructionError(
            _,
            InstructionError::ComputationalBudgetExceeded
            | InstructionError::MaxInstructionTraceLengthExceeded,
        )
        | TransactionError::TooManyAccountLocks
        | TransactionError::MaxLoadedAccountsDataSizeExceeded => Outcome::TooMuch,
        error => Outcome::Refused { error, log },
    }
}

/// Whether an error is about the purse of the first signer, and not about what it pays for.
pub fn is_for_want_of_funds(error: &TransactionError) -> bool {
    matches!(
        error,
        TransactionError::AccountNotFound
            | TransactionError::InsufficientFundsForFee
            | TransactionError::InsufficientFundsForRent { account_index: 0 }
    )
}

/// Which item of a batch of whole instructions an error names: two instructions set limit and price before them.
pub fn failed_item(error: &TransactionError, unit_price: u64) -> Option<usize> {
    let TransactionError::InstructionError(index, _) = error else { return None };
    usize::from(*index).checked_sub(if unit_price > 0 { 2 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told_from_what_is_refused() {
        let at = |error| TransactionError::InstructionError(2, error);
        let too_much = [
            at(InstructionError::ComputationalBudgetExceeded),
            at(InstructionError::MaxInstructionTraceLengthExceeded),
            TransactionError::TooManyAccountLocks,
            TransactionError::MaxLoadedAccountsDataSizeExceeded,
        ];
        assert!(too_much.into_iter().all(|error| matches!(refused(error, vec![]), Outcome::TooMuch)));
        let no = refused(at(InstructionError::Custom(6_000)), vec![]);
        assert!(matches!(no, Outcome::Refused { .. }));
    }

    #[test]
    fn an_empty_purse_is_told_from_what_it_was_to_pay_for() {
        let refused = |error| refused(error, vec![]).is_for_want_of_funds();
        assert!(refused(TransactionError::AccountNotFound));
        assert!(refused(TransactionError::InsufficientFundsForFee));
        assert!(refused(TransactionError::InsufficientFundsForRent { account_index: 0 }));
        assert!(!refused(TransactionError::InsufficientFundsForRent { account_index: 1 }));
        assert!(!refused(TransactionError::InstructionError(2, InstructionError::InsufficientFunds)));
    }

    #[test]
    fn an_error_names_the_item_behind_limit_and_price() {
        let error = |at| TransactionError::InstructionError(at, InstructionError::Custom(1));
        assert_eq!(failed_item(&error(1), 0), Some(0));
        assert_eq!(failed_item(&error(4), 7), Some(2));
        assert_eq!(failed_item(&TransactionError::AccountNotFound, 7), None);
    }
}
