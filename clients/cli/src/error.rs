//! Why a command failed, in one line.

use std::path::PathBuf;

use sluice_client::accounts::ReadError;
use sluice_client::cluster::SettingsError;
use sluice_client::{KeyError, RpcError, SendError};
use sluice_sdk::error::ProgramFailure;

use crate::amount::AmountError;
use crate::commands::{
    BondError, ChoiceError, ConvertError, DirectError, JoinError, LiquidityError, LocalnetCommandError,
    NotAccepted, Refusal, StrangerError, TicketError,
};
use crate::holder::IntroductionError;
use crate::purse::PurseError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Simulation(#[from] sluice_simulator::Error),
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Rpc(#[from] RpcError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Send(SendError),
    #[error("{0}: `sluice crank --once` does all that this epoch still needs, and anyone may send it")]
    Behind(ProgramFailure),
    #[error(
        "{0}: the pool has moved on, or you ask for too much; try again, or take less by --slippage-bps or --at-least"
    )]
    Slipped(ProgramFailure),
    #[error("{host} does not say what the transaction would do: use another --url")]
    Silent { host: String },
    #[error(transparent)]
    Amount(#[from] AmountError),
    #[error(transparent)]
    Purse(#[from] PurseError),
    #[error(transparent)]
    Introduction(#[from] IntroductionError),
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    #[error(transparent)]
    Ticket(#[from] TicketError),
    #[error(transparent)]
    Localnet(#[from] LocalnetCommandError),
    #[error(transparent)]
    Liquidity(#[from] LiquidityError),
    #[error(transparent)]
    Convert(#[from] ConvertError),
    #[error(transparent)]
    Join(#[from] JoinError),
    #[error(transparent)]
    Bond(#[from] BondError),
    #[error(transparent)]
    Direct(#[from] DirectError),
    #[error("{0}: name the keypair of the one or the other by --authority")]
    NotTheValidator(ProgramFailure),
    #[error(transparent)]
    Stranger(#[from] StrangerError),
    #[error(transparent)]
    Refusal(#[from] Refusal),
    #[error(transparent)]
    Deployment(#[from] sluice_deploy::Error),
    #[error(transparent)]
    Audit(#[from] sluice_audit::Error),
    #[error("the books do not close: {lines} {} wrong, marked with ✗ above", if *lines == 1 { "line is" } else { "lines are" })]
    Wrong { lines: usize },
    #[error("{} is there already: name another --csv, or continue it by --since", path.display())]
    LedgerExists { path: PathBuf },
    #[error("{} holds other addresses: it is not written over; name another --write", path.display())]
    OtherAddresses { path: PathBuf },
    #[error("not done: standard input is no terminal to ask at; add --yes to do it without asking")]
    NotAsked,
    #[error("not done, as you said")]
    Declined,
    #[error(transparent)]
    Crank(#[from] sluice_crank::CrankError),
    #[error("something of this epoch is left: RUST_LOG=info says why it was refused")]
    Unfinished,
    #[error("cannot listen at {address}: {reason}; name another --metrics-addr")]
    Bind { address: std::net::SocketAddr, reason: std::io::Error },
    #[error("{name} {value} is no number of seconds: it is 0 or more")]
    Seconds { name: &'static str, value: f64 },
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: std::io::Error },
    #[error("cannot write {}: {reason}", path.display())]
    Unwritable { path: PathBuf, reason: std::io::Error },
    #[error("cannot write the result: {0}")]
    Output(#[from] std::io::Error),
    #[error("cannot make JSON of the result: {0}")]
    Json(#[from] serde_json::Error),
}

/// What the programs refuse until somebody has done an epoch's work.
const BEHIND: [&str; 5] = ["PoolStale", "NotObserved", "NotAllObserved", "NotAllocated", "NotSettled"];

impl From<SendError> for Error {
    /// Refusals that a person can do something about here say what.
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(failure) if BEHIND.contains(&failure.name.as_str()) => Self::Behind(failure),
            SendError::Refused(failure) if failure.name == "SlippageExceeded" => Self::Slipped(failure),
            SendError::Refused(failure) if failure.name == "NotTheValidator" => {
                Self::NotTheValidator(failure)
            }
            other => Self::Send(other),
        }
    }
}
