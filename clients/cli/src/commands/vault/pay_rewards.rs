//! `sluice vault pay-rewards`: collateral for those who hold shares.

use clap::Args;
use sluice_client::vault::operator_fee;
use sluice_sdk::Event;
use sluice_sdk::restaking_vault::accounts::Operator;
use sluice_sdk::restaking_vault::instructions::{PayRewards as PayAccounts, PayRewardsInstructionArgs};
use solana_address::Address;

use super::choice::VaultChoice;
use super::desk::{Desk, told};
use crate::act::{Acting, Rows};
use crate::amount::{Amount, any_amount};
use crate::cluster::address;
use crate::commands::words::{percent, row};
use crate::error::Error;
use crate::output::Format;
use crate::purse::Source;

/// Arguments of `sluice vault pay-rewards`.
#[derive(Args)]
pub struct PayRewards {
    /// How much of the collateral to pay, or all
    #[arg(value_name = "COLLATERAL", value_parser = any_amount)]
    amount: Amount,
    /// The operator whose work it is for: its fee is paid first
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    operator: Option<Address>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    vault: VaultChoice,
    #[command(flatten)]
    acting: Acting,
}

impl PayRewards {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = Desk::open(&self.acting, &self.vault, format).await?;
        let Desk { wallet, view, units } = &desk;
        let spending = desk.collateral().await?.spend(self.amount, &self.source)?;
        let (mint, program) = (view.vault.collateral_mint, view.vault.collateral_token_program);
        let operator = match &self.operator {
            Some(address) => Some((*address, wallet.rpc.get::<Operator>(address).await?)),
            None => None,
        };
        let payee = match &operator {
            Some((_, operator)) => Some(wallet.account_of(&operator.authority, &mint, &program).await?),
            None => None,
        };
        let fee_account = view.vault.fee_account;
        let pay = PayAccounts {
            vault: view.address,
            payer: wallet.address(),
            payer_collateral: spending.account,
            collateral_account: view.vault.collateral_account,
            collateral_mint: mint,
            collateral_token_program: program,
            fee_account: (fee_account != Address::default()).then_some(fee_account),
            operator: self.operator,
            operator_collateral: payee.as_ref().map(|payee| payee.account),
        }
        .instruction(PayRewardsInstructionArgs { amount: spending.amount });
        let create = payee.iter().filter_map(|payee| payee.create.clone());
        let slots = |end: u64| end.saturating_sub(view.clock.slot);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, RewardsPaid) else { return Rows::new() };
            let mut rows = vec![row("You give", units.collateral(event.amount))];
            if let Some((_, operator)) = &operator {
                let fee = percent(operator_fee(operator, desk.epoch()).now.get().into());
                rows.push(row(
                    "The operator's fee",
                    format!("{} ({fee})", units.collateral(event.to_operator)),
                ));
            }
            if event.to_fee_account > 0 {
                rows.push(row("The vault's fee", units.collateral(event.to_fee_account)));
            }
            rows.push(row("For the holders", units.collateral(event.streamed)));
            let ends = format!("slot by slot, until {} slots from now", slots(event.end_slot));
            rows.push(row("Reaches the price", ends));
            rows.extend(units.book(&event.before, &event.after));
            rows.extend(payee.iter().flat_map(|payee| payee.rows()));
            rows
        };
        let title =
            format!("Pay {} to the holders of the vault {}", units.collateral(spending.amount), view.address);
        desk.act(title, create.chain([pay]).collect(), &rows).await
    }
}
