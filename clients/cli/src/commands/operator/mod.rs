//! `sluice operator`: those who run software for services.

mod list;
mod register;
mod set_fee;

use clap::{Args, Subcommand};

use super::vault::agreement::{OptIn, OptOut, Party};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice operator`.
#[derive(Args)]
pub struct Operator {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Become an operator
    Register(register::Register),
    /// Set what the operator keeps of rewards for its work
    SetFee(set_fee::SetFee),
    /// Agree to be slashed by a service, with a vault's collateral
    OptIn(OptIn),
    /// End such an agreement
    OptOut(OptOut),
    /// An operator and its agreements
    Show(list::Show),
    /// All operators
    List(list::List),
}

impl Operator {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::Register(register) => register.run(format).await,
            Command::SetFee(set) => set.run(format).await,
            Command::OptIn(opt_in) => opt_in.run(Party::Operator, format).await,
            Command::OptOut(opt_out) => opt_out.run(Party::Operator, format).await,
            Command::Show(show) => show.run(format).await,
            Command::List(list) => list.run(format).await,
        }
    }
}
