//! `sluice tickets claim`: tickets that are due are paid.

use clap::Args;
use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::ClaimTicket;
use sluice_sdk::staking_pool::types::TicketClaimed;
use solana_address::Address;

use super::TicketError;
use super::list::{free, is_due, of, pays};
use crate::act::{Acting, Action, Rows};
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::{Holder, sol};
use crate::output::Format;

/// Claims that fit a transaction, whoever the owners are.
const AT_ONCE: usize = 12;

/// Arguments of `sluice tickets claim`.
#[derive(Args)]
pub struct Claim {
    /// Which tickets; whoever owns them is paid
    #[arg(value_name = "TICKET", value_parser = address, num_args = 0..=AT_ONCE)]
    tickets: Vec<Address>,
    /// All tickets of this keypair that are due, up to twelve at once
    #[arg(long, conflicts_with = "tickets")]
    all: bool,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Claim {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        if self.tickets.is_empty() && !self.all {
            return Err(TicketError::NoneNamed.into());
        }
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        let Holder { wallet, view, .. } = &holder;
        let mut wanted = if self.all { self.due(&holder).await? } else { self.named(&holder).await? };
        let more = wanted.len().saturating_sub(AT_ONCE);
        wanted.truncate(AT_ONCE);
        let free = free(&wallet.rpc, view).await?;
        let all = wanted.iter().map(|(_, ticket)| pays(view, ticket)).fold(0, u64::saturating_add);
        if view.pool.updated_epoch == view.clock.epoch && all > free {
            let (free, wants) = (sol(free), sol(all));
            return Err(TicketError::Unfilled { free, wants }.into());
        }
        let claim = |(address, ticket): &(Address, Ticket)| {
            let (pool, reserve) = (view.address, view.pool.reserve);
            ClaimTicket { pool, ticket: *address, owner: ticket.owner, reserve }.instruction()
        };
        let request = Request::new(wanted.iter().map(claim).collect());
        let rows = |events: &[Event]| -> Rows {
            let paid: Vec<TicketClaimed> = events.iter().filter_map(claimed).collect();
            let row = |event: &TicketClaimed| {
                let yours =
                    if event.owner == wallet.address() { "you".into() } else { event.owner.to_string() };
                ("Pays".to_owned(), format!("{} to {yours}, for {}", sol(event.paid), event.ticket))
            };
            let mut rows: Rows = paid.iter().map(row).collect();
            let all = paid.iter().map(|event| event.paid).fold(0, u64::saturating_add);
            rows.push(("In all".into(), format!("{}, and the tickets' rent", sol(all))));
            if more > 0 {
                rows.push(("Later".into(), format!("{more} more can be claimed: run it again")));
            }
            rows
        };
        let title = format!("Claim {}", many(wanted.len()));
        wallet.act(Action { title, request, signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }

    /// Those of the keypair that are due, as many as the reserve can pay.
    async fn due(&self, holder: &Holder) -> Result<Vec<(Address, Ticket)>, Error> {
        let Holder { wallet, view, .. } = holder;
        let mut left = free(&wallet.rpc, view).await?;
        let mut due = of(&wallet.rpc, &view.address, &wallet.address()).await?;
        due.retain(|(_, ticket)| is_due(&view.pool, ticket));
        let Some((_, first)) = due.first() else {
            return Err(TicketError::NothingDue { owner: wallet.address() }.into());
        };
        let wants = sol(pays(view, first));
        let free = sol(left);
        due.retain(|(_, ticket)| match left.checked_sub(pays(view, ticket)) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        });
        if due.is_empty() { Err(TicketError::Unfilled { free, wants }.into()) } else { Ok(due) }
    }

    async fn named(&self, holder: &Holder) -> Result<Vec<(Address, Ticket)>, Error> {
        let mut found = Vec::new();
        for address in &self.tickets {
            let ticket = read(holder, address).await?;
            if !is_due(&holder.view.pool, &ticket) {
                return Err(TicketError::NotDue { ticket: *address, epoch: ticket.claim_epoch }.into());
            }
            found.push((*address, ticket));
        }
        Ok(found)
    }
}

/// A ticket of the holder's pool.
pub async fn read(holder: &Holder, address: &Address) -> Result<Ticket, Error> {
    let ticket: Ticket = holder.wallet.rpc.get(address).await?;
    if ticket.pool != holder.view.address {
        return Err(TicketError::OtherPool { ticket: *address, pool: ticket.pool }.into());
    }
    Ok(ticket)
}

fn many(number: usize) -> String {
    if number == 1 { "a ticket".into() } else { format!("{number} tickets") }
}

fn claimed(event: &Event) -> Option<TicketClaimed> {
    match event {
        Event::StakingPool(StakingPoolEvent::TicketClaimed(event)) => Some(event.clone()),
        _ => None,
    }
}
