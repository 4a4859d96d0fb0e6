//! Why a deployment stops, in one line that says what to do.

use std::path::PathBuf;

use sluice_client::accounts::ReadError;
use sluice_client::{KeyError, RpcError, SendError};
use solana_address::Address;
use solana_signature::Signature;

use crate::config::ClusterName;
use crate::units::exact;

/// Why nothing, or nothing more, was done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: std::io::Error },
    #[error("cannot write {}: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: std::io::Error },
    #[error("{} is no deployment: {reason}", path.display())]
    NoConfig { path: PathBuf, reason: String },
    #[error(transparent)]
    Rpc(#[from] RpcError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The step and why its transaction failed.
    #[error("{what}: {reason}")]
    Send { what: String, reason: Box<SendError> },
    #[error("{host} serves {actual}, and the file is for {expected}: name another --url or another file")]
    WrongCluster { host: String, expected: &'static str, actual: String },
    #[error(
        "this is mainnet, where mistakes cost money: look at --dry-run first, then add --i-know-this-is-mainnet"
    )]
    Mainnet,
    #[error("no keypair at {}: put it there, or have it made by --make-keys {}", path.display(), folder.display())]
    NoKey { path: PathBuf, folder: PathBuf },
    #[error("the file names no folder of keys: give one by --keys, or have them made by --make-keys")]
    NoKeys,
    #[error("{name:?} is {why}")]
    NotAKey { name: String, why: &'static str },
    #[error("{what} differs: {}", differences.join("; "))]
    Differs { what: String, differences: Vec<String> },
    #[error("{what}: {reason}")]
    Refused { what: String, reason: String },
    #[error(
        "{what} wants the signature of {signer}, whose key is not here: put its keypair file into the folder of keys"
    )]
    NoSignature { what: String, signer: Address },
    #[error(
        "{wallet} has {} SOL, and this takes {} SOL: send it {} SOL more",
        exact(*has, 9), exact(*needs, 9), exact(needs.saturating_sub(*has), 9)
    )]
    TooPoor { wallet: Address, has: u64, needs: u64 },
    #[error(
        "{what} was made by {signature} and is not as it should be: run the command again to see in what it differs"
    )]
    NotMade { what: String, signature: Signature },
    #[error("{0}")]
    Amount(String),
}

impl ClusterName {
    pub fn name(self) -> &'static str {
        match self {
            Self::Localnet => "localnet",
            Self::Devnet => "devnet",
            Self::Testnet => "testnet",
            Self::Mainnet => "mainnet",
        }
    }
}
