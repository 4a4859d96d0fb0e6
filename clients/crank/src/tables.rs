//! Lookup tables: an operator's own and the others', found on chain by what their first address is.
//!
//! A table decides nothing and holds no money but its rent, so one is as good as another's: each table of a pool begins with
//! the pool's address, anybody's is used while it stands, and only what is in none of them is written into a new one.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use sluice_client::Account;
use solana_address::Address;
use solana_address_lookup_table_interface::instruction as table;
use solana_address_lookup_table_interface::state::{
    AddressLookupTable, LOOKUP_TABLE_MAX_ADDRESSES, LOOKUP_TABLE_META_SIZE,
};
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;

use crate::cluster::{Cluster, Fault};
use crate::job::Desk;
use crate::snapshot::Snapshot;

/// Addresses that fit the transaction that creates a table, and one that extends it.
const ADDRESSES_AT_FIRST: usize = 22;
const ADDRESSES_PER_EXTENSION: usize = 28;
/// How many addresses must be in no table before somebody pays for writing them.
pub const WORTH_WRITING: usize = 16;
/// How long a table that was deactivated stands, in slots: as long as the chain remembers slot hashes, and a margin.
const COOL_DOWN: u64 = 520;

/// One table.
#[derive(Clone, Debug)]
pub struct Table {
    pub key: Address,
    pub authority: Option<Address>,
    pub addresses: Vec<Address>,
    /// How many of them can be used in the next slot.
    pub usable: usize,
    /// The slot it was deactivated in.
    pub retired: Option<u64>,
}

/// All tables of a pool.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    pub list: Vec<Table>,
    at: HashMap<Address, Vec<usize>>,
}

impl Tables {
    /// Of accounts of the lookup table program, as of `slot`; what is no table is left out.
    pub fn parse(found: &[(Address, Account)], slot: u64) -> Self {
        let parse = |(key, account): &(Address, Account)| {
            let table = AddressLookupTable::deserialize(&account.data).ok()?;
            let addresses = match table.addresses {
                Cow::Borrowed(addresses) => addresses.to_vec(),
                Cow::Owned(addresses) => addresses,
            };
            let usable = if slot > table.meta.last_extended_slot {
                addresses.len()
            } else {
                usize::from(table.meta.last_extended_slot_start_index)
            };
            let retired = Some(table.meta.deactivation_slot).filter(|slot| *slot != u64::MAX);
            Some(Table { key: *key, authority: table.meta.authority, addresses, usable, retired })
        };
        let mut list: Vec<Table> = found.iter().filter_map(parse).collect();
        list.sort_unstable_by_key(|table| table.key);
        Self::new(list)
    }

    pub fn new(list: Vec<Table>) -> Self {
        let mut at: HashMap<Address, Vec<usize>> = HashMap::new();
        for (index, table) in list.iter().enumerate().filter(|(_, table)| table.retired.is_none()) {
            for address in &table.addresses[..table.usable] {
                at.entry(*address).or_default().push(index);
            }
        }
        Self { list, at }
    }

    /// Reads the pool's tables.
    pub async fn find(cluster: &Cluster, pool: &Address) -> Result<Self, Fault> {
        let program = solana_sdk_ids::address_lookup_table::ID;
        let filters = [(0, &1u32.to_le_bytes()[..]), (LOOKUP_TABLE_META_SIZE, pool.as_ref())];
        let found = cluster.program_accounts(&program, &filters).await?;
        Ok(Self::parse(&found, cluster.newest_slot()))
    }

    /// How many tables can be used.
    pub fn in_use(&self) -> usize {
        self.list.iter().filter(|table| table.retired.is_none() && table.usable > 0).count()
    }

    /// The tables that make a transaction shorter: each holds two of its accounts at least that no other chosen one does.
    pub fn choose(&self, instructions: &[Instruction]) -> Vec<AddressLookupTableAccount> {
        let programs: HashSet<Address> =
            instructions.iter().map(|instruction| instruction.program_id).collect();
        let metas = instructions.iter().flat_map(|instruction| &instruction.accounts);
        let mut wanted: HashSet<Address> =
            metas.filter(|meta| !meta.is_signer).map(|meta| meta.pubkey).collect();
        wanted.retain(|address| !programs.contains(address));
        let mut chosen = Vec::new();
        loop {
            let mut counts: HashMap<usize, usize> = HashMap::new();
            for index in wanted.iter().filter_map(|address| self.at.get(address)).flatten() {
                *counts.entry(*index).or_default() += 1;
            }
            let best = counts.into_iter().max_by_key(|(index, count)| (*count, std::cmp::Reverse(*index)));
            let Some((index, _)) = best.filter(|(_, count)| *count >= 2) else { return chosen };
            let table = &self.list[index];
            let addresses = table.addresses[..table.usable].to_vec();
            addresses.iter().for_each(|address| {
                wanted.remove(address);
            });
            chosen.push(AddressLookupTableAccount { key: table.key, addresses });
        }
    }

    /// Those of `needed` that are in no table, whether or not they can be used yet.
    pub fn missing(&self, needed: &[Address]) -> Vec<Address> {
        let written: HashSet<&Address> = self
            .list
            .iter()
            .filter(|table| table.retired.is_none())
            .flat_map(|table| &table.addresses)
            .collect();
        needed.iter().filter(|address| !written.contains(address)).copied().collect()
    }

    /// Whether something was written that can be used only later.
    pub fn is_settling(&self) -> bool {
        self.list.iter().any(|table| table.retired.is_none() && table.usable < table.addresses.len())
    }

    /// Instructions that close `me`'s tables, as far as that can be done at `slot`: those that hold nothing that is
    /// needed and not in a table before them, or all of them.
    pub fn close(&self, me: &Address, needed: &[Address], slot: u64, all: bool) -> Vec<Instruction> {
        let mut left: HashSet<&Address> = needed.iter().collect();
        let mut instructions = Vec::new();
        for table in &self.list {
            let mine = table.authority == Some(*me);
            match table.retired {
                Some(retired) if mine && slot > retired.saturating_add(COOL_DOWN) => {
                    instructions.push(table::close_lookup_table(table.key, *me, *me));
                }
                Some(_) => {}
                None => {
                    // The pool's own address is in all of them.
                    let useful =
                        table.addresses.iter().skip(1).filter(|address| left.remove(address)).count();
                    if mine && (useful == 0 || all) {
                        instructions.push(table::deactivate_lookup_table(table.key, *me));
                    }
                }
            }
        }
        instructions
    }

    /// What writes `missing`: first what makes a table, each of which must have landed before the extensions are sent;
    /// then those. `recent` are slots that the chain has hashes of, newest first.
    pub fn grow(&self, me: &Address, pool: &Address, missing: &[Address], recent: &[u64]) -> Growth {
        let mut growth = Growth::default();
        let mut missing = missing;
        let mine = self.list.iter().filter(|table| table.retired.is_none() && table.authority == Some(*me));
        let mut extend = |key: Address, addresses: &[Address]| {
            for part in addresses.chunks(ADDRESSES_PER_EXTENSION) {
                growth.extensions.push(table::extend_lookup_table(key, *me, Some(*me), part.to_vec()));
            }
        };
        for table in mine {
            let room = LOOKUP_TABLE_MAX_ADDRESSES.saturating_sub(table.addresses.len());
            let (now, later) = missing.split_at(room.min(missing.len()));
            extend(table.key, now);
            missing = later;
        }
        let slots = recent.iter().filter(|slot| {
            let (_, key) = table::create_lookup_table(*me, *me, **slot);
            self.list.iter().all(|table| table.key != key)
        });
        for slot in slots {
            if missing.is_empty() {
                break;
            }
            let (create, key) = table::create_lookup_table(*me, *me, *slot);
            let (now, later) = missing.split_at((LOOKUP_TABLE_MAX_ADDRESSES - 1).min(missing.len()));
            let (first, rest) = now.split_at(ADDRESSES_AT_FIRST.min(now.len()));
            let first = [std::slice::from_ref(pool), first].concat();
            let first = table::extend_lookup_table(key, *me, Some(*me), first);
            growth.creations.push(vec![create, first]);
            for part in rest.chunks(ADDRESSES_PER_EXTENSION) {
                growth.extensions.push(table::extend_lookup_table(key, *me, Some(*me), part.to_vec()));
            }
            missing = later;
        }
        growth
    }
}

/// Transactions that write addresses into tables.
#[derive(Clone, Debug, Default)]
pub struct Growth {
    pub creations: Vec<Vec<Instruction>>,
    pub extensions: Vec<Instruction>,
}

/// Every address that belongs into a table: what transactions share, then the vote accounts in the registry's order, then
/// the canonical stake accounts in the list's, so that a batch finds what it needs in one or two tables.
pub fn needed(snapshot: &Snapshot, desk: &Desk) -> Vec<Address> {
    let votes = snapshot.selection.iter().flat_map(|selecting| &selecting.candidates);
    let votes = votes.map(|candidate| candidate.vote);
    let held = snapshot.records.iter().filter(|record| record.stake_state != 0);
    let stakes = held.map(|record| {
        let [stake, ..] = snapshot.stake_addresses(&record.vote);
        stake
    });
    // The first address of a table says whose it is, and is looked up like the others.
    let shared = desk.shared().into_iter().filter(|address| *address != desk.pool);
    shared.chain(votes).chain(stakes).collect()
}

/// Slots that the chain has hashes of, newest first: what a new table's address is made of.
pub async fn recent_slots(cluster: &Cluster) -> Result<Vec<u64>, Fault> {
    let hashes = solana_sdk_ids::sysvar::slot_hashes::ID;
    let found = cluster.accounts(&[hashes]).await?.1.pop().flatten();
    let data = found.map(|account| account.data).unwrap_or_default();
    // A count, then slots and their hashes.
    let entries = data.get(8..).unwrap_or_default().chunks_exact(40);
    let count = data.first_chunk().map_or(0, |count| u64::from_le_bytes(*count));
    let slots = entries.filter_map(|entry| Some(u64::from_le_bytes(*entry.first_chunk()?)));
    Ok(slots.take(usize::try_from(count).unwrap_or(0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::address;
    use solana_instruction::AccountMeta;

    fn table(key: usize, authority: usize, addresses: std::ops::Range<usize>) -> Table {
        let addresses: Vec<Address> = [address(1)].into_iter().chain(addresses.map(address)).collect();
        let usable = addresses.len();
        Table { key: address(key), authority: Some(address(authority)), addresses, usable, retired: None }
    }

    fn naming(addresses: std::ops::Range<usize>) -> Instruction {
        let accounts = addresses.map(|of| AccountMeta::new(address(of), false)).collect();
        Instruction { program_id: address(999), accounts, data: Vec::new() }
    }

    #[test]
    fn the_fewest_tables_are_chosen_and_none_for_a_single_account() {
        let tables = Tables::new(vec![table(100, 1, 10..20), table(101, 1, 15..40), table(102, 2, 39..60)]);
        let keys = |range| tables.choose(&[naming(range)]).iter().map(|table| table.key).collect::<Vec<_>>();
        assert_eq!(keys(15..35), [address(101)]);
        assert_eq!(keys(10..30), [address(101), address(100)]);
        assert_eq!(keys(38..41), [address(101)], "the third is worth less than naming its table");
        assert!(keys(10..11).is_empty());
    }

    #[test]
    fn what_anybody_has_written_is_not_written_again() {
        let tables = Tables::new(vec![table(100, 7, 10..20)]);
        let needed: Vec<Address> = (10..30).map(address).collect();
        assert_eq!(tables.missing(&needed), (20..30).map(address).collect::<Vec<_>>());
    }

    #[test]
    fn a_table_is_extended_to_its_end_and_then_another_is_made() {
        let mine = Tables::new(vec![table(100, 5, 10..250)]);
        let missing: Vec<Address> = (300..400).map(address).collect();
        let growth = mine.grow(&address(5), &address(1), &missing, &[77, 76]);
        assert_eq!(growth.creations.len(), 1);
        // 15 into the first table; of 85, 22 with the second's creation, and 28, 28, 7 after it.
        assert_eq!(growth.extensions.len(), 1 + 3);
        let strangers = mine.grow(&address(6), &address(1), &missing, &[77, 76]);
        assert_eq!((strangers.creations.len(), strangers.extensions.len()), (1, 3));
        let many: Vec<Address> = (300..900).map(address).collect();
        assert_eq!(strangers_of(&mine, &many, &[77, 76, 75]), 3);
        assert_eq!(strangers_of(&mine, &many, &[77]), 1, "as many as there are slots to found them on");
    }

    fn strangers_of(tables: &Tables, missing: &[Address], recent: &[u64]) -> usize {
        tables.grow(&address(6), &address(1), missing, recent).creations.len()
    }

    #[test]
    fn what_was_written_in_this_slot_is_used_from_the_next_on() {
        use solana_address_lookup_table_interface::state::{LookupTableMeta, ProgramState};
        let meta = LookupTableMeta {
            last_extended_slot: 50,
            last_extended_slot_start_index: 1,
            authority: Some(address(5)),
            ..LookupTableMeta::default()
        };
        let mut data = vec![0; LOOKUP_TABLE_META_SIZE];
        let state = bincode::serialize(&ProgramState::LookupTable(meta)).unwrap();
        data[..state.len()].copy_from_slice(&state);
        (1..4).for_each(|of| data.extend(address(of).to_bytes()));
        let owner = solana_sdk_ids::address_lookup_table::ID;
        let account = Account { lamports: 1, data, owner, executable: false, rent_epoch: 0 };
        let found = [(address(100), account)];
        let (now, later) = (Tables::parse(&found, 50), Tables::parse(&found, 51));
        assert_eq!((now.list[0].usable, later.list[0].usable), (1, 3));
        assert!(now.is_settling() && !later.is_settling());
        assert!(now.missing(&[address(2)]).is_empty(), "it is written, though it cannot be used yet");
    }

    #[test]
    fn only_ones_own_useless_tables_are_closed_after_they_have_cooled_down() {
        let mut list = vec![table(100, 5, 10..20), table(101, 5, 12..18), table(102, 6, 12..18)];
        let needed: Vec<Address> = (10..20).map(address).collect();
        let close = |list: &[Table], slot, all| {
            Tables::new(list.to_vec()).close(&address(5), &needed, slot, all).len()
        };
        assert_eq!(close(&list, 10, false), 1);
        assert_eq!(close(&list, 10, true), 2);
        list[1].retired = Some(10);
        assert_eq!(close(&list, 400, false), 0, "it cools down");
        assert_eq!(close(&list, 531, false), 1);
    }
}
