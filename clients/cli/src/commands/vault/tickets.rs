//! `sluice vault tickets`: somebody's withdrawals on their way.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use sluice_client::keys;
use sluice_client::pace::Pace;
use sluice_client::vault::{Class, VaultId, VaultView};
use sluice_sdk::json::text;
use solana_address::Address;
use solana_signer::Signer;

use super::words::Units;
use crate::cluster::{Cluster, address};
use crate::commands::words::epoch_at;
use crate::error::Error;
use crate::output::{self, Format};

/// Arguments of `sluice vault tickets`.
#[derive(Args)]
pub struct Tickets {
    /// Whose [default: the keypair's]
    #[arg(long, value_name = "WALLET", value_parser = address)]
    owner: Option<Address>,
    /// Those of this vault only
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    vault: Option<Address>,
    /// Keypair file whose tickets are meant [default: as the Solana CLI is set]
    #[arg(
        short,
        long,
        value_name = "FILE",
        env = "SLUICE_KEYPAIR",
        hide_env = true,
        conflicts_with = "owner"
    )]
    keypair: Option<PathBuf>,
    #[command(flatten)]
    cluster: Cluster,
}

/// Amounts in base units.
#[derive(Serialize)]
struct Line {
    #[serde(serialize_with = "text")]
    ticket: Address,
    #[serde(serialize_with = "text")]
    vault: Address,
    #[serde(serialize_with = "text")]
    owner: Address,
    junior: bool,
    vrt: u64,
    /// What it would pay now.
    worth: u64,
    enqueued_epoch: u64,
    unlock_epoch: u64,
    release_epoch: u64,
    /// First epoch in which it can be claimed, as far as can be told now.
    claimable_epoch: u64,
    claimable: bool,
    #[serde(skip)]
    units: Units,
}

impl Tickets {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let settings = self.cluster.settings(self.keypair.as_ref())?;
        let owner = match self.owner {
            Some(owner) => owner,
            None => keys::read(&settings.keypair)?.pubkey(),
        };
        let rpc = settings.rpc()?;
        let pace = rpc.pace().await?;
        let mut views: HashMap<Address, VaultView> = HashMap::new();
        let mut lines = Vec::new();
        for (address, ticket) in rpc.vault_tickets(self.vault.as_ref(), Some(&owner)).await? {
            let view = match views.entry(ticket.vault) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(VaultView::read(&rpc, &VaultId::Vault(ticket.vault)).await?),
            };
            let claimable_epoch = view.claimable_from(&ticket);
            lines.push(Line {
                ticket: address,
                vault: ticket.vault,
                owner: ticket.owner,
                junior: ticket.junior == 1,
                vrt: ticket.vrt_amount,
                worth: view.worth(Class::of(ticket.junior == 1), ticket.vrt_amount),
                enqueued_epoch: ticket.enqueued_epoch,
                unlock_epoch: ticket.unlock_epoch,
                release_epoch: ticket.release_epoch,
                claimable_epoch,
                claimable: claimable_epoch <= view.clock.epoch,
                units: Units::of(view),
            });
        }
        lines.sort_by_key(|line| (line.claimable_epoch, line.ticket));
        output::print(format, &lines, |lines| table(lines, &owner, &pace))
    }
}

fn table(lines: &[Line], owner: &Address, pace: &Pace) -> String {
    if lines.is_empty() {
        return format!("{owner} has no tickets of a vault.\n");
    }
    let mut page = String::new();
    for line in lines {
        let due = match line.claimable {
            true => "now".into(),
            false => format!("from {} on", epoch_at(line.claimable_epoch, pace)),
        };
        let shares = line.units.shares(Class::of(line.junior), line.vrt);
        let _ = writeln!(page, "Ticket {} of the vault {}", line.ticket, line.vault);
        let _ = writeln!(page, "  {shares}, worth {} now", line.units.collateral(line.worth));
        let _ = writeln!(page, "  can be claimed {due}");
    }
    page
}
