//! Fees: what was charged is charged again from the rates that were in force, event by event, and the shares that belong to
//! treasury and insurance fund are summed from that.
//!
//! By default from the first slot of the epoch of the pool's last update on: the treasury's waiting shares begin from zero
//! with that update. Over the whole history on demand.

mod pool;
mod rates;
mod tally;
mod vault;

use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use sluice_client::accounts::{ReadError, decode};
use sluice_client::{Account, Rpc};
use sluice_sdk::restaking_vault::accounts::{Operator, Vault};
use sluice_sdk::restaking_vault::events::RestakingVaultEvent;
use sluice_sdk::staking_pool::accounts::Pool;
use sluice_sdk::staking_pool::events::StakingPoolEvent;
use sluice_sdk::{AccountData, Event};
use solana_address::Address;
use solana_epoch_schedule::EpochSchedule;
use solana_signature::Signature;

use crate::history::{Heard, History, REQUESTS, Start, Told};
use crate::report::{Line, Lines, Section};
use crate::{Error, Events, PAUSE, TRIES, Verdict, say_the_same};

const RESERVE_SPACE: usize = 40;

/// How often what does not agree is read again although nothing moves: the history that a server tells may be behind its
/// accounts.
const TRIES_AT_REST: u32 = 3;

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

/// The slots of transactions that have no whole log, in order.
pub struct Silences(Vec<u64>);

impl Silences {
    fn of(told: &[Arc<Told>], is_meant: impl Fn(&Told) -> bool) -> Self {
        let silent = told.iter().filter(|told| told.silence.is_some() && is_meant(told));
        Self(silent.map(|told| told.slot).collect())
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether something up to that slot was not heard.
    pub fn is_before(&self, slot: u64) -> bool {
        self.0.first().is_some_and(|first| *first <= slot)
    }

    /// Whether something from that slot on was not heard.
    pub fn is_since(&self, slot: u64) -> bool {
        self.0.last().is_some_and(|last| *last >= slot)
    }
}

/// What is recorded, as of one slot: the pool, and its vaults.
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

/// What events are put beside.
struct Recount<'a> {
    rpc: &'a Rpc,
    history: History,
    /// The pool, and the vaults.
    addresses: Vec<Address>,
    schedule: EpochSchedule,
    reserve_rent: u64,
    events: Events,
}

/// The fees of a pool and of its vaults.
///
/// Accounts are of one slot, and so are the events that are put beside them: nothing has to stand still. What does not agree is
/// read again before it is called wrong.
pub async fn section(
    rpc: &Rpc,
    pool: &Address,
    vaults: &[Address],
    events: Events,
) -> Result<Section, Error> {
    let recount = Recount {
        rpc,
        history: History::default(),
        addresses: [*pool].into_iter().chain(vaults.iter().copied()).collect(),
        schedule: rpc.said(rpc.client().get_epoch_schedule().await)?,
        reserve_rent: rpc.minimum_balance(RESERVE_SPACE).await?,
        events,
    };
    let mut tries = 0;
    loop {
        let recorded = Recorded::read(rpc, &recount.addresses).await?;
        tries += 1;
        let lines = match recount.lines(&recorded).await {
            Err(Error::History { .. }) if tries < TRIES_AT_REST => {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            lines => lines?,
        };
        let is_wrong = lines.iter().any(|line| line.verdict == Verdict::Wrong);
        let is_over = tries >= TRIES || {
            let now = Recorded::read(rpc, &recount.addresses).await?;
            tries >= TRIES_AT_REST && say_the_same(&recorded.accounts, &now.accounts)
        };
        if !is_wrong || is_over {
            let (title, address) = ("Fees".into(), pool.to_string());
            return Ok(Section { title, address, slot: recorded.slot, lines });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl Recount<'_> {
    /// What is recorded beside what had been told up to its slot. A slot that is not over may have told more since: then
    /// what agrees with a part of it agrees.
    async fn lines(&self, recorded: &Recorded) -> Result<Vec<Line>, Error> {
        let [address, ..] = &self.addresses[..] else { return Ok(Vec::new()) };
        let pool: Pool = recorded.get(0, "pool", address)?;
        let start = match self.events {
            Events::All => Start::Slot(0),
            Events::SinceUpdate => Start::Slot(pool.epoch_start_slot),
        };
        let mut heard =
            self.history.read(self.rpc, &self.addresses, start).await.map_err(Error::without_history)?;
        heard.told.retain(|told| told.slot <= recorded.slot);
        let all = self.beside(recorded, &pool, &heard, start).await?;
        let is_right = |lines: &[Line]| lines.iter().all(|line| line.verdict != Verdict::Wrong);
        if is_right(&all) {
            return Ok(all);
        }
        while heard.told.pop_if(|told| told.slot == recorded.slot).is_some() {
            match self.beside(recorded, &pool, &heard, start).await {
                Ok(part) if is_right(&part) => return Ok(part),
                _ => {}
            }
        }
        Ok(all)
    }

    async fn beside(
        &self,
        recorded: &Recorded,
        pool: &Pool,
        heard: &Heard,
        start: Start,
    ) -> Result<Vec<Line>, Error> {
        let [address, vaults @ ..] = &self.addresses[..] else { return Ok(Vec::new()) };
        let silences = |address: &Address| {
            let name = address.to_string();
            let names = |told: &Told| heard.named.get(&told.signature).is_some_and(|of| of.contains(&name));
            Silences::of(&heard.told, names)
        };
        let of_pool = steps(&heard.told, |event| match event {
            Event::StakingPool(event) if pool::is_of(event, address) => Some::<&StakingPoolEvent>(event),
            _ => None,
        });
        let silent = silences(address);
        if silent.count() == 0 && !pool::is_begun(&of_pool, pool, self.events) {
            return Err(Error::History { reason: "what it has begins too late".into() });
        }
        let book = pool::Book { recorded: pool, reserve_rent: self.reserve_rent, silent };
        let mut all = book.lines(address, &of_pool);

        let epoch_of = |slot: u64| self.schedule.get_epoch(slot);
        for (place, vault_address) in vaults.iter().enumerate() {
            let vault: Vault = recorded.get(place.saturating_add(1), "vault", vault_address)?;
            let of_vault = steps(&heard.told, |event| match event {
                Event::RestakingVault(event) if vault::is_of(event, vault_address) => {
                    Some::<&RestakingVaultEvent>(event)
                }
                _ => None,
            });
            let operators =
                stream::iter(vault::operators(&of_vault)).map(|operator| self.operator(operator, start));
            let operators = operators.buffered(REQUESTS).try_collect().await?;
            let mut lines = Lines::of(format!("vault.{vault_address}.fees"));
            let book = vault::Book { recorded: &vault, operators, silent: silences(vault_address) };
            book.lines(&of_vault, epoch_of, &mut lines);
            all.extend(lines.lines);
        }
        Ok(all)
    }

    async fn operator(&self, operator: Address, start: Start) -> Result<vault::OperatorFee, Error> {
        let account: Operator = self.rpc.get(&operator).await?;
        let own = self.history.read(self.rpc, &[operator], start).await.map_err(Error::without_history)?;
        Ok(vault::OperatorFee::of(operator, &account, &own.told))
    }
}
