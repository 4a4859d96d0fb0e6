//! `sluice vault withdraw` and `instant-withdraw`: shares in, a ticket or collateral out.

use clap::Args;
use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::accounts::WithdrawalTicket;
use sluice_sdk::restaking_vault::events::RestakingVaultEvent;
use sluice_sdk::restaking_vault::instructions::{
    EnqueueWithdrawal, EnqueueWithdrawalInstructionArgs, InstantWithdraw as InstantAccounts,
    InstantWithdrawInstructionArgs,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::choice::{Shares, VaultChoice};
use super::desk::{Desk, told};
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, any_amount};
use crate::bound::Bound;
use crate::commands::words::{epoch_at, row};
use crate::error::Error;
use crate::holder::{receive, sol};
use crate::output::Format;
use crate::purse::Source;

/// Arguments of `sluice vault withdraw`.
#[derive(Args)]
pub struct Withdraw {
    /// How many shares to withdraw, or all
    #[arg(value_name = "VRT", value_parser = any_amount)]
    amount: Amount,
    #[command(flatten)]
    shares: Shares,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Withdraw {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, units } = &desk;
        let class = self.shares.class(view)?;
        let spending = desk.shares(class).await?.spend(self.amount, &self.source)?;
        let pace = wallet.rpc.pace().await?;
        let rent = wallet.rpc.minimum_balance(WithdrawalTicket::LEN).await?;
        let ticket = Keypair::new();
        let enqueue = EnqueueWithdrawal {
            vault: view.address,
            owner: wallet.address(),
            owner_vrt: spending.account,
            vrt_escrow: view.escrow(class),
            ticket: ticket.pubkey(),
            vrt_token_program: view.vault.vrt_token_program,
        }
        .instruction(EnqueueWithdrawalInstructionArgs { vrt_amount: spending.amount });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, WithdrawalEnqueued) else { return Rows::new() };
            let worth = view.worth(class, event.vrt_amount);
            vec![
                row("You give", units.shares(class, event.vrt_amount)),
                row("Ticket", event.ticket.to_string()),
                row("Worth now", format!("{}; it is valued when claimed", units.collateral(worth))),
                row("Claimable from", epoch_at(event.unlock_epoch, &pace)),
                row("Held back no longer than", epoch_at(event.release_epoch, &pace)),
                row("Rent", format!("{}, yours again with the claim", sol(rent))),
                row(
                    "In tickets",
                    format!(
                        "{} → {}",
                        units.shares(class, event.queued_before),
                        units.shares(class, event.queued_after)
                    ),
                ),
            ]
        };
        let title =
            format!("Withdraw {} from the vault {}", units.shares(class, spending.amount), view.address);
        let request = Request::new(vec![enqueue]);
        wallet.act(Action { title, request, signers: vec![&ticket], rows: &rows }).await?;
        Ok(())
    }
}

/// Arguments of `sluice vault instant-withdraw`.
#[derive(Args)]
pub struct InstantWithdraw {
    /// How many shares to give for collateral at once, or all
    #[arg(value_name = "VRT", value_parser = any_amount)]
    amount: Amount,
    #[command(flatten)]
    shares: Shares,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl InstantWithdraw {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, units } = &desk;
        let class = self.shares.class(view)?;
        let spending = desk.shares(class).await?.spend(self.amount, &self.source)?;
        let arrival = desk.collateral().await?.arrival(&wallet.rpc).await?;
        let withdraw = InstantAccounts {
            vault: view.address,
            owner: wallet.address(),
            owner_vrt: spending.account,
            recipient: arrival.account,
            collateral_account: view.vault.collateral_account,
            collateral_mint: view.vault.collateral_mint,
            vrt_mint: view.shares_mint(class),
            collateral_token_program: view.vault.collateral_token_program,
            vrt_token_program: view.vault.vrt_token_program,
        };
        let request = |min_out| {
            let args = InstantWithdrawInstructionArgs { vrt_amount: spending.amount, min_out };
            Request::new(arrival.create.iter().cloned().chain([withdraw.instruction(args)]).collect())
        };
        let received = |event: &Event| match event {
            Event::RestakingVault(RestakingVaultEvent::InstantlyWithdrawn(event)) => Some(event.received),
            _ => None,
        };
        let out = wallet.foresee(&request(0), received).await?;
        let least = self.bound.least_with(out, units.decimals())?;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, InstantlyWithdrawn) else { return Rows::new() };
            let worth = view.worth(class, event.vrt_amount);
            let mut rows = vec![
                row("You give", units.shares(class, event.vrt_amount)),
                receive(units.collateral(event.received), units.collateral(least)),
                row(
                    "You would get by waiting",
                    format!("{}, if nothing is slashed", units.collateral(worth)),
                ),
            ];
            rows.extend(units.book(&event.before, &event.after));
            rows.extend(arrival.rows());
            rows
        };
        let title = format!(
            "Withdraw {} from the vault {} at once",
            units.shares(class, spending.amount),
            view.address
        );
        desk.finish(title, request(least), &rows).await
    }
}
