//! The exit that pays in stake, at once: an active stake account split off one of the pool's validators.

use sluice_client::stakes::{STAKE_PROGRAM, STAKE_SPACE};
use sluice_client::{Request, SendError};
use sluice_sdk::Event;
use sluice_sdk::pda::staking_pool::{find_activating_stake, find_deactivating_stake, find_stake};
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::staking_pool::types::{QuotedStake, StakeWithdrawn, ValidatorRecord};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::exits::{ChoiceError, asked};
use crate::act::{Action, Rows};
use crate::bound::Bound;
use crate::error::Error;
use crate::holder::{Holder, create, lst, receive, sol};
use crate::purse::Spending;

/// The most accounts that are asked what they could give.
const TRIES: usize = 8;

/// One of a validator's stake accounts: what a record says is in it, and where it is.
struct Place {
    holds: fn(&ValidatorRecord) -> u64,
    find: fn(&Address, &Address) -> (Address, u8),
}

/// The program takes from what warms up or cools down only where the canonical account cannot give it.
const PLACES: [Place; 3] = [
    Place { holds: |record| record.stake, find: find_stake },
    Place { holds: |record| record.activating, find: find_activating_stake },
    Place { holds: |record| record.deactivating, find: find_deactivating_stake },
];

/// A stake account of the pool that can give what is asked, and what that comes to.
pub struct Found {
    index: u32,
    pub vote: Address,
    stake: Address,
    pub quoted: QuotedStake,
}

/// Looks for it: with one validator, or with the pool's preferred one, then those that hold most.
pub async fn find(holder: &Holder, shares: u64, validator: Option<Address>) -> Result<Found, Error> {
    let Holder { wallet, view, .. } = holder;
    let pool = &view.pool;
    let list = wallet.rpc.get_slab::<ValidatorListHeader>(&pool.validator_list).await?;
    let mut records: Vec<(u32, ValidatorRecord)> = (0..).zip(list.records).collect();
    if let Some(vote) = validator {
        records.retain(|(_, record)| record.vote == vote);
        if records.is_empty() {
            return Err(ChoiceError::NoSuchValidator { vote, pool: view.address }.into());
        }
    }
    let preferred = |record: &ValidatorRecord| record.vote == pool.preferred_validator;
    records.sort_by_key(|(_, record)| std::cmp::Reverse((preferred(record), record.stake)));
    let places = PLACES.iter().flat_map(|Place { holds, find }| {
        let able = records.iter().filter(|(_, record)| holds(record) > 0);
        able.map(|(index, record)| (*index, record.vote, find(&view.address, &record.vote).0))
    });
    let mut first = None;
    for (index, vote, stake) in places.take(TRIES) {
        let quote =
            QuoteWithdrawStake { pool: view.address, validator_list: pool.validator_list, vote, stake };
        let quote = quote.instruction(QuoteWithdrawStakeInstructionArgs { index, shares });
        match asked::<QuotedStake>(holder, quote).await {
            Ok(quoted) => return Ok(Found { index, vote, stake, quoted }),
            Err(error @ Error::Send(SendError::Refused(_))) => {
                first.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    Err(first.unwrap_or_else(|| ChoiceError::NoStake.into()))
}

pub async fn run(
    holder: &Holder,
    spending: Spending,
    validator: Option<Address>,
    bound: &Bound,
) -> Result<(), Error> {
    let Holder { wallet, view, .. } = holder;
    let Found { index, vote, stake, quoted } = find(holder, spending.amount, validator).await?;
    let rent = wallet.rpc.minimum_balance(STAKE_SPACE).await?;
    let destination = Keypair::new();
    let withdraw = WithdrawStake {
        pool: view.address,
        user: wallet.address(),
        validator_list: view.pool.validator_list,
        vote,
        stake,
        destination: destination.pubkey(),
        lst_mint: view.pool.lst_mint,
        user_lst: spending.account,
        token_program: view.pool.token_program,
    };
    let shares = spending.amount;
    let least = bound.least(quoted.out);
    let request = Request::new(vec![
        create(&wallet.address(), &destination.pubkey(), rent, STAKE_SPACE, &STAKE_PROGRAM),
        withdraw.instruction(WithdrawStakeInstructionArgs { index, shares, min_out: least }),
    ]);
    let rows = |events: &[Event]| -> Rows {
        let Some(event) = events.iter().find_map(withdrawn) else { return Rows::new() };
        let mut rows = vec![
            ("You give".to_owned(), lst(event.shares)),
            receive(format!("{} of stake", sol(event.lamports)), sol(least)),
            holder.rate(),
            (
                "Left behind".into(),
                format!("{} that it has earned in this epoch, which pays you the whole", sol(event.accrued)),
            ),
            ("Validator".into(), event.vote.to_string()),
            ("Stake account".into(), format!("{}, yours to deactivate and withdraw", event.destination)),
            ("Rent".into(), format!("{} more, yours with the account", sol(rent))),
        ];
        if event.shares < shares {
            let kept = lst(shares - event.shares);
            rows.push(("You keep".into(), format!("{kept}: all that the account holds is yours for less")));
        }
        rows
    };
    let title = format!("Unstake {} as a stake account", lst(shares));
    wallet.act(Action { title, request, signers: vec![&destination], rows: &rows }).await?;
    Ok(())
}

fn withdrawn(event: &Event) -> Option<StakeWithdrawn> {
    match event {
        Event::StakingPool(StakingPoolEvent::StakeWithdrawn(event)) => Some(event.clone()),
        _ => None,
    }
}
