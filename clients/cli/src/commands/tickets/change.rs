//! `sluice tickets cancel|transfer|split`: what an owner does with a ticket, other than having it paid.

use clap::Args;
use sluice_client::Request;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::staking_pool::types::{TicketCancelled, TicketSplit};
use sluice_sdk::{AccountData, Event};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::TicketError;
use super::claim::read;
use super::list::is_due;
use crate::act::{Acting, Action, Rows};
use crate::amount::units;
use crate::bound::Bound;
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::{Holder, lst, receive, sol};
use crate::output::Format;

/// Arguments of `sluice tickets cancel`.
#[derive(Args)]
pub struct Cancel {
    /// A ticket of yours that is due
    #[arg(value_name = "TICKET", value_parser = address)]
    ticket: Address,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// Arguments of `sluice tickets transfer`.
#[derive(Args)]
pub struct Transfer {
    /// A ticket of yours
    #[arg(value_name = "TICKET", value_parser = address)]
    ticket: Address,
    /// Who is paid by it from now on, and gets its rent
    #[arg(value_name = "WALLET", value_parser = address)]
    to: Address,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// Arguments of `sluice tickets split`.
#[derive(Args)]
pub struct Split {
    /// A ticket of yours
    #[arg(value_name = "TICKET", value_parser = address)]
    ticket: Address,
    /// How much of its LST goes to a new ticket
    #[arg(value_name = "LST", value_parser = units)]
    shares: u64,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// A ticket that is the wallet's.
async fn own(holder: &Holder, address: &Address) -> Result<Ticket, Error> {
    let ticket = read(holder, address).await?;
    let (owner, signer) = (ticket.owner, holder.wallet.address());
    if owner != signer {
        return Err(TicketError::NotYours { ticket: *address, owner, signer }.into());
    }
    Ok(ticket)
}

impl Cancel {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        let Holder { wallet, view, .. } = &holder;
        let ticket = own(&holder, &self.ticket).await?;
        if !is_due(&view.pool, &ticket) {
            return Err(TicketError::NotDue { ticket: self.ticket, epoch: ticket.claim_epoch }.into());
        }
        let arrival = holder.lst.arrival(&wallet.rpc).await?;
        let cancel = CancelTicket {
            pool: view.address,
            ticket: self.ticket,
            owner: wallet.address(),
            escrow: view.pool.escrow,
            owner_lst: arrival.account,
            token_program: view.pool.token_program,
        };
        let request = |min_out| {
            let cancel = cancel.instruction(CancelTicketInstructionArgs { min_out });
            Request::new(arrival.create.iter().cloned().chain([cancel]).collect())
        };
        let least = self.bound.least(wallet.foresee(&request(0), cancelled).await?.returned);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(cancelled) else { return Rows::new() };
            let mut rows = vec![
                (
                    "You give".into(),
                    format!("a ticket for {}, or {} at most", lst(event.shares), sol(event.ordered_lamports)),
                ),
                receive(lst(event.returned), lst(least)),
                (
                    "Stays".into(),
                    format!(
                        "{} with the holders: what it earned while it waited",
                        lst(event.shares - event.returned)
                    ),
                ),
            ];
            rows.extend(arrival.rows());
            rows
        };
        let title = format!("Take the ticket {} back", self.ticket);
        wallet.act(Action { title, request: request(least), signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }
}

impl Transfer {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        let ticket = own(&holder, &self.ticket).await?;
        let (owner, new_owner) = (holder.wallet.address(), self.to);
        let request =
            Request::new(vec![TransferTicket { ticket: self.ticket, owner, new_owner }.instruction()]);
        let rows = |_: &[Event]| -> Rows {
            vec![
                (
                    "You give".into(),
                    format!(
                        "{} at most, in epoch {}, and its rent",
                        sol(ticket.ordered_lamports),
                        ticket.claim_epoch
                    ),
                ),
                ("To".into(), new_owner.to_string()),
            ]
        };
        let title = format!("Give the ticket {} away", self.ticket);
        holder.wallet.act(Action { title, request, signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }
}

impl Split {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        own(&holder, &self.ticket).await?;
        let (wallet, part) = (&holder.wallet, Keypair::new());
        let rent = wallet.rpc.minimum_balance(Ticket::SIZE).await?;
        let split = SplitTicket { ticket: self.ticket, owner: wallet.address(), part: part.pubkey() };
        let request =
            Request::new(vec![split.instruction(SplitTicketInstructionArgs { shares: self.shares })]);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(parted) else { return Rows::new() };
            let holds = |shares, lamports| format!("{}, {} at most", lst(shares), sol(lamports));
            vec![
                ("New".into(), format!("{}: {}", event.part, holds(event.part_shares, event.part_lamports))),
                ("Keeps".into(), holds(event.rest_shares, event.rest_lamports)),
                ("Rent".into(), format!("{}, yours again when the new one is paid", sol(rent))),
            ]
        };
        let title = format!("Split the ticket {}", self.ticket);
        wallet.act(Action { title, request, signers: vec![&part], rows: &rows }).await?;
        Ok(())
    }
}

fn cancelled(event: &Event) -> Option<TicketCancelled> {
    match event {
        Event::StakingPool(StakingPoolEvent::TicketCancelled(event)) => Some(event.clone()),
        _ => None,
    }
}

fn parted(event: &Event) -> Option<TicketSplit> {
    match event {
        Event::StakingPool(StakingPoolEvent::TicketSplit(event)) => Some(event.clone()),
        _ => None,
    }
}
