//! `sluice admin pool propose-admin` and `accept-admin`.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::instructions::{
    AcceptAdmin as AcceptAccounts, ProposeAdmin as ProposeAccounts,
};

use super::desk::{Office, told};
use crate::act::Rows;
use crate::commands::handover::{Proposed, accepted, proposed};
use crate::error::Error;
use crate::output::Format;

/// Arguments of `sluice admin pool propose-admin`.
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
        let (wallet, pool) = (&desk.wallet, &desk.view.pool);
        wallet.must_be("admin", &pool.admin)?;
        let named = self.proposed.address();
        let propose = ProposeAccounts { pool: desk.pool(), admin: wallet.address(), proposed: named };
        let rows = |events: &[Event]| -> Rows {
            let event = told!(events, AdminProposed);
            event.map_or(Rows::new(), |event| proposed(&pool.pending_admin, &event.proposed))
        };
        let title = format!("Propose an admin of the pool {}", desk.pool());
        wallet.order(title, vec![propose.instruction()], &rows).await
    }
}

/// Arguments of `sluice admin pool accept-admin`.
#[derive(Args)]
pub struct AcceptAdmin {
    #[command(flatten)]
    office: Office,
}

impl AcceptAdmin {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let (wallet, pool) = (&desk.wallet, &desk.view.pool);
        wallet.must_be_proposed(&pool.pending_admin, &pool.admin)?;
        let accept = AcceptAccounts { pool: desk.pool(), proposed: wallet.address() };
        let rows = |events: &[Event]| -> Rows {
            told!(events, AdminChanged).map_or(Rows::new(), |event| accepted(&event.before, &event.after))
        };
        wallet.order(format!("Take over the pool {}", desk.pool()), vec![accept.instruction()], &rows).await
    }
}
