//! What the commands of those who run a pool start from: a wallet, the pool as it stands, and its validators.

use clap::Args;
use sluice_client::pace::Pace;
use sluice_client::pool::PoolView;
use sluice_sdk::staking_pool::accounts::ValidatorListHeader;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::staking_pool::types::ValidatorRecord;
use sluice_sdk::{Event, Slab};
use solana_address::Address;

use crate::act::{Acting, Wallet};
use crate::cluster::PoolChoice;
use crate::commands::refusal::Refusal;
use crate::error::Error;
use crate::output::Format;

/// Who acts on which pool.
#[derive(Args)]
pub struct Office {
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// A wallet before a pool that somebody runs.
pub struct Desk {
    pub wallet: Wallet,
    pub view: PoolView,
    pub pace: Pace,
}

impl Office {
    pub async fn open(&self, format: Format) -> Result<Desk, Error> {
        let wallet = self.acting.open(format)?;
        let view = PoolView::read(&wallet.rpc, &self.pool.id()).await?;
        let pace = wallet.rpc.pace().await?;
        Ok(Desk { wallet, view, pace })
    }
}

impl Desk {
    pub fn pool(&self) -> Address {
        self.view.address
    }

    pub fn epoch(&self) -> u64 {
        self.view.clock.epoch
    }

    pub async fn list(&self) -> Result<Slab<ValidatorListHeader>, Error> {
        Ok(self.wallet.rpc.get_slab(&self.view.pool.validator_list).await?)
    }

    /// Place and record of a validator in the pool's list.
    pub async fn record(&self, vote: &Address) -> Result<(u32, ValidatorRecord), Error> {
        let records = self.list().await?.records;
        let found = (0u32..).zip(records).find(|(_, record)| record.vote == *vote);
        Ok(found.ok_or(Refusal::NotInPool { vote: *vote })?)
    }

    /// Refuses a key that does not decide about stake.
    pub fn must_delegate(&self) -> Result<(), Refusal> {
        self.wallet.must_be("delegation authority", &self.view.pool.delegation_authority)
    }
}

/// An event of the pool among those of a transaction.
pub fn event<T>(events: &[Event], pick: impl Fn(&StakingPoolEvent) -> Option<&T>) -> Option<&T> {
    events.iter().find_map(|event| match event {
        Event::StakingPool(event) => pick(event),
        _ => None,
    })
}

/// The event of that name, as [`event`] wants it picked.
macro_rules! told {
    ($events:expr, $name:ident) => {
        $crate::commands::admin::pool::desk::event($events, |event| match event {
            sluice_sdk::staking_pool::events::StakingPoolEvent::$name(event) => Some(event),
            _ => None,
        })
    };
}
pub(super) use told;
