//! `sluice unstake`: LST in, SOL or stake out, by one of three exits; or a stake account in, SOL out.

mod account;
mod delayed;
mod exits;
mod instant;
mod stake;

use clap::Args;
use solana_address::Address;

use crate::act::Acting;
use crate::amount::{Amount, amount};
use crate::bound::Bound;
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::{Cosigning, Holder};
use crate::output::Format;
use crate::purse::Source;

pub use exits::ChoiceError;
use exits::Exit;

/// Arguments of `sluice unstake`.
#[derive(Args)]
pub struct Unstake {
    /// How much to give back, or all
    #[arg(value_name = "LST", value_parser = amount, required_unless_present = "account")]
    amount: Option<Amount>,
    /// SOL at once, less a fee
    #[arg(long, group = "exit")]
    instant: bool,
    /// SOL without a fee, after the next epoch has begun: a ticket
    #[arg(long, group = "exit")]
    delayed: bool,
    /// An active stake account of yours, at once
    #[arg(long, group = "exit")]
    stake_account: bool,
    /// Vote account of the validator the stake is taken from [default: the pool's choice, else its largest]
    #[arg(long, value_name = "VOTE", value_parser = address, requires = "stake_account")]
    validator: Option<Address>,
    /// Turn this active stake account of yours into SOL at once, in place of LST
    #[arg(long, value_name = "STAKE_ACCOUNT", value_parser = address, conflicts_with_all = ["amount", "exit", "from"])]
    account: Option<Address>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    cosigning: Cosigning,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Unstake {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        if let Some(account) = self.account {
            return account::run(&holder, &account, &self.cosigning, &self.bound).await;
        }
        // The command line has the one or the other.
        let amount = self.amount.unwrap_or(Amount::All);
        let spending = holder.lst.spend(amount, &self.source)?;
        let exit = match (self.instant, self.delayed, self.stake_account) {
            (true, ..) => Some(Exit::Instant),
            (_, true, _) => Some(Exit::Delayed),
            (.., true) => Some(Exit::Stake),
            _ => exits::choose(&holder, spending.amount, format).await?,
        };
        match exit {
            None => Ok(()),
            Some(Exit::Instant) => instant::run(&holder, spending, &self.bound).await,
            Some(Exit::Delayed) => delayed::run(&holder, spending, &self.bound).await,
            Some(Exit::Stake) => stake::run(&holder, spending, self.validator, &self.bound).await,
        }
    }
}
