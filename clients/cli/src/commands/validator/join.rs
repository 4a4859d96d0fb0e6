//! `sluice validator join`: a vote account becomes a candidate.

use clap::Args;
use sluice_client::Request;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::instructions::{Join as JoinAccounts, JoinInstructionArgs};
use sluice_sdk::validator_selection::types::CandidateJoined;
use solana_address::Address;

use super::contest::Contest;
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, amount};
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::lst;
use crate::numbers::Yields;
use crate::output::Format;
use crate::purse::{Source, Spending};

/// Arguments of `sluice validator join`.
#[derive(Args)]
pub struct Join {
    /// The validator's vote account; anyone may bring it in
    #[arg(value_parser = address)]
    vote: Address,
    /// The bond, which becomes the vote account's withdrawer's to take back [default: what joining takes]
    #[arg(long, value_name = "LST", value_parser = amount)]
    bond: Option<Amount>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// Why a bond is not enough.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    #[error(
        "joining takes a bond of {0} LST, and there are {1} LST to take it from: `sluice stake` gets more"
    )]
    BondMissing(String, String),
}

impl Join {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (config, least) = (&selection.config, selection.config.params.join_bond);
        let spending = match self.bond {
            Some(amount) => contest.lst.spend(amount, &self.source)?,
            // Nothing is taken of an account that need not be there.
            None if least == 0 => {
                Spending { account: contest.lst.arrival(&wallet.rpc).await?.account, amount: 0 }
            }
            None => contest.lst.spend_units(least, &self.source).map_err(|_| {
                let shown = |shares| crate::amount::exact(shares, crate::amount::DECIMALS);
                JoinError::BondMissing(shown(least), shown(contest.lst.held()))
            })?,
        };
        let join = JoinAccounts {
            config: contest.config,
            registry: config.registry,
            pool: selection.pool_address,
            vote: self.vote,
            payer: wallet.address(),
            payer_lst: spending.account,
            vault: config.vault,
            token_program: config.token_program,
        };
        let request = Request::new(vec![join.instruction(JoinInstructionArgs { bond: spending.amount })]);
        let yields = Yields { epoch_seconds: config.epoch_seconds };
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(joined) else { return Rows::new() };
            let best = selection.candidates.iter().filter(|other| other.seat.score > event.score).count();
            vec![
                (
                    "Bond".into(),
                    format!(
                        "{}, its withdrawer's to take back by `sluice validator bond withdraw`",
                        lst(event.bond)
                    ),
                ),
                (
                    "Score".into(),
                    format!(
                        "{}; {best} of {} have a higher one",
                        yields.of(event.score),
                        selection.candidates.len()
                    ),
                ),
                (
                    "Then".into(),
                    format!(
                        "it competes from the next allocation on: `sluice validator explain {}`",
                        event.vote
                    ),
                ),
            ]
        };
        let title = format!("Bring {} in with a bond of {}", self.vote, lst(spending.amount));
        wallet.act(Action { title, request, signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }
}

fn joined(event: &Event) -> Option<CandidateJoined> {
    match event {
        Event::ValidatorSelection(ValidatorSelectionEvent::CandidateJoined(event)) => Some(event.clone()),
        _ => None,
    }
}
