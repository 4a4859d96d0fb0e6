//! `sluice liquidity add`.

use clap::Args;
use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{AddLiquidity, AddLiquidityInstructionArgs};
use sluice_sdk::staking_pool::types::LiquidityAdded;

use super::tokens;
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, DECIMALS, amount, exact};
use crate::bound::Bound;
use crate::cluster::PoolChoice;
use crate::error::Error;
use crate::holder::{Cosigning, Holder, KEEP, receive, sol};
use crate::output::Format;

/// Arguments of `sluice liquidity add`.
#[derive(Args)]
pub struct Add {
    /// How much to add, or all: then 0.01 SOL stays for fees
    #[arg(value_name = "SOL", value_parser = amount)]
    amount: Amount,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    cosigning: Cosigning,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Add {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        let Holder { wallet, view, .. } = &holder;
        let arrival = tokens(&holder).await?.arrival(&wallet.rpc).await?;
        let cosigner = self.cosigning.key(&holder)?;
        let kept = if self.amount == Amount::All { KEEP } else { 0 };
        let spendable = wallet.rpc.balance(&wallet.address()).await?.saturating_sub(arrival.rent + kept);
        let lamports = self.amount.of(spendable, DECIMALS, "SOL")?;
        let add = AddLiquidity {
            pool: view.address,
            user: wallet.address(),
            reserve: view.pool.reserve,
            lp_mint: view.pool.lp_mint,
            user_lp: arrival.account,
            token_program: view.pool.token_program,
            deposit_authority: cosigner.as_ref().map(|_| view.pool.deposit_authority),
        };
        let request = |min_out| {
            let add = add.instruction(AddLiquidityInstructionArgs { lamports, min_out });
            Request::new(arrival.create.iter().cloned().chain([add]).collect())
        };
        let least = self.bound.least(wallet.foresee(&request(0), added).await?.minted);
        let lp = |amount| exact(amount, DECIMALS) + " LP";
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(added) else { return Rows::new() };
            let mut rows = vec![
                ("You give".into(), sol(event.lamports)),
                receive(lp(event.minted), lp(least)),
                (
                    "Then".into(),
                    "it pays instant exits and becomes LST, and SOL again with the next deposits; fees make it more".into(),
                ),
            ];
            rows.extend(arrival.rows());
            rows
        };
        let title = format!("Add {} of liquidity", sol(lamports));
        let signers = cosigner.iter().collect();
        wallet.act(Action { title, request: request(least), signers, rows: &rows }).await?;
        Ok(())
    }
}

fn added(event: &Event) -> Option<LiquidityAdded> {
    match event {
        Event::StakingPool(StakingPoolEvent::LiquidityAdded(event)) => Some(event.clone()),
        _ => None,
    }
}
