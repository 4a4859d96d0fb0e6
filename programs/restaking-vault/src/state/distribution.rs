//! Rewards in any token, for whoever a tree of hashes names.

use anchor_lang::prelude::*;
use pinocchio::cpi::Seed;

use crate::constants::{BITMAP_BYTES, DISTRIBUTION_SEED};

/// PDA `["distribution", token_account]`. Owner of the token account.
#[account]
pub struct Distribution {
    /// Whose holders are rewarded: a filter for readers (offset 8), no more.
    pub vault: Address,
    /// Paid for it, and gets back what nobody claims.
    pub creator: Address,
    pub mint: Address,
    /// Token account that holds what is not claimed yet.
    pub token_account: Address,
    pub token_program: Address,
    pub root: [u8; 32],
    /// What arrived in the token account when it was created, in base units.
    pub total: u64,
    /// What claims have taken of it.
    pub claimed: u64,
    /// First epoch too late for a claim.
    pub expiry_epoch: u64,
    /// Leaves of the tree.
    pub leaves: u32,
    /// Leaves that have been claimed.
    pub claims: u32,
    pub bump: u8,
    pub version: u8,
    pub _padding: [u8; 6],
    /// A bit for each leaf, set when it is claimed: bit `index % 8` of byte `index / 8`.
    pub bitmap: [u8; BITMAP_BYTES],
}

const _: () = assert!(core::mem::size_of::<Distribution>() == 6 * 32 + 3 * 8 + 2 * 4 + 2 + 6 + BITMAP_BYTES);

impl Distribution {
    /// Marks the leaf at `index` as claimed; `false` if it was. `None` where there is no such leaf.
    #[inline(always)]
    pub fn mark(&mut self, index: u32) -> Option<bool> {
        if index >= self.leaves {
            return None;
        }
        let place = usize::try_from(index >> 3).ok()?;
        let bit = 1u8.checked_shl(index & 7)?;
        let byte = self.bitmap.get_mut(place)?;
        let fresh = *byte & bit == 0;
        *byte |= bit;
        Some(fresh)
    }

    #[inline(always)]
    pub fn key(&self) -> DistributionKey {
        DistributionKey { token_account: self.token_account, bump: [self.bump] }
    }
}

/// The distribution's address seeds.
pub struct DistributionKey {
    token_account: Address,
    bump: [u8; 1],
}

impl DistributionKey {
    #[inline(always)]
    pub fn seeds(&self) -> [Seed<'_>; 3] {
        [
            Seed::from(DISTRIBUTION_SEED),
            Seed::from(self.token_account.as_ref()),
            Seed::from(self.bump.as_ref()),
        ]
    }
}
