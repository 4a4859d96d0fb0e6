//! `sluice stake`: SOL in, LST out.

use clap::Args;
use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{DepositSol, DepositSolInstructionArgs};
use sluice_sdk::staking_pool::types::SolDeposited;

use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, DECIMALS, amount};
use crate::bound::Bound;
use crate::cluster::PoolChoice;
use crate::error::Error;
use crate::holder::{Cosigning, Holder, KEEP, Referral, fee, lst, receive, sol};
use crate::output::Format;

/// Arguments of `sluice stake`.
#[derive(Args)]
pub struct Stake {
    /// How much to deposit, or all: then 0.01 SOL stays for fees
    #[arg(value_name = "SOL", value_parser = amount)]
    amount: Amount,
    #[command(flatten)]
    bound: Bound,
    #[command(flatten)]
    referral: Referral,
    #[command(flatten)]
    cosigning: Cosigning,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Stake {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        let Holder { wallet, view, .. } = &holder;
        let arrival = holder.lst.arrival(&wallet.rpc).await?;
        let referrer = self.referral.account(&holder).await?;
        let cosigner = self.cosigning.key(&holder)?;
        let kept = if self.amount == Amount::All { KEEP } else { 0 };
        let spendable = wallet.rpc.balance(&wallet.address()).await?.saturating_sub(arrival.rent + kept);
        let lamports = self.amount.of(spendable, DECIMALS, "SOL")?;

        let deposit = DepositSol {
            pool: view.address,
            user: wallet.address(),
            reserve: view.pool.reserve,
            lst_mint: view.pool.lst_mint,
            user_lst: arrival.account,
            token_program: view.pool.token_program,
            referrer,
            deposit_authority: cosigner.as_ref().map(|_| view.pool.deposit_authority),
        };
        let request = |min_out| {
            let deposit = deposit.instruction(DepositSolInstructionArgs { lamports, min_out });
            Request::new(arrival.create.iter().cloned().chain([deposit]).collect())
        };
        let least = self.bound.least(wallet.foresee(&request(0), deposited).await?.minted);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(deposited) else { return Rows::new() };
            let mut rows = vec![
                ("You give".into(), sol(event.lamports)),
                receive(lst(event.minted), lst(least)),
                holder.rate(),
            ];
            rows.extend(fee(&event.fee));
            rows.extend(arrival.rows());
            rows
        };
        let title = format!("Stake {}", sol(lamports));
        let signers = cosigner.iter().collect();
        wallet.act(Action { title, request: request(least), signers, rows: &rows }).await?;
        Ok(())
    }
}

fn deposited(event: &Event) -> Option<SolDeposited> {
    match event {
        Event::StakingPool(StakingPoolEvent::SolDeposited(event)) => Some(event.clone()),
        _ => None,
    }
}
