//! `sluice vault list`: every vault of the cluster.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_sdk::json::text;
use solana_address::Address;

use crate::amount::exact;
use crate::cluster::{Cluster, address};
use crate::error::Error;
use crate::output::{self, Format};

/// Arguments of `sluice vault list`.
#[derive(Args)]
pub struct List {
    /// Those of this collateral only
    #[arg(long, value_name = "MINT", value_parser = address)]
    collateral: Option<Address>,
    #[command(flatten)]
    cluster: Cluster,
}

/// Amounts in base units.
#[derive(Serialize)]
struct Line {
    #[serde(serialize_with = "text")]
    vault: Address,
    #[serde(serialize_with = "text")]
    vrt_mint: Address,
    #[serde(serialize_with = "text")]
    collateral_mint: Address,
    decimals: u8,
    /// Of both classes.
    collateral: u64,
    allocated: u64,
    capacity: u64,
    shielded: bool,
    junior: bool,
    cooldown_epochs: u16,
    slash_cap_bps: u16,
    open_requests: u64,
}

impl List {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let wanted = |mint: &Address| self.collateral.is_none_or(|collateral| collateral == *mint);
        let vaults = rpc.vaults().await?.into_iter().filter(|(_, vault)| wanted(&vault.collateral_mint));
        let mut lines: Vec<Line> = vaults
            .map(|(address, vault)| Line {
                vault: address,
                vrt_mint: vault.vrt_mint,
                collateral_mint: vault.collateral_mint,
                decimals: vault.collateral_decimals,
                collateral: vault.assets.saturating_add(vault.junior_assets),
                allocated: vault.total_allocated,
                capacity: vault.capacity,
                shielded: vault.shielded == 1,
                junior: vault.junior_mint != Address::default(),
                cooldown_epochs: vault.cooldown_epochs,
                slash_cap_bps: vault.slash_cap_bps,
                open_requests: vault.open_requests,
            })
            .collect();
        lines.sort_by_key(|line| (line.collateral_mint, std::cmp::Reverse(line.collateral)));
        output::print(format, &lines, |lines| table(lines))
    }
}

fn table(lines: &[Line]) -> String {
    if lines.is_empty() {
        return "There are no vaults.\n".into();
    }
    let mut page = format!(
        "{:<44}  {:<44}  {:>22}  {:>22}  {:>12}  {}\n",
        "Vault", "Collateral's mint", "Collateral", "Allocated", "Cap an epoch", "Kind"
    );
    for line in lines {
        let kind = match (line.shielded, line.junior) {
            (true, _) => "shielded",
            (_, true) => "senior, junior",
            _ => "plain",
        };
        let accused = if line.open_requests > 0 { ", accused" } else { "" };
        let _ = writeln!(
            page,
            "{:<44}  {:<44}  {:>22}  {:>22}  {:>12}  {kind}{accused}",
            line.vault.to_string(),
            line.collateral_mint.to_string(),
            exact(line.collateral, line.decimals),
            exact(line.allocated, line.decimals),
            crate::commands::words::percent(line.slash_cap_bps.into()),
        );
    }
    page
}
