//! Fees: what was charged is charged again from the rates that were in force, event by event, and the shares that belong to
//! treasury and insurance fund are summed from that.
//!
//! By default from the pool's last update on, which is where the treasury's waiting shares begin from zero: an epoch of
//! transactions at most. Over the whole history on demand.

mod pool;
mod rates;
mod tally;
mod vault;

use std::sync::Arc;

use sluice_client::accounts::{ReadError, decode};
use sluice_client::{Account, Rpc};
use sluice_sdk::restaking_vault::accounts::{Operator, Vault};
use sluice_sdk::restaking_vault::events::RestakingVaultEvent;
use sluice_sdk::staking_pool::accounts::{Pool, Ticket};
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::{AccountData, Event};
use solana_address::Address;
use solana_signature::Signature;

use crate::history::{History, Start, Told};
use crate::report::{Lines, Section};
use crate::{Error, Events, PAUSE, TRIES, Verdict, say_the_same};

const RESERVE_SPACE: usize = 40;

/// One event, and where it is.
#[derive(Clone, Copy)]
pub struct Step<'a, E> {
    pub signature: Signature,
    pub slot: u64,
    pub event: &'a E,
}

/// The steps of some transactions that `of` finds.
fn steps<E>(told: &[Arc<Told>], of: impl Fn(&Event) -> Option<&E>) -> Vec<Step<'_, E>> {
    let all = told.iter().flat_map(|told| {
        let of = &of;
        told.events.iter().filter_map(move |event| {
            Some(Step { signature: told.signature, slot: told.slot, event: of(event)? })
        })
    });
    all.collect()
}

/// What is recorded, as of one slot.
struct Recorded {
    slot: u64,
    accounts: Vec<Option<Account>>,
}

impl Recorded {
    async fn read(rpc: &Rpc, addresses: &[Address]) -> Result<Self, Error> {
        let (slot, accounts) = rpc.accounts(addresses).await?;
        Ok(Self { slot, accounts })
    }

    fn get<T: AccountData>(&self, place: usize, what: &'static str, address: &Address) -> Result<T, Error> {
        let account = self.accounts.get(place).and_then(Option::as_ref);
        Ok(decode(address, account.ok_or(ReadError::Missing { what, address: *address })?)?)
    }
}

/// The fees of a pool and of its vaults. Read again, like all that takes several requests, until nothing of it changed
/// meanwhile; but what agrees although it moved agrees.
pub async fn section(
    rpc: &Rpc,
    pool: &Address,
    vaults: &[Address],
    events: Events,
) -> Result<Section, Error> {
    let history = History::default();
    let addresses: Vec<_> = [*pool].into_iter().chain(vaults.iter().copied()).collect();
    for _ in 0..TRIES {
        let before = Recorded::read(rpc, &addresses).await?;
        let lines = lines(rpc, &history, &before, &addresses, events).await?;
        let is_wrong = lines.iter().any(|line| line.verdict != Verdict::Right);
        if !is_wrong || say_the_same(&before.accounts, &Recorded::read(rpc, &addresses).await?.accounts) {
            return Ok(Section { title: "Fees".into(), address: pool.to_string(), slot: before.slot, lines });
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::Moves { what: "what the fees are charged from".into() })
}

async fn lines(
    rpc: &Rpc,
    history: &History,
    recorded: &Recorded,
    addresses: &[Address],
    events: Events,
) -> Result<Vec<crate::Line>, Error> {
    let [address, vaults @ ..] = addresses else { return Ok(Vec::new()) };
    let pool: Pool = recorded.get(0, "pool", address)?;
    let start = match events {
        Events::All => Start::Slot(0),
        Events::SinceUpdate => Start::Slot(pool.epoch_start_slot),
    };
    let heard = history.read(rpc, addresses, start).await.map_err(Error::without_history)?;
    let is_unheard = |address: &Address| {
        let name = address.to_string();
        let silent = heard.told.iter().filter(|told| told.silence.is_some());
        silent.filter(|told| heard.named.get(&told.signature).is_some_and(|of| of.contains(&name))).count()
    };

    let tickets = rpc.all::<Ticket>(&[(8, address.as_ref())]).await?;
    let owed = tickets.iter().fold(0u64, |sum, (_, ticket)| sum.saturating_add(ticket.ordered_lamports));
    let book = pool::Book {
        recorded: &pool,
        tickets: owed,
        reserve_rent: rpc.minimum_balance(RESERVE_SPACE).await?,
        unheard: is_unheard(address),
    };
    let of_pool = steps(&heard.told, |event| match event {
        Event::StakingPool(event) if pool::is_of(event, address) => Some::<&StakingPoolEvent>(event),
        _ => None,
    });
    let mut all = book.lines(address, &of_pool);

    let schedule = rpc.said(rpc.client().get_epoch_schedule().await)?;
    let epoch_of = |slot: u64| schedule.get_epoch(slot);
    for (place, vault_address) in vaults.iter().enumerate() {
        let vault: Vault = recorded.get(place.saturating_add(1), "vault", vault_address)?;
        let of_vault = steps(&heard.told, |event| match event {
            Event::RestakingVault(event) if vault::is_of(event, vault_address) => {
                Some::<&RestakingVaultEvent>(event)
            }
            _ => None,
        });
        let mut operators = Vec::new();
        for operator in vault::operators(&of_vault) {
            let account: Operator = rpc.get(&operator).await?;
            let own = history.read(rpc, &[operator], start).await.map_err(Error::without_history)?;
            operators.push(vault::OperatorFee::of(operator, &account, &own.told));
        }
        let mut lines = Lines::of(format!("vault.{vault_address}.fees"));
        let book = vault::Book { recorded: &vault, operators, unheard: is_unheard(vault_address) };
        book.lines(&of_vault, epoch_of, &mut lines);
        all.extend(lines.lines);
    }
    Ok(all)
}
