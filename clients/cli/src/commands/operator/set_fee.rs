//! `sluice operator set-fee`: what an operator keeps of rewards for its work.

use clap::Args;
use sluice_client::vault::{operator_fee, operator_of};
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::accounts::Operator;
use sluice_sdk::restaking_vault::instructions::{SetOperatorFee, SetOperatorFeeInstructionArgs};
use solana_address::Address;

use crate::act::{Acting, Rows};
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::vault::desk::told;
use crate::commands::words::{change, epoch_at, percent, row};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice operator set-fee`.
#[derive(Args)]
pub struct SetFee {
    /// The fee; a rise is at most a step, and in force two epochs later
    #[arg(value_name = "BPS")]
    fee_bps: u16,
    /// The operator [default: the keypair's]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    operator: Option<Address>,
    #[command(flatten)]
    acting: Acting,
}

impl SetFee {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let wallet = self.acting.open(format)?;
        let address = self.operator.unwrap_or_else(|| operator_of(&wallet.address()));
        let operator: Operator = wallet.rpc.get(&address).await?;
        wallet.must_be("operator's authority", &operator.authority)?;
        let pace = wallet.rpc.pace().await?;
        let before = operator_fee(&operator, pace.epoch);
        let scheduled = if before.next_epoch > 0 { before.next } else { before.now };
        if scheduled.get() == self.fee_bps {
            return Err(Refusal::NoChange { what: "the fee" }.into());
        }
        let set = SetOperatorFee { operator: address, authority: wallet.address() };
        let set = set.instruction(SetOperatorFeeInstructionArgs { fee_bps: self.fee_bps });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, OperatorFeeSet) else { return Rows::new() };
            let bps = |bps: &u64| percent(*bps);
            let mut rows = Rows::new();
            rows.extend(change("Fee of rewards", &event.fee_bps_before, &event.fee_bps_after, bps));
            if event.next_fee_epoch > 0 {
                let from = epoch_at(event.next_fee_epoch, &pace);
                let (now, next) = (percent(event.fee_bps_after), percent(event.next_fee_bps));
                rows.push(row("Fee of rewards", format!("{now} → {next} from {from}")));
            } else if before.next_epoch > 0 {
                let next = percent(before.next.get().into());
                rows.push(row("Called off", format!("{next} from epoch {}", before.next_epoch)));
            }
            rows
        };
        wallet.order(format!("Set the fee of the operator {address}"), vec![set], &rows).await
    }
}
