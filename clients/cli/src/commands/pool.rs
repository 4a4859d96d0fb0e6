//! `sluice pool`: how a pool stands: its books, its epoch, its fees and who runs it.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_client::pool::PoolView;
use sluice_sdk::AccountData;
use sluice_sdk::json::text;
use sluice_sdk::staking_pool::accounts::{Reserve, ValidatorListHeader};
use sluice_sdk::staking_pool::types::Fees;
use sluice_sdk::validator_selection::pdas::find_config;
use solana_address::Address;

use crate::cluster::{Cluster, PoolChoice};
use crate::error::Error;
use crate::holder::{lst, sol};
use crate::numbers::bps;
use crate::output::{self, Format};

/// Base units of one LST.
const ONE: u64 = 1_000_000_000;

/// Arguments of `sluice pool`.
#[derive(Args)]
pub struct Pool {
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
}

/// Amounts in lamports, but shares, which are base units of LST.
#[derive(Serialize)]
struct Standing {
    cluster: String,
    slot: u64,
    epoch: u64,
    #[serde(serialize_with = "text")]
    pool: Address,
    #[serde(serialize_with = "text")]
    mint: Address,
    /// Lamports of one LST now.
    rate: u64,
    total: u64,
    supply_shares: u64,
    locked: u64,
    validators: u64,
    /// The last epoch whose update is finished, and how many validators the one under way has done.
    updated_epoch: u64,
    is_updated: bool,
    update_count: u64,
    reserve: Held,
    tickets: Tickets,
    liquidity: Option<Liquidity>,
    insurance_shares: u64,
    fees: Fees,
    /// In force from that epoch's update on.
    next_fees: Option<Fees>,
    next_fees_epoch: Option<u64>,
    min_deposit: u64,
    tvl_cap: u64,
    /// Deposits and instant exits are refused before that epoch.
    paused_until_epoch: Option<u64>,
    #[serde(serialize_with = "text")]
    admin: Address,
    #[serde(serialize_with = "text")]
    delegation_authority: Address,
    /// Whether that is the selection program, which anybody may crank.
    is_selected: bool,
    needs_cosigner: bool,
}

#[derive(Serialize)]
struct Held {
    /// Above its rent and the providers' part.
    lamports: u64,
    /// Of it, not owed to tickets: what instant exits are paid from first.
    free: u64,
}

#[derive(Serialize)]
struct Tickets {
    shares: u64,
    lamports: u64,
    /// Stake that is on its way home.
    leaving: u64,
}

#[derive(Serialize)]
struct Liquidity {
    lamports: u64,
    shares: u64,
}

impl Pool {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let view = PoolView::read(&rpc, &self.pool.id()).await?;
        let list = rpc.get_slab::<ValidatorListHeader>(&view.pool.validator_list).await?;
        let rent = rpc.minimum_balance(Reserve::SIZE).await?;
        let standing = Standing::of(view, list.records.len() as u64, rent, rpc.host().to_string());
        output::print(format, &standing, table)
    }
}

impl Standing {
    fn of(view: PoolView, validators: u64, rent: u64, cluster: String) -> Self {
        let rate = view.worth(ONE);
        let PoolView { clock, address, pool, reserve_lamports, ledger } = view;
        let reserve = reserve_lamports.saturating_sub(rent).saturating_sub(pool.liquidity_lamports);
        let value = ledger.value().map_or(0, |value| value.0);
        let is_planned = pool.next_fees_epoch > 0;
        Self {
            cluster,
            slot: clock.slot,
            epoch: clock.epoch,
            pool: address,
            mint: pool.lst_mint,
            rate,
            total: pool.total_lamports,
            supply_shares: pool.supply,
            locked: pool.total_lamports.saturating_sub(value),
            validators,
            updated_epoch: pool.updated_epoch,
            is_updated: pool.updated_epoch == clock.epoch,
            update_count: if pool.update_epoch == clock.epoch { pool.update_count } else { 0 },
            reserve: Held { lamports: reserve, free: reserve.saturating_sub(pool.ticket_lamports) },
            tickets: Tickets {
                shares: pool.ticket_shares,
                lamports: pool.ticket_lamports,
                leaving: pool.leaving_lamports,
            },
            liquidity: (pool.lp_mint != Address::default())
                .then_some(Liquidity { lamports: pool.liquidity_lamports, shares: pool.liquidity_shares }),
            insurance_shares: pool.insurance_shares,
            fees: pool.fees,
            next_fees: is_planned.then_some(pool.next_fees),
            next_fees_epoch: is_planned.then_some(pool.next_fees_epoch),
            min_deposit: pool.min_deposit,
            tvl_cap: pool.tvl_cap,
            paused_until_epoch: (pool.paused_until_epoch > clock.epoch).then_some(pool.paused_until_epoch),
            admin: pool.admin,
            delegation_authority: pool.delegation_authority,
            is_selected: pool.delegation_authority == find_config(&address).0,
            needs_cosigner: pool.deposit_authority != Address::default(),
        }
    }
}

fn table(pool: &Standing) -> String {
    let mut text = String::new();
    for (label, value) in lines(pool) {
        let _ = writeln!(text, "{label:<13}{value}");
    }
    text
}

fn lines(pool: &Standing) -> Vec<(&'static str, String)> {
    let update = if pool.is_updated {
        "done".into()
    } else {
        format!(
            "not done, {} of {} validators are; `sluice crank --once` does it",
            pool.update_count, pool.validators
        )
    };
    let mut lines = vec![
        ("Pool", format!("{} on {}, slot {}", pool.pool, pool.cluster, pool.slot)),
        ("Mint", pool.mint.to_string()),
        ("Epoch", format!("{}; its update is {update}", pool.epoch)),
        ("Rate", format!("1 LST = {}", sol(pool.rate))),
        (
            "Holds",
            format!(
                "{} for {}; {} of it not released yet",
                sol(pool.total),
                lst(pool.supply_shares),
                sol(pool.locked)
            ),
        ),
        ("Validators", pool.validators.to_string()),
        (
            "Reserve",
            format!("{}, of it {} for instant exits", sol(pool.reserve.lamports), sol(pool.reserve.free)),
        ),
        (
            "Tickets",
            format!(
                "{} are owed at most {}; {} of stake is on its way home",
                lst(pool.tickets.shares),
                sol(pool.tickets.lamports),
                sol(pool.tickets.leaving)
            ),
        ),
        (
            "Liquidity",
            pool.liquidity.as_ref().map_or("no liquidity pool".into(), |liquidity| {
                format!("{} and {} of providers", sol(liquidity.lamports), lst(liquidity.shares))
            }),
        ),
        ("Insurance", lst(pool.insurance_shares)),
        ("Fees", fees(&pool.fees)),
    ];
    if let Some((next, epoch)) = pool.next_fees.as_ref().zip(pool.next_fees_epoch) {
        lines.push(("", format!("from epoch {epoch} on: {}", fees(next))));
    }
    let cap =
        if pool.tvl_cap == u64::MAX { "no cap".into() } else { format!("{} in all", sol(pool.tvl_cap)) };
    let cosigner = if pool.needs_cosigner { "; another key signs them too" } else { "" };
    lines.push(("Deposits", format!("{} at least, {cap}{cosigner}", sol(pool.min_deposit))));
    lines.push((
        "Pause",
        pool.paused_until_epoch.map_or("none".into(), |epoch| {
            format!(
                "no deposits and no instant exits until epoch {epoch}; tickets and stake accounts as ever"
            )
        }),
    ));
    let by = if pool.is_selected { "the selection program" } else { "a key" };
    lines.push(("Stake", format!("moved by {by}, {}", pool.delegation_authority)));
    lines.push(("Admin", pool.admin.to_string()));
    lines
}

fn fees(fees: &Fees) -> String {
    let instant = if fees.instant_least_bps == fees.instant_most_bps {
        bps(fees.instant_most_bps)
    } else {
        format!("{} to {}", bps(fees.instant_least_bps), bps(fees.instant_most_bps))
    };
    format!(
        "{} of rewards, {} of deposits, {instant} of instant exits",
        bps(fees.reward_bps),
        bps(fees.deposit_bps)
    )
}
