//! `sluice admin pool increase` and `decrease`: a delegation authority that is a key moves stake by hand.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::pda::staking_pool::{find_activating_stake, find_deactivating_stake, find_stake};
use sluice_sdk::staking_pool::instructions::{
    DecreaseStake, DecreaseStakeInstructionArgs, IncreaseStake, IncreaseStakeInstructionArgs,
};
use solana_address::Address;

use super::desk::{Desk, Office, told};
use crate::act::Rows;
use crate::amount::{Amount, DECIMALS, amount};
use crate::cluster::address;
use crate::commands::admin::partial::sol;
use crate::commands::refusal::Refusal;
use crate::commands::words::row;
use crate::error::Error;
use crate::output::Format;

/// Epochs for which tickets must have lacked SOL before anyone may call stake home for them.
const PATIENCE_EPOCHS: u64 = 2;

/// Arguments of `sluice admin pool increase`.
#[derive(Args)]
pub struct Increase {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    /// How much to delegate
    #[arg(value_name = "SOL", value_parser = crate::amount::units)]
    lamports: u64,
    #[command(flatten)]
    office: Office,
}

impl Increase {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.must_delegate()?;
        let (index, record) = desk.record(&self.vote).await?;
        let pool = desk.pool();
        let of = if record.stake_state == 0 { find_stake } else { find_activating_stake };
        let increase = IncreaseStake {
            pool,
            delegation_authority: desk.wallet.address(),
            reserve: desk.view.pool.reserve,
            validator_list: desk.view.pool.validator_list,
            vote: self.vote,
            stake: of(&pool, &self.vote).0,
        };
        let args = IncreaseStakeInstructionArgs { index, lamports: self.lamports };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, StakeIncreased) else { return Rows::new() };
            vec![
                row("Delegated", sol(event.lamports)),
                row(
                    "Held with the validator",
                    format!("{} → {}", sol(event.held_before), sol(event.held_after)),
                ),
                row("Rent, out of the reserve", sol(event.rent)),
                row("Reserve afterwards", sol(event.reserve_after)),
                row("Earns from", format!("epoch {} on", desk.epoch() + 1)),
            ]
        };
        let title = format!("Delegate {} of the pool {pool} to {}", sol(self.lamports), self.vote);
        desk.wallet.order(title, vec![increase.instruction(args)], &rows).await
    }
}

/// Arguments of `sluice admin pool decrease`.
#[derive(Args)]
pub struct Decrease {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    /// How much shall cool down, or all of its stake
    #[arg(value_name = "SOL", value_parser = amount)]
    amount: Amount,
    #[command(flatten)]
    office: Office,
}

impl Desk {
    /// Anyone may call stake home when tickets have lacked SOL for long enough.
    fn must_delegate_unless_overdue(&self) -> Result<(), Refusal> {
        let since = self.view.pool.lack_since_epoch;
        if since > 0 && self.epoch().saturating_sub(since) >= PATIENCE_EPOCHS {
            return Ok(());
        }
        self.must_delegate()
    }
}

impl Decrease {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.must_delegate_unless_overdue()?;
        let (index, record) = desk.record(&self.vote).await?;
        let pool = desk.pool();
        let (of, held) = if record.stake_state == 0 {
            (find_activating_stake as fn(&Address, &Address) -> (Address, u8), record.activating)
        } else {
            (find_stake as fn(&Address, &Address) -> (Address, u8), record.stake)
        };
        let lamports = self.amount.of(held, DECIMALS, "SOL with this validator")?;
        let decrease = DecreaseStake {
            pool,
            authority: desk.wallet.address(),
            reserve: desk.view.pool.reserve,
            validator_list: desk.view.pool.validator_list,
            vote: self.vote,
            stake: of(&pool, &self.vote).0,
            deactivating: find_deactivating_stake(&pool, &self.vote).0,
        };
        let args = DecreaseStakeInstructionArgs { index, lamports };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, StakeDecreased) else { return Rows::new() };
            let left = held.saturating_sub(event.lamports);
            vec![
                row("Starts to cool down", sol(event.lamports)),
                row("Stays active", format!("{} → {}", sol(held), sol(left))),
                row("Rent, out of the reserve", sol(event.rent)),
                row("Reserve afterwards", sol(event.reserve_after)),
                row("Collected", "by the update of the next epoch, or a later one"),
            ]
        };
        let title = format!("Let {} of {} cool down, for the pool {pool}", sol(lamports), self.vote);
        desk.wallet.order(title, vec![decrease.instruction(args)], &rows).await
    }
}
