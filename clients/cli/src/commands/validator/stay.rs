//! `sluice validator leave` and `confirm-identity`: whether a candidate competes.

use clap::Args;
use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::instructions::{
    ConfirmIdentity as Confirm, ConfirmIdentityInstructionArgs, Leave as LeaveAccounts, LeaveInstructionArgs,
};
use sluice_sdk::validator_selection::types::CandidateFlagged;
use solana_address::Address;

use super::contest::{Authority, Contest, speaker};
use crate::act::{Acting, Action, Rows};
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::sol;
use crate::output::Format;

/// Arguments of `sluice validator leave`.
#[derive(Args)]
pub struct Leave {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    /// Come back, in place of leaving
    #[arg(long)]
    back: bool,
    #[command(flatten)]
    authority: Authority,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// Arguments of `sluice validator confirm-identity`.
#[derive(Args)]
pub struct ConfirmIdentity {
    /// The validator's vote account; anyone may confirm
    #[arg(value_parser = address)]
    vote: Address,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Leave {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (index, candidate) = contest.place(&self.vote).await?;
        let key = self.authority.key()?;
        let authority = speaker(key.as_ref(), wallet);
        let (config, registry, leaving) = (contest.config, selection.config.registry, !self.back);
        let leave = LeaveAccounts { config, registry, vote: self.vote, authority };
        let request = Request::new(vec![leave.instruction(LeaveInstructionArgs { index, leaving })]);
        let held = sol(candidate.seat.held);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(flagged) else { return Rows::new() };
            let target =
                ("Target", format!("{}, {} until now", sol(event.target_after), sol(event.target_before)));
            let then = if leaving {
                format!(
                    "the {held} you hold leave with the next moves, as far as an epoch's limit goes; your bond stays yours"
                )
            } else {
                "you compete from the next allocation on".into()
            };
            [target, ("Then", then)].map(|(label, value)| (label.into(), value)).into()
        };
        let title = if leaving {
            format!("Leave with {}", self.vote)
        } else {
            format!("Come back with {}", self.vote)
        };
        wallet.act(Action { title, request, signers: key.iter().collect(), rows: &rows }).await?;
        Ok(())
    }
}

impl ConfirmIdentity {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let (index, _) = contest.place(&self.vote).await?;
        let (config, registry) = (contest.config, contest.selection.config.registry);
        let confirm = Confirm { config, registry, vote: self.vote };
        let request = Request::new(vec![confirm.instruction(ConfirmIdentityInstructionArgs { index })]);
        let rows = |_: &[Event]| -> Rows {
            vec![(
                "Then".into(),
                "it competes again from the next allocation on: no other candidate has its identity".into(),
            )]
        };
        let title = format!("Confirm the identity of {}", self.vote);
        contest.wallet.act(Action { title, request, signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }
}

fn flagged(event: &Event) -> Option<CandidateFlagged> {
    match event {
        Event::ValidatorSelection(ValidatorSelectionEvent::CandidateFlagged(event)) => Some(event.clone()),
        _ => None,
    }
}
