//! `sluice admin pool`: what the admin, the fee authority, the pauser and the delegation authority of a pool do.

mod desk;
mod handover;
mod insurance;
mod pause;
mod roles;
mod settings;
mod stake;
mod validators;

use clap::{Args, Subcommand};

use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice admin pool`.
#[derive(Args)]
pub struct Pool {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set what the pool charges; what is raised is in force two epochs later
    SetFees(settings::SetFees),
    /// Set the limits on deposits and on the movement of stake
    SetLimits(settings::SetLimits),
    /// Name fee authority, pauser or deposit authority
    SetRoles(roles::SetRoles),
    /// Send future fees to another token account
    SetTreasury(roles::SetTreasury),
    /// Name who decides about stake, two epochs from now
    SetDelegationAuthority(roles::SetDelegationAuthority),
    /// Say where stake should rather be withdrawn from
    SetPreferredValidator(validators::SetPreferred),
    /// Stop deposits and instant exits for two epochs
    Pause(pause::Pausing),
    /// End a pause
    Resume(pause::Pausing),
    /// Name the next admin
    ProposeAdmin(handover::ProposeAdmin),
    /// Become the admin, as proposed
    AcceptAdmin(handover::AcceptAdmin),
    /// Take a validator into the pool, without stake
    AddValidator(validators::Add),
    /// Take a validator without stake out of the pool
    RemoveValidator(validators::Remove),
    /// Take all stake from a validator for good, whatever the delegation authority says
    RetireValidator(validators::Retire),
    /// Delegate SOL of the reserve to a validator
    Increase(stake::Increase),
    /// Let stake of a validator cool down
    Decrease(stake::Decrease),
    /// Give LST to the insurance fund, from which nobody can take it
    FundInsurance(insurance::FundInsurance),
}

impl Pool {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::SetFees(set) => set.run(format).await,
            Command::SetLimits(set) => set.run(format).await,
            Command::SetRoles(set) => set.run(format).await,
            Command::SetTreasury(set) => set.run(format).await,
            Command::SetDelegationAuthority(set) => set.run(format).await,
            Command::SetPreferredValidator(set) => set.run(format).await,
            Command::Pause(pausing) => pausing.pause(format).await,
            Command::Resume(pausing) => pausing.resume(format).await,
            Command::ProposeAdmin(propose) => propose.run(format).await,
            Command::AcceptAdmin(accept) => accept.run(format).await,
            Command::AddValidator(add) => add.run(format).await,
            Command::RemoveValidator(remove) => remove.run(format).await,
            Command::RetireValidator(retire) => retire.run(format).await,
            Command::Increase(increase) => increase.run(format).await,
            Command::Decrease(decrease) => decrease.run(format).await,
            Command::FundInsurance(fund) => fund.run(format).await,
        }
    }
}
