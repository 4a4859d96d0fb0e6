//! `sluice validator`: what a validator wants to know of its place in a pool, and what it does about it.

mod answer;
mod bid;
mod bond;
mod contest;
mod explain;
mod join;
mod stay;
mod words;

use clap::{Args, Subcommand};

use crate::error::Error;
use crate::output::Format;

pub use answer::name as constraint_name;
pub use bond::BondError;
pub use contest::{Contest, StrangerError};
pub use join::JoinError;

/// Arguments of `sluice validator`.
#[derive(Args)]
pub struct Validator {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// When will I get stake? What decided a validator's, and what it would take to get more
    Explain(explain::Explain),
    /// Bring a vote account in, with a bond
    Join(join::Join),
    /// Offer the pool something for its stake
    Bid(bid::Bid),
    /// LST that stands for a validator's stake: add some, or take it back
    Bond(bond::Bond),
    /// Want no stake of the pool any more, or want it again
    Leave(stay::Leave),
    /// Let a validator compete again whose identity has changed
    ConfirmIdentity(stay::ConfirmIdentity),
}

impl Validator {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::Explain(explain) => explain.run(format).await,
            Command::Join(join) => join.run(format).await,
            Command::Bid(bid) => bid.run(format).await,
            Command::Bond(bond) => bond.run(format).await,
            Command::Leave(leave) => leave.run(format).await,
            Command::ConfirmIdentity(confirm) => confirm.run(format).await,
        }
    }
}
