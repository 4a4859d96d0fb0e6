//! `sluice admin selection set-params`: what is not named stays as it is.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::instructions::{
    SetParams as SetParamsAccounts, SetParamsInstructionArgs,
};
use sluice_sdk::validator_selection::types::Params;

use super::desk::{Office, told};
use crate::act::Rows;
use crate::commands::admin::partial::{epochs, lst, number, partial, slots, sol, units_or_none};
use crate::commands::refusal::Refusal;
use crate::commands::words::{percent, row};
use crate::error::Error;
use crate::output::Format;

partial!(ParamChange of Params {
    /// What one credit yields in an epoch until the pool has measured it, in 10^-18
    #[arg(long, value_name = "NUMBER")]
    kappa_prior: u64, "Yield of a credit, at first", number;
    /// The least that is moved
    #[arg(long, value_name = "SOL", value_parser = units_or_none)]
    min_move: u64, "Least move", sol;
    /// How long an allocation waits for observations
    #[arg(long, value_name = "SLOTS")]
    grace_slots: u64, "Wait for observations", slots;
    /// Epochs with credits that joining takes
    #[arg(long, value_name = "EPOCHS")]
    min_history: u64, "History to join", epochs;
    /// Without a vote for so long a validator is delinquent
    #[arg(long, value_name = "SLOTS")]
    delinquent_slots: u64, "Delinquent after", slots;
    /// Bond that joining takes
    #[arg(long, value_name = "LST", value_parser = units_or_none)]
    join_bond: u64, "Bond to join", lst;
    /// The most one validator may hold, of the pool
    #[arg(long, value_name = "BPS")]
    cap_bps: u16, "Cap on a validator", percent;
    /// What is kept liquid, of the pool
    #[arg(long, value_name = "BPS")]
    reserve_bps: u16, "Kept liquid", percent;
    /// The most that may move in an epoch, either way, of the pool
    #[arg(long, value_name = "BPS")]
    max_moved_bps: u16, "Movement an epoch", percent;
    /// Above this commission a validator gets nothing
    #[arg(long, value_name = "BPS")]
    max_commission_bps: u16, "Highest commission", percent;
    /// The most for the validators of one hosting provider, of the pool
    #[arg(long, value_name = "BPS")]
    aso_cap_bps: u16, "Cap on a hosting provider", percent;
    /// The most for the validators of one country, of the pool
    #[arg(long, value_name = "BPS")]
    country_cap_bps: u16, "Cap on a country", percent;
    /// The most a validator may have of the network's stake to be given more
    #[arg(long, value_name = "BPS")]
    network_cap_bps: u16, "Cap of the network", percent;
    /// The most that holders may direct, of the pool
    #[arg(long, value_name = "BPS")]
    directed_bps: u16, "Directed by holders", percent;
    /// The most that emergencies may take in an epoch, of the pool
    #[arg(long, value_name = "BPS")]
    emergency_bps: u16, "Emergencies an epoch", percent;
    /// Over how many epochs a better score pays for a move
    #[arg(long, value_name = "EPOCHS")]
    horizon_epochs: u16, "Horizon of a move", epochs;
    /// What a move costs, of an epoch's yield
    #[arg(long, value_name = "BPS")]
    move_cost_bps: u16, "Cost of a move", percent;
    /// What a newcomer must be better by beyond that
    #[arg(long, value_name = "BPS")]
    hysteresis_bps: u16, "Hysteresis", percent;
    /// Bond that stake takes, of the stake
    #[arg(long, value_name = "BPS")]
    min_bond_bps: u16, "Bond for stake", percent;
    /// Epochs of its bid that a bond must cover
    #[arg(long, value_name = "EPOCHS")]
    bid_epochs: u16, "Bid covered for", epochs;
    /// Notice of a bond's withdrawal
    #[arg(long, value_name = "EPOCHS")]
    notice_epochs: u16, "Notice of a bond", epochs;
    /// What performance may fall short by before the bond pays
    #[arg(long, value_name = "BPS")]
    performance_grace_bps: u16, "Grace of performance", percent;
    /// What an untried validator is taken to bring beside inflation, of what the others bring
    #[arg(long, value_name = "BPS")]
    untried_bps: u16, "Untried validators", percent;
});

/// Arguments of `sluice admin selection set-params`.
#[derive(Args)]
pub struct SetParams {
    #[command(flatten)]
    change: ParamChange,
    #[command(flatten)]
    office: Office,
}

impl SetParams {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.must_be_admin()?;
        let before = &desk.selection.config.params;
        let params = self.change.applied(before);
        if params == *before {
            return Err(Refusal::NoChange { what: "every parameter" }.into());
        }
        let set = SetParamsAccounts { config: desk.config, admin: desk.wallet.address() };
        let set = set.instruction(SetParamsInstructionArgs { params });
        let epoch = desk.selection.epoch;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, ParamsSet) else { return Rows::new() };
            let mut rows = ParamChange::changes(&event.before, &event.after);
            let made = desk.selection.config.allocated_epoch == epoch;
            let next = if made { epoch + 1 } else { epoch };
            rows.push(row("In force", format!("with the allocation of epoch {next}")));
            rows
        };
        let title = format!("Set parameters of the selection {}", desk.config);
        desk.wallet.order(title, vec![set], &rows).await
    }
}
