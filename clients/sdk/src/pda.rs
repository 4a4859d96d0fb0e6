//! Program-derived addresses, with their bumps.
//!
//! Where the IDL carries the seeds the function is generated and only passed on; the others are written here, from the
//! seeds in the `constants.rs` of the program.

/// Addresses of the staking pool.
pub mod staking_pool {
    pub use crate::generated::staking_pool::pdas::*;
    use crate::generated::staking_pool::programs::STAKING_POOL_ID;
    use solana_address::Address;

    /// The canonical stake account of a validator: PDA `["stake", pool, vote]`.
    pub fn find_stake(pool: &Address, vote: &Address) -> (Address, u8) {
        find(b"stake", pool, vote)
    }

    /// The stake account that is activating for a validator: PDA `["activating", pool, vote]`.
    pub fn find_activating_stake(pool: &Address, vote: &Address) -> (Address, u8) {
        find(b"activating", pool, vote)
    }

    /// The stake account that is deactivating for a validator: PDA `["deactivating", pool, vote]`.
    pub fn find_deactivating_stake(pool: &Address, vote: &Address) -> (Address, u8) {
        find(b"deactivating", pool, vote)
    }

    fn find(seed: &[u8], pool: &Address, vote: &Address) -> (Address, u8) {
        Address::find_program_address(&[seed, pool.as_ref(), vote.as_ref()], &STAKING_POOL_ID)
    }
}

/// Addresses of the restaking vault.
pub mod restaking_vault {
    pub use crate::generated::restaking_vault::pdas::*;
    use crate::generated::restaking_vault::programs::RESTAKING_VAULT_ID;
    use solana_address::Address;

    /// A slash request: PDA `["slash", allocation, nonce]`, where the next one takes the allocation's `next_nonce`.
    pub fn find_slash_request(allocation: &Address, nonce: u64) -> (Address, u8) {
        let seeds = [b"slash", allocation.as_ref(), &nonce.to_le_bytes()];
        Address::find_program_address(&seeds, &RESTAKING_VAULT_ID)
    }
}
