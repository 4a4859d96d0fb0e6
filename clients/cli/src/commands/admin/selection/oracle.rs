//! `sluice admin selection set-oracle`.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::instructions::SetOracle as SetOracleAccounts;
use solana_address::Address;

use super::desk::{Office, told};
use crate::act::Rows;
use crate::cluster::address;
use crate::commands::refusal::Refusal;
use crate::commands::words::{key, row};
use crate::error::Error;
use crate::output::Format;

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Named {
    /// Who says it from now on
    #[arg(value_name = "ADDRESS", value_parser = address)]
    oracle: Option<Address>,
    /// Nobody
    #[arg(long)]
    nobody: bool,
}

/// Arguments of `sluice admin selection set-oracle`.
#[derive(Args)]
pub struct SetOracle {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    office: Office,
}

impl SetOracle {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.must_be_admin()?;
        let oracle = self.named.oracle.unwrap_or_default();
        if oracle == desk.selection.config.oracle {
            return Err(Refusal::NoChange { what: "the oracle" }.into());
        }
        let set = SetOracleAccounts { config: desk.config, admin: desk.wallet.address(), oracle };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, OracleSet) else { return Rows::new() };
            let name = |address| key(address, "nobody");
            vec![
                row("Oracle", format!("{} → {}", name(&event.before), name(&event.after))),
                row("In force", "at once; the groups stay as they are"),
            ]
        };
        let title = format!("Set the oracle of the selection {}", desk.config);
        desk.wallet.order(title, vec![set.instruction()], &rows).await
    }
}
