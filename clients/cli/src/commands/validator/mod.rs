//! `sluice validator`: what a validator wants to know of its place in a pool.

mod answer;
mod explain;
mod words;

use clap::{Args, Subcommand};

use crate::error::Error;
use crate::output::Format;

pub use answer::name as constraint_name;
pub use explain::StrangerError;

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
}

impl Validator {
    pub fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::Explain(explain) => explain.run(format),
        }
    }
}
