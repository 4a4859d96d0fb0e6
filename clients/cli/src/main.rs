//! `sluice`: the command line of the protocol.
//!
//! Owns arguments, output and exit codes: 0, 1 for an error and 2 for a command that was not understood, each of which is
//! one line on stderr. Each command is a module of [`commands`]; what it does is in a library.

mod act;
mod amount;
mod bound;
mod cluster;
mod commands;
mod error;
mod holder;
mod misuse;
mod numbers;
mod output;
mod purse;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;
use crate::output::Format;

/// Sluice: liquid staking on Solana.
#[derive(Parser)]
#[command(name = "sluice", version, max_term_width = 110, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// What goes to standard output
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    output: Format,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return misuse::explain(&error),
    };
    match commands::run(&arguments.command, arguments.output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
