//! `sluice liquidity remove`.

use clap::Args;
use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{RemoveLiquidity, RemoveLiquidityInstructionArgs};
use sluice_sdk::staking_pool::types::LiquidityRemoved;

use super::tokens;
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, DECIMALS, amount, exact};
use crate::bound::Slippage;
use crate::cluster::PoolChoice;
use crate::error::Error;
use crate::holder::{Holder, lst, receive, sol};
use crate::output::Format;
use crate::purse::Source;

/// Arguments of `sluice liquidity remove`.
#[derive(Args)]
pub struct Remove {
    /// How much of the liquidity token to give back, or all
    #[arg(value_name = "LP", value_parser = amount)]
    amount: Amount,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    slippage: Slippage,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Remove {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        let Holder { wallet, view, .. } = &holder;
        let spending = tokens(&holder).await?.spend(self.amount, &self.source)?;
        let arrival = holder.lst.arrival(&wallet.rpc).await?;
        let remove = RemoveLiquidity {
            pool: view.address,
            user: wallet.address(),
            reserve: view.pool.reserve,
            lp_mint: view.pool.lp_mint,
            user_lp: spending.account,
            lst_mint: view.pool.lst_mint,
            user_lst: arrival.account,
            token_program: view.pool.token_program,
        };
        let amount = spending.amount;
        let request = |min_lamports, min_shares| {
            let remove =
                remove.instruction(RemoveLiquidityInstructionArgs { amount, min_lamports, min_shares });
            Request::new(arrival.create.iter().cloned().chain([remove]).collect())
        };
        let foreseen = wallet.foresee(&request(0, 0), removed).await?;
        let least = |out| self.slippage.least(out);
        let (lamports, shares) = (least(foreseen.lamports), least(foreseen.shares));
        let lp = exact(amount, DECIMALS) + " LP";
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(removed) else { return Rows::new() };
            let mut rows = vec![
                ("You give".into(), lp.clone()),
                receive(sol(event.lamports), sol(lamports)),
                ("And".into(), format!("{}, at least {}", lst(event.shares), lst(shares))),
            ];
            rows.extend(arrival.rows());
            rows
        };
        let title = format!("Remove {lp} of liquidity");
        let request = request(lamports, shares);
        wallet.act(Action { title, request, signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }
}

fn removed(event: &Event) -> Option<LiquidityRemoved> {
    match event {
        Event::StakingPool(StakingPoolEvent::LiquidityRemoved(event)) => Some(event.clone()),
        _ => None,
    }
}
