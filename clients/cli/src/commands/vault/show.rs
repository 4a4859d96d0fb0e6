//! `sluice vault show`: all that can be said of a vault at one slot.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_client::pace::Pace;
use sluice_client::vault::{Class, VaultView, risk};
use sluice_sdk::json::text;
use sluice_sdk::restaking_vault::accounts::{Allocation, Vault};
use solana_address::Address;

use super::choice::VaultChoice;
use super::words::Units;
use crate::act::Rows;
use crate::cluster::Cluster;
use crate::commands::words::{consents, epoch_at, key, limit, percent, row};
use crate::error::Error;
use crate::holder::sol;
use crate::output::{self, Format};

/// Arguments of `sluice vault show`.
#[derive(Args)]
pub struct Show {
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    cluster: Cluster,
}

/// A vault as of one slot. Amounts in base units; `null`: cannot be told, because the staking pool has no rate.
#[derive(Serialize)]
struct Page {
    #[serde(serialize_with = "text")]
    address: Address,
    slot: u64,
    epoch: u64,
    /// Of 10^9 shares, in collateral.
    price: u64,
    junior_price: Option<u64>,
    /// What the vault's token account really holds.
    held: u64,
    room: Option<u64>,
    exposed: Option<u64>,
    allocatable: Option<u64>,
    /// What services together may still take in this epoch.
    slash_cap_left: u64,
    fee_bps: u16,
    paused: bool,
    accused: bool,
    #[serde(serialize_with = "text")]
    resolver: Address,
    pool_is_fresh: bool,
    /// Collateral that rewards on their way add a year, of what there is, in basis points.
    streaming_bps: Option<u64>,
    vault: Vault,
    agreements: Vec<Agreement>,
}

#[derive(Serialize)]
struct Agreement {
    #[serde(serialize_with = "text")]
    address: Address,
    /// At risk in this epoch, of which some is on its way out.
    at_risk: u64,
    warming: u64,
    cooling: u64,
    allocation: Allocation,
}

impl Show {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let view = VaultView::read(&rpc, &self.vault.id()).await?;
        let pace = rpc.pace().await?;
        let mut agreements = Vec::new();
        for (address, allocation) in rpc.allocations(Some(&view.address), None, None).await? {
            let risk = risk(&allocation, view.clock.epoch);
            let (at_risk, warming, cooling) = (risk.amount.0, risk.warming.0, risk.cooling.0);
            agreements.push(Agreement { address, at_risk, warming, cooling, allocation });
        }
        let page = Page::of(&view, &pace, agreements);
        output::print(format, &page, |page| table(&view, &pace, page))
    }
}

impl Page {
    fn of(view: &VaultView, pace: &Pace, agreements: Vec<Agreement>) -> Self {
        const ONE: u64 = 1_000_000_000;
        Self {
            address: view.address,
            slot: view.clock.slot,
            epoch: view.clock.epoch,
            price: view.worth(Class::Senior, ONE),
            junior_price: view.has_junior().then(|| view.worth(Class::Junior, ONE)),
            held: view.held,
            room: view.room(),
            exposed: view.exposed(),
            allocatable: view.allocatable(),
            slash_cap_left: view.cap_left(),
            fee_bps: view.fee().now.get(),
            paused: view.is_paused(),
            accused: view.is_accused(),
            resolver: view.resolver(),
            pool_is_fresh: view.pool_is_fresh(),
            streaming_bps: streaming(view, pace),
            vault: view.vault.clone(),
            agreements,
        }
    }
}

/// What the rewards that are on their way come to in a year, of the collateral, as long as they flow. A vault's account
/// remembers no price but the present one, so there is no yield of the past to be told.
fn streaming(view: &VaultView, pace: &Pace) -> Option<u64> {
    const YEAR: f64 = 365.25 * 86_400.0;
    let slots = view.vault.reward_end_slot.checked_sub(view.clock.slot).filter(|slots| *slots > 0)?;
    let seconds = slots as f64 * pace.slot_seconds;
    let part = view.vault.locked_rewards as f64 / view.total() as f64;
    let bps = part / seconds * YEAR * 10_000.0;
    (bps.is_finite() && bps < 1e9).then_some(bps as u64)
}

fn table(view: &VaultView, pace: &Pace, page: &Page) -> String {
    let mut text = format!("Vault {}\n", view.address);
    let sections = [
        ("Money", money(view, page)),
        ("Slashing", slashing(view, pace, page)),
        ("Rules", rules(view)),
        ("Roles", roles(view, pace)),
    ];
    for (title, rows) in sections {
        let _ = writeln!(text, "\n{title}");
        for (label, value) in rows {
            let _ = writeln!(text, "  {label:<26}  {value}");
        }
    }
    let units = Units::of(view);
    let _ = writeln!(text, "\nAgreements: {}", page.agreements.len());
    for agreement in &page.agreements {
        let allocation = &agreement.allocation;
        let _ = writeln!(
            text,
            "  operator {}, service {}: {} at risk, of which {} is leaving; {} warming up; agreed by {}",
            allocation.operator,
            allocation.service,
            units.collateral(agreement.at_risk),
            units.collateral(agreement.cooling),
            units.collateral(agreement.warming),
            consents(allocation.consents),
        );
    }
    text
}

fn money(view: &VaultView, page: &Page) -> Rows {
    let (units, vault) = (Units::of(view), &view.vault);
    let unknown = |amount: Option<u64>| {
        amount.map_or("unknown: the pool has no rate".into(), |amount| {
            limit(amount, |amount| units.collateral(amount))
        })
    };
    let class = if view.has_junior() { "Senior: " } else { "" };
    let one = 10u64.checked_pow(units.decimals().into()).unwrap_or(1);
    let at_once = if view.is_paused() || view.is_accused() {
        "nothing now: instant exits wait for the end of the pause, or of the slash requests".into()
    } else {
        format!("{} for a share", units.collateral(view.worth_at_once(Class::Senior, one)))
    };
    let mut rows = vec![
        row("Collateral's mint", vault.collateral_mint.to_string()),
        row("Shares' mint", vault.vrt_mint.to_string()),
        row(&format!("{class}collateral"), units.collateral(vault.assets)),
        row(&format!("{class}shares"), units.shares(Class::Senior, vault.vrt_supply)),
        row(&format!("{class}price of a share"), units.price(vault.assets, vault.vrt_supply)),
        row("Leaving at once pays", at_once),
        row(&format!("{class}in tickets"), units.shares(Class::Senior, vault.queued_vrt)),
    ];
    if view.has_junior() {
        rows.extend([
            row("Junior shares' mint", vault.junior_mint.to_string()),
            row("Junior: collateral", units.collateral(vault.junior_assets)),
            row("Junior: shares", units.shares(Class::Junior, vault.junior_supply)),
            row("Junior: price of a share", units.price(vault.junior_assets, vault.junior_supply)),
            row("Junior: in tickets", units.shares(Class::Junior, vault.queued_junior)),
            row("Junior: premium", format!("{} of the seniors' rewards", percent(vault.premium_bps.into()))),
        ]);
    }
    let streaming = page.streaming_bps.map(|bps| format!(", at {} a year while they flow", percent(bps)));
    rows.extend([
        row("Rewards on their way", units.collateral(vault.locked_rewards) + &streaming.unwrap_or_default()),
        row("Room for deposits", unknown(page.room)),
        row("Smallest deposit", units.collateral(vault.min_deposit)),
        row("Capacity", limit(vault.capacity, |amount| units.collateral(amount))),
    ]);
    if vault.leverage_bps > 0 {
        let of = format!("{} of all {}", percent(vault.leverage_bps.into()), units.collateral_name());
        rows.push(row("Limit of leverage", of));
    }
    rows
}

fn slashing(view: &VaultView, pace: &Pace, page: &Page) -> Rows {
    let (units, vault) = (Units::of(view), &view.vault);
    let known = |amount: Option<u64>| {
        amount.map_or("unknown: the pool has no rate".into(), |amount| units.collateral(amount))
    };
    let mut rows = vec![
        row("Allocated", units.collateral(vault.total_allocated)),
        row("Can be slashed at all", known(page.exposed)),
        row("Can still be allocated", known(page.allocatable)),
        row("Cap an epoch", percent(vault.slash_cap_bps.into())),
        row("Left of it in this epoch", units.collateral(page.slash_cap_left)),
    ];
    if vault.shielded == 1 {
        rows.push(row("Shielded principal", sol(vault.principal_lamports)));
    }
    let accused = match (vault.open_requests, view.is_accused()) {
        (0, _) => "none".into(),
        (count, false) => format!("{count}, all expired"),
        (count, true) => {
            format!("{count}; the last expires in {}", epoch_at(vault.requests_expire_at, pace))
        }
    };
    rows.push(row("Open slash requests", accused));
    rows
}

fn rules(view: &VaultView) -> Rows {
    let vault = &view.vault;
    let epochs = |count: u16| format!("{count} epochs");
    vec![
        row("Ticket's cool-down", epochs(vault.cooldown_epochs)),
        row("Veto window", epochs(vault.veto_epochs)),
        row("Then executable for", epochs(vault.execution_epochs)),
        row("Allocation's warm-up", epochs(vault.warmup_epochs)),
        row("Allocation's cool-down", epochs(vault.deallocation_epochs)),
        row("Rewards flow over", format!("{} slots", vault.stream_slots)),
    ]
}

fn roles(view: &VaultView, pace: &Pace) -> Rows {
    let vault = &view.vault;
    let fee = view.fee();
    let mut rows = vec![
        row("Admin", vault.admin.to_string()),
        row("Delegation admin", vault.delegation_admin.to_string()),
        row("Resolver", key(&view.resolver(), "nobody: no slash can be vetoed")),
        row("Pauser", key(&vault.pauser, "nobody")),
        row("Fee of rewards", percent(fee.now.get().into())),
        row("Fee goes to", key(&vault.fee_account, "nobody: none is charged")),
    ];
    if vault.pending_admin != Address::default() {
        rows.push(row("Proposed as admin", vault.pending_admin.to_string()));
    }
    if let Some((resolver, from)) = view.next_resolver() {
        rows.push(row(
            "Next resolver",
            format!("{} from {}", key(&resolver, "nobody"), epoch_at(from, pace)),
        ));
    }
    if fee.next_epoch > 0 {
        let next = percent(fee.next.get().into());
        rows.push(row("Next fee", format!("{next} from {}", epoch_at(fee.next_epoch, pace))));
    }
    let paused = if view.is_paused() {
        format!("yes, until {} begins", epoch_at(vault.paused_until_epoch, pace))
    } else {
        "no".into()
    };
    rows.push(row("Paused", paused));
    rows
}
