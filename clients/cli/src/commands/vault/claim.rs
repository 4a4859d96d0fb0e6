//! `sluice vault claim`, `claim-and-unstake` and `transfer-ticket`: what is done with a ticket.

use clap::Args;
use sluice_client::Request;
use sluice_client::vault::Class;
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::events::RestakingVaultEvent;
use sluice_sdk::restaking_vault::instructions::{
    ClaimAndUnstake as UnstakeAccounts, ClaimAndUnstakeInstructionArgs, ClaimWithdrawal,
    ClaimWithdrawalInstructionArgs, TransferTicket as TransferAccounts,
};
use sluice_sdk::staking_pool::accounts::Ticket as PoolTicket;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::UnstakeOrdered;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::choice::VaultChoice;
use super::desk::{Desk, told};
use crate::act::{Acting, Action, Rows};
use crate::bound::Bound;
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::{epoch, row};
use crate::error::Error;
use crate::holder::{receive, sol};
use crate::output::Format;

/// Arguments of `sluice vault claim`.
#[derive(Args)]
pub struct Claim {
    /// The ticket; anybody's: its owner is paid
    #[arg(value_parser = address)]
    ticket: Address,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Claim {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, units } = &desk;
        let ticket = desk.ticket(&self.ticket, true).await?;
        desk.must_be_due(&ticket)?;
        let class = Class::of(ticket.junior == 1);
        let (mint, program) = (view.vault.collateral_mint, view.vault.collateral_token_program);
        let payee = wallet.account_of(&ticket.owner, &mint, &program).await?;
        let claim = ClaimWithdrawal {
            vault: view.address,
            ticket: self.ticket,
            owner: ticket.owner,
            recipient: payee.account,
            collateral_account: view.vault.collateral_account,
            collateral_mint: mint,
            vrt_escrow: view.escrow(class),
            vrt_mint: view.shares_mint(class),
            collateral_token_program: program,
            vrt_token_program: view.vault.vrt_token_program,
        };
        let request = |min_out| {
            let claim = claim.instruction(ClaimWithdrawalInstructionArgs { min_out });
            Request::new(payee.create.iter().cloned().chain([claim]).collect())
        };
        let received = |event: &Event| match event {
            Event::RestakingVault(RestakingVaultEvent::WithdrawalClaimed(event)) => Some(event.received),
            _ => None,
        };
        let out = wallet.foresee(&request(0), received).await?;
        let least = self.bound.least_with(out, units.decimals())?;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, WithdrawalClaimed) else { return Rows::new() };
            let mut rows = vec![row("The ticket's shares", units.shares(class, event.vrt_amount))];
            let (out, least) = (units.collateral(event.received), units.collateral(least));
            if event.owner == wallet.address() {
                rows.push(receive(out, least));
            } else {
                rows.push(row("Its owner", event.owner.to_string()));
                rows.push(row("Who receives", format!("{out}, at least {least}")));
            }
            rows.extend(units.book(&event.before, &event.after));
            rows.extend(payee.rows());
            rows
        };
        desk.finish(format!("Claim the ticket {}", self.ticket), request(least), &rows).await
    }
}

/// Arguments of `sluice vault claim-and-unstake`.
#[derive(Args)]
pub struct ClaimAndUnstake {
    /// The ticket
    #[arg(value_parser = address)]
    ticket: Address,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl ClaimAndUnstake {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, units } = &desk;
        let pool = view.pool.as_ref().filter(|_| view.vault.of_liquidity == 0);
        let pool = pool.ok_or(Refusal::NotAnLstVault { vault: view.address })?;
        let ticket = desk.ticket(&self.ticket, false).await?;
        desk.must_be_due(&ticket)?;
        let class = Class::of(ticket.junior == 1);
        let through = desk.collateral().await?.arrival(&wallet.rpc).await?;
        let rent = wallet.rpc.minimum_balance(PoolTicket::LEN).await?;
        let pool_ticket = Keypair::new();
        let claim = UnstakeAccounts {
            vault: view.address,
            ticket: self.ticket,
            owner: wallet.address(),
            recipient: through.account,
            collateral_account: view.vault.collateral_account,
            collateral_mint: view.vault.collateral_mint,
            vrt_escrow: view.escrow(class),
            vrt_mint: view.shares_mint(class),
            collateral_token_program: view.vault.collateral_token_program,
            vrt_token_program: view.vault.vrt_token_program,
            staking_pool: view.vault.staking_pool,
            pool_escrow: pool.escrow,
            pool_ticket: pool_ticket.pubkey(),
        };
        let request = |min_out| {
            let claim = claim.instruction(ClaimAndUnstakeInstructionArgs { min_out });
            Request::new(through.create.iter().cloned().chain([claim]).collect())
        };
        let owed = |event: &Event| ordered(event).map(|event| event.ordered_lamports);
        let least = self.bound.least(wallet.foresee(&request(0), owed).await?);
        let rows = |events: &[Event]| -> Rows {
            let order = events.iter().find_map(ordered);
            let Some((event, order)) = told!(events, WithdrawalClaimed).zip(order) else {
                return Rows::new();
            };
            let mut rows = vec![
                row("The ticket's shares", units.shares(class, event.vrt_amount)),
                row("Which are", units.collateral(event.received)),
                row("Ordered as", format!("{}, at least {}", sol(order.ordered_lamports), sol(least))),
                row("Paid from", epoch(order.claim_epoch, desk.epoch())),
                row("Ticket of the pool", order.ticket.to_string()),
                row("Rent", format!("{}, yours again with its claim", sol(rent))),
            ];
            rows.extend(units.book(&event.before, &event.after));
            rows.extend(through.rows());
            rows
        };
        let title = format!("Claim the ticket {} and unstake what it pays", self.ticket);
        let request = request(least);
        wallet.act(Action { title, request, signers: vec![&pool_ticket], rows: &rows }).await?;
        Ok(())
    }
}

fn ordered(event: &Event) -> Option<&UnstakeOrdered> {
    match event {
        Event::StakingPool(StakingPoolEvent::UnstakeOrdered(event)) => Some(event),
        _ => None,
    }
}

/// Arguments of `sluice vault transfer-ticket`.
#[derive(Args)]
pub struct TransferTicket {
    /// The ticket
    #[arg(value_parser = address)]
    ticket: Address,
    /// Who will own it, and be paid
    #[arg(value_parser = address)]
    new_owner: Address,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl TransferTicket {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let ticket = desk.ticket(&self.ticket, false).await?;
        let class = Class::of(ticket.junior == 1);
        let transfer =
            TransferAccounts { ticket: self.ticket, owner: desk.wallet.address(), new_owner: self.new_owner };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, TicketTransferred) else { return Rows::new() };
            vec![
                row("The ticket's shares", desk.units.shares(class, ticket.vrt_amount)),
                row("Owner", format!("{} → {}", event.before, event.after)),
                row("The new owner gets", "what it pays, and its rent"),
            ]
        };
        let title = format!("Give the ticket {} away", self.ticket);
        desk.act(title, vec![transfer.instruction()], &rows).await
    }
}
