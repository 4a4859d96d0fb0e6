//! The tree of a distribution, built as its creator would.

use sluice_vault_math::merkle;
use solana_address::Address;

/// Who gets how much; the index is the place in the list.
pub type Leaf = (Address, u64);

pub struct Tree {
    distribution: [u8; 32],
    leaves: Vec<Leaf>,
    /// From the leaves' hashes to the root's.
    levels: Vec<Vec<[u8; 32]>>,
}

impl Tree {
    pub fn new(distribution: &Address, leaves: &[Leaf]) -> Self {
        let mut tree =
            Self { distribution: distribution.to_bytes(), leaves: leaves.to_vec(), levels: vec![] };
        let mut level: Vec<_> = (0..leaves.len()).map(|index| tree.leaf(index)).collect();
        while level.len() > 1 {
            let above = level.chunks(2).map(|pair| match pair {
                [one, other] => merkle::node(sha256, one, other),
                alone => alone[0],
            });
            let above = above.collect();
            tree.levels.push(std::mem::replace(&mut level, above));
        }
        tree.levels.push(level);
        tree
    }

    pub fn root(&self) -> [u8; 32] {
        self.levels.last().expect("a level")[0]
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

    fn leaf(&self, index: usize) -> [u8; 32] {
        let (owner, amount) = self.leaves[index];
        merkle::leaf(sha256, &self.distribution, index as u32, &owner.to_bytes(), amount)
    }
}

pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    solana_sha256_hasher::hashv(parts).to_bytes()
}
