//! A stake account of one's own, turned into SOL at once.

use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::pda::staking_pool::find_stake;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{LiquidUnstake, LiquidUnstakeInstructionArgs};
use sluice_sdk::staking_pool::types::{SolWithdrawn, StakeDeposited};
use solana_address::Address;

use crate::act::{Action, Rows};
use crate::bound::Bound;
use crate::commands::deposit_stake::Accepted;
use crate::error::Error;
use crate::holder::{Cosigning, Holder, receive, sol};

pub async fn run(
    holder: &Holder,
    source: &Address,
    cosigning: &Cosigning,
    bound: &Bound,
) -> Result<(), Error> {
    let Holder { wallet, view, .. } = holder;
    let Accepted { index, vote, lamports } = Accepted::read(holder, source).await?;
    let cosigner = cosigning.key(holder)?;
    let sell = LiquidUnstake {
        pool: view.address,
        user: wallet.address(),
        reserve: view.pool.reserve,
        validator_list: view.pool.validator_list,
        vote,
        stake: find_stake(&view.address, &vote).0,
        source: *source,
        deposit_authority: cosigner.as_ref().map(|_| view.pool.deposit_authority),
    };
    let request =
        |min_out| Request::new(vec![sell.instruction(LiquidUnstakeInstructionArgs { index, min_out })]);
    let least = bound.least(wallet.foresee(&request(0), withdrawn).await?.paid);
    let rows = |events: &[Event]| -> Rows {
        let both = events.iter().find_map(deposited).zip(events.iter().find_map(withdrawn));
        let Some((given, got)) = both else { return Rows::new() };
        let all = given.delegated.saturating_add(given.excess);
        vec![
            (
                "You give".into(),
                format!("{}, of it {} delegated to {}", sol(all), sol(given.delegated), given.vote),
            ),
            receive(sol(got.paid), sol(least)),
            ("Fees".into(), sol(all.saturating_sub(got.paid))),
        ]
    };
    let title = format!("Turn the stake account {source} of {} into SOL at once", sol(lamports));
    let signers = cosigner.iter().collect();
    wallet.act(Action { title, request: request(least), signers, rows: &rows }).await?;
    Ok(())
}

fn deposited(event: &Event) -> Option<StakeDeposited> {
    match event {
        Event::StakingPool(StakingPoolEvent::StakeDeposited(event)) => Some(event.clone()),
        _ => None,
    }
}

fn withdrawn(event: &Event) -> Option<SolWithdrawn> {
    match event {
        Event::StakingPool(StakingPoolEvent::SolWithdrawn(event)) => Some(event.clone()),
        _ => None,
    }
}
