//! `sluice tickets list`: what a wallet has ordered, what it is worth now and when it is paid.

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use sluice_client::Rpc;
use sluice_client::pool::PoolView;
use sluice_sdk::json::text;
use sluice_sdk::staking_pool::accounts::{Reserve, Ticket};
use sluice_sdk::{AccountData, staking_pool::accounts::Pool};
use solana_address::Address;

use crate::cluster::{Owner, PoolChoice};
use crate::error::Error;
use crate::holder::{lst, sol, when};
use crate::output::{self, Format};

/// Where a ticket's account names its pool and its owner.
const POOL_AT: usize = 8;
const OWNER_AT: usize = 40;

/// Arguments of `sluice tickets list`.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    pool: PoolChoice,
}

/// What can be done with a ticket now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its epoch has not begun, or the pool was not updated in it yet.
    Waiting,
    /// Due, and the reserve holds what it pays.
    Payable,
    /// Due, and the reserve does not hold it yet.
    Unfilled,
}

/// Amounts in lamports, but shares.
#[derive(Serialize)]
pub struct Line {
    #[serde(serialize_with = "text")]
    pub ticket: Address,
    pub shares: u64,
    /// The most it pays: what it was worth when it was ordered.
    pub ordered: u64,
    /// What it would pay now.
    pub pays: u64,
    pub claim_epoch: u64,
    /// Estimated, until the epoch begins.
    pub seconds: u64,
    pub state: State,
}

#[derive(Serialize)]
struct Listed {
    #[serde(serialize_with = "text")]
    owner: Address,
    #[serde(serialize_with = "text")]
    pool: Address,
    epoch: u64,
    pays: u64,
    tickets: Vec<Line>,
}

/// A pool's tickets of one owner, those that are due first.
pub async fn of(rpc: &Rpc, pool: &Address, owner: &Address) -> Result<Vec<(Address, Ticket)>, Error> {
    let mut found = rpc.all::<Ticket>(&[(POOL_AT, pool.as_ref()), (OWNER_AT, owner.as_ref())]).await?;
    found.sort_by_key(|(address, ticket)| (ticket.claim_epoch, *address));
    Ok(found)
}

/// What a ticket would pay now: the lower of its values when ordered and now.
pub fn pays(view: &PoolView, ticket: &Ticket) -> u64 {
    view.worth(ticket.shares).min(ticket.ordered_lamports)
}

pub fn is_due(pool: &Pool, ticket: &Ticket) -> bool {
    pool.updated_epoch >= ticket.claim_epoch
}

/// Lamports that the reserve can pay tickets with.
pub async fn free(rpc: &Rpc, view: &PoolView) -> Result<u64, Error> {
    let rent = rpc.minimum_balance(Reserve::SIZE).await?;
    let others = rent.saturating_add(view.pool.liquidity_lamports);
    Ok(view.reserve_lamports.saturating_sub(others))
}

impl List {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let (rpc, owner) = self.owner.find()?;
        let view = PoolView::read(&rpc, &self.pool.id()).await?;
        let (pace, mut free) = (rpc.pace().await?, free(&rpc, &view).await?);
        let mut tickets = Vec::new();
        for (address, ticket) in of(&rpc, &view.address, &owner).await? {
            let pays = pays(&view, &ticket);
            let state = match free.checked_sub(pays) {
                _ if !is_due(&view.pool, &ticket) => State::Waiting,
                Some(rest) => {
                    free = rest;
                    State::Payable
                }
                None => State::Unfilled,
            };
            tickets.push(Line {
                ticket: address,
                shares: ticket.shares,
                ordered: ticket.ordered_lamports,
                pays,
                claim_epoch: ticket.claim_epoch,
                seconds: pace.until(ticket.claim_epoch).as_secs(),
                state,
            });
        }
        let pays = tickets.iter().map(|line| line.pays).fold(0, u64::saturating_add);
        let listed = Listed { owner, pool: view.address, epoch: pace.epoch, pays, tickets };
        output::print(format, &listed, |listed| {
            let mut text = String::new();
            for line in &listed.tickets {
                let state = match line.state {
                    State::Payable => "can be claimed now".into(),
                    State::Unfilled => "due; waits for SOL to come home".into(),
                    State::Waiting => {
                        format!("due with the pool's update of {}", when(&pace, line.claim_epoch))
                    }
                };
                let shares = lst(line.shares);
                let _ = writeln!(
                    text,
                    "{:<44}  {shares:>22}  pays {:>22}  {state}",
                    line.ticket.to_string(),
                    sol(line.pays)
                );
            }
            let _ = match listed.tickets.len() {
                0 => writeln!(text, "{} has no tickets of this pool.", listed.owner),
                _ => writeln!(text, "All of {}: {}.", listed.owner, sol(listed.pays)),
            };
            text
        })
    }
}
