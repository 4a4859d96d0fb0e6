//! `sluice vault propose-admin` and `accept-admin`: a vault gets another admin in two steps.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::instructions::{
    AcceptAdmin as AcceptAccounts, ProposeAdmin as ProposeAccounts,
};

use super::choice::VaultChoice;
use super::desk::{Desk, told};
use crate::act::{Acting, Rows};
use crate::commands::handover::{Proposed, accepted, proposed};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice vault propose-admin`.
#[derive(Args)]
pub struct ProposeAdmin {
    #[command(flatten)]
    proposed: Proposed,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl ProposeAdmin {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, .. } = &desk;
        wallet.must_be("admin", &view.vault.admin)?;
        let named = self.proposed.address();
        let propose = ProposeAccounts { vault: view.address, admin: wallet.address(), proposed: named };
        let pending = view.vault.pending_admin;
        let rows = |events: &[Event]| -> Rows {
            told!(events, AdminProposed).map_or(Rows::new(), |event| proposed(&pending, &event.proposed))
        };
        desk.act(
            format!("Propose an admin of the vault {}", view.address),
            vec![propose.instruction()],
            &rows,
        )
        .await
    }
}

/// Arguments of `sluice vault accept-admin`.
#[derive(Args)]
pub struct AcceptAdmin {
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl AcceptAdmin {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, .. } = &desk;
        wallet.must_be_proposed(&view.vault.pending_admin, &view.vault.admin)?;
        let accept = AcceptAccounts { vault: view.address, proposed: wallet.address() };
        let rows = |events: &[Event]| -> Rows {
            told!(events, AdminChanged).map_or(Rows::new(), |event| accepted(&event.before, &event.after))
        };
        desk.act(format!("Take over the vault {}", view.address), vec![accept.instruction()], &rows).await
    }
}
