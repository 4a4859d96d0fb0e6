//! What the commands of those who run a selection start from: a wallet, and the selection as it stands.

use clap::Args;
use sluice_client::selection::Selection;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::pdas::find_config;
use sluice_sdk::validator_selection::types::Candidate;
use solana_address::Address;

use crate::act::{Acting, Wallet};
use crate::cluster::PoolChoice;
use crate::commands::refusal::Refusal;
use crate::error::Error;
use crate::output::Format;

/// Who acts on which pool's selection.
#[derive(Args)]
pub struct Office {
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// A wallet before a selection that somebody runs.
pub struct Desk {
    pub wallet: Wallet,
    pub selection: Selection,
    /// Address of its config.
    pub config: Address,
}

impl Office {
    pub async fn open(&self, format: Format) -> Result<Desk, Error> {
        let wallet = self.acting.open(format)?;
        let selection = Selection::read(&wallet.rpc, &self.pool.id()).await?;
        let config = find_config(&selection.pool_address).0;
        Ok(Desk { wallet, selection, config })
    }
}

impl Desk {
    pub fn must_be_admin(&self) -> Result<(), Refusal> {
        self.wallet.must_be("admin", &self.selection.config.admin)
    }

    /// Refuses while an allocation is under way, when candidates do not change.
    pub fn must_not_be_allocating(&self) -> Result<(), Refusal> {
        let (config, epoch) = (&self.selection.config, self.selection.epoch);
        let running = config.allocating_epoch == epoch && config.allocated_epoch != epoch;
        if running { Err(Refusal::AllocationRunning) } else { Ok(()) }
    }

    /// Place and record of a candidate.
    pub fn candidate(&self, vote: &Address) -> Result<(u32, &Candidate), Refusal> {
        let mut places = (0u32..).zip(&self.selection.candidates);
        places.find(|(_, candidate)| candidate.vote == *vote).ok_or(Refusal::NoCandidate { vote: *vote })
    }
}

/// An event of the selection among those of a transaction.
pub fn event<T>(events: &[Event], pick: impl Fn(&ValidatorSelectionEvent) -> Option<&T>) -> Option<&T> {
    events.iter().find_map(|event| match event {
        Event::ValidatorSelection(event) => pick(event),
        _ => None,
    })
}

/// The event of that name, as [`event`] wants it picked.
macro_rules! told {
    ($events:expr, $name:ident) => {
        $crate::commands::admin::selection::desk::event($events, |event| match event {
            sluice_sdk::validator_selection::events::ValidatorSelectionEvent::$name(event) => Some(event),
            _ => None,
        })
    };
}
pub(super) use told;
