//! `sluice validator bond`: LST that stands for a validator's stake, added and taken back.

use clap::{Args, Subcommand};
use sluice_client::Request;
use sluice_client::selection::NEVER;
use sluice_sdk::Event;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::instructions::*;
use sluice_sdk::validator_selection::types::{BondChanged, Candidate};
use solana_address::Address;

use super::contest::{Authority, Contest, speaker};
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, DECIMALS, amount};
use crate::cluster::{PoolChoice, address};
use crate::error::Error;
use crate::holder::{lst, when};
use crate::output::Format;
use crate::purse::{Purse, Source};

/// Arguments of `sluice validator bond`.
#[derive(Args)]
pub struct Bond {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add LST to a bond, from any wallet; it becomes the vote account's withdrawer's to take back
    Fund(Fund),
    /// Give notice that a part of a bond is wanted back
    Withdraw(Withdraw),
    /// Have paid what notice was given of
    Claim(Claim),
}

#[derive(Args)]
struct Fund {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    /// How much to add, or all
    #[arg(value_name = "LST", value_parser = amount)]
    amount: Amount,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
struct Withdraw {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    /// How much of the bond, or all
    #[arg(value_name = "LST", value_parser = amount)]
    amount: Amount,
    #[command(flatten)]
    authority: Authority,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
struct Claim {
    /// The validator's vote account
    #[arg(value_parser = address)]
    vote: Address,
    #[command(flatten)]
    authority: Authority,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// Why a bond is not taken back.
#[derive(Debug, thiserror::Error)]
pub enum BondError {
    #[error(
        "this bond is {owner}'s, the vote account's authorized withdrawer, and the key is {signer}: name the right one by \
         --authority"
    )]
    NotYours { owner: Address, signer: Address },
    #[error(
        "nothing of this bond waits to be claimed: give notice by `sluice validator bond withdraw` first"
    )]
    NoNotice,
    #[error("the notice ends with epoch {epoch}: claim then")]
    NoticeRuns { epoch: u64 },
}

impl Bond {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            Command::Fund(fund) => fund.run(format).await,
            Command::Withdraw(withdraw) => withdraw.run(format).await,
            Command::Claim(claim) => claim.run(format).await,
        }
    }
}

/// Refuses a key that the bond is not of.
fn require_owner(candidate: &Candidate, signer: Address) -> Result<(), BondError> {
    let owner = candidate.bond_owner;
    if owner == signer { Ok(()) } else { Err(BondError::NotYours { owner, signer }) }
}

impl Fund {
    async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (index, candidate) = contest.place(&self.vote).await?;
        let spending = contest.lst.spend(self.amount, &self.source)?;
        let fund = FundBond {
            config: contest.config,
            registry: selection.config.registry,
            vote: self.vote,
            payer: wallet.address(),
            payer_lst: spending.account,
            vault: selection.config.vault,
            token_program: selection.config.token_program,
        };
        let shares = spending.amount;
        let request = Request::new(vec![fund.instruction(FundBondInstructionArgs { index, shares })]);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(changed) else { return Rows::new() };
            vec![
                ("Bond".into(), format!("{}, {} until now", lst(event.bond_after), lst(event.bond_before))),
                (
                    "Worth".into(),
                    format!("{}; it counts from the next observation on", contest.worth(event.bond_after)),
                ),
                ("Owner".into(), format!("{}, who may take it back", candidate.bond_owner)),
            ]
        };
        let title = format!("Add {} to the bond of {}", lst(shares), self.vote);
        wallet.act(Action { title, request, signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }
}

impl Withdraw {
    async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (index, candidate) = contest.place(&self.vote).await?;
        let key = self.authority.key()?;
        let owner = speaker(key.as_ref(), wallet);
        require_owner(candidate, owner)?;
        let shares = self.amount.of(candidate.bond, DECIMALS, "LST")?;
        let pace = wallet.rpc.pace().await?;
        let (config, registry) = (contest.config, selection.config.registry);
        let withdraw = WithdrawBond { config, registry, vote: self.vote, owner };
        let request = Request::new(vec![withdraw.instruction(WithdrawBondInstructionArgs { index, shares })]);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(changed) else { return Rows::new() };
            vec![
                ("Bond".into(), format!("{}, {} until now", lst(event.bond_after), lst(event.bond_before))),
                ("Leaving".into(), format!("{}, liable until it is claimed", lst(event.leaving_after))),
                ("When".into(), when(&pace, event.release_epoch)),
                ("Then".into(), format!("sluice validator bond claim {}", event.vote)),
            ]
        };
        let title = format!("Give notice of {} of the bond of {}", lst(shares), self.vote);
        wallet.act(Action { title, request, signers: key.iter().collect(), rows: &rows }).await?;
        Ok(())
    }
}

impl Claim {
    async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (index, candidate) = contest.place(&self.vote).await?;
        let key = self.authority.key()?;
        let owner = speaker(key.as_ref(), wallet);
        require_owner(candidate, owner)?;
        if candidate.bond_leaving == 0 {
            return Err(BondError::NoNotice.into());
        }
        if candidate.release_epoch != NEVER && candidate.release_epoch > selection.epoch {
            return Err(BondError::NoticeRuns { epoch: candidate.release_epoch }.into());
        }
        let config = &selection.config;
        let purse = Purse::read(&wallet.rpc, &owner, &config.lst_mint, &config.token_program, "LST").await?;
        let arrival = purse.arrival_paid_by(&wallet.rpc, &wallet.address()).await?;
        let claim = ClaimBond {
            config: contest.config,
            registry: config.registry,
            validator_list: config.validator_list,
            vote: self.vote,
            owner,
            destination: arrival.account,
            vault: config.vault,
            token_program: config.token_program,
        };
        let claim = claim.instruction(ClaimBondInstructionArgs { index });
        let request = Request::new(arrival.create.iter().cloned().chain([claim]).collect());
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(changed) else { return Rows::new() };
            let paid = lst(event.leaving_before.saturating_sub(event.leaving_after));
            let mut rows = vec![
                ("Pays".into(), format!("{paid} to {owner}, in its account {}", arrival.account)),
                ("Bond".into(), format!("{} stay", lst(event.bond_after))),
            ];
            rows.extend(arrival.rows());
            rows
        };
        let title = format!("Claim what leaves the bond of {}", self.vote);
        wallet.act(Action { title, request, signers: key.iter().collect(), rows: &rows }).await?;
        Ok(())
    }
}

fn changed(event: &Event) -> Option<BondChanged> {
    match event {
        Event::ValidatorSelection(ValidatorSelectionEvent::BondChanged(event)) => Some(event.clone()),
        _ => None,
    }
}
