//! Everything that looks random and is not: keys, block hashes, jitter, all functions of the seed.
//! Nothing here may be used outside a localnet.

use {solana_hash::Hash, solana_keypair::Keypair, solana_sha256_hasher::hashv};

/// The hash of a purpose and its parts under the seed.
pub(crate) fn hash(seed: u64, purpose: &str, parts: &[&[u8]]) -> Hash {
    let seed = seed.to_le_bytes();
    let mut all: Vec<&[u8]> = vec![b"sluice-localnet", &seed, purpose.as_bytes()];
    all.extend_from_slice(parts);
    hashv(&all)
}

/// The key of a role.
pub(crate) fn keypair(seed: u64, role: &str, name: &str) -> Keypair {
    Keypair::new_from_array(hash(seed, role, &[name.as_bytes()]).to_bytes())
}

/// A small generator (splitmix64): enough for scripts, useless for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator of its own for each purpose, so that adding a draw in one place changes no other.
    pub(crate) fn of(hash: Hash) -> Self {
        let mut first = [0; 8];
        first.copy_from_slice(&hash.to_bytes()[..8]);
        Self(u64::from_le_bytes(first))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
