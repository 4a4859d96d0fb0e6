//! `sluice admin selection ban`, `unban` and `remove`.

use clap::Args;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::instructions::{
    Ban as BanAccounts, BanInstructionArgs, Remove as RemoveAccounts, RemoveInstructionArgs,
};
use sluice_sdk::validator_selection::types::Candidate;
use solana_address::Address;

use super::desk::{Desk, Office, told};
use crate::act::Rows;
use crate::cluster::address;
use crate::commands::admin::partial::sol;
use crate::commands::refusal::Refusal;
use crate::commands::words::{change, row};
use crate::error::Error;
use crate::output::Format;

/// Bits of a candidate's flags.
const BANNED: u8 = 1;
const LEFT: u8 = 2;
/// Epochs after which a candidate that left is forgotten, and one that earns nothing may go.
const LEFT_EPOCHS: u64 = 8;
const IDLE_EPOCHS: u8 = 10;

/// Arguments of `sluice admin selection ban` and `unban`.
#[derive(Args)]
pub struct Ban {
    /// The candidate's vote account
    #[arg(value_parser = address)]
    vote: Address,
    #[command(flatten)]
    office: Office,
}

impl Ban {
    pub async fn run(&self, banned: bool, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        desk.must_be_admin()?;
        let (index, candidate) = desk.candidate(&self.vote)?;
        if (candidate.flags & BANNED != 0) == banned {
            let what = if banned { "the ban" } else { "the absence of a ban" };
            return Err(Refusal::NoChange { what }.into());
        }
        desk.must_not_be_allocating()?;
        let ban = BanAccounts {
            config: desk.config,
            admin: desk.wallet.address(),
            registry: desk.selection.config.registry,
            vote: self.vote,
        };
        let ban = ban.instruction(BanInstructionArgs { index, banned });
        let held = candidate.seat.held;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, CandidateFlagged) else { return Rows::new() };
            let say = |flags: &u64| if flags & u64::from(BANNED) != 0 { "yes" } else { "no" }.to_owned();
            let mut rows = Rows::new();
            rows.extend(change("Banned", &event.flags_before, &event.flags_after, say));
            let (before, after) = (event.target_before, event.target_after);
            rows.extend(change("Target", &before, &after, |target| sol(*target)));
            if banned {
                rows.push(row("Holds", format!("{}, which rebalancing takes away", sol(held))));
                rows.push(row("Its bond", "stays its own: it pays what is due, and can be taken back"));
            } else {
                rows.push(row("Competes again", "from the next allocation on"));
            }
            rows
        };
        let what = if banned { "Ban" } else { "Unban" };
        desk.wallet.order(format!("{what} the candidate {}", self.vote), vec![ban], &rows).await
    }
}

/// Arguments of `sluice admin selection remove`.
#[derive(Args)]
pub struct Remove {
    /// The candidate's vote account
    #[arg(value_parser = address)]
    vote: Address,
    #[command(flatten)]
    office: Office,
}

impl Remove {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let desk = self.office.open(format).await?;
        let (index, candidate) = desk.candidate(&self.vote)?;
        if let Some(reason) = keeps(&desk, candidate) {
            return Err(Refusal::NotRemovable { vote: self.vote, reason }.into());
        }
        desk.must_not_be_allocating()?;
        let config = &desk.selection.config;
        let remove = RemoveAccounts {
            config: desk.config,
            registry: config.registry,
            validator_list: config.validator_list,
            vote: self.vote,
        };
        let remove = remove.instruction(RemoveInstructionArgs { index });
        let count = desk.selection.candidates.len();
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = told!(events, CandidateRemoved) else { return Rows::new() };
            vec![
                row("Place", format!("{}, which {} takes", event.index, event.moved)),
                row("Candidates", format!("{count} → {} of {}", count - 1, desk.selection.capacity)),
            ]
        };
        let title = format!("Take the candidate {} out of the registry", self.vote);
        desk.wallet.order(title, vec![remove], &rows).await
    }
}

/// Why a candidate stays.
fn keeps(desk: &Desk, candidate: &Candidate) -> Option<&'static str> {
    let left = candidate.flags & LEFT != 0;
    let forgotten = candidate.left_epoch.saturating_add(LEFT_EPOCHS) <= desk.selection.epoch;
    if candidate.flags & BANNED != 0 {
        Some("it is banned, and a ban would end by joining again")
    } else if left && !forgotten && candidate.idle < IDLE_EPOCHS {
        Some("it left less than eight epochs ago")
    } else if !left && candidate.idle < IDLE_EPOCHS {
        Some("it has not left, nor stopped earning for ten epochs")
    } else if candidate.bond > 0 || candidate.bond_leaving > 0 {
        Some("it has a bond: its owner takes that back first")
    } else if desk.selection.record(&candidate.vote).is_some() {
        Some("it is in the pool's list still: rebalancing takes it out first, see `sluice crank`")
    } else {
        None
    }
}
