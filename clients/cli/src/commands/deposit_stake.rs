//! `sluice deposit-stake`: a whole active stake account in, LST out.

use clap::Args;
use sluice_client::Request;
use sluice_client::stakes::StakeAccount;
use sluice_sdk::Event;
use sluice_sdk::pda::staking_pool::find_stake;
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::instructions::{DepositStake as Deposit, DepositStakeInstructionArgs};
use sluice_sdk::staking_pool::types::StakeDeposited;
use solana_address::Address;

use crate::act::{Acting, Action, Rows};
use crate::bound::Bound;
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::{Cosigning, Holder, Referral, fee, lst, receive, sol};
use crate::output::Format;

/// Arguments of `sluice deposit-stake`.
#[derive(Args)]
pub struct DepositStake {
    /// An active stake account of yours; all of it is deposited
    #[arg(value_name = "STAKE_ACCOUNT", value_parser = address)]
    account: Address,
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

/// Why a stake account is not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotAccepted {
    #[error(
        "{account} is not delegated: delegate it to a validator of the pool first, or `sluice stake` its SOL"
    )]
    NotDelegated { account: Address },
    #[error("{account} is not active: {why}; stake is taken while all of it earns")]
    NotActive { account: Address, why: &'static str },
    #[error(
        "{account} has the {role} {authority}, and this keypair is {signer}: name its keypair by --keypair"
    )]
    NotYours { account: Address, role: &'static str, authority: Address, signer: Address },
    #[error(
        "{account} is locked up until epoch {epoch} and unix time {time}: only its custodian can let it go"
    )]
    LockedUp { account: Address, epoch: u64, time: i64 },
    #[error(
        "{account} is delegated to {vote}, which is no validator of this pool: `sluice validators` lists those that are"
    )]
    Elsewhere { account: Address, vote: Address },
}

/// A stake account that the pool may take in, and the validator's place in its list.
pub struct Accepted {
    pub index: u32,
    pub vote: Address,
    pub lamports: u64,
}

impl Accepted {
    /// Reads an account and says what is wrong with it, as far as can be told without the program.
    pub async fn read(holder: &Holder, account: &Address) -> Result<Self, Error> {
        let Holder { wallet, view, .. } = holder;
        let stake = wallet.rpc.stake_account(account).await?;
        let StakeAccount { lamports, staker, withdrawer, lockup, .. } = stake;
        let (account, signer) = (*account, wallet.address());
        for (role, authority) in [("withdraw authority", withdrawer), ("stake authority", staker)] {
            if authority != signer {
                return Err(NotAccepted::NotYours { account, role, authority, signer }.into());
            }
        }
        if stake.is_locked(&view.clock) {
            let (epoch, time) = (lockup.epoch, lockup.unix_timestamp);
            return Err(NotAccepted::LockedUp { account, epoch, time }.into());
        }
        let delegation = stake.delegation.ok_or(NotAccepted::NotDelegated { account })?;
        if let Some(why) = delegation.inactive(view.clock.epoch) {
            return Err(NotAccepted::NotActive { account, why }.into());
        }
        let vote = delegation.vote;
        let list = wallet.rpc.get_slab::<ValidatorListHeader>(&view.pool.validator_list).await?;
        let index = (0..).zip(&list.records).find(|(_, record)| record.vote == vote);
        let (index, _) = index.ok_or(NotAccepted::Elsewhere { account, vote })?;
        Ok(Self { index, vote, lamports })
    }
}

impl DepositStake {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let holder = Holder::open(&self.acting, &self.pool, format).await?;
        let Holder { wallet, view, .. } = &holder;
        let Accepted { index, vote, lamports } = Accepted::read(&holder, &self.account).await?;
        let arrival = holder.lst.arrival(&wallet.rpc).await?;
        let referrer = self.referral.account(&holder).await?;
        let cosigner = self.cosigning.key(&holder)?;
        let deposit = Deposit {
            pool: view.address,
            user: wallet.address(),
            reserve: view.pool.reserve,
            validator_list: view.pool.validator_list,
            vote,
            stake: find_stake(&view.address, &vote).0,
            source: self.account,
            lst_mint: view.pool.lst_mint,
            user_lst: arrival.account,
            token_program: view.pool.token_program,
            referrer,
            deposit_authority: cosigner.as_ref().map(|_| view.pool.deposit_authority),
        };
        let request = |min_out| {
            let deposit = deposit.instruction(DepositStakeInstructionArgs { index, min_out });
            Request::new(arrival.create.iter().cloned().chain([deposit]).collect())
        };
        let least = self.bound.least(wallet.foresee(&request(0), deposited).await?.minted);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(deposited) else { return Rows::new() };
            let all = event.delegated.saturating_add(event.excess);
            let mut rows = vec![
                ("You give".into(), format!("{}, of it {} delegated", sol(all), sol(event.delegated))),
                ("Validator".into(), event.vote.to_string()),
                receive(lst(event.minted), lst(least)),
                holder.rate(),
            ];
            rows.extend(fee(&event.fee));
            rows.extend(arrival.rows());
            rows
        };
        let title = format!("Deposit the stake account {} of {}", self.account, sol(lamports));
        let signers = cosigner.iter().collect();
        wallet.act(Action { title, request: request(least), signers, rows: &rows }).await?;
        Ok(())
    }
}

fn deposited(event: &Event) -> Option<StakeDeposited> {
    match event {
        Event::StakingPool(StakingPoolEvent::StakeDeposited(event)) => Some(event.clone()),
        _ => None,
    }
}
