//! The exit that pays at once, for a fee.

use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{WithdrawSol, WithdrawSolInstructionArgs};
use sluice_sdk::staking_pool::types::SolWithdrawn;

use crate::act::{Action, Rows};
use crate::bound::Bound;
use crate::error::Error;
use crate::holder::{Holder, lst, receive, sol};
use crate::purse::Spending;

pub async fn run(holder: &Holder, spending: Spending, bound: &Bound) -> Result<(), Error> {
    let Holder { wallet, view, .. } = holder;
    let withdraw = WithdrawSol {
        pool: view.address,
        user: wallet.address(),
        reserve: view.pool.reserve,
        lst_mint: view.pool.lst_mint,
        user_lst: spending.account,
        token_program: view.pool.token_program,
    };
    let shares = spending.amount;
    let request =
        |min_out| Request::new(vec![withdraw.instruction(WithdrawSolInstructionArgs { shares, min_out })]);
    let least = bound.least(wallet.foresee(&request(0), withdrawn).await?.paid);
    let rows = |events: &[Event]| -> Rows {
        let Some(event) = events.iter().find_map(withdrawn) else { return Rows::new() };
        let mut rows = vec![
            ("You give".to_owned(), lst(event.shares)),
            receive(sol(event.paid), sol(least)),
            holder.rate(),
            ("Fee".into(), sol(event.fee)),
        ];
        if event.from_liquidity > 0 {
            rows.push(("Of it".into(), format!("{} paid by the liquidity pool", sol(event.from_liquidity))));
        }
        rows
    };
    let title = format!("Unstake {} at once", lst(shares));
    wallet.act(Action { title, request: request(least), signers: Vec::new(), rows: &rows }).await?;
    Ok(())
}

fn withdrawn(event: &Event) -> Option<SolWithdrawn> {
    match event {
        Event::StakingPool(StakingPoolEvent::SolWithdrawn(event)) => Some(event.clone()),
        _ => None,
    }
}
