//! `sluice admin selection`: bounds and bans by the admin, groups by the oracle. Nobody here picks anybody.

mod candidates;
mod desk;
mod groups;
mod handover;
mod oracle;
mod params;

use clap::{Args, Subcommand};

use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice admin selection`.
#[derive(Args)]
pub struct Selection {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set parameters; they hold from the next observation and allocation on
    SetParams(params::SetParams),
    /// Name who says which hosting provider and country validators have
    SetOracle(oracle::SetOracle),
    /// Say it, as the oracle
    SetGroups(groups::SetGroups),
    /// Give a candidate nothing any more
    Ban(candidates::Ban),
    /// Let it compete again
    Unban(candidates::Ban),
    /// Take a candidate that is gone out of the registry; anyone may
    Remove(candidates::Remove),
    /// Name the next admin
    ProposeAdmin(handover::ProposeAdmin),
    /// Become the admin, as proposed
    AcceptAdmin(handover::AcceptAdmin),
}

impl Selection {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::SetParams(set) => set.run(format).await,
            Command::SetOracle(set) => set.run(format).await,
            Command::SetGroups(set) => set.run(format).await,
            Command::Ban(ban) => ban.run(true, format).await,
            Command::Unban(ban) => ban.run(false, format).await,
            Command::Remove(remove) => remove.run(format).await,
            Command::ProposeAdmin(propose) => propose.run(format).await,
            Command::AcceptAdmin(accept) => accept.run(format).await,
        }
    }
}
