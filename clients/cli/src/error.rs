//! Why a command failed, in one line.

use std::path::PathBuf;

use crate::commands::StrangerError;
use crate::rpc::RpcError;
use crate::selection::ReadError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Simulation(#[from] sluice_simulator::Error),
    #[error(transparent)]
    Rpc(#[from] RpcError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Stranger(#[from] StrangerError),
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: std::io::Error },
    #[error("cannot write {}: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: std::io::Error },
    #[error("cannot write the result: {0}")]
    Output(#[from] std::io::Error),
    #[error("cannot make JSON of the result: {0}")]
    Json(#[from] serde_json::Error),
}
