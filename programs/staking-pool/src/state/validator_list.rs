//! The validators of a pool, and what the pool holds with each.

use anchor_lang::accounts::Slab;
use anchor_lang::prelude::*;

/// Header of the list. The account is created by the client (5,000 records do not fit what a program may
/// allocate at once) and claimed by `initialize`.
#[account]
pub struct ValidatorListHeader {
    pub pool: Address,
    pub _reserved: [u8; 88],
    /// Zero-sized: names the records behind this header in the IDL.
    pub records: [ValidatorRecord; 0],
}

/// One validator. Keyed by `vote`: an index into the list is a hint that every instruction checks.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable, IdlType)]
#[repr(C)]
pub struct ValidatorRecord {
    pub vote: Address,
    /// Delegation of the canonical stake account, in lamports; cooling down when `stake_state` says so.
    pub stake: u64,
    /// Delegation of the activating stake account, in lamports; 0: there is none.
    pub activating: u64,
    /// Delegation of the deactivating stake account, in lamports; 0: there is none.
    pub deactivating: u64,
    /// The epoch this record was last brought up to date in.
    pub updated_epoch: u64,
    /// What the validator held at its last update but one, and could therefore earn, in lamports.
    pub earning: u64,
    /// What it brought between those two updates, in lamports; negative for a loss. See `growth_epochs`.
    pub growth: i64,
    pub stake_bump: u8,
    pub activating_bump: u8,
    pub deactivating_bump: u8,
    /// [`stake_state`] of the canonical stake account.
    pub stake_state: u8,
    /// How many epochs `growth` covers: more than one where updates were missed.
    pub growth_epochs: u16,
    /// 1: the admin has ended it, and nothing more is delegated to it.
    pub retired: u8,
    pub _padding: u8,
    /// Of `growth`, what lay above delegations and rent, in lamports: tips, shared block revenue, donations. The
    /// difference is what the chain paid or took.
    pub extra: u64,
}

const _: () = assert!(core::mem::size_of::<ValidatorRecord>() == 96);

/// The most validators a pool may have.
pub const MAX_VALIDATORS: u32 = 5_000;

pub type ValidatorList = Slab<ValidatorListHeader, ValidatorRecord>;

/// Values of [`ValidatorRecord::stake_state`].
pub mod stake_state {
    /// There is no canonical stake account.
    pub const NONE: u8 = 0;
    /// It is delegated (activating or active).
    pub const DELEGATED: u8 = 1;
    /// It is cooling down as a whole, by us or by a third party; the next update collects it.
    pub const DEACTIVATING: u8 = 2;
}

impl ValidatorRecord {
    /// Everything the pool holds with this validator, in lamports. Saturates, which cannot happen: all SOL fit 64 bits.
    #[inline(always)]
    pub fn held(&self) -> u64 {
        self.stake.saturating_add(self.activating).saturating_add(self.deactivating)
    }

    /// What of it is on its way to the reserve, in lamports.
    #[inline(always)]
    pub fn leaving(&self) -> u64 {
        let whole = if self.stake_state == stake_state::DEACTIVATING { self.stake } else { 0 };
        whole.saturating_add(self.deactivating)
    }
}
