//! The commands. One module each: its arguments, and a `run` that does it.

mod simulate;
mod validator;
mod validators;

use clap::Subcommand;

use crate::error::Error;
use crate::output::Format;

pub use validator::StrangerError;

#[derive(Subcommand)]
pub enum Command {
    /// Play the selection's formulas over many epochs, against other ways to choose validators
    Simulate(simulate::Simulate),
    /// What a validator wants to know
    Validator(validator::Validator),
    /// All candidates of a pool, best first
    Validators(validators::Validators),
}

/// Does what was asked.
pub fn run(command: &Command, format: Format) -> Result<(), Error> {
    match command {
        Command::Simulate(simulate) => simulate.run(format),
        Command::Validator(validator) => validator.run(format),
        Command::Validators(validators) => validators.run(format),
    }
}
