//! A pool's lookup tables: found, written where they lack something, closed where they are of no use.

use std::time::Instant;

use super::{Crank, LONGEST_SETTLING, TABLE_PATIENCE, TABLE_ROUNDS, Turn};
use crate::cluster::Fault;
use crate::error::CrankError;
use crate::job::{Desk, Kind};
use crate::send::{Draft, Outcome};
use crate::snapshot::Snapshot;
use crate::tables::{self, Tables, WORTH_WRITING};
use crate::turns::BatchKey;

impl Crank {
    /// Deactivates this operator's tables, or closes those that were deactivated long enough ago; how many
    /// there are still.
    pub async fn close_tables(&mut self) -> Result<usize, CrankError> {
        let tables = Tables::find(&self.cluster, &self.pool).await?;
        let slot = self.cluster.accounts(&[sluice_client::accounts::CLOCK]).await?.0;
        for instruction in tables.close(&self.me, &[], slot, true) {
            let draft = Draft { kind: Kind::Tables, instructions: vec![instruction], tables: Vec::new() };
            self.send_tables(vec![draft]).await;
        }
        let left = Tables::find(&self.cluster, &self.pool).await?;
        Ok(left.list.iter().filter(|table| table.authority == Some(self.me)).count())
    }

    pub(super) async fn find_tables(&mut self) {
        match Tables::find(&self.cluster, &self.pool).await {
            Ok(found) => {
                self.metrics.tables(&self.name, found.in_use());
                self.tables = found;
            }
            Err(fault) => {
                tracing::warn!(pool = %self.name, %fault, "lookup tables are not found: transactions are larger and more");
                self.memory.tables_tried = true;
            }
        }
    }

    /// Sees to it that there are lookup tables. `Some`: there is something to wait for.
    pub(super) async fn tend_tables(
        &mut self,
        snapshot: &Snapshot,
        desk: &Desk,
    ) -> Result<Option<Turn>, Fault> {
        // Once an epoch before its first batch, and never in the middle of a stage that others are at as well.
        if self.memory.tables_tried || !self.settings.keep_tables {
            return Ok(None);
        }
        let needed = tables::needed(snapshot, desk);
        if self.tables.is_settling() {
            self.find_tables().await;
            // Anybody's table counts, so this must end.
            let since = *self.memory.settling.get_or_insert_with(Instant::now);
            if self.tables.is_settling() && since.elapsed() < LONGEST_SETTLING {
                return Ok(Some(Turn::Wait(self.settings.ask)));
            }
        }
        let missing = self.tables.missing(&needed);
        if missing.len() < WORTH_WRITING {
            self.memory.tables_tried = true;
            let close = self.tables.close(&self.me, &needed, snapshot.clock.slot, false);
            let drafts = close.into_iter().map(|instruction| Draft {
                kind: Kind::Tables,
                instructions: vec![instruction],
                tables: Vec::new(),
            });
            self.send_tables(drafts.collect()).await;
            return Ok(None);
        }
        let key = BatchKey::new(&self.pool, snapshot.clock.epoch, Kind::Tables.name(), &self.pool);
        let seen = *self.memory.seen.entry(key).or_insert_with(Instant::now);
        let turn = self.turns.wait(&self.me, key, self.settings.patience * TABLE_PATIENCE);
        if let Some(left) = turn.checked_sub(seen.elapsed()).filter(|left| !left.is_zero()) {
            self.find_tables().await;
            return Ok(Some(Turn::Wait(left.min(self.settings.tick))));
        }
        // Others may have written something in the meantime.
        self.find_tables().await;
        let missing = self.tables.missing(&needed);
        self.memory.tables_tried = true;
        if missing.len() < WORTH_WRITING {
            return Ok(None);
        }
        self.memory.tables_written += 1;
        let recent = tables::recent_slots(&self.cluster).await?;
        let growth = self.tables.grow(&self.me, &self.pool, &missing, &recent);
        let draft = |instructions| Draft { kind: Kind::Tables, instructions, tables: Vec::new() };
        self.send_tables(growth.creations.into_iter().map(draft).collect()).await;
        self.send_tables(growth.extensions.into_iter().map(|one| draft(vec![one])).collect()).await;
        self.find_tables().await;
        // What was written can be used in the next slot, and what was not is tried again then.
        if self.tables.is_settling() && self.memory.tables_written < TABLE_ROUNDS {
            self.memory.tables_tried = false;
            return Ok(Some(Turn::Wait(self.settings.ask)));
        }
        Ok(None)
    }

    async fn send_tables(&mut self, drafts: Vec<Draft>) {
        if drafts.is_empty() {
            return;
        }
        let outcomes = self.sender.send(&drafts, 0).await;
        let spent = self.report.stages.entry(Kind::Tables).or_default();
        for outcome in outcomes {
            self.metrics.transaction(&self.name, Kind::Tables, outcome.name());
            match outcome {
                Outcome::Landed { slot, units, fee } => {
                    spent.landed += 1;
                    spent.units += units;
                    spent.fees += fee;
                    self.cluster.saw(slot);
                    self.metrics.paid(&self.name, fee);
                }
                Outcome::Failed { error, fee } => {
                    spent.failed += 1;
                    spent.fees += fee;
                    tracing::warn!(pool = %self.name, %error, fee, "a lookup table was not written");
                }
                other => {
                    spent.refused += 1;
                    tracing::warn!(pool = %self.name, outcome = ?other, "a lookup table was not written");
                }
            }
        }
    }
}
