//! The tree of a distribution: who gets how much, and each one's proof. Hashes are those of the program's own crate.

use serde::{Deserialize, Serialize};
use sluice_vault_math::merkle;
use solana_address::Address;

/// Leaves a distribution may have: the program keeps a bit for each.
pub const MAX_LEAVES: usize = 8_192;

/// Who gets how much, in base units; its index is its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub owner: Address,
    pub amount: u64,
}

/// All shares, hashed up to one root.
pub struct Tree {
    /// From the leaves' hashes to the root's; never empty.
    levels: Vec<Vec<[u8; 32]>>,
}

impl Tree {
    /// `None` without shares.
    pub fn new(distribution: &Address, shares: &[Share]) -> Option<Self> {
        if shares.is_empty() {
            return None;
        }
        let leaf = |(index, share): (u32, &Share)| {
            merkle::leaf(sha256, distribution.as_array(), index, share.owner.as_array(), share.amount)
        };
        let mut levels = vec![(0u32..).zip(shares).map(leaf).collect::<Vec<_>>()];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let above = below.chunks(2).map(|pair| match pair {
                [one, other] => merkle::node(sha256, one, other),
                // An odd one goes up as it is.
                alone => alone[0],
            });
            levels.push(above.collect());
        }
        Some(Self { levels })
    }

    pub fn root(&self) -> [u8; 32] {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or_default()
    }

    /// The siblings on the way from a leaf to the root.
    pub fn proof(&self, index: usize) -> Vec<[u8; 32]> {
        let mut place = index;
        let mut proof = Vec::new();
        for level in &self.levels {
            proof.extend(level.get(place ^ 1));
            place /= 2;
        }
        proof
    }
}

/// SHA-256 of the slices, one after the other.
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    solana_sha256_hasher::hashv(parts).to_bytes()
}

/// One recipient's part of a [`ProofFile`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub index: u32,
    #[serde(with = "text")]
    pub owner: Address,
    /// Base units.
    pub amount: u64,
    /// Hexadecimal, from the bottom up.
    pub proof: Vec<String>,
}

/// What recipients need to claim: published by who makes a distribution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofFile {
    #[serde(with = "text")]
    pub distribution: Address,
    #[serde(with = "text")]
    pub vault: Address,
    #[serde(with = "text")]
    pub mint: Address,
    pub decimals: u8,
    /// Hexadecimal.
    pub root: String,
    /// First epoch too late for a claim.
    pub expiry_epoch: u64,
    pub claims: Vec<Claim>,
}

impl Claim {
    pub fn new(tree: &Tree, index: u32, share: &Share) -> Self {
        let proof = tree.proof(index as usize).iter().map(hex).collect();
        Self { index, owner: share.owner, amount: share.amount, proof }
    }

    /// The proof as the program takes it; `None` where it is no list of hashes.
    pub fn nodes(&self) -> Option<Vec<[u8; 32]>> {
        self.proof.iter().map(|node| from_hex(node)).collect()
    }

    /// The root that this claim leads to in `distribution`.
    pub fn root(&self, distribution: &Address) -> Option<[u8; 32]> {
        let leaf =
            merkle::leaf(sha256, distribution.as_array(), self.index, self.owner.as_array(), self.amount);
        Some(merkle::root(sha256, leaf, &self.nodes()?))
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 64 hexadecimal digits as bytes.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// Addresses as text, both ways.
mod text {
    use super::*;
    use serde::{Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(address)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Address, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom(format!("{text:?} is no address")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISTRIBUTION: Address = Address::new_from_array([4; 32]);

    fn shares(count: u8) -> Vec<Share> {
        let share = |n: u8| Share { owner: Address::new_from_array([n; 32]), amount: u64::from(n) * 10 };
        (1..=count).map(share).collect()
    }

    #[test]
    fn every_proof_leads_to_the_root_and_no_other_share_does() {
        for count in [1, 2, 3, 5, 8, 13] {
            let shares = shares(count);
            let tree = Tree::new(&DISTRIBUTION, &shares).unwrap();
            for (index, share) in (0u32..).zip(&shares) {
                let claim = Claim::new(&tree, index, share);
                assert_eq!(claim.root(&DISTRIBUTION), Some(tree.root()), "{index} of {count}");
                let more = Claim { amount: share.amount + 1, ..claim.clone() };
                assert_ne!(more.root(&DISTRIBUTION), Some(tree.root()));
                assert_ne!(claim.root(&Address::default()), Some(tree.root()), "another distribution's");
            }
        }
        assert!(Tree::new(&DISTRIBUTION, &[]).is_none());
    }

    #[test]
    fn hexadecimal_goes_both_ways_and_nothing_else_passes() {
        let bytes = std::array::from_fn(|index| index as u8 * 7);
        assert_eq!(from_hex(&hex(&bytes)), Some(bytes));
        assert_eq!(from_hex("ff"), None);
        assert_eq!(from_hex(&"+f".repeat(32)), None);
    }
}
