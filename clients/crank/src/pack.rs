//! Batches: as many items in a transaction as locks, bytes, compute units, calls and the log allow.
//!
//! Pure, and the same for every operator that sees the same chain and the same lookup tables: where an epoch's batches
//! begin is kept, so that what others have done meanwhile only makes them shorter.

use std::collections::{HashMap, HashSet};

use sluice_client::Request;
use sluice_client::send::{MAX_BYTES, MAX_UNITS};
use solana_address::Address;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use crate::costs::{Costs, MAX_CALLS, MAX_CHARGES, MAX_PLANNED};
use crate::job::{Desk, Item, Kind, Part};
use crate::plan::{ANYBODY, Stage};
use crate::tables::Tables;
use crate::turns::BatchKey;

/// Records that one `update_validators` can name.
const MAX_SPAN: u32 = 255;

/// What goes into one transaction.
#[derive(Clone, Debug)]
pub struct Batch {
    pub kind: Kind,
    pub key: BatchKey,
    /// Those that are pending.
    pub items: Vec<Item>,
    pub instructions: Vec<Instruction>,
    pub tables: Vec<AddressLookupTableAccount>,
    /// Compute units of the items as measured once, and as planned after what was learned.
    pub units: u32,
    pub planned: u32,
    pub locks: usize,
    pub bytes: usize,
}

/// Where the batches of an epoch's stages begin.
#[derive(Clone, Debug, Default)]
pub struct Cuts(HashMap<Kind, HashSet<Address>>);

impl Cuts {
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// What batches are made with.
pub struct Packer<'a> {
    pub payer: Address,
    pub desk: &'a Desk,
    pub tables: &'a Tables,
    pub costs: &'a Costs,
    /// Micro-lamports per compute unit.
    pub unit_price: u64,
    /// Accounts a transaction may lock.
    pub max_locks: usize,
}

/// A transaction as it would be.
struct Draft {
    instructions: Vec<Instruction>,
    tables: Vec<AddressLookupTableAccount>,
    locks: usize,
    bytes: usize,
}

impl Packer<'_> {
    /// The batches of a stage, in order.
    pub fn pack(&self, epoch: u64, stage: &Stage, cuts: &mut Cuts) -> Vec<Batch> {
        let known = cuts.0.get(&stage.kind);
        let mut batches = Vec::new();
        let mut items = &stage.items[..];
        while !items.is_empty() {
            let until_cut = known.and_then(|firsts| {
                items.iter().skip(1).position(|item| firsts.contains(&item.of)).map(|at| at + 1)
            });
            let (count, draft) = self.most(stage.kind, &items[..until_cut.unwrap_or(items.len())]);
            let (batch, rest) = items.split_at(count);
            batches.push((batch, draft));
            items = rest;
        }
        if known.is_none() {
            let firsts = batches.iter().filter_map(|(batch, _)| batch.first()).map(|item| item.of).collect();
            cuts.0.insert(stage.kind, firsts);
        }
        let batches = batches.into_iter().filter_map(|(items, draft)| {
            let first = items.first()?.of;
            let pending: Vec<Item> = items.iter().filter(|item| item.pending).cloned().collect();
            let Draft { instructions, tables, locks, bytes } = draft.filter(|_| !pending.is_empty())?;
            let units = pending.iter().map(|item| item.cost.units).fold(0, u32::saturating_add);
            Some(Batch {
                kind: stage.kind,
                key: BatchKey::new(&self.desk.pool, epoch, stage.kind.name(), &first),
                items: pending,
                instructions,
                tables,
                units,
                planned: self.costs.planned(stage.kind, units).min(MAX_UNITS),
                locks,
                bytes,
            })
        });
        batches.collect()
    }

    /// How many of `items`, from the first on, fit a transaction, and that transaction; one at least, which may then be
    /// refused by the chain.
    fn most(&self, kind: Kind, items: &[Item]) -> (usize, Option<Draft>) {
        let mut fits = self.affordable(kind, items);
        let whole = self.draft(kind, &items[..fits]);
        if self.is_small(whole.as_ref()) {
            return (fits, whole);
        }
        // Between one and what does not fit.
        let (mut low, mut found) = (1, None);
        while low < fits {
            let middle = low + (fits - low) / 2;
            let draft = self.draft(kind, &items[..middle]);
            if self.is_small(draft.as_ref()) {
                if middle == low {
                    found = Some((low, draft));
                    break;
                }
                found = Some((middle, draft));
                low = middle;
            } else {
                fits = middle;
            }
            if fits - low <= 1 && found.is_some() {
                break;
            }
        }
        found.unwrap_or_else(|| (1, self.draft(kind, &items[..1])))
    }

    /// How many of `items` compute units, calls and the log allow.
    fn affordable(&self, kind: Kind, items: &[Item]) -> usize {
        let (mut units, mut calls, mut charges, mut count) = (0u32, 0, 0, 0);
        let first = items.first().map_or(0, index);
        for item in items {
            if item.pending {
                units = units.saturating_add(item.cost.units);
                calls += item.cost.calls;
                charges += item.cost.charges;
            }
            let is_too_much = self.costs.planned(kind, units) > MAX_PLANNED
                || calls > MAX_CALLS
                || charges > MAX_CHARGES
                || count >= self.costs.most(kind)
                || (kind == Kind::Update && index(item) - first >= MAX_SPAN);
            if is_too_much {
                break;
            }
            count += 1;
        }
        count.max(1)
    }

    fn is_small(&self, draft: Option<&Draft>) -> bool {
        draft.is_none_or(|draft| draft.locks <= self.max_locks && draft.bytes <= MAX_BYTES)
    }

    /// The transaction of the pending ones of `items`; `None` of none.
    fn draft(&self, kind: Kind, items: &[Item]) -> Option<Draft> {
        if items.iter().all(|item| !item.pending) {
            return None;
        }
        let mut instructions = self.desk.instructions(kind, items);
        for meta in instructions.iter_mut().flat_map(|instruction| &mut instruction.accounts) {
            if meta.pubkey == ANYBODY {
                meta.pubkey = self.payer;
            }
        }
        let tables = self.tables.choose(&instructions);
        let (locks, bytes) = measure(&self.payer, &instructions, &tables, self.unit_price);
        Some(Draft { instructions, tables, locks, bytes })
    }
}

/// Locks and bytes of a transaction signed by `payer` alone; more than fit where it cannot be made at all.
pub fn measure(
    payer: &Address,
    instructions: &[Instruction],
    tables: &[AddressLookupTableAccount],
    unit_price: u64,
) -> (usize, usize) {
    let request = Request::new(instructions.to_vec()).tables(tables).unit_price(unit_price);
    let Ok(message) = request.message(payer, MAX_UNITS, Hash::default()) else {
        return (usize::MAX, usize::MAX);
    };
    let looked_up = message.address_table_lookups().unwrap_or_default();
    let looked_up =
        looked_up.iter().map(|lookup| lookup.writable_indexes.len() + lookup.readonly_indexes.len());
    let locks = message.static_account_keys().len() + looked_up.sum::<usize>();
    let signatures = vec![Signature::default(); usize::from(message.header().num_required_signatures)];
    let transaction = VersionedTransaction { signatures, message };
    let bytes = bincode::serialized_size(&transaction).map_or(usize::MAX, |bytes| bytes as usize);
    (locks, bytes)
}

fn index(item: &Item) -> u32 {
    match item.part {
        Part::Record { index, .. } | Part::Bond(index) => index,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::plan;
    use crate::snapshot::Snapshot;
    use crate::stage::*;
    use crate::tables::{Table, needed};

    /// Tables of all that a pool needs, as they would be written.
    fn tables(snapshot: &Snapshot) -> Tables {
        let needed = needed(snapshot, &desk(snapshot));
        let list = needed.chunks(255).enumerate().map(|(at, part)| {
            let addresses = [&[snapshot.pool_address], part].concat();
            let usable = addresses.len();
            Table { key: address(2_000_000 + at), authority: None, addresses, usable, retired: None }
        });
        Tables::new(list.collect())
    }

    fn pack(snapshot: &Snapshot, tables: &Tables, costs: &Costs, cuts: &mut Cuts) -> Vec<Batch> {
        let desk = desk(snapshot);
        let payer = address(3_000_000);
        let packer = Packer { payer, desk: &desk, tables, costs, unit_price: 1, max_locks: 64 };
        let plan = plan(snapshot);
        packer.pack(plan.epoch, plan.next().unwrap(), cuts)
    }

    fn sizes(batches: &[Batch]) -> Vec<usize> {
        batches.iter().map(|batch| batch.items.len()).collect()
    }

    #[test]
    fn with_tables_55_records_are_updated_and_57_candidates_observed_in_a_transaction() {
        let mut snapshot = snapshot(300);
        let tables = tables(&snapshot);
        let batches = pack(&snapshot, &tables, &Costs::default(), &mut Cuts::default());
        assert_eq!(sizes(&batches), [55, 55, 55, 55, 55, 25]);
        assert_eq!(batches[0].locks, 64);
        assert!(batches.iter().all(|batch| batch.locks <= 64 && batch.bytes <= MAX_BYTES));
        updated(&mut snapshot);
        let batches = pack(&snapshot, &tables, &Costs::default(), &mut Cuts::default());
        assert_eq!(sizes(&batches), [57, 57, 57, 57, 57, 15]);
        assert_eq!(batches[0].locks, 64);
    }

    #[test]
    fn without_tables_bytes_are_the_limit() {
        let snapshot = snapshot(60);
        let batches = pack(&snapshot, &Tables::default(), &Costs::default(), &mut Cuts::default());
        assert!(batches.iter().all(|batch| batch.bytes <= MAX_BYTES));
        assert!(batches[0].bytes + 33 > MAX_BYTES, "one more would not fit: {}", batches[0].bytes);
        assert_eq!(sizes(&batches).iter().sum::<usize>(), 60);
    }

    #[test]
    fn what_others_have_done_makes_batches_shorter_and_moves_none() {
        let mut snapshot = snapshot(120);
        let tables = tables(&snapshot);
        let mut cuts = Cuts::default();
        let all = pack(&snapshot, &tables, &Costs::default(), &mut cuts);
        assert_eq!(sizes(&all), [55, 55, 10]);
        for at in (0..55).chain(60..70) {
            snapshot.records[at].updated_epoch = EPOCH;
        }
        let left = pack(&snapshot, &tables, &Costs::default(), &mut cuts);
        assert_eq!(sizes(&left), [45, 10]);
        let keys = |batches: &[Batch]| batches.iter().map(|batch| batch.key).collect::<Vec<_>>();
        assert_eq!(keys(&left), keys(&all)[1..]);
    }

    #[test]
    fn a_log_holds_forty_charges_and_any_number_of_candidates_without_one() {
        let mut snapshot = finished(300);
        for (at, candidate) in snapshot.selection.as_mut().unwrap().candidates.iter_mut().enumerate() {
            candidate.settled_epoch = EPOCH - 1;
            candidate.earning = SOL;
            candidate.bond = if at < 100 { SOL } else { 0 };
        }
        let batches = pack(&snapshot, &Tables::default(), &Costs::default(), &mut Cuts::default());
        assert_eq!(sizes(&batches), [40, 40, 220]);
    }

    #[test]
    fn moves_are_bound_by_the_calls_that_a_transaction_may_make() {
        let mut snapshot = finished(40);
        snapshot.reserve_lamports = 1_000 * SOL;
        for candidate in &mut snapshot.selection.as_mut().unwrap().candidates {
            (candidate.seat.target, candidate.seat.ideal) = (12 * SOL, 12 * SOL);
        }
        let tables = tables(&snapshot);
        let batches = pack(&snapshot, &tables, &Costs::default(), &mut Cuts::default());
        assert_eq!(sizes(&batches), [12, 12, 12, 4]);
        let mut costs = Costs::default();
        costs.too_many(Kind::Rebalance, 12);
        let batches = pack(&snapshot, &tables, &costs, &mut Cuts::default());
        assert_eq!(sizes(&batches)[..2], [6, 6]);
    }

    #[test]
    fn who_may_be_anybody_is_whoever_pays() {
        let mut snapshot = finished(3);
        snapshot.selection = None;
        snapshot.pool.ticket_lamports = 30 * SOL;
        snapshot.pool.lack_since_epoch = EPOCH - 2;
        let batches = pack(&snapshot, &Tables::default(), &Costs::default(), &mut Cuts::default());
        let authority = &batches[0].instructions[0].accounts[1];
        assert!(authority.is_signer && authority.pubkey == address(3_000_000));
    }
}
