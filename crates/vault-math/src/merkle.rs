//! Who gets how much of a distribution, proven by a path to a root of 32 bytes.
//!
//! The hash function is the caller's: a syscall on chain, a library elsewhere. Leaves and inner nodes are hashed with
//! different first bytes, so neither can pass for the other.

/// Hashes the concatenation of its slices with SHA-256.
pub type Hash = fn(&[&[u8]]) -> [u8; 32];

const LEAF: &[u8] = &[0];
const NODE: &[u8] = &[1];

/// The leaf of `owner`'s `amount` at `index`. `distribution` is in it, so that a proof is good for one only.
#[inline]
pub fn leaf(hash: Hash, distribution: &[u8; 32], index: u32, owner: &[u8; 32], amount: u64) -> [u8; 32] {
    hash(&[LEAF, distribution, &index.to_le_bytes(), owner, &amount.to_le_bytes()])
}

/// The node above two others, in either order.
#[inline]
pub fn node(hash: Hash, one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    if one <= other { hash(&[NODE, one, other]) } else { hash(&[NODE, other, one]) }
}

/// The root that `leaf` leads to by its `proof`, the siblings from the bottom up.
#[inline]
pub fn root(hash: Hash, leaf: [u8; 32], proof: &[[u8; 32]]) -> [u8; 32] {
    proof.iter().fold(leaf, |below, sibling| node(hash, &below, sibling))
}
