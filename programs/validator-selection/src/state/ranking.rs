//! The working memory of allocations.

use anchor_lang::prelude::*;
use sluice_selection_math::Plan;

/// Words of a [`Plan`].
pub const PLAN_WORDS: usize = core::mem::size_of::<Plan>() / 8;

/// Created by the client, as the registry is, and claimed by `initialize`: a program may allocate 10,240 bytes at once.
/// What an allocation comes to is in the config and the candidates; this is how it gets there.
#[account]
pub struct Ranking {
    pub config: Address,
    /// A [`Plan`].
    pub plan: [u64; PLAN_WORDS],
}

const _: () = assert!(core::mem::size_of::<Plan>() == 8 * PLAN_WORDS);

impl Ranking {
    #[inline(always)]
    pub fn plan(&mut self) -> &mut Plan {
        bytemuck::cast_mut(&mut self.plan)
    }
}
