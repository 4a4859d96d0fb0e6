//! The three exits side by side: what each pays and when, as the program itself quotes them; and a person's choice.

use std::fmt::Write;

use borsh::BorshDeserialize;
use serde::Serialize;
use sluice_client::{Request, SendError};
use sluice_sdk::json::text;
use sluice_sdk::staking_pool::instructions::*;
use sluice_sdk::staking_pool::types::Quoted;
use solana_address::Address;
use solana_instruction::Instruction;

use super::stake;
use crate::error::Error;
use crate::holder::{Holder, lst, sol, when};
use crate::output::{self, Format};

/// A way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Instant,
    Delayed,
    Stake,
}

/// Why an exit cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    #[error("say how: --instant, --delayed or --stake-account; without --yes they are shown side by side")]
    NotChosen,
    #[error("{vote} is no validator of the pool {pool}")]
    NoSuchValidator { vote: Address, pool: Address },
    #[error("the pool holds no stake that could be taken: choose --instant or --delayed")]
    NoStake,
}

/// What exits pay. Amounts in lamports, but shares.
#[derive(Serialize)]
struct Exits {
    shares: u64,
    /// What the shares are worth at the rate.
    worth: u64,
    instant: Offer,
    delayed: Offer,
    stake_account: Offer,
}

/// What one exit pays, or why it does not.
#[derive(Default, Serialize)]
struct Offer {
    /// What is paid; `null`: the exit is closed.
    pays: Option<u64>,
    fee: u64,
    /// Shares that are burnt, or escrowed.
    shares: u64,
    /// From when on: `null` is at once.
    epoch: Option<u64>,
    /// Validator of the stake.
    #[serde(serialize_with = "maybe")]
    vote: Option<Address>,
    refused: Option<String>,
    #[serde(skip)]
    when: String,
}

fn maybe<S: serde::Serializer>(address: &Option<Address>, serializer: S) -> Result<S::Ok, S::Error> {
    match address {
        Some(address) => text(address, serializer),
        None => serializer.serialize_none(),
    }
}

/// What a view answers, by a simulation that nobody signs.
pub async fn asked<T: BorshDeserialize>(holder: &Holder, view: Instruction) -> Result<T, Error> {
    let wallet = &holder.wallet;
    let simulated = Request::new(vec![view]).simulate(&wallet.rpc, &wallet.address()).await?;
    let answer = simulated.return_data.and_then(|data| T::try_from_slice(&data).ok());
    answer.ok_or_else(|| Error::Silent { host: wallet.rpc.host().to_string() })
}

/// An exit that is closed is an answer; a server that fails is none.
fn closed(error: Error) -> Result<Offer, Error> {
    match error {
        Error::Send(SendError::Refused(_)) | Error::Behind(_) | Error::Choice(_) => {
            Ok(Offer { refused: Some(error.to_string()), ..Offer::default() })
        }
        other => Err(other),
    }
}

impl Exits {
    async fn of(holder: &Holder, shares: u64) -> Result<Self, Error> {
        let (pool, reserve) = (holder.view.address, holder.view.pool.reserve);
        let pace = holder.wallet.rpc.pace().await?;
        let offer = |quoted: Quoted, epoch: Option<u64>| Offer {
            pays: Some(quoted.out),
            fee: quoted.fee,
            shares,
            epoch,
            when: epoch.map_or("at once".into(), |epoch| when(&pace, epoch)),
            ..Offer::default()
        };
        let quote = QuoteWithdrawSol { pool, reserve };
        let instant = asked(holder, quote.instruction(QuoteWithdrawSolInstructionArgs { shares })).await;
        let quote = QuoteOrderUnstake { pool, reserve };
        let delayed = asked(holder, quote.instruction(QuoteOrderUnstakeInstructionArgs { shares })).await;
        let found = stake::find(holder, shares, None).await.map(|found| Offer {
            pays: Some(found.quoted.out),
            fee: found.quoted.fee,
            shares: found.quoted.shares,
            vote: Some(found.vote),
            when: format!("at once, delegated to {}", found.vote),
            ..Offer::default()
        });
        Ok(Self {
            shares,
            worth: holder.view.worth(shares),
            instant: instant.map(|quoted| offer(quoted, None)).or_else(closed)?,
            delayed: delayed.map(|quoted| offer(quoted, Some(pace.epoch + 1))).or_else(closed)?,
            stake_account: found.or_else(closed)?,
        })
    }
}

const WAYS: [(Exit, &str, &str); 3] = [
    (Exit::Instant, "--instant", "SOL"),
    (Exit::Delayed, "--delayed", "SOL by a ticket"),
    (Exit::Stake, "--stake-account", "a stake account"),
];

fn table(exits: &Exits) -> String {
    let mut text = format!("{} can leave in three ways:\n", lst(exits.shares));
    let offers = [&exits.instant, &exits.delayed, &exits.stake_account];
    for ((place, (_, flag, what)), offer) in WAYS.iter().enumerate().zip(offers) {
        let said = match (offer.pays, &offer.refused) {
            (Some(pays), _) => {
                let fee = match offer.fee {
                    0 => "no fee".into(),
                    fee => format!("{} less than it is worth", sol(fee)),
                };
                format!("{}, {fee}; {}", sol(pays), offer.when)
            }
            (None, Some(refused)) => format!("closed: {refused}"),
            (None, None) => "closed".into(),
        };
        let _ = writeln!(text, "  {}  {flag:<15}  {what:<15}  {said}", place + 1);
    }
    text
}

/// Shows the exits, and on a terminal asks which. `None`: that was all.
pub async fn choose(holder: &Holder, shares: u64, format: Format) -> Result<Option<Exit>, Error> {
    if holder.wallet.is_settled() {
        return Err(ChoiceError::NotChosen.into());
    }
    let exits = Exits::of(holder, shares).await?;
    if format == Format::Json || !holder.wallet.can_ask() {
        output::print(format, &exits, |exits| table(exits) + "Take one by its flag.\n")?;
        return Ok(None);
    }
    eprint!("{}", table(&exits));
    let answer = holder.wallet.ask("Which? [1/2/3] ")?;
    let chosen = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let (exit, ..) = chosen.and_then(|place| WAYS.get(place)).ok_or(Error::Declined)?;
    Ok(Some(*exit))
}
