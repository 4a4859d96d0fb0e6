//! What the integration tests, the property suites and the benches share: two chains behind one trait, and one
//! fixture client per program.
//!
//! [`Svm`] is LiteSVM: fast, one account at a time, time set by hand; for refusals, properties and compute units.
//! [`Bank`] is the localnet's real Agave Bank: real rewards, warm-up and cool-down; for every story about money.
//! Nothing here writes a balance that stands for a reward.

pub mod bank;
pub mod bench;
pub mod chain;
pub mod composer;
pub mod faults;
pub mod ledger;
pub mod metadata;
pub mod peers;
pub mod pool;
pub mod refusal;
pub mod replay;
pub mod selection;
pub mod spl_stake_pool;
pub mod svm;
pub mod token;
pub mod token_2022;
pub mod vault;

pub use bank::Bank;
pub use chain::{Chain, Failed, Sent, keypair};
pub use faults::{FaultyProxy, Rates};
pub use peers::peers;
pub use pool::{PoolFixture, PoolOptions};
pub use refusal::{Refusal, refused, substitute, unsigned, untouched};
pub use replay::Replay;
pub use selection::SelectionFixture;
pub use spl_stake_pool::SplStakePool;
pub use svm::Svm;

/// Lamports of one SOL.
pub const SOL: u64 = 1_000_000_000;

/// Where the built programs are.
pub fn program_path(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/deploy/{name}.so"))
}

/// The programs under test: id and file.
pub fn programs() -> Vec<(solana_address::Address, std::path::PathBuf)> {
    sluice_sdk::PROGRAMS.iter().map(|program| (program.id, program_path(program.name))).collect()
}

/// Wire size of a transaction.
pub(crate) fn chain_bytes(transaction: &solana_transaction::versioned::VersionedTransaction) -> usize {
    bincode::serialized_size(transaction).map_or(0, |size| usize::try_from(size).unwrap_or(usize::MAX))
}
