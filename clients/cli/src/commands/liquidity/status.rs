//! `sluice liquidity status`.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_client::pool::PoolView;
use sluice_sdk::AccountData;
use sluice_sdk::json::text;
use sluice_sdk::staking_pool::accounts::Reserve;
use solana_address::Address;

use super::LiquidityError;
use crate::amount::{DECIMALS, exact};
use crate::cluster::{Cluster, PoolChoice};
use crate::error::Error;
use crate::holder::{lst, sol};
use crate::numbers::bps;
use crate::output::{self, Format};

/// Base units of one LP token.
const ONE: u64 = 1_000_000_000;

/// Arguments of `sluice liquidity status`.
#[derive(Args)]
pub struct Status {
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    cluster: Cluster,
}

/// Amounts in lamports, but shares, which are base units of LST, and supply, of LP.
#[derive(Serialize)]
struct Standing {
    #[serde(serialize_with = "text")]
    pool: Address,
    #[serde(serialize_with = "text")]
    lp_mint: Address,
    lamports: u64,
    shares: u64,
    /// What both are worth.
    value: u64,
    supply: u64,
    /// What one LP token is worth, rounded down.
    price: u64,
    least_bps: u16,
    most_bps: u16,
    target: u64,
    cut_bps: u16,
    /// What an instant exit could be paid from: the reserve less what tickets are owed, and the providers' SOL.
    available: u64,
}

impl Status {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let rpc = self.cluster.rpc()?;
        let view = PoolView::read(&rpc, &self.pool.id()).await?;
        let pool = &view.pool;
        if pool.lp_mint == Address::default() {
            return Err(LiquidityError::None { pool: view.address }.into());
        }
        let rent = rpc.minimum_balance(Reserve::SIZE).await?;
        let value = pool.liquidity_lamports.saturating_add(view.worth(pool.liquidity_shares));
        let price = u128::from(value) * u128::from(ONE);
        let standing = Standing {
            pool: view.address,
            lp_mint: pool.lp_mint,
            lamports: pool.liquidity_lamports,
            shares: pool.liquidity_shares,
            value,
            supply: pool.liquidity_supply,
            price: price.checked_div(pool.liquidity_supply.into()).map_or(0, |price| price as u64),
            least_bps: pool.fees.instant_least_bps,
            most_bps: pool.fees.instant_most_bps,
            target: pool.liquidity_target,
            cut_bps: pool.fees.liquidity_cut_bps,
            // The providers' part lies in the reserve's account.
            available: view.reserve_lamports.saturating_sub(rent).saturating_sub(pool.ticket_lamports),
        };
        output::print(format, &standing, |standing| {
            let fee = if standing.least_bps == standing.most_bps {
                bps(standing.least_bps)
            } else {
                format!(
                    "{} while {} stay behind, {} for the last lamport",
                    bps(standing.least_bps),
                    sol(standing.target),
                    bps(standing.most_bps)
                )
            };
            let supply = exact(standing.supply, DECIMALS);
            let mut text = String::new();
            for (label, value) in [
                (
                    "Providers",
                    format!(
                        "{} and {}, worth {}",
                        sol(standing.lamports),
                        lst(standing.shares),
                        sol(standing.value)
                    ),
                ),
                (
                    "Token",
                    format!("{}; {supply} of them, each worth {}", standing.lp_mint, sol(standing.price)),
                ),
                ("Instant fee", fee),
                (
                    "Of it",
                    format!(
                        "{} of what providers earn goes to treasury and insurance",
                        bps(standing.cut_bps)
                    ),
                ),
                (
                    "Available",
                    format!("{} for instant exits, the reserve's part included", sol(standing.available)),
                ),
            ] {
                let _ = writeln!(text, "{label:<13}{value}");
            }
            text
        })
    }
}
