//! `sluice service requests`: accusations, with how long each can be vetoed or executed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_client::distribution::hex;
use sluice_client::pace::Pace;
use sluice_client::vault::{VaultId, VaultView};
use sluice_sdk::json::text;
use sluice_sdk::restaking_vault::accounts::Allocation;
use solana_address::Address;

use crate::cluster::{Cluster, address};
use crate::commands::vault::words::Units;
use crate::commands::words::epoch_at;
use crate::error::Error;
use crate::output::{self, Format};

/// Arguments of `sluice service requests`.
#[derive(Args)]
pub struct Requests {
    /// Those against this vault only
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    vault: Option<Address>,
    /// Those of this service only
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    service: Option<Address>,
    #[command(flatten)]
    cluster: Cluster,
}

/// What can be done with a request in this epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    CanBeVetoed,
    CanBeExecuted,
    Expired,
}

/// Amounts in base units of the vault's collateral.
#[derive(Serialize)]
struct Line {
    #[serde(serialize_with = "text")]
    request: Address,
    #[serde(serialize_with = "text")]
    vault: Address,
    #[serde(serialize_with = "text")]
    operator: Address,
    #[serde(serialize_with = "text")]
    service: Address,
    #[serde(serialize_with = "text")]
    resolver: Address,
    amount: u64,
    executed: u64,
    /// Hexadecimal.
    evidence: String,
    stage: Stage,
    opened_epoch: u64,
    executable_epoch: u64,
    expiry_epoch: u64,
    /// About how long the veto window is still open, in seconds; 0: it is over.
    veto_seconds: u64,
    #[serde(skip)]
    units: Units,
}

impl Requests {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let pace = rpc.pace().await?;
        let mut views: HashMap<Address, VaultView> = HashMap::new();
        let mut lines = Vec::new();
        for (address, request) in rpc.slash_requests(self.vault.as_ref(), None).await? {
            let allocation: Allocation = rpc.get(&request.allocation).await?;
            if self.service.is_some_and(|service| service != allocation.service) {
                continue;
            }
            let view = match views.entry(request.vault) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    new.insert(VaultView::read(&rpc, &VaultId::Vault(request.vault)).await?)
                }
            };
            let stage = match pace.epoch {
                epoch if epoch < request.executable_epoch => Stage::CanBeVetoed,
                epoch if epoch < request.expiry_epoch => Stage::CanBeExecuted,
                _ => Stage::Expired,
            };
            lines.push(Line {
                request: address,
                vault: request.vault,
                operator: allocation.operator,
                service: allocation.service,
                resolver: view.resolver(),
                amount: request.amount,
                executed: request.executed,
                evidence: hex(&request.evidence),
                stage,
                opened_epoch: request.opened_epoch,
                executable_epoch: request.executable_epoch,
                expiry_epoch: request.expiry_epoch,
                veto_seconds: pace.until(request.executable_epoch).as_secs(),
                units: Units::of(view),
            });
        }
        lines.sort_by_key(|line| (line.executable_epoch, line.request));
        output::print(format, &lines, |lines| table(lines, &pace))
    }
}

fn table(lines: &[Line], pace: &Pace) -> String {
    if lines.is_empty() {
        return "Nobody is accused.\n".into();
    }
    let mut text = String::new();
    for line in lines {
        let next = match line.stage {
            Stage::CanBeVetoed => format!(
                "can be vetoed by {}; from {} on anyone may execute it",
                line.resolver,
                epoch_at(line.executable_epoch, pace)
            ),
            Stage::CanBeExecuted => {
                format!("can be executed by anyone; expires in {}", epoch_at(line.expiry_epoch, pace))
            }
            Stage::Expired => "has expired: anyone may close it".into(),
        };
        let _ = writeln!(text, "Request {}", line.request);
        let _ = writeln!(text, "  Vault     {}", line.vault);
        let _ = writeln!(text, "  Operator  {}", line.operator);
        let _ = writeln!(text, "  Service   {}", line.service);
        let (asked, taken) = (line.units.collateral(line.amount), line.units.collateral(line.executed));
        let _ = writeln!(text, "  Asks for  {asked}, of which {taken} are taken");
        let _ = writeln!(text, "  Evidence  {}", line.evidence);
        let _ = writeln!(text, "  Now       {next}");
    }
    text
}
