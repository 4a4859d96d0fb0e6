//! `sluice liquidity`: the pool that pays instant exits beside the reserve, and earns their fees.

mod add;
mod remove;
mod status;

use clap::{Args, Subcommand};
use solana_address::Address;

use crate::error::Error;
use crate::holder::Holder;
use crate::output::Format;
use crate::purse::Purse;

/// Arguments of `sluice liquidity`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Liquidity {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    status: status::Status,
}

#[derive(Subcommand)]
enum Command {
    /// What providers hold, and what an instant exit costs (the same without a word)
    Status(status::Status),
    /// Add SOL, and get the liquidity token for it
    Add(add::Add),
    /// Give the liquidity token back for SOL and LST
    Remove(remove::Remove),
}

/// Why there is nothing to deal with.
#[derive(Debug, thiserror::Error)]
pub enum LiquidityError {
    #[error("the pool {pool} has no liquidity pool: its admin opens one")]
    None { pool: Address },
}

impl Liquidity {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            None => self.status.run(format).await,
            Some(Command::Status(status)) => status.run(format).await,
            Some(Command::Add(add)) => add.run(format).await,
            Some(Command::Remove(remove)) => remove.run(format).await,
        }
    }
}

/// The wallet's liquidity tokens.
async fn tokens(holder: &Holder) -> Result<Purse, Error> {
    let Holder { wallet, view, .. } = holder;
    let mint = view.pool.lp_mint;
    if mint == Address::default() {
        return Err(LiquidityError::None { pool: view.address }.into());
    }
    Purse::read(&wallet.rpc, &wallet.address(), &mint, &view.pool.token_program, "LP").await
}
