//! `sluice admin selection propose-admin` and `accept-admin`.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::instructions::{
    AcceptAdmin as AcceptAccounts, ProposeAdmin as ProposeAccounts,
};

use super::desk::{Office, told};
use crate::act::Rows;
use crate::commands::handover::{Proposed, accepted, proposed};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice admin selection propose-admin`.
#[derive(Args)]
pub struct ProposeAdmin {
    #[command(flatten)]
    proposed: Proposed,
    #[command(flatten)]
    office: Office,
}

impl ProposeAdmin {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.must_be_admin()?;
        let (admin, named) = (desk.wallet.address(), self.proposed.address());
        let propose = ProposeAccounts { config: desk.config, admin, proposed: named };
        let pending = desk.selection.config.pending_admin;
        let rows = |events: &[Event]| -> Rows {
            told!(events, AdminProposed).map_or(Rows::new(), |event| proposed(&pending, &event.proposed))
        };
        let title = format!("Propose an admin of the selection {}", desk.config);
        desk.wallet.order(title, vec![propose.instruction()], &rows).await
    }
}

/// Arguments of `sluice admin selection accept-admin`.
#[derive(Args)]
pub struct AcceptAdmin {
    #[command(flatten)]
    office: Office,
}

impl AcceptAdmin {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let config = &desk.selection.config;
        desk.wallet.must_be_proposed(&config.pending_admin, &config.admin)?;
        let accept = AcceptAccounts { config: desk.config, pending_admin: desk.wallet.address() };
        let rows = |events: &[Event]| -> Rows {
            told!(events, AdminAccepted).map_or(Rows::new(), |event| accepted(&event.before, &event.after))
        };
        let title = format!("Take over the selection {}", desk.config);
        desk.wallet.order(title, vec![accept.instruction()], &rows).await
    }
}
