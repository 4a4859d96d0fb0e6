//! Why a pool cannot be cranked.

use sluice_client::accounts::ReadError;
use solana_address::Address;

use crate::cluster::Fault;

/// Each says what to do next, or that waiting may help.
#[derive(Debug, thiserror::Error)]
pub enum CrankError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(
        "{payer} has {lamports} lamports, which pays for no transaction: send it some SOL, or name another --keypair"
    )]
    NoFunds { payer: Address, lamports: u64 },
    #[error("{first}{}; run this again when that is mended: epoch {epoch} of the pool {pool} is not finished", more(*others))]
    Left { pool: String, epoch: u64, first: String, others: usize },
}

fn more(others: usize) -> String {
    if others == 0 { String::new() } else { format!(" (and {others} more)") }
}

impl CrankError {
    /// Whether a daemon goes on: the server or the purse may be better later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Fault(fault) => fault.is_passing(),
            Self::Read(_) => false,
            Self::NoFunds { .. } | Self::Left { .. } => true,
        }
    }
}
