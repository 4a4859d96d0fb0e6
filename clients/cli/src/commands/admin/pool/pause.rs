//! `sluice admin pool pause` and `resume`.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::instructions::{Pause as PauseAccounts, Resume as ResumeAccounts};

use super::desk::{Desk, Office, told};
use crate::act::Rows;
use crate::commands::refusal::Refusal;
use crate::commands::words::{epoch_at, row};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice admin pool pause` and `resume`.
#[derive(Args)]
pub struct Pausing {
    #[command(flatten)]
    office: Office,
}

impl Pausing {
    async fn open(&self, format: Format) -> Result<Desk, Error> {
        let desk = self.office.open(format).await?;
        let pool = &desk.view.pool;
        desk.wallet.must_be_either(("admin", &pool.admin), ("pauser", &pool.pauser))?;
        Ok(desk)
    }

    pub async fn pause(&self, format: Format) -> Result<(), Error> {
        let desk = self.open(format).await?;
        let (wallet, pool) = (&desk.wallet, &desk.view.pool);
        let (from, now, admin) = (pool.pausable_from_epoch, desk.epoch(), pool.admin);
        if wallet.address() != admin && now < from {
            return Err(Refusal::PauseTooSoon { from, now, admin }.into());
        }
        let pause = PauseAccounts { pool: desk.pool(), authority: wallet.address() };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, Paused) else { return Rows::new() };
            vec![
                row("Stops", "deposits, instant exits and additions of liquidity, nothing else"),
                row("Ends by itself with", epoch_at(event.until_epoch, &desk.pace)),
            ]
        };
        wallet.order(format!("Pause the pool {}", desk.pool()), vec![pause.instruction()], &rows).await
    }

    pub async fn resume(&self, format: Format) -> Result<(), Error> {
        let desk = self.open(format).await?;
        let until = desk.view.pool.paused_until_epoch;
        if desk.epoch() >= until {
            return Err(Refusal::NotPaused.into());
        }
        let resume = ResumeAccounts { pool: desk.pool(), authority: desk.wallet.address() };
        let rows = |events: &[Event]| -> Rows {
            if told!(events, Resumed).is_none() {
                return Rows::new();
            }
            vec![row("Paused", format!("until epoch {until} → not any more"))]
        };
        desk.wallet.order(format!("Resume the pool {}", desk.pool()), vec![resume.instruction()], &rows).await
    }
}
