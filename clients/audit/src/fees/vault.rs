//! A vault's fees: the operator's and the vault's, of rewards.

use std::sync::Arc;

use sluice_sdk::Event as AnyEvent;
use sluice_sdk::restaking_vault::accounts::{Operator, Vault};
use sluice_sdk::restaking_vault::events::{RestakingVaultEvent as Event, RewardsPaid};
use solana_address::Address;

use super::rates::part;
use super::tally::Tally;
use super::{Silences, Step, steps};
use crate::history::Told;
use crate::report::{Lines, Unit};

/// Whether an event that fees depend on is of this vault.
pub fn is_of(event: &Event, vault: &Address) -> bool {
    let of = match event {
        Event::VaultInitialized(event) => event.vault,
        Event::VaultFeeSet(event) => event.vault,
        Event::RewardsPaid(event) => event.vault,
        _ => return false,
    };
    of == *vault
}

/// Operators whose work was paid for.
pub fn operators(steps: &[Step<'_, Event>]) -> Vec<Address> {
    let mut found = Vec::new();
    for step in steps {
        if let Event::RewardsPaid(RewardsPaid { operator, .. }) = step.event
            && *operator != Address::default()
            && !found.contains(operator)
        {
            found.push(*operator);
        }
    }
    found
}

/// A fee, and the one that takes its place in `next_epoch`; zero: none does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Scheduled {
    now: u16,
    next: u16,
    next_epoch: u64,
}

impl Scheduled {
    fn at(&self, epoch: u64) -> u16 {
        if self.next_epoch != 0 && epoch >= self.next_epoch { self.next } else { self.now }
    }
}

/// A fee that was set: when, what it had been until then, and what it is from then on.
#[derive(Clone, Copy, Debug)]
struct Change {
    slot: u64,
    before: u16,
    after: Scheduled,
}

/// What a fee was at any time of a history.
#[derive(Debug)]
struct Schedule {
    changes: Vec<Change>,
    /// As it is recorded now.
    now: Scheduled,
    /// Whether the history has all changes there were: the fee begins from zero.
    from_nothing: bool,
}

impl Schedule {
    /// What may have been charged in a slot: more than one fee only where one was set in that slot; none where the history
    /// does not tell.
    fn at(&self, slot: u64, epoch_of: impl Fn(u64) -> u64) -> Vec<u16> {
        let epoch = epoch_of(slot);
        let last = self.changes.iter().rfind(|change| change.slot < slot);
        let first = self.changes.iter().find(|change| change.slot >= slot);
        let before = match (last, first) {
            (Some(last), _) => Some(last.after.at(epoch)),
            (None, _) if self.from_nothing => Some(0),
            // It says what was in force in its own epoch; another may have taken its place since.
            (None, Some(first)) => (epoch_of(first.slot) == epoch).then_some(first.before),
            (None, None) => Some(self.now.at(epoch)),
        };
        let set_now = self.changes.iter().filter(|change| change.slot == slot);
        before.into_iter().chain(set_now.map(|change| change.after.at(epoch))).collect()
    }
}

fn bps(number: u64) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

/// The fee of an operator.
pub struct OperatorFee {
    address: Address,
    schedule: Schedule,
    /// Its own transactions that have no whole log: its fee may have been set by them, before or after.
    is_silent: bool,
}

impl OperatorFee {
    /// Told by the operator's own transactions.
    pub fn of(address: Address, recorded: &Operator, told: &[Arc<Told>]) -> Self {
        let own = steps(told, |event| match event {
            AnyEvent::RestakingVault(event) => Some::<&Event>(event),
            _ => None,
        });
        let mut from_nothing = false;
        let mut changes = Vec::new();
        for step in own {
            match step.event {
                Event::OperatorRegistered(event) if event.operator == address => from_nothing = true,
                Event::OperatorFeeSet(event) if event.operator == address => changes.push(Change {
                    slot: step.slot,
                    before: bps(event.fee_bps_before),
                    after: Scheduled {
                        now: bps(event.fee_bps_after),
                        next: bps(event.next_fee_bps),
                        next_epoch: event.next_fee_epoch,
                    },
                }),
                _ => {}
            }
        }
        let now = Scheduled {
            now: recorded.fee_bps,
            next: recorded.next_fee_bps,
            next_epoch: recorded.next_fee_epoch,
        };
        let is_silent = told.iter().any(|told| told.silence.is_some());
        Self { address, schedule: Schedule { changes, now, from_nothing }, is_silent }
    }
}

/// What is recorded now, after all that is told.
pub struct Book<'a> {
    pub recorded: &'a Vault,
    pub operators: Vec<OperatorFee>,
    pub silent: Silences,
}

impl Book<'_> {
    /// `epoch_of` says in which epoch a slot is.
    pub fn lines(&self, steps: &[Step<'_, Event>], epoch_of: impl Fn(u64) -> u64, lines: &mut Lines) {
        let schedule = self.schedule(steps);
        let (mut to_operators, mut to_vault) = (Tally::default(), Tally::default());
        for step in steps {
            let Event::RewardsPaid(event) = step.event else { continue };
            let charged = |amount: u64, recorded: u64, fees: &[u16]| {
                let all: Vec<_> = fees.iter().map(|fee| part(amount, *fee)).collect();
                all.iter().find(|fee| **fee == recorded).or(all.first()).copied()
            };
            let operator = self.operators.iter().find(|operator| operator.address == event.operator);
            let fees = match operator {
                Some(operator) => operator.schedule.at(step.slot, &epoch_of),
                // Nobody's work in particular.
                None => vec![0],
            };
            let fee = charged(event.amount, event.to_operator, &fees);
            let is_doubtful = operator.is_some_and(|operator| operator.is_silent);
            let fee = fee.as_ref().map(std::slice::from_ref);
            to_operators.add(step.signature, &[event.to_operator], fee, is_doubtful);

            let rest = event.amount.saturating_sub(event.to_operator);
            let fee = charged(rest, event.to_fee_account, &schedule.at(step.slot, &epoch_of));
            // Where there is no account that can receive it, the fee is the holders'.
            let fee = if event.to_fee_account == 0 { Some(0) } else { fee };
            // A change that was not heard counts before and, by what it said it replaced, after.
            let is_doubtful = self.silent.count() > 0;
            to_vault.add(
                step.signature,
                &[event.to_fee_account],
                fee.as_ref().map(std::slice::from_ref),
                is_doubtful,
            );
        }
        let unit = Unit::Tokens(self.recorded.collateral_decimals);
        for (tally, name, what) in [
            (&to_operators, "operators", "operators' fees of rewards"),
            (&to_vault, "vault", "the vault's fees of rewards"),
        ] {
            tally.line(lines, name, what, unit);
        }
    }

    fn schedule(&self, steps: &[Step<'_, Event>]) -> Schedule {
        let changes = steps.iter().filter_map(|step| match step.event {
            Event::VaultFeeSet(event) => Some(Change {
                slot: step.slot,
                before: bps(event.fee_bps_before),
                after: Scheduled {
                    now: bps(event.fee_bps_after),
                    next: bps(event.next_fee_bps),
                    next_epoch: event.next_fee_epoch,
                },
            }),
            _ => None,
        });
        let vault = self.recorded;
        Schedule {
            changes: changes.collect(),
            now: Scheduled { now: vault.fee_bps, next: vault.next_fee_bps, next_epoch: vault.next_fee_epoch },
            from_nothing: steps.iter().any(|step| matches!(step.event, Event::VaultInitialized(_))),
        }
    }
}

#[cfg(test)]
mod tests;
