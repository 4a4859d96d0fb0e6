//! `sluice operator register`: the key becomes an operator's.

use clap::Args;
use sluice_client::vault::operator_of;
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::accounts::Operator;
use sluice_sdk::restaking_vault::instructions::RegisterOperator;

use crate::act::{Acting, Rows};
use crate::commands::refusal::Refusal;
use crate::commands::vault::desk::told;
use crate::commands::words::row;
use crate::error::Error;
use crate::holder::sol;
use crate::output::Format;

/// Arguments of `sluice operator register`.
#[derive(Args)]
pub struct Register {
    #[command(flatten)]
    acting: Acting,
}

impl Register {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let wallet = self.acting.open(format)?;
        let (authority, operator) = (wallet.address(), operator_of(&wallet.address()));
        if wallet.rpc.account(&operator).await?.is_some() {
            return Err(Refusal::Registered { what: "an operator", address: operator }.into());
        }
        let rent = wallet.rpc.minimum_balance(Operator::LEN).await?;
        let register = RegisterOperator { authority, operator };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, OperatorRegistered) else { return Rows::new() };
            vec![
                row("Operator", event.operator.to_string()),
                row("Authority", event.authority.to_string()),
                row("Fee of rewards", "0 %"),
                row("Rent", sol(rent)),
            ]
        };
        wallet.order("Become an operator".into(), vec![register.instruction()], &rows).await
    }
}
