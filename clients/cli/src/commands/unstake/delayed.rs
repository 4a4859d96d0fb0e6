//! The exit without a fee: a ticket, which is paid after the next epoch has begun.

use sluice_client::Request;
use sluice_sdk::AccountData;
use sluice_sdk::Event;
use sluice_sdk::staking_pool::accounts::Ticket;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{OrderUnstake, OrderUnstakeInstructionArgs};
use sluice_sdk::staking_pool::types::UnstakeOrdered;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::act::{Action, Rows};
use crate::bound::Bound;
use crate::error::Error;
use crate::holder::{Holder, lst, sol, when};
use crate::purse::Spending;

pub async fn run(holder: &Holder, spending: Spending, bound: &Bound) -> Result<(), Error> {
    let Holder { wallet, view, .. } = holder;
    let (ticket, pace) = (Keypair::new(), wallet.rpc.pace().await?);
    let rent = wallet.rpc.minimum_balance(Ticket::SIZE).await?;
    let order = OrderUnstake {
        pool: view.address,
        user: wallet.address(),
        user_lst: spending.account,
        escrow: view.pool.escrow,
        ticket: ticket.pubkey(),
        token_program: view.pool.token_program,
    };
    let shares = spending.amount;
    let request =
        |min_out| Request::new(vec![order.instruction(OrderUnstakeInstructionArgs { shares, min_out })]);
    let least = bound.least(wallet.foresee(&request(0), ordered).await?.ordered_lamports);
    let rows = |events: &[Event]| -> Rows {
        let Some(event) = events.iter().find_map(ordered) else { return Rows::new() };
        vec![
            ("You give".into(), lst(event.shares)),
            (
                "You receive".into(),
                format!("{} later, less only if the LST is worth less then", sol(event.ordered_lamports)),
            ),
            holder.rate(),
            ("When".into(), format!("{}, once the reserve has it", when(&pace, event.claim_epoch))),
            ("Ticket".into(), format!("{}; {} of rent come back with the payment", event.ticket, sol(rent))),
            ("Then".into(), "sluice tickets claim --all".into()),
        ]
    };
    let title = format!("Unstake {} by a ticket", lst(shares));
    wallet.act(Action { title, request: request(least), signers: vec![&ticket], rows: &rows }).await?;
    Ok(())
}

fn ordered(event: &Event) -> Option<UnstakeOrdered> {
    match event {
        Event::StakingPool(StakingPoolEvent::UnstakeOrdered(event)) => Some(event.clone()),
        _ => None,
    }
}
