//! `sluice validator bid`: what a validator offers for stake.

use clap::Args;
use sluice_client::Request;
use sluice_money::Lamports;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::instructions::{SetBid, SetBidInstructionArgs};
use sluice_sdk::validator_selection::types::BidSet;
use sluice_selection_math::{Bid as Offer, bond_for, due};
use solana_address::Address;

use super::contest::{Authority, Contest, speaker};
use crate::act::{Acting, Action, Rows};
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::sol;
use crate::numbers::count;
use crate::output::Format;

/// Arguments of `sluice validator bid`.
#[derive(Args)]
pub struct Bid {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    /// Lamports per SOL of stake and epoch, a million at most; 0: none
    #[arg(value_name = "LAMPORTS", value_parser = clap::value_parser!(u32).range(0..=i64::from(Offer::MAX.0)))]
    bid: u32,
    #[command(flatten)]
    authority: Authority,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

impl Bid {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (index, candidate) = contest.place(&self.vote).await?;
        let key = self.authority.key()?;
        let authority = speaker(key.as_ref(), wallet);
        let (config, registry) = (contest.config, selection.config.registry);
        let set = SetBid { config, registry, vote: self.vote, authority };
        let request = Request::new(vec![set.instruction(SetBidInstructionArgs { index, bid: self.bid })]);
        let params = &selection.config.params;
        let least = sluice_money::Bps::saturating(params.min_bond_bps);
        let bond = bond_for(Lamports(selection.config.cap), least, Offer(self.bid), params.bid_epochs).0;
        let cost = due(Offer(self.bid).yielded(), Lamports(candidate.seat.held)).0;
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(set_to) else { return Rows::new() };
            vec![
                (
                    "Bid".into(),
                    format!(
                        "{}, {} until now, in lamports per SOL and epoch",
                        count(event.after),
                        count(event.before)
                    ),
                ),
                ("Counts".into(), format!("from epoch {} on", selection.epoch + 1)),
                (
                    "Costs".into(),
                    format!(
                        "{} an epoch at most on the {} you hold; what would have been enough is paid, no more",
                        sol(cost),
                        sol(candidate.seat.held)
                    ),
                ),
                (
                    "Bond".into(),
                    format!(
                        "{} stand for all one validator may hold; yours is worth {}",
                        sol(bond),
                        contest.worth(candidate.bond)
                    ),
                ),
            ]
        };
        let title = format!("Bid {} for {}", count(self.bid.into()), self.vote);
        wallet.act(Action { title, request, signers: key.iter().collect(), rows: &rows }).await?;
        Ok(())
    }
}

fn set_to(event: &Event) -> Option<BidSet> {
    match event {
        Event::ValidatorSelection(ValidatorSelectionEvent::BidSet(event)) => Some(event.clone()),
        _ => None,
    }
}
