//! `sluice service register`: the key becomes a service's.

use clap::Args;
use sluice_client::vault::service_of;
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::accounts::Service;
use sluice_sdk::restaking_vault::instructions::RegisterService;

use crate::act::{Acting, Rows};
use crate::commands::refusal::Refusal;
use crate::commands::vault::desk::told;
use crate::commands::words::row;
use crate::error::Error;
use crate::holder::sol;
use crate::output::Format;

/// Arguments of `sluice service register`.
#[derive(Args)]
pub struct Register {
    #[command(flatten)]
    acting: Acting,
}

impl Register {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let wallet = self.acting.open(format)?;
        let (authority, service) = (wallet.address(), service_of(&wallet.address()));
        if wallet.rpc.account(&service).await?.is_some() {
            return Err(Refusal::Registered { what: "a service", address: service }.into());
        }
        let rent = wallet.rpc.minimum_balance(Service::LEN).await?;
        let register = RegisterService { authority, service };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, ServiceRegistered) else { return Rows::new() };
            vec![
                row("Service", event.service.to_string()),
                row("Authority", event.authority.to_string()),
                row("Rent", sol(rent)),
            ]
        };
        wallet.order("Become a service".into(), vec![register.instruction()], &rows).await
    }
}
