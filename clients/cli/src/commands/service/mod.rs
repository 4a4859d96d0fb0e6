//! `sluice service`: those whose work vaults secure, and what becomes of their accusations.

mod list;
mod register;
mod requests;
mod slash;
mod verdict;

use clap::{Args, Subcommand};

use super::vault::agreement::{OptIn, OptOut, Party};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice service`.
#[derive(Args)]
pub struct Service {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Become a service
    Register(register::Register),
    /// Agree to be secured by a vault's collateral, through an operator
    OptIn(OptIn),
    /// End such an agreement
    OptOut(OptOut),
    /// A service and its agreements
    Show(list::Show),
    /// All services
    List(list::List),
    /// Accuse an operator: ask for collateral, which the vault's resolver may veto for a while
    Slash(slash::Slash),
    /// Accusations, and how long each can be vetoed or executed
    Requests(requests::Requests),
    /// Take what an accusation asks for, once nobody can veto it any more; anyone may
    Execute(verdict::Execute),
    /// Dismiss an accusation, as the vault's resolver
    Veto(verdict::Veto),
    /// Close an accusation that has expired; anyone may
    Close(verdict::Close),
}

impl Service {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::Register(register) => register.run(format).await,
            Command::OptIn(opt_in) => opt_in.run(Party::Service, format).await,
            Command::OptOut(opt_out) => opt_out.run(Party::Service, format).await,
            Command::Show(show) => show.run(format).await,
            Command::List(list) => list.run(format).await,
            Command::Slash(slash) => slash.run(format).await,
            Command::Requests(requests) => requests.run(format).await,
            Command::Execute(execute) => execute.run(format).await,
            Command::Veto(veto) => veto.run(format).await,
            Command::Close(close) => close.run(format).await,
        }
    }
}
