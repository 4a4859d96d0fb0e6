//! `sluice vault pause` and `resume`.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::instructions::{Pause as PauseAccounts, Resume as ResumeAccounts};

use super::choice::VaultChoice;
use super::desk::{Desk, told};
use crate::act::{Acting, Rows};
use crate::commands::refusal::Refusal;
use crate::commands::words::{epoch_at, row};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice vault pause` and `resume`.
#[derive(Args)]
pub struct Pausing {
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Pausing {
    async fn open(&self, format: Format) -> Result<Desk, Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let vault = &desk.view.vault;
        desk.wallet.must_be_either(("admin", &vault.admin), ("pauser", &vault.pauser))?;
        Ok(desk)
    }

    pub async fn pause(&self, format: Format) -> Result<(), Error> {
        let desk = self.open(format).await?;
        let Desk { wallet, view, .. } = &desk;
        let (from, now, admin) = (view.vault.pausable_from_epoch, desk.epoch(), view.vault.admin);
        if wallet.address() != admin && now < from {
            return Err(Refusal::PauseTooSoon { from, now, admin }.into());
        }
        let pace = wallet.rpc.pace().await?;
        let pause = PauseAccounts { vault: view.address, authority: wallet.address() };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, Paused) else { return Rows::new() };
            vec![
                row("Stops", "deposits and instant exits, nothing else"),
                row("Ends by itself with", epoch_at(event.until_epoch, &pace)),
            ]
        };
        desk.act(format!("Pause the vault {}", view.address), vec![pause.instruction()], &rows).await
    }

    pub async fn resume(&self, format: Format) -> Result<(), Error> {
        let desk = self.open(format).await?;
        let Desk { wallet, view, .. } = &desk;
        if !view.is_paused() {
            return Err(Refusal::NotPaused.into());
        }
        let until = view.vault.paused_until_epoch;
        let resume = ResumeAccounts { vault: view.address, authority: wallet.address() };
        let rows = |events: &[Event]| -> Rows {
            if told!(events, Resumed).is_none() {
                return Rows::new();
            }
            vec![row("Paused", format!("until epoch {until} → not any more"))]
        };
        desk.act(format!("Resume the vault {}", view.address), vec![resume.instruction()], &rows).await
    }
}
