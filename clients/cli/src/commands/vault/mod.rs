//! `sluice vault`: collateral that secures services, for who deposits it, and for who runs the vault.

pub mod agreement;
mod allocate;
pub mod choice;
mod claim;
mod create;
mod deposit;
pub mod desk;
mod distribute;
mod handover;
mod list;
mod pause;
mod pay_rewards;
mod rewards;
mod settings;
mod show;
mod tickets;
mod withdraw;
pub mod words;

use clap::{Args, Subcommand};

use crate::error::Error;
use crate::output::Format;
use agreement::Party;

pub use deposit::Restake;

/// Arguments of `sluice vault`.
#[derive(Args)]
pub struct Vault {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// All vaults of the cluster
    List(list::List),
    /// All that can be said of a vault: prices, limits, what can be slashed, roles, what will change
    Show(show::Show),
    /// Deposit collateral and get shares for it
    Deposit(deposit::Deposit),
    /// Order a withdrawal: a ticket, which pays after a cool-down
    Withdraw(withdraw::Withdraw),
    /// Withdrawals on their way
    Tickets(tickets::Tickets),
    /// Have a ticket paid
    Claim(claim::Claim),
    /// Have a ticket paid into a ticket of the staking pool, which pays SOL
    ClaimAndUnstake(claim::ClaimAndUnstake),
    /// Withdraw at once, at what would be left if all that is allocated were slashed
    InstantWithdraw(withdraw::InstantWithdraw),
    /// Give a ticket away
    TransferTicket(claim::TransferTicket),
    /// Claim a reward in another token
    Rewards(rewards::Rewards),
    /// Pay a reward in collateral to all holders, a little with every slot
    PayRewards(pay_rewards::PayRewards),
    /// Distribute tokens to those a table names
    Distribute(distribute::Distribute),
    /// Send back what nobody claimed of a distribution
    ClawBack(rewards::ClawBack),
    /// Open a vault
    Create(Box<create::Create>),
    /// Give a vault without depositors junior shares, which lose first and earn a premium
    AddJunior(create::AddJunior),
    /// Agree, for the depositors, to secure a service through an operator
    OptIn(agreement::OptIn),
    /// End such an agreement
    OptOut(agreement::OptOut),
    /// Put collateral at risk under an agreement
    Allocate(allocate::Allocate),
    /// Take some of it back, after a cool-down
    Deallocate(allocate::Deallocate),
    /// Free what has cooled down
    Release(allocate::Release),
    /// Set the limits on deposits
    SetLimits(settings::SetLimits),
    /// Set what the vault keeps of rewards
    SetFee(settings::SetFee),
    /// Name delegation admin, pauser or resolver
    SetRoles(settings::SetRoles),
    /// Stop deposits and instant exits for two epochs
    Pause(pause::Pausing),
    /// End a pause
    Resume(pause::Pausing),
    /// Name the next admin
    ProposeAdmin(handover::ProposeAdmin),
    /// Become the admin, as proposed
    AcceptAdmin(handover::AcceptAdmin),
}

impl Vault {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::List(list) => list.run(format).await,
            Command::Show(show) => show.run(format).await,
            Command::Deposit(deposit) => deposit.run(format).await,
            Command::Withdraw(withdraw) => withdraw.run(format).await,
            Command::Tickets(tickets) => tickets.run(format).await,
            Command::Claim(claim) => claim.run(format).await,
            Command::ClaimAndUnstake(claim) => claim.run(format).await,
            Command::InstantWithdraw(withdraw) => withdraw.run(format).await,
            Command::TransferTicket(transfer) => transfer.run(format).await,
            Command::Rewards(rewards) => rewards.run(format).await,
            Command::PayRewards(pay) => pay.run(format).await,
            Command::Distribute(distribute) => distribute.run(format).await,
            Command::ClawBack(claw_back) => claw_back.run(format).await,
            Command::Create(create) => create.run(format).await,
            Command::AddJunior(add) => add.run(format).await,
            Command::OptIn(opt_in) => opt_in.run(Party::Vault, format).await,
            Command::OptOut(opt_out) => opt_out.run(Party::Vault, format).await,
            Command::Allocate(allocate) => allocate.run(format).await,
            Command::Deallocate(deallocate) => deallocate.run(format).await,
            Command::Release(release) => release.run(format).await,
            Command::SetLimits(set) => set.run(format).await,
            Command::SetFee(set) => set.run(format).await,
            Command::SetRoles(set) => set.run(format).await,
            Command::Pause(pausing) => pausing.pause(format).await,
            Command::Resume(pausing) => pausing.resume(format).await,
            Command::ProposeAdmin(propose) => propose.run(format).await,
            Command::AcceptAdmin(accept) => accept.run(format).await,
        }
    }
}
