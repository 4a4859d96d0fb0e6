//! `sluice tickets`: delayed exits that were ordered, and what can be done with them.

mod change;
mod claim;
mod list;

use clap::{Args, Subcommand};
use solana_address::Address;

use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice tickets`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Tickets {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: list::List,
}

#[derive(Subcommand)]
enum Command {
    /// All tickets of a wallet (the same without a word)
    List(list::List),
    /// Have tickets that are due paid out; anyone may do so for anyone
    Claim(claim::Claim),
    /// Take a ticket back that is due: LST in place of SOL
    Cancel(change::Cancel),
    /// Give a ticket away
    Transfer(change::Transfer),
    /// Make two tickets of one
    Split(change::Split),
}

/// Why a ticket cannot be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum TicketError {
    #[error("{ticket} is a ticket of the pool {pool}, not of this one")]
    OtherPool { ticket: Address, pool: Address },
    #[error("{ticket} belongs to {owner}, and this keypair is {signer}: name its owner's by --keypair")]
    NotYours { ticket: Address, owner: Address, signer: Address },
    #[error(
        "{ticket} is not due: it can be paid or taken back from epoch {epoch} on, once the pool is updated in it"
    )]
    NotDue { ticket: Address, epoch: u64 },
    #[error("none of {owner}'s tickets is due: `sluice tickets` says when they are")]
    NothingDue { owner: Address },
    #[error(
        "the reserve holds {free} SOL, and the ticket pays {wants}: it is filled by this epoch's moves of stake, or take a \
         ticket back by `sluice tickets cancel`"
    )]
    Unfilled { free: String, wants: String },
    #[error("name tickets, or --all of yours that are due")]
    NoneNamed,
}

impl Tickets {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            None => self.list.run(format).await,
            Some(Command::List(list)) => list.run(format).await,
            Some(Command::Claim(claim)) => claim.run(format).await,
            Some(Command::Cancel(cancel)) => cancel.run(format).await,
            Some(Command::Transfer(transfer)) => transfer.run(format).await,
            Some(Command::Split(split)) => split.run(format).await,
        }
    }
}
