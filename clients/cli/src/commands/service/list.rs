//! `sluice service show` and `list`.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_sdk::json::text;
use sluice_sdk::restaking_vault::accounts::Service;
use solana_address::Address;

use crate::cluster::{Cluster, address};
use crate::commands::agreements::{Agreement, agreements, lines};
use crate::error::Error;
use crate::output::{self, Format};

/// Arguments of `sluice service show`.
#[derive(Args)]
pub struct Show {
    /// The service
    #[arg(value_parser = address)]
    service: Address,
    #[command(flatten)]
    cluster: Cluster,
}

#[derive(Serialize)]
struct Page {
    #[serde(serialize_with = "text")]
    address: Address,
    epoch: u64,
    service: Service,
    agreements: Vec<Agreement>,
}

impl Show {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let service: Service = rpc.get(&self.service).await?;
        let epoch = rpc.clock().await?.epoch;
        let found = rpc.allocations(None, None, Some(&self.service)).await?;
        let agreements = agreements(&rpc, found, epoch).await?;
        let page = Page { address: self.service, epoch, service, agreements };
        output::print(format, &page, |page| {
            let authority = page.service.authority;
            format!("Service {}\n  Authority       {authority}\n", page.address) + &lines(&page.agreements)
        })
    }
}

/// Arguments of `sluice service list`.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    cluster: Cluster,
}

#[derive(Serialize)]
struct Line {
    #[serde(serialize_with = "text")]
    service: Address,
    #[serde(serialize_with = "text")]
    authority: Address,
    agreements: usize,
    /// Of these, how many are under an accusation.
    accused: usize,
}

impl List {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let agreed = rpc.allocations(None, None, None).await?;
        let services = rpc.services().await?;
        let lines = services.into_iter().map(|(address, service)| {
            let own = || agreed.iter().filter(|(_, allocation)| allocation.service == address);
            Line {
                service: address,
                authority: service.authority,
                agreements: own().count(),
                accused: own().filter(|(_, allocation)| allocation.request_open == 1).count(),
            }
        });
        let lines: Vec<Line> = lines.collect();
        output::print(format, &lines, |lines| {
            if lines.is_empty() {
                return "There are no services.\n".into();
            }
            let mut text = format!("{:<44}  {:<44}  {:>10}  Accused\n", "Service", "Authority", "Agreements");
            for line in lines {
                let (service, authority) = (line.service.to_string(), line.authority.to_string());
                let (agreements, accused) = (line.agreements, line.accused);
                let _ = writeln!(text, "{service:<44}  {authority:<44}  {agreements:>10}  {accused}");
            }
            text
        })
    }
}
