//! `sluice direct`: a holder locks LST behind a validator, and takes it back.

use std::fmt::Write;

use clap::{Args, Subcommand};
use serde::Serialize;
use sluice_client::Request;
use sluice_client::selection::{NEVER, Selection};
use sluice_sdk::json::text;
use sluice_sdk::validator_selection::accounts::Direction;
use sluice_sdk::validator_selection::events::ValidatorSelectionEvent;
use sluice_sdk::validator_selection::instructions::*;
use sluice_sdk::validator_selection::pdas::find_config;
use sluice_sdk::validator_selection::types::DirectionChanged;
use sluice_sdk::{AccountData, Event};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::validator::Contest;
use crate::act::{Acting, Action, Rows};
use crate::amount::{Amount, amount};
use crate::cluster::{Owner, PoolChoice, address};
use crate::error::Error;
use crate::holder::{lst, sol, when};
use crate::numbers::bps;
use crate::output::{self, Format};
use crate::purse::Source;

/// Where a direction's account names its selection and its owner.
const CONFIG_AT: usize = 8;
const OWNER_AT: usize = 40;

/// Arguments of `sluice direct`.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Direct {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// All directions of a wallet (the same without a word)
    List(List),
    /// Lock LST behind a validator: as much of the pool's stake goes to it first
    Add(Add),
    /// Take the weight back; the LST can be claimed two epochs later
    Remove(Remove),
    /// Have LST paid whose weight was taken back
    Claim(Claim),
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    pool: PoolChoice,
}

#[derive(Args)]
struct Add {
    /// Vote account of the validator
    #[arg(value_parser = address)]
    vote: Address,
    /// How much to lock, 0.1 at least, or all
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
struct Remove {
    /// A direction of yours, as `sluice direct` lists it
    #[arg(value_parser = address)]
    direction: Address,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

#[derive(Args)]
struct Claim {
    /// A direction of yours that was taken back
    #[arg(value_parser = address)]
    direction: Address,
    #[command(flatten)]
    pool: PoolChoice,
    #[command(flatten)]
    acting: Acting,
}

/// Why a direction cannot be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum DirectError {
    #[error("{direction} belongs to another pool's selection, {config}")]
    OtherPool { direction: Address, config: Address },
    #[error("{direction} belongs to {owner}, and this keypair is {signer}: name its owner's by --keypair")]
    NotYours { direction: Address, owner: Address, signer: Address },
    #[error("{direction} still counts for its validator: take it back by `sluice direct remove` first")]
    Counts { direction: Address },
    #[error("{direction} was taken back already: it can be claimed from epoch {epoch} on")]
    Leaving { direction: Address, epoch: u64 },
}

/// Amounts in base units of LST, and lamports.
#[derive(Serialize)]
struct Line {
    #[serde(serialize_with = "text")]
    direction: Address,
    #[serde(serialize_with = "text")]
    vote: Address,
    shares: u64,
    worth: u64,
    /// From when on it can be claimed; `null`: it counts for the validator.
    release_epoch: Option<u64>,
}

#[derive(Serialize)]
struct Listed {
    #[serde(serialize_with = "text")]
    owner: Address,
    epoch: u64,
    directions: Vec<Line>,
}

impl Direct {
    pub async fn run(&self, format: Format) -> Result<(), Error> {
        match &self.command {
            None => self.list.run(format).await,
            Some(Command::List(list)) => list.run(format).await,
            Some(Command::Add(add)) => add.run(format).await,
            Some(Command::Remove(remove)) => remove.run(format).await,
            Some(Command::Claim(claim)) => claim.run(format).await,
        }
    }
}

impl List {
    async fn run(&self, format: Format) -> Result<(), Error> {
        let (rpc, owner) = self.owner.find()?;
        let selection = Selection::read(&rpc, &self.pool.id()).await?;
        let config = find_config(&selection.pool_address).0;
        let mine = [(CONFIG_AT, config.as_ref()), (OWNER_AT, owner.as_ref())];
        let line = |(direction, found): (Address, Direction)| Line {
            direction,
            vote: found.vote,
            shares: found.shares,
            worth: selection.worth(found.shares),
            release_epoch: (found.release_epoch != NEVER).then_some(found.release_epoch),
        };
        let directions = rpc.all::<Direction>(&mine).await?.into_iter().map(line).collect();
        let listed = Listed { owner, epoch: selection.epoch, directions };
        output::print(format, &listed, |listed| {
            let mut text = String::new();
            for line in &listed.directions {
                let state = match line.release_epoch {
                    None => "counts".into(),
                    Some(epoch) if epoch <= listed.epoch => "can be claimed now".into(),
                    Some(epoch) => format!("can be claimed from epoch {epoch} on"),
                };
                let (direction, vote) = (line.direction.to_string(), line.vote.to_string());
                let _ =
                    writeln!(text, "{direction:<44}  {:>22}  behind {vote:<44}  {state}", lst(line.shares));
            }
            if listed.directions.is_empty() {
                let _ = writeln!(text, "{} directs no stake of this pool.", listed.owner);
            }
            text
        })
    }
}

impl Add {
    async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (index, _) = contest.place(&self.vote).await?;
        let spending = contest.lst.spend(self.amount, &self.source)?;
        let (direction, config) = (Keypair::new(), &selection.config);
        let rent = wallet.rpc.minimum_balance(Direction::SIZE).await?;
        let accounts = DirectStake {
            config: contest.config,
            registry: config.registry,
            vote: self.vote,
            owner: wallet.address(),
            owner_lst: spending.account,
            direction: direction.pubkey(),
            vault: config.vault,
            token_program: config.token_program,
        };
        let shares = spending.amount;
        let request = Request::new(vec![accounts.instruction(DirectStakeInstructionArgs { index, shares })]);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(changed) else { return Rows::new() };
            vec![
                (
                    "You lock".into(),
                    format!(
                        "{}, worth {}; it stays yours and earns as ever",
                        lst(event.shares),
                        contest.worth(event.shares)
                    ),
                ),
                (
                    "Behind".into(),
                    format!("{}, behind which are {} then", event.vote, lst(event.behind_after)),
                ),
                (
                    "Counts".into(),
                    format!(
                        "from its next first observation of an epoch on; all directions share {} of the pool",
                        bps(config.params.directed_bps)
                    ),
                ),
                (
                    "Direction".into(),
                    format!("{}; {} of rent come back with the LST", event.direction, sol(rent)),
                ),
            ]
        };
        let title = format!("Direct {} to {}", lst(shares), self.vote);
        wallet.act(Action { title, request, signers: vec![&direction], rows: &rows }).await?;
        Ok(())
    }
}

/// A direction of the wallet's in this pool's selection.
async fn own(contest: &Contest, address: &Address) -> Result<Direction, Error> {
    let found: Direction = contest.wallet.rpc.get(address).await?;
    let (direction, owner, signer) = (*address, found.owner, contest.wallet.address());
    if found.config != contest.config {
        return Err(DirectError::OtherPool { direction, config: found.config }.into());
    }
    if owner != signer {
        return Err(DirectError::NotYours { direction, owner, signer }.into());
    }
    Ok(found)
}

impl Remove {
    async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (direction, found) = (self.direction, own(&contest, &self.direction).await?);
        if found.release_epoch != NEVER {
            return Err(DirectError::Leaving { direction, epoch: found.release_epoch }.into());
        }
        let pace = wallet.rpc.pace().await?;
        // A candidate that was removed since is nowhere: then any place will do.
        let place = selection.candidates.iter().position(|candidate| candidate.vote == found.vote);
        let index = place.and_then(|place| u32::try_from(place).ok()).unwrap_or(0);
        let (config, registry) = (contest.config, selection.config.registry);
        let remove = UndirectStake { config, registry, direction, owner: wallet.address() };
        let request = Request::new(vec![remove.instruction(UndirectStakeInstructionArgs { index })]);
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(changed) else { return Rows::new() };
            vec![
                ("You free".into(), lst(event.shares)),
                ("Behind".into(), format!("{} stay behind {}", lst(event.behind_after), event.vote)),
                ("When".into(), when(&pace, event.release_epoch)),
                ("Then".into(), format!("sluice direct claim {direction}")),
            ]
        };
        let title = format!("Take {} back from {}", lst(found.shares), found.vote);
        wallet.act(Action { title, request, signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }
}

impl Claim {
    async fn run(&self, format: Format) -> Result<(), Error> {
        let contest = Contest::open(&self.acting, &self.pool, format).await?;
        let Contest { wallet, selection, .. } = &contest;
        let (direction, found) = (self.direction, own(&contest, &self.direction).await?);
        match found.release_epoch {
            NEVER => return Err(DirectError::Counts { direction }.into()),
            epoch if epoch > selection.epoch => return Err(DirectError::Leaving { direction, epoch }.into()),
            _ => {}
        }
        let arrival = contest.lst.arrival(&wallet.rpc).await?;
        let claim = ClaimDirected {
            config: contest.config,
            direction,
            owner: wallet.address(),
            destination: arrival.account,
            vault: selection.config.vault,
            token_program: selection.config.token_program,
        };
        let request = Request::new(arrival.create.iter().cloned().chain([claim.instruction()]).collect());
        let rows = |events: &[Event]| -> Rows {
            let Some(event) = events.iter().find_map(changed) else { return Rows::new() };
            let mut rows =
                vec![("You receive".into(), format!("{}, and the direction's rent", lst(event.shares)))];
            rows.extend(arrival.rows());
            rows
        };
        let title = format!("Claim {}", lst(found.shares));
        wallet.act(Action { title, request, signers: Vec::new(), rows: &rows }).await?;
        Ok(())
    }
}

fn changed(event: &Event) -> Option<DirectionChanged> {
    match event {
        Event::ValidatorSelection(ValidatorSelectionEvent::DirectionChanged(event)) => Some(event.clone()),
        _ => None,
    }
}
