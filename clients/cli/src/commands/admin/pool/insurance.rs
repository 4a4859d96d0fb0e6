//! `sluice admin pool fund-insurance`: LST for the day the pool loses.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::instructions::{FundInsurance as FundAccounts, FundInsuranceInstructionArgs};

use super::desk::{Office, told};
use crate::act::Rows;
use crate::amount::{Amount, amount};
use crate::commands::admin::partial::lst;
use crate::commands::words::row;
use crate::error::Error;
use crate::output::Format;
use crate::purse::{Purse, Source};

/// Arguments of `sluice admin pool fund-insurance`.
#[derive(Args)]
pub struct FundInsurance {
    /// How much to give, or all
    #[arg(value_name = "LST", value_parser = amount)]
    amount: Amount,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    office: Office,
}

impl FundInsurance {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let (wallet, pool) = (&desk.wallet, &desk.view.pool);
        let (user, mint, program) = (wallet.address(), pool.lst_mint, pool.token_program);
        let purse = Purse::read(&wallet.rpc, &user, &mint, &program, "LST").await?;
        let spending = purse.spend(self.amount, &self.source)?;
        let fund = FundAccounts {
            pool: desk.pool(),
            user,
            lst_mint: mint,
            user_lst: spending.account,
            token_program: program,
        };
        let fund = fund.instruction(FundInsuranceInstructionArgs { shares: spending.amount });
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, InsuranceFunded) else { return Rows::new() };
            let before = event.insurance_after.saturating_sub(event.shares);
            vec![
                row("You give", lst(event.shares)),
                row("Insurance fund", format!("{} → {}", lst(before), lst(event.insurance_after))),
                row("You get", "nothing: only a loss of the pool takes it out again"),
            ]
        };
        let title =
            format!("Give {} to the insurance fund of the pool {}", lst(spending.amount), desk.pool());
        wallet.order(title, vec![fund], &rows).await
    }
}
