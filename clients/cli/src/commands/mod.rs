//! The commands. One module each: its arguments, and a `run` that does it.

mod admin;
mod agreements;
mod audit;
mod completions;
mod convert;
mod crank;
mod deploy;
mod deposit_stake;
mod direct;
mod handover;
mod liquidity;
mod localnet;
mod operator;
mod order;
mod pool;
mod rate;
mod refusal;
mod service;
mod simulate;
mod stake;
mod tickets;
mod unstake;
mod validator;
mod validators;
mod vault;
mod words;

use clap::Subcommand;

use crate::error::Error;
use crate::output::Format;

pub use convert::ConvertError;
pub use deposit_stake::NotAccepted;
pub use direct::DirectError;
pub use liquidity::LiquidityError;
pub use localnet::LocalnetCommandError;
pub use refusal::Refusal;
pub use tickets::TicketError;
pub use unstake::ChoiceError;
pub use validator::{BondError, JoinError, StrangerError};

#[derive(Subcommand)]
pub enum Command {
    /// Run a pool or its selection
    Admin(admin::Admin),
    /// What a pool earns in a year, by its last epochs
    Apy(rate::Apy),
    /// Count again, from raw accounts, what a pool and its vaults hold and owe; write their ledger
    Audit(audit::Audit),
    /// Completions of this program for a shell, on standard output
    Completions(completions::Completions),
    /// Turn the token of another stake pool into this one's LST
    Convert(convert::Convert),
    /// Do what an epoch of a pool needs, once or as a daemon
    Crank(crank::Crank),
    /// Deploy the programs and set up pool, selection and vaults from one file
    Deploy(deploy::Deploy),
    /// Deposit a whole active stake account and get LST for it
    DepositStake(deposit_stake::DepositStake),
    /// Lock LST behind a validator, so that as much of the pool's stake goes to it
    Direct(direct::Direct),
    /// The pool that pays instant exits beside the reserve, and earns their fees
    Liquidity(liquidity::Liquidity),
    /// Run a cluster in this process: real programs, scripted validators, epochs as short as you like
    Localnet(localnet::LocalnetCommand),
    /// Write this program's manual pages into a directory
    Man(completions::Man),
    /// Run software for services, secured by vaults
    Operator(operator::Operator),
    /// How a pool stands: its books, its epoch, its fees, who runs it
    Pool(pool::Pool),
    /// What one LST is worth
    Rate(rate::Rate),
    /// Deposit SOL into a vault, in one step, or LST
    Restake(vault::Restake),
    /// Be secured by vaults, and accuse who broke the rules
    Service(service::Service),
    /// Play the selection's formulas over many epochs, against other ways to choose validators
    Simulate(simulate::Simulate),
    /// Deposit SOL and get LST for it
    Stake(stake::Stake),
    /// Tickets: exits that were ordered and are paid later
    Tickets(tickets::Tickets),
    /// Give LST back for SOL at once, for SOL later, or for a stake account; or sell a stake account
    Unstake(unstake::Unstake),
    /// What a validator wants to know, and does: explain, join, bid, bond, leave
    Validator(validator::Validator),
    /// All candidates of a pool, best first
    Validators(validators::Validators),
    /// Collateral that secures services: deposit, withdraw, run a vault
    Vault(vault::Vault),
}

/// Does what was asked.
pub async fn run(command: &Command, format: Format) -> Result<(), Error> {
    match command {
        Command::Admin(admin) => admin.run(format).await,
        Command::Apy(apy) => apy.run(format).await,
        Command::Audit(audit) => audit.run(format).await,
        Command::Completions(completions) => completions.run(),
        Command::Convert(convert) => convert.run(format).await,
        Command::Crank(crank) => crank.run(format).await,
        Command::Deploy(deploy) => deploy.run(format).await,
        Command::DepositStake(deposit) => deposit.run(format).await,
        Command::Direct(direct) => direct.run(format).await,
        Command::Liquidity(liquidity) => liquidity.run(format).await,
        Command::Localnet(localnet) => localnet.run(format).await,
        Command::Man(man) => man.run(),
        Command::Operator(operator) => operator.run(format).await,
        Command::Pool(pool) => pool.run(format).await,
        Command::Rate(rate) => rate.run(format).await,
        Command::Restake(restake) => restake.run(format).await,
        Command::Service(service) => service.run(format).await,
        Command::Simulate(simulate) => simulate.run(format),
        Command::Stake(stake) => stake.run(format).await,
        Command::Tickets(tickets) => tickets.run(format).await,
        Command::Unstake(unstake) => unstake.run(format).await,
        Command::Validator(validator) => validator.run(format).await,
        Command::Validators(validators) => validators.run(format).await,
        Command::Vault(vault) => vault.run(format).await,
    }
}
