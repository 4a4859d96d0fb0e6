//! Programs of others that ours meet on chain, built from the sources their authors published: see `toolchain/peers`.
//! They are deployed only where a test asks for them.

use sluice_localnet::LocalnetConfig;
use solana_address::Address;

use crate::{Bank, Svm, metadata, program_path, spl_stake_pool};

/// The peers: id and file.
pub fn peers() -> Vec<(Address, std::path::PathBuf)> {
    vec![
        (spl_stake_pool::SPL_STAKE_POOL_ID, program_path("peer_spl_stake_pool")),
        (metadata::TOKEN_METADATA_ID, program_path("peer_token_metadata")),
    ]
}

impl Bank {
    /// A localnet with our programs and the peers deployed.
    pub fn with_peers(config: LocalnetConfig) -> Self {
        let deploy = |config: LocalnetConfig, (id, path)| config.with_program(id, path);
        Self::with_config(peers().into_iter().fold(config, deploy))
    }
}

impl Svm {
    /// LiteSVM with our programs and the peers deployed.
    pub fn with_peers() -> Self {
        let mut this = Self::new();
        for (id, path) in peers() {
            this.0
                .add_program_from_file(id, &path)
                .unwrap_or_else(|error| panic!("{}: {error:?}; run `make build` first", path.display()));
        }
        this
    }
}
