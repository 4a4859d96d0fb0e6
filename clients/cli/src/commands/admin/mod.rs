//! `sluice admin`: for those who run a pool or its selection.

mod partial;
mod pool;
mod selection;

use clap::{Args, Subcommand};

use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice admin`.
#[derive(Args)]
pub struct Admin {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fees, limits, roles, validators of a pool
    Pool(pool::Pool),
    /// Parameters, groups and bans of a pool's selection
    Selection(selection::Selection),
}

impl Admin {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::Pool(pool) => pool.run(format).await,
            Command::Selection(selection) => selection.run(format).await,
        }
    }
}
