//! `sluice operator show` and `list`.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_client::vault::operator_fee;
use sluice_sdk::json::text;
use sluice_sdk::restaking_vault::accounts::Operator;
use solana_address::Address;

use crate::cluster::{Cluster, address};
use crate::commands::agreements::{Agreement, agreements, lines};
use crate::commands::words::{epoch_at, percent};
use crate::error::Error;
use crate::output::{self, Format};

/// Arguments of `sluice operator show`.
#[derive(Args)]
pub struct Show {
    /// The operator
    #[arg(value_parser = address)]
    operator: Address,
    #[command(flatten)]
    cluster: Cluster,
}

#[derive(Serialize)]
struct Page {
    #[serde(serialize_with = "text")]
    address: Address,
    epoch: u64,
    /// In force in this epoch.
    fee_bps: u16,
    operator: Operator,
    agreements: Vec<Agreement>,
}

impl Show {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let operator: Operator = rpc.get(&self.operator).await?;
        let pace = rpc.pace().await?;
        let found = rpc.allocations(None, Some(&self.operator), None).await?;
        let fee = operator_fee(&operator, pace.epoch);
        let page = Page {
            address: self.operator,
            epoch: pace.epoch,
            fee_bps: fee.now.get(),
            operator,
            agreements: agreements(&rpc, found, pace.epoch).await?,
        };
        output::print(format, &page, |page| {
            let mut text = format!("Operator {}\n", page.address);
            let _ = writeln!(text, "  Authority       {}", page.operator.authority);
            let _ = writeln!(text, "  Fee of rewards  {}", percent(page.fee_bps.into()));
            if fee.next_epoch > 0 {
                let (next, from) = (percent(fee.next.get().into()), epoch_at(fee.next_epoch, &pace));
                let _ = writeln!(text, "  Next fee        {next} from {from}");
            }
            text + &lines(&page.agreements)
        })
    }
}

/// Arguments of `sluice operator list`.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    cluster: Cluster,
}

#[derive(Serialize)]
struct Line {
    #[serde(serialize_with = "text")]
    operator: Address,
    #[serde(serialize_with = "text")]
    authority: Address,
    /// In force in this epoch.
    fee_bps: u16,
    agreements: usize,
}

impl List {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let epoch = rpc.clock().await?.epoch;
        let agreed = rpc.allocations(None, None, None).await?;
        let operators = rpc.operators().await?;
        let lines = operators.into_iter().map(|(address, operator)| Line {
            operator: address,
            authority: operator.authority,
            fee_bps: operator_fee(&operator, epoch).now.get(),
            agreements: agreed.iter().filter(|(_, allocation)| allocation.operator == address).count(),
        });
        let lines: Vec<Line> = lines.collect();
        output::print(format, &lines, |lines| {
            if lines.is_empty() {
                return "There are no operators.\n".into();
            }
            let mut text = format!("{:<44}  {:<44}  {:>8}  Agreements\n", "Operator", "Authority", "Fee");
            for line in lines {
                let (operator, authority) = (line.operator.to_string(), line.authority.to_string());
                let fee = percent(line.fee_bps.into());
                let _ = writeln!(text, "{operator:<44}  {authority:<44}  {fee:>8}  {}", line.agreements);
            }
            text
        })
    }
}
