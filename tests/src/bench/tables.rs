//! Transactions as a crank sends them: version 0, accounts looked up in tables, as much in each as a block takes.

use solana_account::Account;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{AddressLookupTableAccount, VersionedMessage, v0};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::{Chain, PoolFixture, Sent, Svm, token};

/// Accounts a transaction may lock.
pub const MAX_LOCKS: usize = 64;
/// Bytes of a transaction that fits a packet.
pub const MAX_BYTES: usize = 1_232;
/// Compute units a transaction may be given.
pub const MAX_COMPUTE_UNITS: u32 = 1_400_000;

/// How many more items than fitted the last time a batch is tried with.
const LOOK_AHEAD: usize = 2;
/// Addresses a table has room for.
const TABLE_SIZE: usize = 256;
/// Bytes before a table's addresses.
const TABLE_HEADER: usize = 56;

/// Address lookup tables, and who pays for the transactions that use them.
pub struct Tables {
    payer: Keypair,
    tables: Vec<AddressLookupTableAccount>,
}

/// A signed transaction and what it takes.
pub struct Draft {
    transaction: VersionedTransaction,
    pub locks: usize,
    pub bytes: usize,
}

impl Draft {
    pub fn fits(&self) -> bool {
        self.locks <= MAX_LOCKS && self.bytes <= MAX_BYTES
    }
}

impl Tables {
    /// A table of what every transaction of a pool names, and of `more`. The pool's payer pays.
    pub fn of_pool(svm: &mut Svm, pool: &PoolFixture, more: &[Address]) -> Self {
        let mut tables = Self { payer: pool.payer.insecure_clone(), tables: Vec::new() };
        let shared = [
            pool.pool,
            pool.reserve,
            pool.list,
            pool.mint,
            pool.treasury,
            pool.escrow,
            token::TOKEN_PROGRAM,
            solana_sdk_ids::stake::ID,
            solana_sdk_ids::stake::config::ID,
            solana_sdk_ids::system_program::ID,
            solana_sdk_ids::sysvar::clock::ID,
            solana_sdk_ids::sysvar::rent::ID,
            solana_sdk_ids::sysvar::stake_history::ID,
        ];
        tables.add(svm, &[&shared, more].concat());
        tables
    }

    /// Tables of what there may be of these validators in a pool: vote account and the three stake accounts.
    pub fn add_validators(&mut self, svm: &mut Svm, pool: &PoolFixture, votes: &[Address]) {
        let addresses: Vec<Address> = votes
            .iter()
            .flat_map(|vote| [*vote, pool.stake(vote), pool.activating(vote), pool.deactivating(vote)])
            .collect();
        self.add(svm, &addresses);
    }

    /// Writes tables of `addresses`, in order. A table holds no money and decides nothing, so it is written as it would
    /// stand on chain: tag u32 (1: a table), deactivation slot u64 (`u64::MAX`: in use), slot u64 and index u8 of the
    /// last extension, authority option, padding; then the addresses.
    fn add(&mut self, svm: &mut Svm, addresses: &[Address]) {
        for chunk in addresses.chunks(TABLE_SIZE) {
            let mut data = [&1u32.to_le_bytes()[..], &u64::MAX.to_le_bytes()].concat();
            data.resize(TABLE_HEADER, 0);
            data.extend(chunk.iter().flat_map(Address::to_bytes));
            let key = crate::keypair(&format!("lookup table {}", self.tables.len())).pubkey();
            let account = Account {
                lamports: svm.rent_exempt(data.len()),
                data,
                owner: solana_sdk_ids::address_lookup_table::ID,
                executable: false,
                rent_epoch: u64::MAX,
            };
            svm.0.set_account(key, account).expect("valid account");
            self.tables.push(AddressLookupTableAccount { key, addresses: chunk.to_vec() });
        }
    }

    pub fn draft(&self, svm: &Svm, instructions: &[Instruction]) -> Draft {
        let blockhash = svm.0.latest_blockhash();
        let message = v0::Message::try_compile(&self.payer.pubkey(), instructions, &self.tables, blockhash)
            .expect("fewer accounts than an index can name");
        let looked_up: usize = message
            .address_table_lookups
            .iter()
            .map(|lookup| lookup.writable_indexes.len() + lookup.readonly_indexes.len())
            .sum();
        let locks = message.account_keys.len() + looked_up;
        let transaction =
            VersionedTransaction::try_new(VersionedMessage::V0(message), &[&self.payer]).expect("signed");
        let bytes = crate::chain_bytes(&transaction);
        Draft { transaction, locks, bytes }
    }

    /// Sends what must fit and succeed.
    #[track_caller]
    pub fn must(&self, svm: &mut Svm, instructions: &[Instruction]) -> Sent {
        let Draft { transaction, locks, bytes } = self.draft(svm, instructions);
        assert!(locks <= MAX_LOCKS, "{locks} locks");
        assert!(bytes <= MAX_BYTES, "{bytes} bytes");
        let result = svm.0.send_transaction(transaction);
        svm.0.expire_blockhash();
        match result {
            Ok(meta) => Sent {
                logs: meta.logs,
                compute_units: meta.compute_units_consumed,
                fee: meta.fee,
                locks,
                bytes,
            },
            Err(failed) => panic!("{:?}\n{}", failed.err, failed.meta.logs.join("\n")),
        }
    }

    /// Sends `items` in order, in as few transactions as their locks, bytes, compute units and calls allow.
    ///
    /// `build` makes the instructions for some of them.
    #[track_caller]
    pub fn send_all<T>(
        &self,
        svm: &mut Svm,
        mut items: &[T],
        build: impl Fn(&[T]) -> Vec<Instruction>,
    ) -> Vec<Sent> {
        let mut sent = Vec::new();
        let mut most = MAX_LOCKS;
        while !items.is_empty() {
            let mut count = items.len().min(most);
            let instructions = loop {
                let instructions = build(&items[..count]);
                let draft = self.draft(svm, &instructions);
                if draft.fits() && svm.0.simulate_transaction(draft.transaction).is_ok() || count == 1 {
                    break instructions;
                }
                count -= 1;
            };
            sent.push(self.must(svm, &instructions));
            items = &items[count..];
            // The next batch is of the same kind: a little more than fitted here is where to start.
            most = count + LOOK_AHEAD;
        }
        sent
    }
}
