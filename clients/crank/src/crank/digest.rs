//! What became of batches, and what is concluded from it.

use std::collections::HashMap;

use solana_address::Address;
use solana_transaction_error::TransactionError;

use super::Crank;
use crate::job::Kind;
use crate::pack::Batch;
use crate::send::{Outcome, failed_item, is_for_want_of_funds};
use crate::tables::Tables;

impl Crank {
    /// Takes note of what became of a batch; true if something has changed, or is known now.
    pub(super) fn digest(&mut self, batch: &Batch, outcome: Outcome, unit_price: u64) -> bool {
        let kind = batch.kind;
        self.metrics.transaction(&self.name, kind, outcome.name());
        let spent = self.report.stages.entry(kind).or_default();
        let note = |counts: &mut HashMap<(Kind, Address), u32>| {
            for item in &batch.items {
                *counts.entry((kind, item.of)).or_default() += 1;
            }
        };
        let (pool, stage, items) = (&self.name, kind.name(), batch.items.len());
        let reason = outcome.reason(&self.me);
        for item in &batch.items {
            self.memory.reasons.insert((kind, item.of), reason.clone());
        }
        // It is this operator's turn again when the others had theirs.
        self.memory.seen.remove(&batch.key);
        match outcome {
            Outcome::Landed { slot, units, fee } => {
                tracing::info!(%pool, stage, items, slot, units, fee, bytes = batch.bytes, locks = batch.locks, "landed");
                spent.landed += 1;
                spent.items += items;
                spent.units += units;
                spent.fees += fee;
                self.cluster.saw(slot);
                self.costs.used(kind, batch.units, units);
                self.metrics.paid(pool, fee);
                note(&mut self.memory.landed);
                if !kind.is_of_every_epoch() {
                    self.reader.look_again();
                }
                true
            }
            Outcome::Idle => {
                tracing::debug!(%pool, stage, items, "done by others");
                spent.idle += 1;
                note(&mut self.memory.landed);
                false
            }
            Outcome::TooMuch => {
                tracing::info!(%pool, stage, items, "too much for one transaction");
                spent.refused += 1;
                self.costs.too_many(kind, items);
                if items == 1 {
                    note(&mut self.memory.refused);
                }
                items > 1
            }
            Outcome::Refused { error, .. } => {
                tracing::info!(%pool, stage, items, %reason, "refused");
                spent.refused += 1;
                self.refusal(batch, &error, unit_price);
                false
            }
            Outcome::Failed { error, fee } => {
                tracing::warn!(%pool, stage, items, %error, fee, "failed on chain");
                spent.failed += 1;
                spent.fees += fee;
                self.metrics.paid(pool, fee);
                self.refusal(batch, &error, unit_price);
                false
            }
            Outcome::Expired => {
                tracing::info!(%pool, stage, items, "expired");
                // It may have landed all the same.
                self.reader.look_again();
                false
            }
            Outcome::Unanswered(fault) => {
                tracing::warn!(%pool, stage, items, %fault, "no answer");
                self.reader.look_again();
                false
            }
        }
    }

    /// Something was refused: mostly because somebody else was faster, which the next reading shows.
    fn refusal(&mut self, batch: &Batch, error: &TransactionError, unit_price: u64) {
        // Of a purse that is empty the items know nothing.
        if is_for_want_of_funds(error) {
            return;
        }
        let only = if batch.kind.is_whole() { failed_item(error, unit_price) } else { None };
        let mut count = 0;
        for (at, item) in batch.items.iter().enumerate() {
            if only.is_none_or(|only| only == at) {
                let refused = self.memory.refused.entry((batch.kind, item.of)).or_default();
                *refused += 1;
                count = count.max(*refused);
            }
        }
        // The one that spoils a batch is found by halving it, before all of it is left alone.
        if only.is_none() && batch.items.len() > 1 && count >= 2 {
            self.costs.too_many(batch.kind, batch.items.len());
            for item in &batch.items {
                self.memory.refused.remove(&(batch.kind, item.of));
            }
        }
        // A table that was used may be gone.
        if !batch.tables.is_empty()
            && matches!(
                error,
                TransactionError::AddressLookupTableNotFound
                    | TransactionError::InvalidAddressLookupTableData
                    | TransactionError::InvalidAddressLookupTableIndex
            )
        {
            self.tables = Tables::default();
            self.memory.tables_tried = false;
        }
    }
}
